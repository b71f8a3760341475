"""The live view on the socket: facts of the running conversations of a line, whole once and then what changed, at most
once a second however many are written in and however many look."""

import asyncio
import logging
from weakref import WeakKeyDictionary

from chat.actions import live_view
from chat.actions.holds import SUPERVISE
from chat.consumers import seats
from hotline.live import topics
from hotline.live.hub import hub

logger = logging.getLogger(__name__)

PAUSE = 1.0
# Conversations in one frame.
MOST = 100


class Board:
    """One line's running conversations, and the sockets that see them."""

    def __init__(self, line: int):
        self.line, self.slug = line, ""
        self.watchers = set()
        self._newcomers = set()
        # Code of a room → facts of its conversation, as they were told.
        self._rows: dict[str, dict] = {}
        self._heard: set[str] = set()
        # Whether anybody came, went or changed; and the rooms in which something was said.
        self._stale = True
        self._said: set[str] = set()
        self._told = -PAUSE
        self._task: asyncio.Task | None = None
        hub().listen(topics.queue(line), self.on_change)

    def close(self) -> None:
        """Hear nothing any more."""
        hub().leave(topics.queue(self.line), self.on_change)
        self._hear({})
        if self._task is not None:
            self._task.cancel()

    def add(self, watcher) -> None:
        """Show a newcomer everything, and from then on what changes."""
        self.watchers.add(watcher)
        self._newcomers.add(watcher)
        self._soon()

    def on_change(self, *_topic, **_ids) -> None:
        """The hub's call: who waits or talks there has changed."""
        self._stale = True
        self._soon()

    def on_said(self, topic, seq=0, **_ids) -> None:
        """The hub's call: something happened in one of the rooms. Who types or reads is no news here."""
        if seq:
            self._said.add(topic)
            self._soon()

    def _soon(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        loop = asyncio.get_running_loop()
        while self._stale or self._said or self._newcomers:
            await asyncio.sleep(max(0.0, self._told + PAUSE - loop.time()))
            self._told = loop.time()
            try:
                changed, gone = await self._look()
            except Exception as error:
                # The next ring or heartbeat asks again.
                logger.warning("The running conversations of a line could not be looked at: %s", type(error))
                return
            newcomers, self._newcomers = self._newcomers, set()
            for watcher in tuple(self.watchers - newcomers):
                await self._show(watcher, changed, gone, whole=False)
            for watcher in newcomers & self.watchers:
                await self._show(watcher, list(self._rows.values()), [], whole=True)

    async def _look(self):
        """(facts that are other than they were told, codes of conversations that are gone)."""
        stale, self._stale = self._stale, False
        said, self._said = self._said, set()
        try:
            if stale:
                self.slug, rows = await seats.threads.run(live_view.facts, self.line)
            else:
                codes = [topic.removeprefix(topics.room("")) for topic in said]
                last = await seats.threads.run(live_view.last_words, codes)
                rows = self._rows | {
                    code: self._rows[code] | {"last": last[code]} for code in last if code in self._rows
                }
        except BaseException:
            self._stale = True
            raise
        former, self._rows = self._rows, rows
        self._hear(rows)
        changed = [row for code, row in rows.items() if former.get(code) != row]
        return changed, [row["conversation"] for code, row in former.items() if code not in rows]

    def _hear(self, rows) -> None:
        wanted = {topics.room(code) for code in rows}
        for topic in self._heard - wanted:
            hub().leave(topic, self.on_said)
        for topic in wanted - self._heard:
            hub().listen(topic, self.on_said)
        self._heard = wanted

    async def _show(self, watcher, rows, gone, *, whole) -> None:
        """In frames of a size that every reader takes; nothing when there is nothing new."""
        for start in range(0, max(len(rows), 1), MOST):
            part = rows[start : start + MOST]
            if part or gone or whole:
                await watcher.send_frame("live", line=self.slug, whole=int(whole), conversations=part, gone=gone)
            whole, gone = False, []


class Boards:
    """All lines that somebody watches in one event loop."""

    def __init__(self):
        self._boards: dict[int, Board] = {}

    async def enter(self, socket, user) -> bool:
        """Show this socket the lines that `user` supervises, now and whenever they change; whether there are any."""
        lines = (await seats.threads.run(seats.lines_of_many, {user.pk: user}, SUPERVISE))[user.pk]
        if socket.closed:
            return True
        for line in lines:
            if line not in self._boards:
                self._boards[line] = Board(line)
            self._boards[line].add(socket)
        return bool(lines)

    async def renew(self) -> None:
        """Stop showing people the lines that are theirs no more, and say so. Two or three queries for all of them."""
        watchers = {watcher for board in self._boards.values() for watcher in board.watchers}
        if not watchers:
            return
        theirs = await seats.threads.run(seats.lines_of_many, {one.user.pk: one.user for one in watchers}, SUPERVISE)
        for watcher in watchers:
            for line in set(self._boards) - theirs[watcher.user.pk]:
                board = self._boards[line]
                if watcher in board.watchers:
                    await watcher.send_frame("live", line=board.slug, whole=1, conversations=[], gone=[])
                    self._drop(watcher, line)

    def leave(self, watcher) -> None:
        """Show them nothing any more."""
        for line in list(self._boards):
            self._drop(watcher, line)

    def _drop(self, watcher, line) -> None:
        board = self._boards[line]
        board.watchers.discard(watcher)
        if not board.watchers:
            board.close()
            del self._boards[line]

    def look(self) -> None:
        """A ring may have been lost: look at all of them anew."""
        for board in self._boards.values():
            board.on_change()


_boards: WeakKeyDictionary[asyncio.AbstractEventLoop, Boards] = WeakKeyDictionary()


def here() -> Boards:
    """The boards of the running event loop."""
    return _boards.setdefault(asyncio.get_running_loop(), Boards())
