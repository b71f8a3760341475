"""Queues on the socket: whole states, to visitors their position, to staff all who wait; at most one in two seconds."""

import asyncio
import logging
from weakref import WeakKeyDictionary

from chat.consumers import seats
from hotline.live import topics
from hotline.live.hub import hub

logger = logging.getLogger(__name__)

PAUSE = 2.0


class LiveQueue:
    """One line's queue, and the sockets and polls that see it."""

    def __init__(self, line: int):
        self.line = line
        self.watchers = set()
        self._told = -PAUSE
        self._state: QueueState | None = None
        self._task: asyncio.Task | None = None
        hub().listen(topics.queue(line), self.on_ring)

    def close(self) -> None:
        """Hear nothing any more."""
        hub().leave(topics.queue(self.line), self.on_ring)
        if self._task is not None:
            self._task.cancel()

    def on_ring(self, *_topic, **_ids) -> None:
        """Tell everybody how it stands, soon."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        try:
            state = await self.look()
        except Exception as error:
            logger.warning("A queue could not be looked at: %s", type(error))
            return
        for watcher in tuple(self.watchers):
            await self.show(watcher, state)

    async def look(self) -> "QueueState":
        """How it stands, asked of the database once in PAUSE however many want to know."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, self._told + PAUSE - loop.time()))
        self._told = loop.time()
        self._state = QueueState(*await seats.threads.run(seats.queue_state, self.line))
        return self._state

    async def greet(self, watcher) -> None:
        """Show a newcomer how it stands: as it was told last, unless that was long ago."""
        self.watchers.add(watcher)
        fresh = self._state is not None and asyncio.get_running_loop().time() - self._told <= PAUSE
        if not (fresh and await self.show(watcher, self._state)):
            self.on_ring()

    async def show(self, watcher, state) -> bool:
        """Send one watcher what is theirs; whether there was anything."""
        frame = state.for_visitor(watcher.guest.room) if watcher.guest else state.for_staff()
        if frame:
            await watcher.send_frame("queue", **frame)
        return bool(frame)


class QueueState:
    """How a line stands at one moment."""

    def __init__(self, line, state, waiting, seconds_a_place):
        self._line, self._state, self._waiting, self._pace = line, state, waiting, seconds_a_place
        self._places = {conversation.room.code: place for place, conversation in enumerate(waiting, 1)}

    def for_visitor(self, room):
        """The frame of whoever waits in `room`, or None when they wait no more."""
        place = self._places.get(room)
        if place is None:
            return None
        seconds = None if self._pace is None else self._pace * place
        return {"line": self._line.slug, "state": self._state, "position": place, "wait_seconds": seconds}

    def for_staff(self):
        """The frame of the line's volunteers."""
        waiting = [
            {
                "conversation": one.code,
                "position": place,
                "since": one.created_at.isoformat(),
                "language": one.language,
                **({"risk": one.risk} if one.risk else {}),
            }
            for place, one in enumerate(self._waiting, 1)
        ]
        return {
            "line": self._line.slug,
            "state": self._state,
            "maximum": self._line.maximum_waiting,
            "waiting": waiting,
        }


class LiveQueues:
    """All queues that somebody watches in one event loop."""

    def __init__(self):
        self._queues: dict[int, LiveQueue] = {}

    async def enter(self, watcher) -> None:
        """Show a socket or poll the queues that are theirs, now and whenever they change."""
        for line in await seats.threads.run(seats.queues_of, watcher.guest or watcher.user):
            if line not in self._queues:
                self._queues[line] = LiveQueue(line)
            await self._queues[line].greet(watcher)

    async def renew(self) -> None:
        """Stop showing members of staff the queues that are theirs no more. Two or three queries for all of them."""
        staff = {watcher for queue in self._queues.values() for watcher in queue.watchers if watcher.guest is None}
        if not staff:
            return
        theirs = await seats.threads.run(seats.lines_of_many, {one.user.pk: one.user for one in staff})
        for watcher in staff:
            for line in set(self._queues) - theirs[watcher.user.pk]:
                self._drop(watcher, line)

    def leave(self, watcher) -> None:
        """Show them nothing any more."""
        for line in list(self._queues):
            self._drop(watcher, line)

    def _drop(self, watcher, line) -> None:
        queue = self._queues[line]
        queue.watchers.discard(watcher)
        if not queue.watchers:
            queue.close()
            del self._queues[line]

    def look(self) -> None:
        """A ring may have been lost: tell all how their queues stand."""
        for queue in self._queues.values():
            queue.on_ring()


_queues: WeakKeyDictionary[asyncio.AbstractEventLoop, LiveQueues] = WeakKeyDictionary()


def here() -> LiveQueues:
    """The queues of the running event loop."""
    return _queues.setdefault(asyncio.get_running_loop(), LiveQueues())
