"""The live view of 200 running conversations in which 20 messages a second are written, beside the same rooms without it."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.async_api import async_playwright

from tests.bench import PAIRS, Result, measures, percentile
from tests.bench.chat_house import house
from tests.browser.conftest import ARGUMENTS, PROGRAM
from tests.process.houses import ROOT
from tests.support import load

CONVERSATIONS = 200
RATE = 20
SECONDS = float(os.environ.get("CHAT_SECONDS", 5))
TICKS = os.sysconf("SC_CLK_TCK")
FRAMES = """seconds => new Promise((done) => {
  const frames = [];
  let last = performance.now();
  const end = last + seconds * 1000;
  const frame = (now) => {
    frames.push(now - last);
    last = now;
    if (now < end) requestAnimationFrame(frame);
    else done(frames.slice(1));
  };
  requestAnimationFrame(frame);
})"""
PICTURE = """async (number) => {
  while (document.querySelectorAll(".run").length < number) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return performance.now();
}"""


@measures("chat.live.server_cpu", "chat.live.frame_p95", "chat.live.first_picture")
def live_view():
    """On SQLite, one process for everything."""
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder, house("sqlite", Path(folder)) as made:
        people = made.people(CONVERSATIONS)
        session = subprocess.run(
            [sys.executable, "-m", "tests.support.coordinator"],
            cwd=ROOT,
            env=made.variables,
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        ).stdout
        cpu, frames, pictures = asyncio.run(_measure(made, people, session))
    setting = f"{CONVERSATIONS} conversations, {RATE} messages a second, {PAIRS} times {SECONDS:g} s"
    yield _compared("chat.live.server_cpu", "% of a core", cpu, f"{setting}, against the chat desk open instead")
    yield _compared("chat.live.frame_p95", "ms", frames, f"{setting}, against the chat desk open instead")
    told = f"until all {CONVERSATIONS} are there, median of {PAIRS}; the slowest {max(pictures):.0f} ms"
    yield Result("chat.live.first_picture", median(pictures), "ms", setting=told)


def _compared(name, unit, pairs, setting):
    ours, base = zip(*pairs, strict=True)
    return Result(name, median(ours), unit, median(base), median(mine / other for mine, other in pairs), setting)


async def _measure(made, people, session):
    pairs = await load.pairs_of(made.url, people)
    cpu, frames, pictures = [], [], []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=PROGRAM, args=ARGUMENTS)
        context = await browser.new_context(base_url=made.url, viewport={"width": 1440, "height": 900})
        await context.add_cookies([{"name": "sessionid", "value": session, "url": made.url}])
        page = await context.new_page()
        for _number in range(PAIRS):
            await page.goto("/desk/chat/")
            await page.locator(".connection[data-state=connected]").wait_for()
            base = await _run(made, pairs, page)
            await page.goto("/desk/chat/live/")
            pictures.append(await page.evaluate(PICTURE, CONVERSATIONS))
            mine = await _run(made, pairs, page)
            cpu.append((mine[0], base[0]))
            frames.append((mine[1], base[1]))
        await browser.close()
    await load.hang_up(pairs)
    return cpu, frames, pictures


async def _run(made, pairs, page):
    """(per cent of a core that the server used, p95 of the browser's frames in ms) while people write."""
    began, used = time.perf_counter(), _used(made)
    _nothing, frames = await asyncio.gather(_write(pairs), page.evaluate(FRAMES, SECONDS))
    spent = (_used(made) - used) / (time.perf_counter() - began)
    return 100 * spent, percentile(frames, 0.95)


async def _write(pairs):
    began = time.perf_counter()
    for number in range(int(RATE * SECONDS)):
        await asyncio.sleep(max(0.0, began + number / RATE - time.perf_counter()))
        await pairs[number * 7 % len(pairs)][number % 2].say()


def _used(made):
    """Seconds of processor time that the server has used."""
    fields = Path(f"/proc/{made.server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
