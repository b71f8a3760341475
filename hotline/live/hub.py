"""Who listens to the doorbell in this process. A ring reaches them directly, whatever thread it comes from."""

import asyncio
import threading
from collections.abc import Callable
from weakref import WeakKeyDictionary

from hotline.live import line

# Called with the topic, and with the ids that came along (none when it is rung in doubt).
Listener = Callable[..., None]


class Hub:
    """The listeners of one event loop. Its methods are for that loop's thread alone."""

    def __init__(self):
        self._listeners: dict[str, set[Listener]] = {}

    def listen(self, topic: str, listener: Listener) -> None:
        """Call `listener(topic, **ids)` at each ring from now on."""
        self._listeners.setdefault(topic, set()).add(listener)
        line.hear(deliver)

    def leave(self, topic: str, listener: Listener) -> None:
        """Do not call the listener for this topic any more."""
        listeners = self._listeners.get(topic, set())
        listeners.discard(listener)
        if not listeners:
            self._listeners.pop(topic, None)

    def topics(self) -> list[str]:
        """The topics that somebody listens to."""
        return list(self._listeners)

    def deliver(self, topic: str | None, ids: dict) -> None:
        """Call everybody who listens to the topic; None rings them all."""
        for each in self.topics() if topic is None else [topic]:
            for listener in tuple(self._listeners.get(each, ())):
                listener(each, **ids)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()
_lock = threading.Lock()


def hub() -> Hub:
    """The hub of the running event loop."""
    loop = asyncio.get_running_loop()
    with _lock:
        return _hubs.setdefault(loop, Hub())


def deliver(topic: str | None, **ids) -> None:
    """Ring in this process alone; from any thread, without waiting. None rings every topic."""
    with _lock:
        here = list(_hubs.items())
    for loop, listening in here:
        try:
            loop.call_soon_threadsafe(listening.deliver, topic, ids)
        except RuntimeError:  # that loop has ended
            continue


def send(topic: str, **ids) -> None:
    """Ring in this process and in the others; from any thread, without waiting."""
    deliver(topic, **ids)
    line.send(topic, **ids)
