"""Rooms on the socket: what settings.SOCKET_ROOMS and settings.SOCKET_FRAMES name."""

import asyncio
import contextlib
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from chat.actions import conversations, log, queue
from chat.actions.messages import Post
from chat.consumers import commits, keeper, live_view, marks, queues, rooms, seats
from chat.consumers.rooms import Seat
from chat.models import Participant, Room
from hotline.lib.errors import Refused
from hotline.live.frames import CLOSE_FLOOD, CODES, MAX_SEQ, BadFrame
from hotline.staff.permissions import NotAllowed

# What a room shows when it is opened, and each page back.
PAGE = 50
# Sockets of one visitor at a time: tabs and half-dead connections of a phone, not more.
SOCKETS_OF_A_VISITOR = 5


class Device:
    """A socket as a room sees it."""

    def __init__(self, socket, room):
        self._socket, self._room = socket, room

    def give(self, text, _event):
        """Send a frame after all that waits."""
        self._socket.put(text)

    async def drained(self):
        """Wait until all has gone out."""
        await self._socket.drained()

    def gone(self, reason):
        """The right to this room has gone."""
        self._socket.seats.pop(self._room, None)
        self._socket.spawn(self._socket.send_frame("closed", room=self._room, reason=reason))


class Rooms:
    """What the socket asks of the rooms; see hotline.live.consumer."""

    async def guest(self, socket, token):
        """The visitor whom this token names, or None. One who holds too many sockets gets no further one."""
        found = await seats.threads.run(seats.guest, token)
        if found and keeper.here().sockets_of(found.participant) >= SOCKETS_OF_A_VISITOR:
            await socket.leave(CLOSE_FLOOD)
        return found

    async def enter(self, socket, wanted, ref):
        """After the welcome: open the rooms that hello named, {code: last seq seen}."""
        socket.seats = {}
        keeper.here().add(socket)
        for code, after in wanted.items():
            if type(after) is not int or not 0 <= after <= MAX_SEQ:
                raise BadFrame("bad_frame", ref)
            with contextlib.suppress(Refused):
                await self.open(socket, code[:16], after)
                continue
            await socket.send_error("unknown_room", ref, room=code[:64])
        await queues.here().enter(socket)

    async def open(self, socket, code, after=None, before=None):
        """Let the socket hear the room. Raises NotInRoom."""
        view = await seats.threads.run(seats.view, socket.guest or socket.user, code)
        if socket.closed:
            return
        old = socket.seats.pop(code, None)
        if old:
            rooms.here().rise(old)
        await socket.send_frame("opened", **view.frame())
        if before is not None:
            for event in await seats.threads.run(log.read, view.room, None, before, PAGE):
                socket.put(rooms.as_frame(event))
            cursor = old.cursor if old else view.room.head
        elif after is None:
            cursor = max(view.room.head - PAGE, view.room.first - 1)
        else:
            cursor = after
            if not view.room.first - 1 <= after <= view.room.head:
                await socket.send_frame("reset", room=code, first=view.room.first, head=view.room.head)
                cursor = view.room.first - 1
        if socket.closed:
            return
        seat = Seat(Device(socket, code), socket.guest or socket.user, view, cursor)
        socket.seats[code] = seat
        rooms.here().sit(seat)
        if not seat.guides:
            keeper.here().attends(socket)

    def leave(self, socket):
        """The socket is gone."""
        for seat in getattr(socket, "seats", {}).values():
            rooms.here().rise(seat)
        keeper.here().remove(socket)
        queues.here().leave(socket)
        live_view.here().leave(socket)


house = Rooms()


async def open_room(socket, frame):
    """`open`"""
    await house.open(socket, frame["room"], frame.get("after"), frame.get("before"))


async def close_room(socket, frame):
    """`close`"""
    if seat := socket.seats.pop(frame["room"], None):
        rooms.here().rise(seat)


async def post(socket, frame):
    """`post`: the ack follows when the message is in the database; other frames need not wait for that."""
    seat = await _seat(socket, frame["room"])
    stored = commits.post(Post(seat.participant, UUID(frame["id"]), frame["body"]))
    socket.spawn(_acknowledge(socket, frame, stored))


async def _acknowledge(socket, frame, stored):
    try:
        posted = await asyncio.shield(stored)
    except Refused as refusal:
        socket.refuse(refusal, frame)
    else:
        if posted.held:
            await socket.send_frame("held", room=posted.room, id=frame["id"], at=posted.at.isoformat())
            return
        await socket.send_frame("ack", room=posted.room, id=frame["id"], seq=posted.seq, at=posted.at.isoformat())


async def read(socket, frame):
    """`read`: the others are told now, the database within a second."""
    await marks.here().read(await _seat(socket, frame["room"], "read"), frame["seq"])


async def typing(socket, frame):
    """`typing`"""
    await marks.here().typing(await _seat(socket, frame["room"], "typing"))


async def _seat(socket, code, function=""):
    """Where they sit in this room; who has not opened it may speak in it all the same.

    Raises NotInRoom, or SwitchedOff when the line does not have the function.
    """
    seat = socket.seats.get(code)
    if seat is None:
        view = await seats.threads.run(seats.view, socket.guest or socket.user, code)
        seat = Seat(None, socket.guest or socket.user, view, 0)
    if function and function not in seat.functions:
        raise SwitchedOff
    return seat


async def attend(socket, frame):
    """`attend`"""
    _staff(socket)
    keeper.here().attends(socket)


async def watch(socket, _frame):
    """`watch`"""
    if not await live_view.here().enter(socket, _staff(socket)):
        raise NotAllowed
    keeper.here().watches(socket)


async def take(socket, frame):
    """`take`"""
    user = _staff(socket)
    if ("line" in frame) == ("conversation" in frame):
        raise BadFrame("bad_frame", frame.get("ref"))
    taken = await seats.threads.run(_take, user, frame)
    keeper.here().attends(socket)
    await socket.send_frame("taken", id=frame["id"], conversation=taken.conversation, room=taken.room)


def _take(user, frame):
    take_id = UUID(frame["id"])
    if "line" in frame:
        return queue.take_next(user, seats.find_line(user, frame["line"]), take_id)
    return queue.take(user, seats.find_conversation(user, frame["conversation"]), take_id)


async def end(socket, frame):
    """`end`"""
    await seats.threads.run(end_room, socket.guest or socket.user, frame["room"])


def end_room(person, code):
    """End the conversation in this room as `person` (Guest or User). Raises NotInRoom, AlreadyEnded, NotEndedSo."""
    view = seats.view(person, code)
    if view.room.kind != Room.Kind.CONVERSATION:
        raise NotEndedSo
    if view.is_visitor:
        conversations.end_as_visitor(Participant.objects.get(pk=view.participant))
    else:
        conversations.end_as_volunteer(person, view.room.conversation)


def _staff(socket):
    if socket.guest is not None:
        raise NotForVisitors
    return socket.user


class NotForVisitors(Refused):
    code = "not_allowed"
    message = CODES["not_allowed"]


class NotEndedSo(Refused):
    code = "not_allowed"
    message = _("This room does not end in this way.")


class SwitchedOff(Refused):
    code = "not_allowed"
    message = _("This line does not use this.")
