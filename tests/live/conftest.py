import asyncio

import pytest
from channels.layers import channel_layers

from hotline.live import frames, hub, line
from tests.support.sockets import PATIENCE, open_socket

__all__ = ["open_socket"]


class Wire:
    """A channel layer that reaches other processes, as far as the doorbell can tell."""

    def __init__(self):
        self.ears = {}
        self.sent = []
        self.deaf = False
        self.broken = False
        self._watcher = None

    async def new_channel(self):
        name = f"specific.{len(self.ears)}"
        self.ears[name] = asyncio.get_running_loop(), asyncio.Queue()
        return name

    async def group_add(self, group, channel):
        self._changed()

    async def receive(self, channel):
        return await self.ears[channel][1].get()

    async def group_send(self, group, message):
        self.sent.append(message)
        self._changed()
        if self.broken:
            raise ConnectionError("no Redis")
        if not self.deaf:
            for loop, ear in self.ears.values():
                loop.call_soon_threadsafe(ear.put_nowait, message)

    def topics(self):
        """What was sent, by topic; the process's own echo has the empty one."""
        return [ring["topic"] for message in self.sent for ring in message["rings"]]

    async def until(self, condition):
        """Wait until the condition holds; it is asked again whenever something happens here."""
        self._watcher = asyncio.get_running_loop(), asyncio.Event()
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self._watcher[1].clear()
                await self._watcher[1].wait()

    def _changed(self):
        if self._watcher is not None:
            loop, event = self._watcher
            loop.call_soon_threadsafe(event.set)


@pytest.fixture
def wire(monkeypatch):
    """The channel layer of this test, with a line of its own."""
    layer = Wire()
    channel_layers.set("default", layer)
    monkeypatch.setattr(line, "_line", None)
    yield layer
    if line._line is not None:
        line._line.finish()


class Ear:
    """Hears topics on the running loop, and can be waited for."""

    def __init__(self, *names):
        self.heard = []
        self._names = names
        self._more = asyncio.Event()
        for name in names:
            hub.hub().listen(name, self.hear)

    def hear(self, topic):
        self.heard.append(topic)
        self._more.set()

    async def wait_for(self, number=1):
        async with asyncio.timeout(PATIENCE):
            while len(self.heard) < number:
                self._more.clear()
                await self._more.wait()
        return self.heard

    def close(self):
        for name in self._names:
            hub.hub().leave(name, self.hear)


@pytest.fixture
async def ear():
    """ear(topic, …) -> an Ear that hears these topics until the end of the test."""
    ears = []

    def listen(*names):
        ears.append(Ear(*names))
        return ears[-1]

    yield listen
    for each in ears:
        each.close()


@pytest.fixture
def registered(settings, monkeypatch):
    """The topics and the frame of tests/support/sockets.py."""
    settings.SOCKET_TOPICS = ["tests.support.sockets.topics_for"]
    settings.SOCKET_RIGHTS = "tests.support.sockets.AsTheyAre"
    settings.SOCKET_ROOMS = "tests.support.sockets.no_rooms"
    settings.SOCKET_FRAMES = {"say": "tests.support.sockets.say_again"}
    say = frames.Frame("say it again", {"body": frames.Field(str, 20)})
    monkeypatch.setitem(frames.CLIENT_FRAMES, "say", say)


@pytest.fixture
def vera(cast):
    return cast.vera
