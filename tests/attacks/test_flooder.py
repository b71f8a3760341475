"""Somebody fills the queue, holds sockets and shouts into them: each bound is met, and a real visitor still gets in.

Against the running house, from one network or from many of this machine (127.0.n.1 each is one); the bounds are small ones
of the test's own. Proof of work and a hundred false visitors a second come with the load of the house.
"""

import json
import secrets
import socket

import httpx
import pytest
from django.test import Client
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from chat.models import Conversation, Line
from hotline.live import consumer
from tests.support.live import PATIENCE

FLOODER, VISITOR = "127.0.9.1", "127.0.10.1"


@pytest.fixture
def bounds(settings):
    """bounds(name, most): at most so many in a minute."""

    def put(name, most):
        settings.LIMITS = settings.LIMITS | {name: [(most, 60)]}

    return put


@pytest.fixture
def begin(live, line):
    """begin(network, **headers) -> the answer to somebody there who begins a conversation."""

    def ask(network, **headers):
        wish = {"id": secrets.token_hex(16), "language": "en"}
        transport = httpx.HTTPTransport(local_address=network)
        with httpx.Client(transport=transport, trust_env=False, timeout=PATIENCE) as device:
            return device.post(f"{live}/chat/api/lines/{line.slug}/conversations/", json=wish, headers=headers)

    return ask


@pytest.fixture
def enter(live):
    """enter(network) -> a socket from there."""

    def go(network):
        address = live.replace("http", "ws", 1)
        return connect(
            f"{address}/ws/", origin=live, subprotocols=["hotline.v1"], source_address=(network, 0), proxy=None
        )

    return go


def heard(line):
    """(the frames that come until it is closed, the code with which it is closed)."""
    frames = []
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            frames.append(json.loads(line.recv(timeout=PATIENCE)))
    return frames, closed.value.rcvd.code


def says(line, **frame):
    line.send(json.dumps(frame))


@pytest.fixture
def visitor(begin, enter):
    """(token, room) of somebody real who has begun before it all."""
    told = begin(VISITOR).json()
    return told["token"], told["room"]


def assert_goes_on(visitor, enter):
    """The real visitor's line opens, and what they say is taken."""
    token, room = visitor
    with enter(VISITOR) as line:
        says(line, type="hello", token=token, rooms={room: 0})
        says(line, type="post", room=room, id="00000000-0000-4000-8000-000000000001", body="Hello?")
        kinds = set()
        while "ack" not in kinds:
            kinds.add(json.loads(line.recv(timeout=PATIENCE))["type"])
    assert "error" not in kinds


def test_false_visitors_of_one_network_wait_and_others_get_in(begin, bounds, cache_in_memory):
    bounds("chat-start", 3)
    answers = [begin(FLOODER) for _time in range(6)]
    assert [answer.status_code for answer in answers] == [201] * 3 + [429] * 3
    assert answers[-1].json()["code"] == "too_many" and 0 < int(answers[-1].headers["Retry-After"]) <= 60
    # whatever they write above it, they are where they are
    lies = [f"198.51.{number}.7" for number in range(5)]
    forged = [begin(FLOODER, **{"X-Forwarded-For": lie, "X-Real-IP": lie, "Forwarded": f"for={lie}"}) for lie in lies]
    assert {answer.status_code for answer in forged} == {429}
    assert begin(VISITOR).status_code == 201


def test_a_full_queue_turns_false_visitors_away_and_keeps_those_who_wait(
    begin, enter, visitor, bounds, live, line, cast, as_person
):
    Line.objects.update(maximum_waiting=4)
    answers = [begin(f"127.0.{number}.1") for number in range(20, 30)]
    assert [answer.status_code for answer in answers] == [201] * 3 + [409] * 7
    assert {answer.json()["code"] for answer in answers[3:]} == {"full"}
    assert Conversation.objects.count() == 4
    assert_goes_on(visitor, enter)
    desk = as_person(cast.vera).get("/desk/chat/").content.decode()
    first = Conversation.objects.order_by("pk").first()
    assert first.room.code == visitor[1] and first.code in desk


def test_sockets_of_one_network_are_bounded(enter, visitor, bounds, cache_in_memory):
    bounds("sockets", 2)
    for _one in range(2):
        with enter(FLOODER) as line:
            line.ping().wait(PATIENCE)
    for _one in range(3):
        with enter(FLOODER) as line:
            frames, code = heard(line)
        assert ([frame["code"] for frame in frames], code) == (["too_fast"], 4429)
    assert_goes_on(visitor, enter)


def test_a_socket_that_says_nothing_is_not_held(enter, visitor, monkeypatch):
    monkeypatch.setattr(consumer, "HELLO_SECONDS", 0.2)
    with enter(FLOODER) as line:
        assert heard(line) == ([], 4408)
    monkeypatch.undo()
    assert_goes_on(visitor, enter)


def test_whoever_shouts_is_told_and_then_cut_off(enter, visitor, bounds, begin):
    token = begin(FLOODER).json()["token"]
    bounds("frames", 5)
    bounds("frames-flood", 10)
    with enter(FLOODER) as line:
        says(line, type="hello", token=token)
        for _time in range(20):
            says(line, type="ping")
        frames, code = heard(line)
    errors = [frame["code"] for frame in frames if frame["type"] == "error"]
    assert code == 4429 and set(errors) == {"too_fast"} and len(errors) <= 6
    assert_goes_on(visitor, enter)


def test_frames_are_bounded_before_they_are_read(enter, visitor, begin):
    token = begin(FLOODER).json()["token"]
    with enter(FLOODER) as line:
        says(line, type="hello", token=token)
        line.send(json.dumps({"type": "ping", "ref": "x" * 65_536}))
        while json.loads(line.recv(timeout=PATIENCE)).get("code") != "too_large":
            pass
        line.send(json.dumps({"type": "ping", "ref": "x" * 131_072}))
        assert heard(line)[1] == 1009
    assert_goes_on(visitor, enter)


def test_large_and_slow_requests_hold_up_nobody(live, begin, visitor, enter):
    """Bodies above the bound are refused by their length; a request that never ends holds one connection and no thread."""
    port = int(live.rpartition(":")[2])
    held = []
    for _one in range(20):
        slow = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        slow.sendall(
            b"POST /chat/api/lines/youth/conversations/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900\r\n\r\n{"
        )
        held.append(slow)
    large = httpx.post(
        f"{live}/chat/api/lines/youth/conversations/", content=b"x" * 3_000_000, trust_env=False, timeout=PATIENCE
    )
    assert (large.status_code, large.json()["code"]) == (413, "too_large")
    assert begin(VISITOR).status_code == 201
    assert_goes_on(visitor, enter)
    for one in held:
        one.close()


def test_calls_of_the_house_s_own_people_are_not_counted_with_them(begin, bounds, as_person, cast, cache_in_memory):
    """Staff pages ask nothing of what visitors share."""
    bounds("chat-start", 0)
    assert begin(FLOODER).status_code == 429
    assert as_person(cast.vera).get("/desk/chat/", REMOTE_ADDR=FLOODER).status_code == 200
    assert Client(REMOTE_ADDR=FLOODER).get("/accounts/login/").status_code == 200
