"""
Group commit: what is posted while one transaction runs goes together into the next.

A commit waits for the disk; one for each message would make the disk the limit of the house (design decision 5).
"""

import asyncio
import logging
from weakref import WeakKeyDictionary

from chat.actions import log, messages
from chat.actions.messages import Post, Posted
from chat.consumers import rooms
from hotline.lib.background import Threads
from hotline.lib.errors import Refused

logger = logging.getLogger(__name__)

# Messages in one transaction; more wait for the next.
MOST = 200
# Messages that may wait altogether; above that the house says so instead of letting everybody wait.
QUEUE = 5000

# One transaction at a time, in a thread that nothing else can occupy.
threads = Threads("commit", 1)


class GroupCommit:
    """The messages of one event loop on their way into the database."""

    def __init__(self):
        self._waiting: list[tuple[Post, asyncio.Future]] = []
        self._task: asyncio.Task | None = None

    def post(self, wish: Post) -> asyncio.Future[Posted]:
        """
        Store the message with the next commit. The future gives Posted, or raises what `messages.post` raises.

        Messages are stored in the order of these calls. Whoever hears their rooms in this process hears them before
        the future is done; other processes are rung.
        """
        future = asyncio.get_running_loop().create_future()
        if len(self._waiting) >= QUEUE:
            future.set_exception(TooMany())
            return future
        self._waiting.append((wish, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        return future

    async def _run(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            results = await self._store([wish for wish, _future in batch])
            rooms.here().deliver([log.shown_message(one) for one in results if isinstance(one, Posted) and one.is_new])
            for (_wish, future), result in zip(batch, results, strict=True):
                if future.cancelled():
                    continue
                if isinstance(result, Posted):
                    future.set_result(result)
                else:
                    future.set_exception(result)

    async def _store(self, wishes: list[Post]) -> list[Posted | Exception]:
        try:
            return await threads.run(messages.post_many, wishes)
        except Exception as error:
            if len(wishes) == 1:
                logger.exception("A message could not be stored")
                return [NotStored() if not isinstance(error, Refused) else error]
        # One that the database refuses takes no other along.
        return [result for wish in wishes for result in await self._store([wish])]


class TooMany(Refused):
    code = "too_fast"
    message = messages.BUSY


class NotStored(TooMany):
    """The database did not take it; the client sends it again."""


_commits: WeakKeyDictionary[asyncio.AbstractEventLoop, GroupCommit] = WeakKeyDictionary()


def post(wish: Post) -> asyncio.Future[Posted]:
    """`GroupCommit.post` of the running event loop."""
    return _commits.setdefault(asyncio.get_running_loop(), GroupCommit()).post(wish)
