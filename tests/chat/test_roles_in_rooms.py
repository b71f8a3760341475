"""What somebody's role in a room lets them see and do there: whoever reads along has no voice and is no visitor's to see,
and nobody reads what was said before it became theirs."""

import uuid

import pytest
from channels.db import database_sync_to_async as db
from django.db import transaction
from django.utils import timezone

from chat.actions import guidance, log, messages, rooms
from chat.actions.messages import Post
from chat.consumers import keeper, queues, seats
from chat.consumers import rooms as heard
from chat.models import Event, Participant
from hotline.staff.actions import rights
from tests.chat.test_socket import enter, hear, until_now

__all__ = ["enter"]

pytestmark = pytest.mark.django_db(transaction=True)
Role = Participant.Role


@pytest.fixture(autouse=True)
def everybody(cast, monkeypatch):
    monkeypatch.setattr(queues, "PAUSE", 0.0)
    return cast.vera, cast.cora, cast.ada


def comes_in(conversation, person, role, **given):
    with transaction.atomic():
        return rooms.enter(rooms.lock(conversation.room_id), person, role, timezone.now(), **given)


def test_a_visitor_sees_nothing_of_whoever_reads_along(talk, cast):
    visitor, vera, conversation = talk()
    head = conversation.room.head
    cora = comes_in(conversation, cast.cora, Role.OBSERVER)
    token_hash = bytes(visitor.token_hash)
    guest = seats.Guest(visitor.pk, conversation.room.code, "en", "", token_hash)
    theirs, veras = seats.view(guest, conversation.room.code), seats.view(cast.vera, conversation.room.code)
    assert cora.code in veras.participants and veras.participants[cora.code]["role"] == "observer"
    assert set(theirs.participants) == {visitor.code, vera.code}
    assert set(seats.states([conversation.room.code], timezone.now())[conversation.room.code]) == set(
        theirs.participants
    )
    conversation.room.refresh_from_db()
    assert conversation.room.head == head, "no event says that somebody reads along"
    with transaction.atomic():
        rooms.leave(rooms.lock(conversation.room_id), cora, timezone.now())
    assert Event.objects.filter(room=conversation.room).count() == head


async def test_whoever_reads_along_reads_and_says_nothing(talk, cast, enter):
    visitor, _vera, conversation = await db(talk)()
    await db(comes_in)(conversation, cast.cora, Role.OBSERVER)
    code = conversation.room.code
    cora = await enter(cast.cora, {code: 0})
    await hear(cora, "opened")
    await db(messages.post)(Post(visitor.pk, uuid.uuid4(), "Are you there?"))
    await keeper.here().beat()
    assert (await hear(cora, "event", kind="message"))["body"] == "Are you there?"
    for frame in ({"type": "post", "id": str(uuid.uuid4()), "body": "Hello"}, {"type": "typing"}):
        await cora.say(**frame, room=code)
        assert (await hear(cora, "error"))["code"] == "not_allowed"
    await cora.say(type="read", room=code, seq=1)
    assert (await hear(cora, "error"))["code"] == "not_allowed"
    await cora.say(type="end", room=code)
    assert (await hear(cora, "error"))["code"] == "ended"
    assert await db(Event.objects.filter(room__code=code, kind="message").count)() == 1


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.COORDINATOR])
async def test_whoever_no_longer_supervises_the_line_hears_no_more(talk, cast, enter, role):
    _visitor, _vera, conversation = await db(talk)()
    await db(comes_in)(conversation, cast.cora, role)
    cora = await enter(cast.cora, {conversation.room.code: 0})
    await hear(cora, "opened")
    # She still works there, which opens nobody's conversation to her.
    await db(rights.give_rights)(cast.ada, cast.cora, roles=["coordinator"], works_in=[cast.phone], supervises=[])
    await keeper.here().look()
    await hear(cora, "closed", room=conversation.room.code, reason="withdrawn")
    await cora.say(type="open", room=conversation.room.code)
    assert (await hear(cora, "error"))["code"] == "unknown_room"


async def test_what_was_said_before_is_not_read_by_whoever_may_not(talk, cast, enter):
    visitor, _vera, conversation = await db(talk)()
    code = conversation.room.code

    def begin():
        before = messages.post(Post(visitor.pk, uuid.uuid4(), "Before"))
        comes_in(conversation, cast.cora, Role.COORDINATOR, first_seq=before.seq + 1)
        messages.post(Post(visitor.pk, uuid.uuid4(), "After"))
        return before.seq

    before = await db(begin)()
    # Vera's whole look at the room comes first: the room is read once for all who hear it.
    vera = await enter(cast.vera, {code: 0})
    await hear(vera, "event", kind="message", body="After")
    cora = await enter(cast.cora, {code: 0})
    assert (await hear(cora, "opened"))["first"] == before + 1
    await hear(cora, "reset", first=before + 1)
    came = [await hear(cora, "event") for _number in range(2)]
    assert [(event["seq"], event["kind"]) for event in came] == [(before + 1, "joined"), (before + 2, "message")]
    await cora.say(type="open", room=code, before=before + 2)
    await hear(cora, "opened")
    page = await until_now(cora)
    assert [frame["seq"] for frame in page if frame["type"] == "event"] == [before + 1], "back to where it is hers"


async def test_whoever_went_hears_why_before_the_room_is_closed(talk, cast, enter, monkeypatch):
    # the ring of the log is late: the house looks first
    monkeypatch.setattr(heard.LiveRoom, "on_ring", lambda *_said, **_ids: None)
    _visitor, _vera, conversation = await db(talk)()
    vera = await enter(cast.vera, {conversation.room.code: 0})
    await hear(vera, "event", kind="joined")
    seen = await db(guidance.code_of_volunteer)(conversation)
    await db(guidance.take_over)(cast.cora, conversation, seen)
    await keeper.here().look()
    frames = []
    while not frames or frames[-1]["type"] != "closed":
        frames.append(await vera.hear())
    told = [frame for frame in frames if frame["type"] == "event"]
    assert told[-1]["kind"] == "transferred" and told[-1]["data"]["taken"]
    assert frames[-1]["reason"] == "left"


def test_the_log_of_a_room_is_whole_for_its_others(talk, cast):
    """One process reads a room once: who may read less must not make it less for the others."""
    visitor, _vera, conversation = talk()
    messages.post(Post(visitor.pk, uuid.uuid4(), "Before"))
    comes_in(conversation, cast.cora, Role.COORDINATOR, first_seq=3)
    cora, vera = (seats.view(one, conversation.room.code) for one in (cast.cora, cast.vera))
    assert [event["seq"] for event in log.read(cora.room, 0)][0] == 3
    assert [event["seq"] for event in log.read(vera.room, 0)][0] == 1
