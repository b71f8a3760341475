"""The worker goes on, whatever fails in it, and ends when it is told."""

import asyncio
import signal

import pytest
from django.db import OperationalError

from hotline import worker
from hotline.outbox.models import WorkerBeat

rounds: dict[str, int] = {}


def failing(now):
    """A sweep that always fails."""
    rounds["failing"] = rounds.get("failing", 0) + 1
    raise OperationalError("the disk is full")


def counting(now):
    """A sweep that works."""
    rounds["counting"] = rounds.get("counting", 0) + 1
    return 1


@pytest.fixture
def alone(settings, monkeypatch):
    """A worker with nothing to do but what a test gives it, without pauses."""
    rounds.clear()
    settings.SWEEPS = []
    settings.SWEEP_SECONDS = 0
    monkeypatch.setattr(worker, "LOOPS", ())
    monkeypatch.setattr(worker, "FIRST_PAUSE", 0)
    monkeypatch.setattr(worker, "beat", lambda: None)
    return monkeypatch


async def work_until(condition) -> None:
    """Run the worker until the condition holds, then end it."""
    stop = asyncio.Event()
    working = asyncio.create_task(worker.run(stop))
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0)
        stop.set()
        await working


async def test_a_failing_sweep_stops_no_other(alone, settings, caplog):
    settings.SWEEPS = [f"{__name__}.failing", f"{__name__}.counting"]
    await work_until(lambda: rounds.get("failing", 0) >= 2 and rounds.get("counting", 0) >= 2)

    assert f"The sweep {__name__}.failing failed" in caplog.text


async def test_a_sweep_that_does_not_exist_stops_no_other(alone, settings, caplog):
    settings.SWEEPS = ["hotline.nowhere.sweep", f"{__name__}.counting"]
    await work_until(lambda: rounds.get("counting", 0) >= 2)

    assert "The sweep hotline.nowhere.sweep failed" in caplog.text


async def test_a_loop_that_fails_starts_again(alone, caplog):
    starts = []

    async def restless(stop):
        starts.append(1)
        if len(starts) < 3:
            raise ConnectionError("away")
        await stop.wait()

    alone.setattr(worker, "LOOPS", (restless,))
    await work_until(lambda: len(starts) == 3)

    assert caplog.text.count("it starts again") == 2


async def test_a_loop_that_does_not_listen_is_cut_off(alone):
    begun, cut_off = asyncio.Event(), asyncio.Event()

    async def deaf(stop):
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cut_off.set()

    alone.setattr(worker, "LOOPS", (deaf,))
    alone.setattr(worker, "GRACE", 0.01)
    await work_until(begun.is_set)

    assert cut_off.is_set()


@pytest.mark.django_db(transaction=True)
def test_a_beat_is_one_row_however_often():
    worker.beat()
    first = WorkerBeat.objects.get()
    worker.beat()

    assert WorkerBeat.objects.get().at > first.at


@pytest.mark.django_db(transaction=True)
def test_a_worker_without_a_database_goes_on(monkeypatch, caplog):
    def away():
        raise OperationalError("no connection")

    monkeypatch.setattr(WorkerBeat, "beat", away)
    worker.beat()

    assert "could not leave its sign of life" in caplog.text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_ends_on_a_signal(command, number):
    process = command("worker")
    process.until(lambda: "The worker is at work" in process.output)

    assert process.end(number) == 0
    assert "Traceback" not in process.output
