"""
The worker: what goes on without anybody asking. It sends the outbox, fetches and handles Telegram's updates, and runs
the sweeps that look for rows that are due.

Nothing here holds state: a worker that is killed loses nothing, and any number of them may run side by side.
"""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone
from django.utils.module_loading import import_string

from hotline.lib.logs import Word
from hotline.outbox import sender
from hotline.outbox.models import WorkerBeat
from hotline.telegram import intake, poller

logger = logging.getLogger(__name__)

LOOPS = (sender.run, poller.run, intake.run)
# A sweep that hangs holds one thread; the others go on.
THREADS = 4
FIRST_PAUSE, LONGEST_PAUSE = 1, 60
# Seconds that a loop has to finish what it is at when the house closes.
GRACE = 6

Loop = Callable[[asyncio.Event], Awaitable[None]]


async def run(stop: asyncio.Event) -> None:
    """
    Work until `stop` is set, then end within GRACE seconds.

    Whatever fails is logged and tried again; nothing but `stop` ends the worker.
    """
    pool = ThreadPoolExecutor(THREADS, thread_name_prefix="sweep")
    work = [keep_running(loop, stop) for loop in LOOPS]
    work += [repeat(partial(sweep, path), pool, stop) for path in settings.SWEEPS]
    work += [repeat(beat, pool, stop)]
    tasks = [asyncio.create_task(part) for part in work]
    await stop.wait()
    _, late = await asyncio.wait(tasks, timeout=GRACE)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    pool.shutdown(wait=False, cancel_futures=True)


async def keep_running(loop: Loop, stop: asyncio.Event) -> None:
    """Run one of the endless loops; when it fails, log that and start it again after a growing pause (seconds)."""
    pause = FIRST_PAUSE
    while not stop.is_set():
        try:
            return await loop(stop)
        except Exception:
            logger.exception("%s failed; it starts again in %d s", Word(loop.__module__), pause)
        await wait(stop, pause)
        pause = min(2 * pause, LONGEST_PAUSE)


async def repeat(work: Callable[[], None], pool: ThreadPoolExecutor, stop: asyncio.Event) -> None:
    """Do the work in a thread of the pool, then again SWEEP_SECONDS after it has ended, until `stop` is set."""
    while not stop.is_set():
        await asyncio.get_running_loop().run_in_executor(pool, work)
        await wait(stop, settings.SWEEP_SECONDS)


async def wait(stop: asyncio.Event, seconds: float) -> None:
    """Return after so many seconds, or at once when `stop` is set."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


def sweep(path: str) -> None:
    """Run the sweep that the dotted path names. A failure is logged and concerns no other sweep."""
    close_old_connections()
    try:
        done = import_string(path)(timezone.now())
        if done:
            logger.info("%s: %d", Word(path), done)
    except Exception:
        logger.exception("The sweep %s failed; it is tried again in %d s", Word(path), settings.SWEEP_SECONDS)
    finally:
        close_old_connections()


def beat() -> None:
    """Leave the sign of life that /healthz looks for."""
    close_old_connections()
    try:
        WorkerBeat.beat()
    except Exception:
        logger.exception("The worker could not leave its sign of life")
    finally:
        close_old_connections()


class WorkerThread(threading.Thread):
    """The worker beside the web server in one process, with an event loop of its own."""

    def __init__(self) -> None:
        super().__init__(name="worker", daemon=True)
        self._ready = threading.Event()

    def start(self) -> None:
        """Start it; returns when it can be ended."""
        super().start()
        self._ready.wait()

    def run(self) -> None:
        """Work until `end`."""
        asyncio.run(self._work())

    async def _work(self) -> None:
        self._loop, self._ending = asyncio.get_running_loop(), asyncio.Event()
        self._ready.set()
        await run(self._ending)

    def end(self) -> None:
        """Ask it to end, from any thread or a signal handler; returns at once, `join` waits."""
        if self._ready.is_set():
            with suppress(RuntimeError):  # its loop is closed: it has ended already
                self._loop.call_soon_threadsafe(self._ending.set)
