"""What one socket has still to send: bounded, so that a slow reader costs nobody else anything."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress

# Frames that may wait for a reader. More than a page of a room's log and its heads; who is further behind reads it again.
MOST = 512


class TooSlow(Exception):
    """The reader does not keep up: the socket is to be closed, and resumes from where it was."""


class Outgoing:
    """Frames in their order, sent one after the other by a task of its own."""

    def __init__(self, send: Callable[[str], Awaitable[None]]):
        self._send = send
        self._frames: deque[str] = deque()
        self._wake = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()

    def put(self, text: str) -> None:
        """Send this after all that waits already; returns at once. Raises TooSlow when too much waits."""
        if len(self._frames) >= MOST:
            raise TooSlow
        self._frames.append(text)
        self._empty.clear()
        self._wake.set()

    async def drained(self) -> None:
        """Wait until nothing waits any more."""
        await self._empty.wait()

    async def run(self) -> None:
        """Send until cancelled, or until the other end is gone: the server says so with an OSError."""
        with suppress(OSError):
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._frames:
                    await self._send(self._frames[0])
                    self._frames.popleft()
                self._empty.set()
