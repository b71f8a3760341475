"""The socket of the chat: what docs/protocol.md promises, frame by frame."""

import uuid

import pytest
from channels.db import database_sync_to_async as db

from chat.actions import conversations, messages, queue
from chat.actions.messages import Post
from chat.consumers import keeper, queues, rooms, sockets
from chat.models import Conversation, Event, Participant, Room
from hotline.live import frames

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(queues, "PAUSE", 0.0)


def conforms(frame):
    schema = frames.SERVER_FRAMES[frame["type"]]
    given = {name for name, value in frame.items() if value is not None} - {"type"}
    required = {name for name, part in schema.fields.items() if part.required}
    return required <= given <= set(schema.fields) and all(schema.fields[name].fits(frame[name]) for name in given)


async def hear(socket, kind, /, **fields):
    """The next frame of this kind (with these fields); others are passed over. Every frame keeps to the table."""
    while True:
        frame = await socket.hear()
        assert conforms(frame), frame
        if frame["type"] == kind and all(frame.get(name) == value for name, value in fields.items()):
            return frame


async def until_now(socket):
    """[frame] of all that the house has sent so far: what comes before its answer to a ping."""
    await socket.say(type="ping")
    heard = []
    while (frame := await socket.hear())["type"] != "pong":
        heard.append(frame)
    return heard


@pytest.fixture(autouse=True)
def everybody(cast):
    """Made before the event loop runs."""
    return cast.vera, cast.viktor, cast.alice


@pytest.fixture
def enter(open_socket):
    """enter(token or user, {room: seq}) -> Socket that has said hello."""

    async def go(who, wanted=None):
        socket = await open_socket(None if isinstance(who, str) else who)
        await socket.connect()
        token = {"token": who} if isinstance(who, str) else {}
        await socket.say(type="hello", rooms=wanted or {}, **token)
        await hear(socket, "welcome")
        return socket

    return go


@pytest.fixture
async def pair(enter, talk, cast, waiting, line):
    """(visitor's socket, Vera's socket, room code) of an active conversation, both hearing it."""

    def begin():
        _participant, started = waiting()
        conversation = Conversation.objects.get(code=started.conversation)
        queue.take(cast.vera, conversation, uuid.uuid4())
        return started

    started = await db(begin)()
    visitor = await enter(started.token, {started.room: 0})
    vera = await enter(cast.vera, {started.room: 0})
    for socket in (visitor, vera):
        await hear(socket, "event", seq=2)
    return visitor, vera, started.room


async def say(socket, room, body, message_id=None):
    message_id = message_id or str(uuid.uuid4())
    await socket.say(type="post", room=room, id=message_id, body=body)
    return message_id


async def test_what_one_says_the_other_hears_and_it_is_acknowledged(pair):
    visitor, vera, room = pair
    sent = await say(visitor, room, "Hello?")
    own = await hear(visitor, "event", kind="message")
    ack = await hear(visitor, "ack")
    heard = await hear(vera, "event", kind="message")
    assert heard == own and heard["body"] == "Hello?" and heard["id"] == sent
    assert (ack["id"], ack["seq"], ack["at"]) == (sent, heard["seq"], heard["at"])
    assert await db(Event.objects.filter(kind="message").count)() == 1


async def test_the_same_message_again_is_acknowledged_again_and_heard_once(pair):
    visitor, vera, room = pair
    sent = await say(visitor, room, "Hello?")
    first = await hear(visitor, "ack")
    await say(visitor, room, "Hello?", sent)
    assert await hear(visitor, "ack") == first
    await say(visitor, room, "Next")
    assert (await hear(vera, "event", kind="message"))["body"] == "Hello?"
    assert (await hear(vera, "event", kind="message"))["body"] == "Next"


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"body": "  "}, "bad_frame"),
        ({"body": "x" * 4001}, "too_large"),
        ({"room": "NOSUCHROOM"}, "unknown_room"),
    ],
)
async def test_what_is_refused_is_said_and_nothing_is_stored(pair, frame, code):
    visitor, _vera, room = pair
    sent = {"type": "post", "room": room, "id": str(uuid.uuid4()), "body": "Hello?", "ref": "7"} | frame
    await visitor.say(**sent)
    error = await hear(visitor, "error")
    assert (error["code"], error["ref"], error["id"], error["room"]) == (code, "7", sent["id"], sent["room"])
    assert not await db(Event.objects.filter(kind="message").exists)()


async def test_an_id_reused_with_another_body_is_refused(pair):
    visitor, _vera, room = pair
    sent = await say(visitor, room, "One")
    await hear(visitor, "ack")
    await say(visitor, room, "Two", sent)
    assert (await hear(visitor, "error"))["code"] == "id_reused"


@pytest.mark.parametrize("wrong", [{"id": "7"}, {"id": 7}, {"body": None}, {"room": ["r"]}, {"extra": 1}])
async def test_wrong_types_are_bad_frames(pair, wrong):
    visitor, _vera, room = pair
    await visitor.say(**({"type": "post", "room": room, "id": str(uuid.uuid4()), "body": "Hello?"} | wrong))
    assert (await hear(visitor, "error"))["code"] == "bad_frame"


async def test_after_a_break_everything_past_the_last_seq_comes_before_anything_new(pair, enter, cast):
    visitor, _vera, room = pair
    for number in range(5):
        await say(visitor, room, str(number))
        await hear(visitor, "ack")
    again = await enter(cast.vera, {room: 4})
    opened = await hear(again, "opened")
    assert (opened["first"], opened["head"], opened["state"]) == (1, 7, "active")
    await say(visitor, room, "new")
    heard = [await hear(again, "event") for _number in range(4)]
    assert [event["seq"] for event in heard] == [5, 6, 7, 8]
    assert [event["body"] for event in heard] == ["2", "3", "4", "new"]


async def test_a_seq_past_the_head_is_reset(pair, enter, cast):
    _visitor, _vera, room = pair
    socket = await enter(cast.vera, {room: 99})
    assert await hear(socket, "reset") == {"type": "reset", "room": room, "first": 1, "head": 2}
    assert [(await hear(socket, "event"))["seq"] for _number in range(2)] == [1, 2]


async def test_a_long_log_opens_with_its_end_and_pages_back(pair, enter, cast):
    _visitor, _vera, room = pair

    def fill():
        author = Participant.objects.get(room__code=room, role="visitor").pk
        messages.post_many([Post(author, uuid.uuid4(), str(number)) for number in range(198)])

    await db(fill)()
    socket = await enter(cast.vera)
    await socket.say(type="open", room=room)
    assert (await hear(socket, "opened"))["head"] == 200
    assert [(await hear(socket, "event"))["seq"] for _ in range(sockets.PAGE)] == list(range(151, 201))
    await socket.say(type="open", room=room, before=151)
    await hear(socket, "opened")
    assert [(await hear(socket, "event"))["seq"] for _ in range(sockets.PAGE)] == list(range(101, 151))
    await say(socket, room, "still live")
    assert (await hear(socket, "event"))["seq"] == 201


async def test_events_of_other_processes_are_read_when_they_ring(pair):
    visitor, vera, room = pair

    def elsewhere():
        author = Participant.objects.get(room__code=room, role="visitor").pk
        return messages.post(Post(author, uuid.uuid4(), "From elsewhere"))

    posted = await db(elsewhere)()
    rooms.here().rooms[room].on_ring("", seq=posted.seq)
    assert (await hear(vera, "event", kind="message"))["body"] == "From elsewhere"
    assert (await hear(visitor, "event", kind="message"))["body"] == "From elsewhere"


async def test_a_lost_ring_is_made_good_at_the_heartbeat(pair):
    _visitor, vera, room = pair

    def elsewhere():
        author = Participant.objects.get(room__code=room, role="visitor").pk
        return messages.post(Post(author, uuid.uuid4(), "Not rung"))

    await db(elsewhere)()
    await keeper.here().beat()
    await hear(vera, "heads", rooms={room: 2})
    assert (await hear(vera, "event", kind="message"))["body"] == "Not rung"
    await keeper.here().beat()
    await hear(vera, "heads", rooms={room: 3})


async def test_a_message_that_came_while_the_room_was_being_opened_is_not_lost(pair, enter, cast, monkeypatch):
    visitor, _vera, room = pair
    sit = rooms.LiveRooms.sit
    view = await db(lambda: Room.objects.get(code=room))()

    def late(self, seat):
        # as if a commit had come between the look at the room and this moment
        seat.room.head = view.head
        return sit(self, seat)

    await visitor.say(type="close", room=room)
    await _vera.say(type="close", room=room)
    await say(visitor, room, "In between")
    await hear(visitor, "ack")
    monkeypatch.setattr(rooms.LiveRooms, "sit", late)
    socket = await enter(cast.vera, {room: 2})
    assert (await hear(socket, "event"))["body"] == "In between"


# Rights


async def test_a_strangers_room_does_not_exist(pair, enter, cast):
    _visitor, _vera, room = pair
    viktor = await enter(cast.viktor, {room: 0})
    assert (await hear(viktor, "error"))["code"] == "unknown_room"
    for frame in ({"type": "open"}, {"type": "end"}, {"type": "typing"}, {"type": "read", "seq": 1}):
        await viktor.say(room=room, **frame)
        assert (await hear(viktor, "error"))["code"] == "unknown_room"


async def test_another_visitors_token_opens_nothing_here(pair, enter, waiting):
    _visitor, _vera, room = pair
    _other, started = await db(waiting)()
    socket = await enter(started.token, {room: 0})
    assert (await hear(socket, "error"))["code"] == "unknown_room"


async def test_a_made_up_token_is_not_known_even_with_a_session(open_socket, cast):
    socket = await open_socket(cast.vera)
    await socket.connect()
    await socket.say(type="hello", token="made-up")
    assert await socket.close_code() == 4401


async def test_a_visitor_takes_nobody(pair, line):
    visitor, _vera, _room = pair
    await visitor.say(type="take", id=str(uuid.uuid4()), line="youth")
    assert (await hear(visitor, "error"))["code"] == "not_allowed"


async def test_who_has_left_the_room_is_closed(pair):
    _visitor, vera, room = pair
    await db(Participant.objects.filter(user__username="vera").update)(left_at="2026-01-01T00:00Z")
    await keeper.here().look()
    assert await hear(vera, "closed") == {"type": "closed", "room": room, "reason": "withdrawn"}
    await say(vera, room, "Still here")
    assert (await hear(vera, "error"))["code"] == "unknown_room"


async def test_who_may_work_here_no_more_is_closed(pair, cast):
    visitor, vera, room = pair
    await db(lambda: cast.vera.groups.clear())()
    await keeper.here().look()
    await hear(vera, "closed", room=room)
    await say(visitor, room, "Hello?")
    await hear(visitor, "ack")


async def test_a_token_that_was_withdrawn_is_closed(pair):
    visitor, _vera, room = pair
    await db(Participant.objects.filter(role="visitor").update)(token_hash=None)
    await keeper.here().look()
    await hear(visitor, "closed", room=room)


# Marks and presence


async def test_read_and_typing_are_told_to_the_other_alone(pair):
    visitor, vera, room = pair
    await vera.say(type="typing", room=room)
    await vera.say(type="read", room=room, seq=2)
    typing, read = await hear(visitor, "typing"), await hear(visitor, "read")
    assert typing["from"] == read["from"] and read["seq"] == 2
    assert not {"typing", "read"} & {frame["type"] for frame in await until_now(vera)}


async def test_what_the_line_has_switched_off_is_refused(pair, enter, cast, line):
    _visitor, _vera, room = pair
    line.shows_typing = line.shows_read = False
    await db(line.save)()
    vera = await enter(cast.vera, {room: 2})
    for frame in ({"type": "typing"}, {"type": "read", "seq": 2}):
        await vera.say(room=room, **frame)
        assert (await hear(vera, "error"))["code"] == "not_allowed"


async def test_a_device_that_was_not_heard_of_is_reconnecting(pair):
    visitor, vera, room = pair
    await db(Participant.objects.filter(role="visitor").update)(seen_at="2026-01-01T00:00Z")
    keeper.here()._attending = {one for one in keeper.here()._attending if one.guest is None}
    await keeper.here().beat()
    await hear(vera, "present", state="reconnecting")


# The queue


async def test_a_volunteer_takes_the_next_and_again_by_the_same_id(enter, cast, waiting):
    _participant, started = await db(waiting)()
    vera = await enter(cast.vera)
    take = {"type": "take", "id": str(uuid.uuid4()), "line": "youth"}
    await vera.say(**take)
    taken = await hear(vera, "taken")
    assert (taken["conversation"], taken["room"]) == (started.conversation, started.room)
    await vera.say(**take)
    assert await hear(vera, "taken") == taken
    await vera.say(**take | {"id": str(uuid.uuid4())})
    assert (await hear(vera, "error"))["code"] == "nothing_waiting"


async def test_two_take_the_same_visitor(enter, cast, waiting, line):
    _participant, started = await db(waiting)()
    vera, alice = await enter(cast.vera), await enter(cast.alice)
    for socket in (vera, alice):
        await socket.say(type="take", id=str(uuid.uuid4()), conversation=started.conversation)
    outcomes = []
    for socket in (vera, alice):
        while (frame := await socket.hear())["type"] not in ("taken", "error"):
            pass
        outcomes.append(frame.get("code", "taken"))
    assert sorted(outcomes) == ["already_taken", "taken"]


async def test_a_visitor_sees_their_place_and_staff_the_whole_queue(enter, cast, waiting):
    _first, one = await db(waiting)()
    _second, two = await db(waiting)()
    visitor, vera = await enter(two.token), await enter(cast.vera)
    await hear(visitor, "queue", position=2)
    shown = await hear(vera, "queue")
    assert [row["conversation"] for row in shown["waiting"]] == [one.conversation, two.conversation]
    await vera.say(type="take", id=str(uuid.uuid4()), line="youth")
    await hear(vera, "taken")
    await hear(visitor, "queue", position=1)


async def test_the_end_is_in_the_log_and_nothing_comes_after_it(pair):
    visitor, vera, room = pair
    await visitor.say(type="end", room=room)
    assert (await hear(vera, "event", kind="ended"))["data"] == {"by": "visitor"}
    await say(vera, room, "Wait")
    assert (await hear(vera, "error"))["code"] == "ended"
    await vera.say(type="end", room=room)
    assert (await hear(vera, "error"))["code"] == "ended"


async def test_a_visitor_holds_no_more_sockets_than_a_few(open_socket, enter, waiting, monkeypatch):
    monkeypatch.setattr(sockets, "SOCKETS_OF_A_VISITOR", 1)
    _participant, started = await db(waiting)()
    await enter(started.token)
    second = await open_socket()
    await second.connect()
    await second.say(type="hello", token=started.token)
    assert await second.close_code() == 4429


async def test_a_reader_who_does_not_keep_up_is_closed(pair, monkeypatch):
    from hotline.live import outgoing

    monkeypatch.setattr(outgoing, "MOST", 0)
    visitor, _vera, room = pair
    await say(visitor, room, "Hello?")
    assert await visitor.close_code() == 1013


async def test_the_visitors_end_by_conversation(pair):
    _visitor, vera, room = pair
    await db(lambda: conversations.end_abandoned(Conversation.objects.get(room__code=room)))()
    assert (await hear(vera, "event", kind="ended"))["data"] == {"by": "house"}
