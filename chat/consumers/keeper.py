"""
What one process does for all its sockets and polls, in a few queries for all of them together: every few seconds it asks
who may still be where, at every heartbeat it says who is there, how far the rooms reach, and what was missed.
"""

import asyncio
import logging
from weakref import WeakKeyDictionary

from django.utils import timezone

from chat.actions import presence
from chat.consumers import live_view, queues, rooms, seats
from hotline.live.line import HEARTBEAT

logger = logging.getLogger(__name__)

LOOK_SECONDS = 3.0


class Keeper:
    """The sockets and polls of one event loop. Each has `guest` (or None) and `user`."""

    def __init__(self):
        self._sockets = set()
        self._attending = set()
        self._arrived = set()
        self._watching = set()
        self._task: asyncio.Task | None = None
        self._greeting: asyncio.Task | None = None

    def add(self, socket) -> None:
        """Look after this one from now on; a visitor is there as soon as they are known."""
        self._sockets.add(socket)
        if socket.guest is not None:
            self.attends(socket)
        if self._task is None:
            self._task = asyncio.create_task(self._go_round())

    def attends(self, socket) -> None:
        """Whoever is behind this socket is at the chat."""
        if socket in self._sockets and socket not in self._attending:
            self._attending.add(socket)
            self._arrived.add(socket)
            if self._greeting is None or self._greeting.done():
                self._greeting = asyncio.create_task(self._greet())

    def watches(self, socket) -> None:
        """Whoever is behind this socket is at the live view: whom they talk to at their own desk stays theirs."""
        if socket in self._sockets:
            self._watching.add(socket)

    def remove(self, socket) -> None:
        """It is gone."""
        for group in (self._sockets, self._attending, self._arrived, self._watching):
            group.discard(socket)
        if not self._sockets and self._task is not None:
            self._task.cancel()
            self._task = None

    def sockets_of(self, participant: int) -> int:
        """How many sockets of this visitor are open here."""
        return sum(1 for one in self._sockets if one.guest and one.guest.participant == participant)

    async def look(self) -> None:
        """Close every room and queue to those whose right has gone. A few queries for all of them together."""
        await queues.here().renew()
        await live_view.here().renew()
        taken = rooms.here().seats()
        if not taken:
            return
        found = await seats.threads.run(seats.withdrawn, [(seat.participant, seat.person) for seat in taken])
        gone = [seat for seat, has_gone in zip(taken, found, strict=True) if has_gone]
        went = await seats.threads.run(seats.went_at, {seat.participant for seat in gone}) if gone else {}
        for seat in gone:
            live = rooms.here().rooms.get(seat.room.code)
            if live and seat.cursor < went.get(seat.participant, 0):
                # The log says why, and nothing after it: it shows them out when they have heard that.
                live.learn(went[seat.participant])
            else:
                rooms.here().rise(seat)
                seat.device.gone("withdrawn")

    async def beat(self) -> None:
        """Say who is there, learn how far the rooms reach, tell it, and who else is there."""
        await self._note(self._attending)
        if self._watching:
            await seats.threads.run(presence.keep_own, {one.user.pk for one in self._watching}, timezone.now())
        heard = rooms.here().rooms
        for code, head in (await seats.threads.run(seats.heads, list(heard))).items():
            if live := heard.get(code):
                live.learn(head)
        for socket in tuple(self._sockets):
            if socket.seats:
                await socket.send_frame(
                    "heads", rooms={code: heard[code].head for code in socket.seats if code in heard}
                )
        states = await seats.threads.run(seats.states, list(heard), timezone.now())
        for code, found in states.items():
            if live := heard.get(code):
                _tell_states(live, found)
        queues.here().look()
        live_view.here().look()

    async def _greet(self) -> None:
        # Who comes while one note is written stands together in the next: a thousand may come at once.
        while self._arrived:
            arrived, self._arrived = self._arrived, set()
            try:
                await self._note(arrived)
            except Exception as error:
                logger.warning("Who came could not be noted; the next heartbeat does: %s", type(error))

    async def _note(self, attending) -> None:
        participants = {one.guest.participant for one in attending if one.guest is not None}
        # Whoever guides is there as long as the room is open on their page, wherever else they are.
        participants |= {seat.participant for seat in rooms.here().seats() if seat.guides}
        users = {one.user.pk for one in attending if one.guest is None}
        await seats.threads.run(presence.touch, participants, users, timezone.now())

    async def _go_round(self) -> None:
        loop = asyncio.get_running_loop()
        beaten = loop.time()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
                if loop.time() - beaten >= HEARTBEAT - LOOK_SECONDS:
                    beaten = loop.time()
                    await self.beat()
            except Exception as error:
                # The database may be away for a moment; nobody is thrown out for that.
                logger.warning("The chat's sockets could not be looked at: %s", type(error))


def _tell_states(live, found) -> None:
    for code, state in found.items():
        if live.states.get(code, "here") != state:
            live.say("present", but=code, **{"from": code}, state=state)
    live.states = found


_keepers: WeakKeyDictionary[asyncio.AbstractEventLoop, Keeper] = WeakKeyDictionary()


def here() -> Keeper:
    """The keeper of the running event loop."""
    return _keepers.setdefault(asyncio.get_running_loop(), Keeper())
