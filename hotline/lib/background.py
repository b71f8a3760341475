"""Small tools for endless loops: a bell that wakes them from any thread, and database work in threads of its own."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context

from django.db import close_old_connections, connection


class Bell:
    """Wakes the loops of this process that listen. Other processes do not hear it: they look now and then."""

    def __init__(self):
        self._lock = threading.Lock()
        self._listening: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}

    def ring(self) -> None:
        """Wake all who listen; from any thread."""
        with self._lock:
            listening = list(self._listening.items())
        for event, loop in listening:
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)

    @contextmanager
    def listen(self):
        """Listen from the running loop: an asyncio.Event that is set at every ring and that the listener clears."""
        event = asyncio.Event()
        with self._lock:
            self._listening[event] = asyncio.get_running_loop()
        try:
            yield event
        finally:
            with self._lock:
                del self._listening[event]


class Threads:
    """A pool for synchronous work with the database, apart from everybody else's threads."""

    def __init__(self, name: str, size: int):
        self._pool = ThreadPoolExecutor(size, thread_name_prefix=name, initializer=_stay_connected)

    async def run(self, function: Callable, *args):
        """Call the function in a thread and await its result; a connection of the pool is given back afterwards."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, copy_context().run, _with_connection, function, *args)

    def close(self) -> None:
        """Let the threads end; those at work finish what they do."""
        self._pool.shutdown(wait=False)


def _stay_connected():
    # Only hotline.lib.sqlite reads it: PostgreSQL's connections belong to a pool.
    connection.stays_open = True


def _with_connection(function: Callable, *args):
    close_old_connections()
    try:
        return function(*args)
    finally:
        close_old_connections()


async def pause(seconds: float, *events: asyncio.Event) -> None:
    """Wait so many seconds, or until one of the events is set."""
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
