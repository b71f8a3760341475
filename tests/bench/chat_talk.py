"""The chat under load, beside a bare Channels echo with the same server and layer, on the cores it runs on itself.

CHAT_SECONDS says how long each of the interleaved runs takes.
"""

import asyncio
import os
import socket
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.bench import PAIRS, Result, measures, percentile
from tests.bench.chat_house import echo, house
from tests.support import load

SECONDS = float(os.environ.get("CHAT_SECONDS", 5))
SIZES = (10, 50, 200)
CONVERSATIONS = 50
# An open loop holds while nearly everybody sees a message within this time.
HONEST_MS = 250
RATES = (100, 150, 200, 250, 300, 350, 400, 500, 600, 800)


def names(backend):
    """What is measured on one backend."""
    figures = [f"chat.{backend}.{what}_{n}" for what in ("throughput", "send_to_seen_p50") for n in SIZES]
    return [*figures, f"chat.{backend}.sustained_rate"]


@measures(*names("sqlite"))
def on_sqlite():
    """SQLite and the layer in memory."""
    return talk("sqlite")


@measures(*names("pg"))
def on_postgresql():
    """PostgreSQL and PubSub Redis."""
    return talk("pg")


def talk(backend):
    """All figures of one backend."""
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder, house(backend, Path(folder)) as made:
        people = made.people(max(SIZES))
        with echo(made) as bare:
            until_open(bare)
            for size in SIZES:
                yield from _closed(backend, made.url, bare, people[:size])
        yield _sustained(backend, made.url, people[:CONVERSATIONS])


def _closed(backend, ours, bare, people):
    runs = []
    for _number in range(PAIRS):
        mine, base = (asyncio.run(load.closed_loop(url, people, SECONDS)) for url in (ours, bare))
        if mine.refused:
            raise AssertionError(f"refused under load: {mine.refused}")
        runs.append((mine, base))
    size, setting = len(people), f"{len(people)} pairs, closed loop of {SECONDS:g} s, against a bare Channels echo"
    p99 = median(percentile(mine.delays, 0.99) for mine, _base in runs) * 1000
    for what, unit, figure in (
        ("throughput", "messages/s", lambda tally: tally.rate),
        ("send_to_seen_p50", "ms", lambda tally: percentile(tally.delays, 0.5) * 1000),
    ):
        figures = [(figure(mine), figure(base)) for mine, base in runs]
        yield Result(
            f"chat.{backend}.{what}_{size}",
            median(mine for mine, _base in figures),
            unit,
            median(base for _mine, base in figures),
            median(mine / base for mine, base in figures),
            setting if unit == "messages/s" else f"{setting}; p99 {p99:.0f} ms",
        )


def _sustained(backend, url, people):
    """The highest rate of the ladder at which p95 stays honest and nothing is lost; two in a row that fail end it."""
    best, failed, said = 0, 0, ""
    for rate in RATES:
        tally = asyncio.run(load.open_loop(url, people, rate, SECONDS))
        p95 = percentile(tally.delays, 0.95) * 1000 if tally.delays else float("inf")
        if p95 <= HONEST_MS and not (tally.lost or tally.doubled or tally.refused):
            best, failed, said = rate, 0, f"p95 {p95:.0f} ms"
            continue
        failed += 1
        if failed == 2:
            break
    setting = f"open loop over {len(people)} conversations, p95 send-to-seen ≤ {HONEST_MS} ms, none lost; {said}"
    return Result(f"chat.{backend}.sustained_rate", best, "messages/s", setting=setting)


def until_open(url):
    """Return when somebody listens at this address. Raises RuntimeError when nobody does."""
    last = time.monotonic() + 60
    host, _colon, port = url.removeprefix("http://").partition(":")
    while time.monotonic() < last:
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("The echo did not start.")
