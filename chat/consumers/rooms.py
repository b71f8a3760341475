"""
The rooms that somebody hears in this process.

A room is heard once, however many sit in it, and a new event is read once: one that was committed here is handed on as
it is, one that was committed elsewhere is read from the log when its ring comes. Nobody is given an event out of turn:
whoever is behind gets the rest from the log until they have caught up.
"""

import asyncio
import json
import logging
from copy import copy
from weakref import WeakKeyDictionary

from chat.actions import log
from chat.consumers import seats
from chat.models import Room
from hotline.live import line, topics
from hotline.live.hub import hub

logger = logging.getLogger(__name__)

# Seconds before a log that could not be read is read again.
RETRY = 1.0


class Seat:
    """
    One device's place in one room.

    give(text, frame) hands a frame on without waiting, `drained()` waits until it has gone out; `gone(reason)` says
    that the room is no longer theirs.
    """

    def __init__(self, device, person, view, cursor):
        self.device, self.person = device, person
        self.participant, self.code, self.is_visitor = view.participant, view.code, view.is_visitor
        self.room, self.functions, self.guides = view.room, view.functions, view.guides
        self.cursor = cursor
        self.is_behind = False
        # The log says that they went: whether they came back is asked before they hear any more.
        self.is_doubted = False


class LiveRoom:
    """One room and those who hear it; for the thread of its event loop alone."""

    def __init__(self, room: Room):
        # Each seat's cursor begins where that person may read, so the log is read here without a bound.
        self.room, self.code = copy(room), room.code
        self.room.first = 1
        self.head = room.head
        self.seats: set[Seat] = set()
        self.states: dict[str, str] = {}
        self._reading: asyncio.Task | None = None
        self._asked = False
        self._tasks: set[asyncio.Task] = set()
        hub().listen(topics.room(self.code), self.on_ring)

    def close(self) -> None:
        """Hear nothing any more."""
        hub().leave(topics.room(self.code), self.on_ring)
        for task in self._tasks:
            task.cancel()

    def add(self, seat: Seat) -> None:
        """Let somebody hear the room from `seat.cursor` on."""
        self.seats.add(seat)
        self.learn(seat.room.head)
        if seat.cursor < self.head:
            self._catch_up(seat)

    def deliver(self, event: dict) -> None:
        """Hand on an event as `log.read` shows it, to everybody whose turn it is."""
        if event["seq"] > self.head + 1:
            self.learn(event["seq"])
            return
        if event["seq"] <= self.head:
            return
        self.head = event["seq"]
        text = as_frame(event)
        for seat in tuple(self.seats):
            self._give(seat, event, text)

    def _give(self, seat: Seat, event: dict, text: str) -> None:
        if seat.is_behind:
            return
        if seat.cursor == event["seq"] - 1:
            self._hand(seat, event, text)
            if seat.is_doubted:
                self._catch_up(seat)
        elif seat.cursor < event["seq"]:
            self._catch_up(seat)

    def _hand(self, seat: Seat, event: dict, text: str) -> None:
        seat.cursor = event["seq"]
        seat.device.give(text, event)
        seat.is_doubted = seat.is_doubted or (event["kind"] in seats.GOING and event["from"] == seat.code)

    async def _has_gone(self, seat: Seat) -> bool:
        """Ask whether somebody who went may be here all the same; if not, they hear it no more."""
        (has_gone,) = await self._asked_of(seats.withdrawn, [(seat.participant, seat.person)])
        seat.is_doubted = False
        if has_gone and seat in self.seats:
            here().rise(seat)
            seat.device.gone("left")
        return has_gone

    def say(self, kind: str, /, but: str = "", **fields) -> None:
        """Tell everybody but the participant `but` something that is in no log: typing, read, present."""
        text = json.dumps({"type": kind, "room": self.code, **fields}, ensure_ascii=False)
        for seat in tuple(self.seats):
            if seat.code != but:
                seat.device.give(text, None)

    def say_read(self, reader: str, seq: int) -> None:
        """Somebody has read so far. In a room that never ends that is for their own other devices alone."""
        if self.room.never_ends:
            text = json.dumps({"type": "read", "room": self.code, "from": reader, "seq": seq})
            for seat in [one for one in self.seats if one.code == reader]:
                seat.device.give(text, None)
        else:
            self.say("read", but=reader, **{"from": reader}, seq=seq)

    def on_ring(self, _topic: str, seq: int = 0, **ids) -> None:
        """The hub's call: another process, or an action of this one, has news of the room."""
        if "typing" in ids:
            self.say("typing", but=ids["typing"], **{"from": ids["typing"]})
        elif "reader" in ids:
            self.say_read(ids["reader"], ids["upto"])
        elif "changed" in ids:
            self.say("changed")
            self.look()
        elif not seq or seq > self.head:
            self.look()

    def learn(self, head: int) -> None:
        """The log reaches to `head`, as the database says; read what is missing here."""
        if head > self.head:
            self.look()

    def look(self) -> None:
        """Read what is new in the log; asked while that is being done, once more after it."""
        self._asked = True
        if self._reading is None or self._reading.done():
            self._reading = self._spawn(self._read())

    async def _read(self) -> None:
        # A page that was read just before a commit does not hold it, though its ring came while the page was awaited.
        while self._asked:
            self._asked = False
            while page := await self._page(self.head):
                for event in page:
                    self.deliver(event)

    def _catch_up(self, seat: Seat) -> None:
        seat.is_behind = True
        self._spawn(self._bring(seat))

    async def _bring(self, seat: Seat) -> None:
        """Give one who is behind everything up to the head, page by page, at the speed at which they read."""
        while seat in self.seats:
            if seat.is_doubted and await self._has_gone(seat):
                return
            page = await self._page(seat.cursor)
            if seat not in self.seats:
                return
            for event in page:
                self._hand(seat, event, as_frame(event))
                if seat.is_doubted:
                    break
            if seat.is_doubted:
                continue
            if seat.cursor >= self.head or not page:
                seat.is_behind = False
                return
            await seat.device.drained()

    async def _page(self, after: int) -> list[dict]:
        """Events past `after`."""
        return await self._asked_of(log.read, self.room, after)

    async def _asked_of(self, question, *arguments):
        """The database's answer to `question(*arguments)`. Waits for one that is away."""
        while True:
            try:
                return await seats.threads.run(question, *arguments)
            except Exception:
                logger.exception("A room could not be read; it is tried again")
            await asyncio.sleep(RETRY)

    def _spawn(self, work) -> asyncio.Task:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


class LiveRooms:
    """All rooms that are heard in one event loop."""

    def __init__(self):
        self.rooms: dict[str, LiveRoom] = {}

    def sit(self, seat: Seat) -> LiveRoom:
        """Let somebody hear their room from `seat.cursor` on. Returns the LiveRoom."""
        live = self.rooms.get(seat.room.code)
        if live is None:
            live = self.rooms[seat.room.code] = LiveRoom(seat.room)
            # What was committed between their look at the room and this moment rang for nobody here.
            live.look()
        live.add(seat)
        return live

    def rise(self, seat: Seat) -> None:
        """They hear it no more."""
        live = self.rooms.get(seat.room.code)
        if live is None or seat not in live.seats:
            return
        live.seats.discard(seat)
        if not live.seats:
            live.close()
            del self.rooms[seat.room.code]

    def deliver(self, events: list[dict]) -> None:
        """Hand on events that were committed in this process, and ring the others."""
        latest = {}
        for event in events:
            latest[event["room"]] = event["seq"]
            if live := self.rooms.get(event["room"]):
                live.deliver(event)
        for code, seq in latest.items():
            # a room that has heard it already lets it pass; whoever sees many rooms from outside learns of it here
            hub().deliver(topics.room(code), {"seq": seq})
            line.send(topics.room(code), seq=seq)

    def seats(self) -> list[Seat]:
        """Everybody who sits anywhere."""
        return [seat for live in self.rooms.values() for seat in live.seats]


def as_frame(event: dict) -> str:
    """The text of an `event` frame."""
    return json.dumps({"type": "event", **event}, ensure_ascii=False)


_rooms: WeakKeyDictionary[asyncio.AbstractEventLoop, LiveRooms] = WeakKeyDictionary()


def here() -> LiveRooms:
    """The rooms of the running event loop."""
    return _rooms.setdefault(asyncio.get_running_loop(), LiveRooms())
