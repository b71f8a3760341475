"""A group of 200 visitors in which 5 messages a second are written: from sending until all of them have seen it."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.bench import PAIRS, Result, measures, percentile
from tests.bench.chat_house import echo, house
from tests.bench.chat_talk import until_open
from tests.process.houses import ROOT
from tests.support.load import Talker

VISITORS = 200
RATE = 5
SECONDS = float(os.environ.get("CHAT_SECONDS", 5))


@measures("chat.group.seen_by_all_p95")
def group():
    """On SQLite, one process for everything, against a bare Channels echo."""
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder, house("sqlite", Path(folder)) as made:
        printed = subprocess.run(
            [sys.executable, "-m", "tests.support.circle", str(VISITORS)],
            cwd=ROOT,
            env=made.variables,
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        with echo(made) as bare:
            until_open(bare)
            runs = asyncio.run(_measure((made.url, bare), json.loads(printed)))
    figures = [tuple(percentile(delays, 0.95) * 1000 for delays in pair) for pair in runs]
    yield Result(
        "chat.group.seen_by_all_p95",
        median(mine for mine, _base in figures),
        "ms",
        median(base for _mine, base in figures),
        median(mine / base for mine, base in figures),
        f"{VISITORS} visitors, {RATE} messages a second, {PAIRS} times {SECONDS:g} s, against a bare Channels echo",
    )


async def _measure(urls, people):
    circles = [await _open(url, people) for url in urls]
    runs = [[await _write(circle) for circle in circles] for _number in range(PAIRS)]
    await asyncio.gather(*(talker.close() for circle in circles for talker in circle))
    return runs


async def _open(url, people):
    address = url.replace("http", "ws") + "/ws/"
    talkers = [Talker(address, url, one["room"], token=one["token"]) for one in people]
    for start in range(0, len(talkers), 50):
        await asyncio.gather(*(talker.open() for talker in talkers[start : start + 50]))
    return talkers


async def _write(talkers):
    """Seconds from sending a message until the last of all has seen it, for each message."""
    began, waiting = time.perf_counter(), []
    for number in range(int(RATE * SECONDS)):
        await asyncio.sleep(max(0.0, began + number / RATE - time.perf_counter()))
        sent = time.perf_counter()
        message = await talkers[number * 7 % len(talkers)].say()
        waiting.append((message, sent))
    delays = []
    for message, sent in waiting:
        seen = await asyncio.gather(*(talker.hears(message) for talker in talkers))
        if wrong := [one for one in seen if isinstance(one, str)]:
            raise AssertionError(f"refused under load: {wrong}")
        delays.append(max(seen) - sent)
    return delays
