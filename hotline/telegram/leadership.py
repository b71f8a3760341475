"""One process does it, the others stand by: an endless task under a lease in the database."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable

from hotline.lib.background import Threads, pause
from hotline.lib.logs import Word
from hotline.telegram.models import Lease

# Seconds: how long a process that died holds the others up, how often a living one renews, how often the others look.
HELD, RENEWED, LOOKED = 10, 3, 1

logger = logging.getLogger(__name__)

Task = Callable[[asyncio.Event], Awaitable[None]]


async def lead(name: str, task: Task, threads: Threads, stop: asyncio.Event) -> None:
    """Run `task(over)` whenever this process holds the lease `name`, until `stop` is set.

    The event `over` is set when the task must end: at `stop`, or when the lease was lost. What it raises comes out
    here, with the lease given back.
    """
    holder = secrets.token_hex(8)
    while not stop.is_set():
        if await threads.run(Lease.take, name, holder, HELD):
            try:
                await _while_held(name, holder, task, threads, stop)
            finally:
                await threads.run(Lease.give_back, name, holder)
        else:
            await pause(LOOKED, stop)


async def _while_held(name: str, holder: str, task: Task, threads: Threads, stop: asyncio.Event) -> None:
    over = asyncio.Event()
    ended = asyncio.Event()
    running = asyncio.ensure_future(task(over))
    running.add_done_callback(lambda _task: ended.set())
    try:
        while not running.done() and not stop.is_set():
            await pause(RENEWED, stop, ended)
            if not running.done() and not stop.is_set() and not await threads.run(Lease.take, name, holder, HELD):
                logger.warning("the lease %s was lost", Word(name))
                break
    finally:
        over.set()
        await running
