"""The internal chat on the socket: who hears it and who never does, reading in two tabs, leaving, what is forgotten."""

import json
import uuid
from datetime import timedelta

import pytest
from channels.db import database_sync_to_async as db
from django.utils import timezone

from chat.actions import conversations, messages, queue, team_announcements, team_erasure
from chat.actions.messages import Post
from chat.consumers import keeper, marks, polls, queues
from chat.models import Conversation, Event, Participant
from hotline.staff.actions import rights
from tests.chat.calls import Device
from tests.chat.test_polls import http
from tests.chat.test_socket import enter, hear, say
from tests.chat.test_team_rooms import of_line, rooms_of

__all__ = ["enter", "http"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def everybody(cast, monkeypatch):
    monkeypatch.setattr(queues, "PAUSE", 0.0)
    monkeypatch.setattr(polls.application, "_closing", False)
    return cast.vera, cast.viktor, cast.cora, cast.alice, cast.ada


async def until_pong(socket):
    """All frames up to the answer of a ping."""
    await socket.say(type="ping")
    found = []
    while (frame := await socket.hear())["type"] != "pong":
        found.append(frame)
    return found


async def test_colleagues_hear_each_other_and_nobody_else_hears_them(line, other_line, cast, enter):
    code = (await db(of_line)(cast.vera)).room.code
    await db(rooms_of)(cast.cora), await db(rooms_of)(cast.viktor)
    vera, cora, viktor = [await enter(one) for one in (cast.vera, cast.cora, cast.viktor)]
    for socket in (vera, cora):
        await socket.say(type="open", room=code)
        opened = await hear(socket, "opened")
        assert (opened["kind"], opened["state"]) == ("team", "open")
    sent = await say(vera, code, "Who has the key?")
    assert (await hear(vera, "ack"))["id"] == sent
    assert (await hear(cora, "event", kind="message"))["body"] == "Who has the key?"
    for frame in ({"type": "open"}, {"type": "post", "id": str(uuid.uuid4()), "body": "Me"}, {"type": "typing"}):
        await viktor.say(**frame, room=code)
        assert (await hear(viktor, "error"))["code"] == "unknown_room"
    assert "key?" not in json.dumps(await until_pong(viktor))


async def test_who_reads_where_is_told_to_their_other_tabs_alone(line, cast, enter):
    mine = await db(of_line)(cast.vera)
    code = mine.room.code
    await db(rooms_of)(cast.cora)
    one, other, cora = [await enter(who, {code: 0}) for who in (cast.vera, cast.vera, cast.cora)]
    for socket in (one, other, cora):
        await hear(socket, "opened")
    await one.say(type="read", room=code, seq=2)
    assert (await hear(other, "read"))["seq"] == 2
    assert not [frame for frame in await until_pong(cora) if frame["type"] == "read"]
    await marks.here()._task
    assert (await db(Participant.objects.get)(pk=mine.me.pk)).read_seq == 2


async def test_whoever_loses_the_right_hears_no_more(line, cast, enter):
    code = (await db(of_line)(cast.vera)).room.code
    vera = await enter(cast.vera, {code: 0})
    await hear(vera, "opened")
    await db(rights.give_rights)(cast.ada, cast.vera, roles=["volunteer"], works_in=[cast.crawl], supervises=[])
    await keeper.here().look()
    await hear(vera, "closed", room=code, reason="withdrawn")
    await vera.say(type="post", room=code, id=str(uuid.uuid4()), body="Still here?")
    assert (await hear(vera, "error"))["code"] == "unknown_room"


async def test_who_is_here_is_who_is_connected(line, cast, enter):
    code = (await db(of_line)(cast.vera)).room.code
    cora_s = (await db(of_line)(cast.cora)).me.code
    long_ago = timezone.now() - timedelta(hours=1)
    await db(Participant.objects.filter(code=cora_s).update)(seen_at=long_ago)
    vera = await enter(cast.vera, {code: 0})
    assert (await hear(vera, "opened"))["participants"][cora_s]["state"] == "reconnecting"
    cora = await enter(cast.cora, {code: 0})
    await hear(cora, "opened")
    await keeper.here().beat()
    seen = await db(Participant.objects.get)(code=cora_s)
    assert seen.seen_at > long_ago


async def test_what_was_forgotten_is_no_gap(line, cast, enter):
    mine = await db(of_line)(cast.vera)
    code = mine.room.code

    def age():
        old = messages.post(Post(mine.me.pk, uuid.uuid4(), "Old"))
        Event.objects.update(at=timezone.now() - timedelta(days=9))
        young = messages.post(Post(mine.me.pk, uuid.uuid4(), "Young"))
        team_erasure.erase_old(timezone.now())
        return old, young

    old, young = await db(age)()
    vera = await enter(cast.vera, {code: 0})
    assert (await hear(vera, "opened"))["first"] == old.seq + 1
    await hear(vera, "reset", first=young.seq)
    assert (await hear(vera, "event"))["body"] == "Young"
    await vera.say(type="open", room=code, before=young.seq)
    await hear(vera, "opened")
    assert not [one for one in await until_pong(vera) if one.get("body")]


async def test_no_visitor_ever_gets_a_byte_of_it(line, cast, enter, waiting, marked, http):
    """A whole conversation while the colleagues talk and announce: every frame and every answer is searched."""
    marks_of = [marked() for _word in range(3)]

    def begin():
        _participant, started = waiting()
        conversation = Conversation.objects.get(code=started.conversation)
        queue.take(cast.vera, conversation, uuid.uuid4())
        mine, coras = of_line(cast.vera), of_line(cast.cora)
        rooms_of(cast.alice)
        return started, conversation, mine, coras

    started, conversation, mine, coras = await db(begin)()
    visitor = await enter(started.token, {started.room: 0})
    vera = await enter(cast.vera, {started.room: 0, mine.room.code: 0})
    frames = [await hear(visitor, "opened")]
    await say(vera, mine.room.code, marks_of[0].text)
    await hear(vera, "ack")
    await say(vera, started.room, "How are you?")
    frames.append(await hear(visitor, "event", kind="message"))
    announced = await db(team_announcements.announce)(cast.cora, coras, uuid.uuid4(), marks_of[1].text)
    await vera.say(type="typing", room=mine.room.code)
    await vera.say(type="read", room=mine.room.code, seq=announced.seq)
    common = (await db(rooms_of)(cast.vera))[-1].room.code
    await say(vera, common, marks_of[2].text)
    await hear(vera, "ack")
    await keeper.here().beat()
    for room in (mine.room.code, common):
        for frame in (
            {"type": "open"},
            {"type": "post", "id": str(uuid.uuid4()), "body": "?"},
            {"type": "read", "seq": 1},
        ):
            await visitor.say(**frame, room=room)
            assert (await hear(visitor, "error"))["code"] == "unknown_room"
    frames += await until_pong(visitor)

    def answers():
        device = Device(started.token)
        found = [device.get(path).content.decode() for path in ("conversations/", "lines/youth/")]
        conversations.end_as_volunteer(cast.vera, conversation)
        return "".join(found)

    text = json.dumps(frames) + await db(answers)() + json.dumps(await until_pong(visitor))
    for room in (mine.room.code, common, started.room):
        poll = await http.get(f"/chat/api/rooms/{room}/events/", headers={"Authorization": f"Bearer {started.token}"})
        assert poll.status_code == (200 if room == started.room else 404)
        text += poll.text
    assert text.count("How are you?") == 2, "the same search finds what is theirs"
    assert mine.me.code not in text
    for word in marks_of:
        assert word.text not in text
