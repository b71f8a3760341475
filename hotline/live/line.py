"""
The line to the other processes, where the channel layer is shared (Redis).

All that has to do with the layer happens on one thread of the process: a slow, dead or odd layer holds up no caller and
no shutdown. Each process hears the doorbell once, however many sockets it has. To notice a layer that has gone deaf, it
listens for its own echo; while that is missing it rings everything at each heartbeat, so that nobody waits longer than
that for what the database already knows.
"""

import asyncio
import atexit
import logging
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress

from channels.layers import InMemoryChannelLayer, get_channel_layer

log = logging.getLogger(__name__)

GROUP = "doorbell"
HEARTBEAT = 15.0
RETRY = 2.0
PROCESS = secrets.token_hex(8)
# The topic of the process's own echo.
ECHO = ""

Deliver = Callable[..., None]


class Line:
    """One thread with an event loop of its own over one channel layer."""

    CAPACITY = 1000
    # Rings in one message of the layer: what is rung while one is sent goes together into the next.
    MOST = 200
    PATIENCE = 5.0
    LAST_WORDS = 1.0

    def __init__(self, layer):
        self._layer = layer
        self._loop = asyncio.new_event_loop()
        self._waiting = asyncio.Queue(self.CAPACITY)
        self._deliver: Deliver | None = None
        self._listening = asyncio.Event()
        self._echo_heard = False
        self._troubled = False
        self._work = [self._loop.create_task(self._carry())]
        self._thread = threading.Thread(target=self._run, name="doorbell", daemon=True)
        self._thread.start()
        atexit.register(self.finish)

    def send(self, topic: str, **ids) -> None:
        """Hand over and return at once. What does not fit is dropped: a ring may be lost, the caller may not wait."""
        self._loop.call_soon_threadsafe(self._put, {"topic": topic, **ids})

    def hear(self, deliver: Deliver) -> None:
        """Call `deliver(topic, **ids)` (on the line's thread) at each ring of others, and `deliver(None)` when in doubt."""
        if self._deliver is None:
            self._deliver = deliver
            self._loop.call_soon_threadsafe(self._listen)

    def finish(self) -> None:
        """End the line, once what was handed over has gone out or a moment has passed."""
        atexit.unregister(self.finish)
        self._loop.call_soon_threadsafe(lambda: self._loop.create_task(self._end()))
        self._thread.join(3 * self.LAST_WORDS)

    def _run(self) -> None:
        self._loop.run_forever()
        self._loop.close()

    async def _end(self) -> None:
        try:
            async with asyncio.timeout(self.LAST_WORDS):
                await self._waiting.join()
        except TimeoutError:
            log.warning("The last rings were not sent")
        for task in self._work:
            task.cancel()
        await asyncio.wait(self._work, timeout=self.LAST_WORDS)
        self._loop.stop()

    def _put(self, ring: dict) -> None:
        if self._waiting.full():
            self._waiting.get_nowait()
            self._waiting.task_done()
        self._waiting.put_nowait(ring)

    def _listen(self) -> None:
        self._work += [self._loop.create_task(self._hear_others()), self._loop.create_task(self._watch_echo())]

    async def _carry(self) -> None:
        while True:
            rings = [await self._waiting.get()]
            while len(rings) < self.MOST and not self._waiting.empty():
                rings.append(self._waiting.get_nowait())
            await self._give(rings)
            for _ring in rings:
                self._waiting.task_done()

    async def _give(self, rings: list[dict]) -> None:
        try:
            async with asyncio.timeout(self.PATIENCE):
                await self._layer.group_send(GROUP, {"type": "doorbell", "from": PROCESS, "rings": rings})
            self._troubled = False
        except Exception as error:
            if not self._troubled:
                log.warning("The channel layer does not take rings: %s", type(error))
            self._troubled = True

    async def _hear_others(self) -> None:
        while True:
            try:
                channel = await self._layer.new_channel()
                await self._layer.group_add(GROUP, channel)
                self._listening.set()
                while True:
                    self._take(await self._layer.receive(channel))
            except Exception as error:
                log.warning("The doorbell of other processes is not heard: %s", type(error))
            await asyncio.sleep(RETRY)

    def _take(self, message: dict) -> None:
        for ring in message["rings"]:
            if message["from"] == PROCESS:
                self._echo_heard |= ring["topic"] == ECHO
            elif ring["topic"] != ECHO:
                self._deliver(**ring)

    async def _watch_echo(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(RETRY):
                await self._listening.wait()
        while True:
            self._echo_heard = False
            self.send(ECHO)
            await asyncio.sleep(HEARTBEAT)
            if not self._echo_heard:
                self._deliver(None)


_line: Line | None = None
_lock = threading.Lock()


def _open() -> Line | None:
    """The line of this process; None where the layer reaches no other process."""
    global _line
    with _lock:
        if _line is None:
            layer = get_channel_layer()
            if layer is not None and not isinstance(layer, InMemoryChannelLayer):
                _line = Line(layer)
        return _line


def send(topic: str, **ids) -> None:
    """Ring in the other processes, if there are any; never waits."""
    if (line := _open()) is not None:
        line.send(topic, **ids)


def hear(deliver: Deliver) -> None:
    """Hear the rings of the other processes from now on, if there are any."""
    if (line := _open()) is not None:
        line.hear(deliver)
