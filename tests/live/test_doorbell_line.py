"""Rings that go to other processes and come from them."""

import asyncio
import threading
from contextlib import suppress

import pytest
from channels.layers import get_channel_layer
from django.conf import settings as house

from hotline.live import hub as hubs
from hotline.live import line as lines
from hotline.live.doorbell import aring
from tests.support.sockets import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)


def of_another(topic):
    """What another process sends when it rings."""
    return {"type": "doorbell", "from": "another", "rings": [{"topic": topic}]}


async def test_a_ring_goes_out_to_other_processes_with_ids_only(wire):
    await aring("places", place=7)
    await wire.until(lambda: wire.sent)
    assert wire.sent == [{"type": "doorbell", "from": lines.PROCESS, "rings": [{"topic": "places", "place": 7}]}]


async def test_a_ring_of_another_process_is_heard_and_the_own_not_twice(wire, ear):
    heard = ear("places", "last")
    await wire.until(lambda: wire.ears)
    await wire.group_send(lines.GROUP, of_another("places"))
    assert await heard.wait_for(1) == ["places"]
    await aring("places")
    await wire.until(lambda: wire.topics().count("places") == 2)
    await wire.group_send(lines.GROUP, of_another("last"))
    assert await heard.wait_for(3) == ["places", "places", "last"]


async def test_one_ear_a_process_however_many_listen(wire, ear):
    for _ in range(5):
        ear("places")
    await wire.until(lambda: "" in wire.topics())
    assert len(wire.ears) == 1


async def test_a_deaf_layer_rings_everything_at_each_heartbeat(wire, ear, monkeypatch):
    monkeypatch.setattr(lines, "HEARTBEAT", 0.02)
    wire.deaf = True
    heard = ear("places", "alarms")
    await heard.wait_for(4)
    assert set(heard.heard) == {"places", "alarms"}


async def test_a_layer_that_echoes_rings_nothing_by_itself(wire, ear, monkeypatch):
    monkeypatch.setattr(lines, "HEARTBEAT", 1)
    heard = ear("places")
    # the second is sent when the echo of the first was looked for
    await wire.until(lambda: len(wire.sent) >= 2)
    assert heard.heard == []


async def test_an_ear_that_fails_listens_again(wire, ear, monkeypatch):
    calls = []

    async def fail_once(group, channel):
        calls.append(channel)
        if len(calls) == 1:
            raise ConnectionError("no Redis")
        wire._changed()

    monkeypatch.setattr(lines, "RETRY", 0.01)
    monkeypatch.setattr(wire, "group_add", fail_once)
    heard = ear("places")
    await wire.until(lambda: len(calls) == 2)
    await wire.group_send(lines.GROUP, of_another("places"))
    assert await heard.wait_for() == ["places"]


class Observed(lines.Line):
    """A line that can be waited for."""

    def __init__(self, layer):
        self._done = threading.Semaphore(0)
        super().__init__(layer)

    async def _give(self, rings):
        await super()._give(rings)
        self._done.release(len(rings))

    def wait_for(self, number):
        for _ in range(number):
            assert self._done.acquire(timeout=PATIENCE)


@pytest.fixture
def open_line():
    opened = []

    def make(layer):
        opened.append(Observed(layer))
        return opened[-1]

    yield make
    for each in opened:
        each.finish()


def test_a_dead_layer_neither_holds_up_nor_breaks_and_is_logged_once_each_time(wire, open_line, caplog):
    line = open_line(wire)
    wire.broken = True
    for _ in range(5):
        line.send("places")
    line.wait_for(5)
    assert caplog.text.count("does not take rings") == 1
    wire.broken = False
    line.send("places")
    line.wait_for(1)
    wire.broken = True
    line.send("places")
    line.wait_for(1)
    assert caplog.text.count("does not take rings") == 2


def test_where_a_layer_hangs_the_oldest_rings_are_dropped_and_nobody_waits(wire, open_line, monkeypatch):
    hanging, release = threading.Event(), threading.Event()
    given = []

    async def hang(group, message):
        given.append([ring["topic"] for ring in message["rings"]])
        hanging.set()
        await asyncio.to_thread(release.wait, PATIENCE)

    monkeypatch.setattr(wire, "group_send", hang)
    monkeypatch.setattr(lines.Line, "CAPACITY", 3)
    line = open_line(wire)
    line.send("0")
    assert hanging.wait(timeout=PATIENCE)
    for number in range(1, 10):
        line.send(str(number))
    release.set()
    line.wait_for(4)
    assert given == [["0"], ["7", "8", "9"]], "what waited goes together"


def test_a_layer_that_never_answers_is_given_up(wire, open_line, monkeypatch, caplog):
    async def never(group, message):
        await asyncio.Event().wait()

    monkeypatch.setattr(wire, "group_send", never)
    monkeypatch.setattr(lines.Line, "PATIENCE", 0.01)
    line = open_line(wire)
    line.send("places")
    line.wait_for(1)
    assert "TimeoutError" in caplog.text


def test_the_last_rings_go_out_before_the_process_ends(wire, caplog):
    line = lines.Line(wire)
    for number in range(20):
        line.send(str(number))
    line.finish()
    assert wire.topics() == [str(number) for number in range(20)]
    assert caplog.text == ""


def test_the_end_of_the_process_does_not_wait_for_a_layer_that_hangs(wire, monkeypatch, caplog):
    async def never(group, message):
        await asyncio.Event().wait()

    monkeypatch.setattr(wire, "group_send", never)
    monkeypatch.setattr(lines.Line, "LAST_WORDS", 0.01)
    line = lines.Line(wire)
    line.send("places")
    line.finish()
    assert "last rings were not sent" in caplog.text


@pytest.mark.skipif(bool(house.REDIS_URL), reason="needs the layer of a single process")
def test_without_other_processes_no_line_is_opened(monkeypatch):
    monkeypatch.setattr(lines, "_line", None)
    hubs.send("places")
    assert lines._line is None


@pytest.mark.skipif(not house.REDIS_URL, reason="needs Redis")
async def test_redis_carries_rings_between_processes(ear):
    heard = ear("places")
    layer = get_channel_layer()
    while not heard.heard:
        await layer.group_send(lines.GROUP, of_another("places"))
        with suppress(TimeoutError):
            await asyncio.wait_for(heard.wait_for(), 0.2)
    assert set(heard.heard) == {"places"}


@pytest.mark.skipif(not house.REDIS_URL, reason="needs Redis")
def test_redis_brings_the_echo_back(open_line, monkeypatch):
    monkeypatch.setattr(lines, "HEARTBEAT", 0.5)
    echo = threading.Event()
    line = open_line(get_channel_layer())
    monkeypatch.setattr(line, "_take", lambda message: echo.set())
    line.hear(lambda topic: None)
    assert echo.wait(PATIENCE)
