"""Coming back and looking back: a thousand clients at once, a long log, what is lost or doubled on the way."""

import asyncio
import json
import tempfile
import time
from pathlib import Path
from statistics import median

import websockets

from tests.bench import Result, measures
from tests.bench.chat_house import house
from tests.support import load

# Both ends of each room.
CLIENTS = 1000
ROOMS = CLIENTS // 2
LONG = 10_000
PAGE = 50


@measures("chat.reconnect_1000", "chat.reconnect_gaps", "chat.memory_per_visitor", "chat.lost", "chat.doubled")
def reconnect():
    """The server is killed under load and comes back; everybody resumes at once."""
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder, house("sqlite", Path(folder)) as made:
        people = made.people(ROOMS, messages=20)
        before = _memory(made)
        clients = [{"room": one["room"], end: one[end]} for one in people for end in ("token", "session")]
        idle = asyncio.run(_with_everybody(made, clients))
        made.server.kill()
        made.open()
        seconds, gaps = asyncio.run(_come_back(made.url, clients))
        yield Result("chat.reconnect_1000", seconds, "s", setting=f"{CLIENTS} sockets at once, all caught up")
        yield Result("chat.reconnect_gaps", gaps, "gaps", setting=f"in {CLIENTS} replays of 20 messages")
        yield Result(
            "chat.memory_per_visitor",
            (idle - before) / CLIENTS,
            "KiB",
            setting=f"growth of the server for {CLIENTS} sockets",
        )
        tally = asyncio.run(load.open_loop(made.url, people[:50], 100, 10))
        yield Result("chat.lost", tally.lost, "messages", setting="1,000 messages over 50 conversations, open loop")
        yield Result("chat.doubled", tally.doubled, "messages", setting="likewise")


@measures("chat.open_10k")
def long_log():
    """Open a room of 10,000 events: the last 50, then one page back after the other."""
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder, house("sqlite", Path(folder)) as made:
        (one,) = made.people(1, messages=LONG)
        times = asyncio.run(_page_back(made.url, one))
        yield Result(
            "chat.open_10k",
            median(times),
            "ms",
            setting=f"a page of {PAGE} out of {LONG:,} events; worst {max(times):.0f} ms",
        )


def _memory(made):
    """KiB that the server holds in memory, as Linux counts them."""
    status = Path(f"/proc/{made.server.process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


async def _resume(url, one):
    """Say hello as the visitor or the volunteer and take the replay; its seqs."""
    address = url.replace("http", "ws") + "/ws/"
    headers = {"Cookie": f"sessionid={one['session']}"} if "session" in one else {}
    hello = {"type": "hello", "rooms": {one["room"]: 0}} | ({"token": one["token"]} if "token" in one else {})
    async with websockets.connect(
        address, subprotocols=["hotline.v1"], origin=url, additional_headers=headers, compression=None, open_timeout=60
    ) as socket:
        await socket.send(json.dumps(hello))
        seqs, head = [], None
        while head is None or not seqs or seqs[-1] < head:
            frame = json.loads(await asyncio.wait_for(socket.recv(), 60))
            if frame["type"] == "opened":
                head = frame["head"]
            elif frame["type"] == "event":
                seqs.append(frame["seq"])
        return seqs


async def _come_back(url, clients):
    began = time.perf_counter()
    replays = await asyncio.gather(*(_resume(url, one) for one in clients))
    seconds = time.perf_counter() - began
    return seconds, sum(1 for seqs in replays if seqs != list(range(1, len(seqs) + 1)))


async def _with_everybody(made, clients):
    talkers = [load.Talker(made.url.replace("http", "ws") + "/ws/", made.url, **one) for one in clients]
    for start in range(0, len(talkers), 100):
        await asyncio.gather(*(talker.open() for talker in talkers[start : start + 100]))
    grown = _memory(made)
    await asyncio.gather(*(talker.close() for talker in talkers))
    return grown


async def _page_back(url, one):
    async with websockets.connect(
        url.replace("http", "ws") + "/ws/", subprotocols=["hotline.v1"], origin=url, compression=None
    ) as socket:
        await socket.send(json.dumps({"type": "hello", "token": one["token"]}))
        times, before = [], None
        for _page in range(20):
            ref = {} if before is None else {"before": before}
            began = time.perf_counter()
            await socket.send(json.dumps({"type": "open", "room": one["room"], **ref}))
            seqs = []
            while len(seqs) < PAGE:
                frame = json.loads(await asyncio.wait_for(socket.recv(), 30))
                if frame["type"] == "event":
                    seqs.append(frame["seq"])
            times.append((time.perf_counter() - began) * 1000)
            before = seqs[0]
        return times
