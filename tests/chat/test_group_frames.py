"""A group on the socket: what each hears, and that no visitor ever hears what is not theirs."""

import json
import uuid

import pytest
from channels.db import database_sync_to_async as db

from chat.actions import group_visitors, moderation
from chat.consumers import keeper, queues, seats
from tests.chat.groups import comes, comes_with_token, opened, say, staff_in
from tests.chat.test_socket import enter, hear

__all__ = ["enter"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def everybody(cast, monkeypatch):
    monkeypatch.setattr(queues, "PAUSE", 0.0)
    return cast.vera, cast.cora


async def test_many_hear_each_other_by_name(cast, line, enter):
    group = await db(opened)(cast.cora, line)
    await db(staff_in)(group, cast.vera)
    token, robin = await db(comes_with_token)(group, "Robin")
    code = group.room.code
    mine, vera = await enter(token, {code: 0}), await enter(cast.vera, {code: 0})
    seen = await hear(mine, "opened", kind="group", state="open")
    assert {one["alias"] for one in seen["participants"].values()} == {cast.vera.alias, "Robin"}
    await hear(vera, "opened")
    kim = await db(comes)(group, "Kim")
    joined = await hear(mine, "event", kind="joined", **{"from": kim.participant.code})
    assert (joined["alias"], joined["role"]) == ("Kim", "visitor")
    await mine.say(type="post", room=code, id=str(uuid.uuid4()), body="Hello all")
    await hear(mine, "ack")
    assert (await hear(vera, "event", kind="message"))["from"] == robin.participant.code
    for frame in ({"type": "typing"}, {"type": "read", "seq": 1}, {"type": "end"}):
        await mine.say(**frame, room=code)
        assert (await hear(mine, "error"))["code"] == "not_allowed"


async def test_what_waits_is_acknowledged_as_held_and_seen_when_approved(cast, line, enter):
    group = await db(opened)(cast.cora, line, holds_messages=True)
    (token, _robin), (others, _kim) = [await db(comes_with_token)(group, name) for name in ("Robin", "Kim")]
    code, message_id = group.room.code, str(uuid.uuid4())
    mine, other = await enter(token, {code: 0}), await enter(others, {code: 0})
    await mine.say(type="post", room=code, id=message_id, body="Wait")
    await hear(mine, "held", room=code, id=message_id)
    ((held, _body),) = await db(moderation.held_messages)(group.room)
    await db(moderation.approve)(cast.cora, group, held)
    await keeper.here().beat()
    assert (await hear(other, "event", kind="message"))["body"] == "Wait"
    assert (await hear(mine, "event", id=message_id))["body"] == "Wait"


async def test_a_removed_visitor_hears_no_more(cast, line, enter):
    group = await db(opened)(cast.cora, line)
    (token, robin), (others, _kim) = [await db(comes_with_token)(group, name) for name in ("Robin", "Kim")]
    code = group.room.code
    mine, other = await enter(token, {code: 0}), await enter(others, {code: 0})
    await hear(mine, "opened"), await hear(other, "opened")
    await db(moderation.remove_visitor)(cast.cora, robin)
    await keeper.here().beat()
    await hear(mine, "closed", room=code)
    assert (await hear(other, "event", kind="left"))["data"] == {"why": "removed"}
    assert await db(seats.guest)(token) is None


async def test_who_waits_at_the_door_is_nobody_on_the_socket(cast, line, enter, open_socket):
    group = await db(opened)(cast.cora, line, has_waiting_room=True)
    token, robin = await db(comes_with_token)(group, "Robin")
    assert await db(seats.guest)(token) is None
    await db(staff_in)(group, cast.vera)
    view = await db(seats.view)(cast.vera, group.room.code)
    assert robin.participant.code not in view.participants
    await db(group_visitors.let_in)(cast.cora, robin)
    mine = await enter(token, {group.room.code: 0})
    await hear(mine, "opened")


async def test_no_visitor_ever_hears_the_staff_what_is_held_or_what_was_removed(cast, line, enter, marked):
    """Everything that a visitor's devices get in a whole evening, frames and answers, is recorded and searched."""
    group = await db(opened)(cast.cora, line)
    code, back = group.room.code, group.backroom.code
    await db(staff_in)(group, cast.vera)
    token, robin = await db(comes_with_token)(group, "Robin")
    kim = await db(comes)(group, "Kim")
    open_words, backchannel, held_words, declined, removed = (marked() for _number in range(5))
    mine = await enter(token, {code: 0, back: 0})

    def evening():
        vera_behind = group.backroom.participants.get(user=cast.vera)
        say(vera_behind, f"Watch Robin {backchannel.text}")
        say(kim.participant, open_words.text)
        moderation.hold(cast.cora, kim, True)
        for words in (held_words, declined):
            say(kim.participant, words.text)
        (_first, _body), (second, _other) = moderation.held_messages(group.room)
        moderation.decline(cast.cora, group, second)
        moderation.hold(cast.cora, kim, False)
        gone = say(kim.participant, removed.text)
        moderation.remove_message(cast.cora, group, gone.seq)
        moderation.mute(cast.cora, robin, True)
        moderation.remove_visitor(cast.cora, kim)

    await db(evening)()
    await mine.say(type="open", room=back)
    await mine.say(type="open", room=code, after=0)
    await mine.say(type="ping")
    frames = []
    while not frames or frames[-1]["type"] != "pong":
        frames.append(await mine.hear())
    await keeper.here().beat()
    await mine.say(type="open", room=code, after=0)
    await mine.say(type="ping")
    frames.append(await mine.hear())
    while frames[-1]["type"] != "pong":
        frames.append(await mine.hear())
    heard = json.dumps(frames, ensure_ascii=False)
    assert "Robin" in heard, "the search finds what is there"
    for words in (backchannel, held_words, declined, removed):
        assert words.text not in heard
    assert {"unknown_room"} == {frame["code"] for frame in frames if frame["type"] == "error"}
    assert back not in {frame.get("room") for frame in frames if frame["type"] != "error"}
