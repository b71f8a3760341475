"""
The matrix for what is no page: every frame of the socket, and the long polls, × everybody × their own and another's room.

Denied unless FRAMES lets somebody in. A refusal changes nothing, tells a stranger what it would tell of a room that does not
exist, and carries no mark of the other side.
"""

import json
import uuid

import httpx
import pytest
from channels.db import database_sync_to_async as db
from django.conf import settings as house

from chat.consumers import polls, queues
from chat.models import Conversation, Event, Participant, Room
from hotline.asgi import application
from hotline.live.frames import CLIENT_FRAMES
from hotline.staff.models import AuditEntry
from tests.attacks.matrix.doors import ACCOUNTS, STAFF, TAKERS, VISITORS, both
from tests.attacks.matrix.test_pages import leaks
from tests.attacks.matrix.world import World
from tests.support.sockets import open_socket

__all__ = ["open_socket"]

pytestmark = pytest.mark.django_db(transaction=True)

IN_TALK = {"phone": "visitor vera", "crawl": "stranger viktor"}
IN_HOUSE = both(f"{ACCOUNTS} {VISITORS} member")
NO_ROOM = "0000000000"
REFUSED = {"unknown_room", "not_allowed", "not_found"}
# Said again, or too late: whoever hears it may do it.
LATE = {"already_taken", "ended", "id_reused"}
# Every frame but hello: who may send it (names, by the side of the room), what comes back to them ("" for nothing), and
# what it holds; a new frame needs an entry here.
FRAMES = {
    "ping": (IN_HOUSE, "pong", lambda room, waiting: {}),
    "open": (IN_TALK, "opened", lambda room, waiting: {"room": room}),
    "read": (IN_TALK, "", lambda room, waiting: {"room": room, "seq": 1}),
    "typing": (IN_TALK, "", lambda room, waiting: {"room": room}),
    "post": (IN_TALK, "ack", lambda room, waiting: {"room": room, "id": str(uuid.uuid4()), "body": "Hello."}),
    # Nobody learns anything by not hearing what one does not hear.
    "close": (IN_HOUSE, "", lambda room, waiting: {"room": room}),
    "attend": (both(ACCOUNTS), "", lambda room, waiting: {}),
    # Everybody who supervises some line hears of all of theirs.
    "watch": (both("cora alice"), "live", lambda room, waiting: {}),
    "take": (TAKERS, "taken", lambda room, waiting: {"id": str(uuid.uuid4()), "conversation": waiting}),
    "end": (IN_TALK, "", lambda room, waiting: {"room": room}),
}
# The same in an internal chat, which has no queue and no end.
IN_TEAM = {"phone": "vera cora alice", "crawl": "viktor"}
TEAM_FRAMES = {kind: (IN_TEAM, FRAMES[kind][1], FRAMES[kind][2]) for kind in ("open", "read", "typing", "post")} | {
    "end": ({}, "", FRAMES["end"][2])
}


@pytest.fixture
def world(transactional_db, monkeypatch):
    monkeypatch.setattr(queues, "PAUSE", 0.0)
    monkeypatch.setattr(polls.application, "_closing", False)
    return World()


class Said:
    """What came back, in the shape in which `leaks` reads a page."""

    def __init__(self, frames):
        self.frames = frames
        self.text = json.dumps(frames, ensure_ascii=False)


def what_stands():
    """Everything that a frame could change, but for who was seen when and what is marked as read, which is written later."""
    return (
        list(Event.objects.order_by("pk").values_list("pk", "kind")),
        list(Conversation.objects.order_by("pk").values_list("pk", "state")),
        list(Participant.objects.order_by("pk").values_list("pk", "left_at")),
        list(Room.objects.order_by("pk").values_list("pk", "head")),
        AuditEntry.objects.count(),
    )


def test_every_frame_has_an_entry():
    missing = CLIENT_FRAMES.keys() - FRAMES.keys() - {"hello"}
    assert not missing, f"Say in FRAMES who may send {', '.join(missing)}, and what comes back."


async def enter(open_socket, world, who):
    """Their socket after hello; None for nobody, who is not let in."""
    socket = await open_socket(world.staff.get(who))
    await socket.connect()
    await socket.say(type="hello", **({"token": world.tokens[who]} if who in world.tokens else {}))
    if who == "nobody":
        assert await socket.close_code() == 4401
        return None
    while (await socket.hear())["type"] != "welcome":
        pass
    return socket


async def send(socket, kind, fields, expected):
    """The frames that come back: all until the pong of a ping sent behind it, and on until the expected one or an error."""
    ref = uuid.uuid4().hex
    await socket.say(type=kind, ref=ref, **fields)
    if kind != "ping":
        await socket.say(type="ping")
    found, over = [], False
    while True:
        frame = await socket.hear()
        found.append(frame)
        over = over or frame["type"] == "pong"
        refused = any(one["type"] == "error" and (one.get("ref") == ref or kind == "post") for one in found)
        if over and (not expected or refused or any(one["type"] == expected for one in found)):
            return found


def refusals(frames):
    return [one["code"] for one in frames if one["type"] == "error"]


@pytest.mark.parametrize(("place", "table"), [("room", FRAMES), ("team", TEAM_FRAMES)])
async def test_a_frame_is_heard_from_those_it_is_for_and_from_nobody_else(world, open_socket, place, table):
    wrong = []
    for who in world.people:
        socket = await enter(open_socket, world, who)
        if socket is None:
            continue
        for kind, (names, expected, fields) in table.items():
            for side in world.sides.values():
                may = who in names.get(side.name, "").split()
                before = await db(what_stands)()
                given = fields(side.room if place == "room" else side.team_room.code, side.waiting.code)
                said = Said(await send(socket, kind, given, expected if may else ""))
                codes = refusals(said.frames)
                where = f"{kind} ({side.name}) by {who}"
                wrong += [f"{where} reads {one}" for one in await db(leaks)(who, said, side, None)]
                if may:
                    if codes and not set(codes) <= LATE:
                        wrong.append(f"{where} is refused: {codes}")
                    continue
                if not codes or not set(codes) <= REFUSED:
                    wrong.append(f"{where} is not refused: {said.text}")
                if await db(what_stands)() != before:
                    wrong.append(f"{where} is refused and yet changes something")
                nothing = await send(socket, kind, fields(NO_ROOM, NO_ROOM), "")
                if refusals(nothing) != codes and who not in STAFF.split():
                    wrong.append(f"{where} learns that it is there: {codes}, else {refusals(nothing)}")
    assert not wrong, "\n" + "\n".join(wrong)


async def test_a_poll_answers_those_who_are_in_the_room_and_nobody_else(world):
    transport, wrong = httpx.ASGITransport(application), []
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as http:
        for who, client in world.people.items():
            token = "a" * 32
            cookies = {house.CSRF_COOKIE_NAME: token}
            if house.SESSION_COOKIE_NAME in client.cookies:
                cookies[house.SESSION_COOKIE_NAME] = client.cookies[house.SESSION_COOKIE_NAME].value
            headers = {"X-CSRFToken": token, "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
            if who in world.tokens:
                headers["Authorization"] = f"Bearer {world.tokens[who]}"
            for side in world.sides.values():
                may = who in IN_TALK[side.name].split()
                for method in ("GET", "POST"):
                    before = await db(what_stands)()

                    async def call(room, method=method, headers=headers):
                        sent = {"id": str(uuid.uuid4()), "body": "Hello."} if method == "POST" else None
                        return await http.request(method, f"/chat/api/rooms/{room}/events/", json=sent, headers=headers)

                    answer, where = await call(side.room), f"{method} ({side.name}) by {who}"
                    wrong += [f"{where} reads {one}" for one in leaks(who, answer, side, None)]
                    if may:
                        if answer.status_code != 200 or answer.json().get("code"):
                            wrong.append(f"{where} is answered {answer.text}")
                        continue
                    if answer.status_code not in (401, 403, 404):
                        wrong.append(f"{where} is let in: {answer.text}")
                    if await db(what_stands)() != before:
                        wrong.append(f"{where} is refused and yet changes something")
                    nothing = await call(NO_ROOM)
                    if (nothing.status_code, nothing.json()) != (answer.status_code, answer.json()):
                        wrong.append(f"{where} learns that it is there")
    assert not wrong, "\n" + "\n".join(wrong)
