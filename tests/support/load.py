"""Load on a chat, by the protocol: pairs who talk, in a closed or an open loop. Used against the house and the bare echo."""

import asyncio
import json
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field

import websockets


@dataclass
class Tally:
    """What came of it: seconds from sending to being seen, and whatever was lost or came twice."""

    seconds: float = 0.0
    delays: list = field(default_factory=list)
    lost: int = 0
    doubled: int = 0
    refused: Counter = field(default_factory=Counter)

    @property
    def rate(self):
        """Messages a second."""
        return len(self.delays) / self.seconds if self.seconds else 0.0


class Talker:
    """One end of a conversation."""

    def __init__(self, address, origin, room, *, token=None, session=None):
        self._address, self._origin, self.room = address, origin, room
        self._token, self._session = token, session
        self.seen = Counter()
        self.heard = asyncio.Queue()

    async def open(self):
        """Say hello and hear the room, with all that was said in it before."""
        headers = {"Cookie": f"sessionid={self._session}"} if self._session else {}
        self._socket = await websockets.connect(
            self._address,
            subprotocols=["hotline.v1"],
            origin=self._origin,
            additional_headers=headers,
            compression=None,
            open_timeout=60,
            max_queue=None,
        )
        hello = {"type": "hello", "rooms": {self.room: 0}}
        await self._socket.send(json.dumps(hello | ({"token": self._token} if self._token else {})))
        opened = asyncio.Event()
        self._hearing = asyncio.create_task(self._hear(opened))
        await asyncio.wait_for(opened.wait(), 60)

    async def _hear(self, opened):
        head = None
        async for text in self._socket:
            frame = json.loads(text)
            if frame["type"] == "event":
                if frame["kind"] == "message":
                    self.seen[frame["id"]] += 1
                    self.heard.put_nowait((frame["id"], time.perf_counter()))
                if frame.get("seq") == head:
                    opened.set()
            elif frame["type"] == "opened":
                head = frame["head"]
                if not head:
                    opened.set()
            elif frame["type"] == "error":
                self.heard.put_nowait((frame.get("id"), frame["code"]))

    async def say(self, body="How are you? I have been waiting for somebody to talk with all evening."):
        """Post a message; its id."""
        message = str(uuid.uuid4())
        await self._socket.send(json.dumps({"type": "post", "room": self.room, "id": message, "body": body}))
        return message

    async def hears(self, message):
        """Wait until this message was seen; the moment, or the code of an error about it."""
        while True:
            heard, moment = await asyncio.wait_for(self.heard.get(), 30)
            if heard == message:
                return moment

    async def close(self):
        """Hang up."""
        self._hearing.cancel()
        await self._socket.close()


async def pairs_of(url, people):
    """[(visitor, volunteer)] as open Talkers, for what tests.support.chatters printed."""
    address = url.replace("http", "ws") + "/ws/"
    pairs = [
        (
            Talker(address, url, one["room"], token=one["token"]),
            Talker(address, url, one["room"], session=one["session"]),
        )
        for one in people
    ]
    talkers = [talker for pair in pairs for talker in pair]
    for start in range(0, len(talkers), 50):
        await asyncio.gather(*(talker.open() for talker in talkers[start : start + 50]))
    return pairs


async def hang_up(pairs):
    """Close them all."""
    await asyncio.gather(*(talker.close() for pair in pairs for talker in pair))


async def closed_loop(url, people, seconds):
    """Each pair in turns: one says something as soon as they have seen what the other said. Returns a Tally."""
    pairs, tally = await pairs_of(url, people), Tally()

    async def talk(speaker, listener, until):
        while time.perf_counter() < until:
            began = time.perf_counter()
            seen = await listener.hears(await speaker.say())
            if isinstance(seen, str):
                tally.refused[seen] += 1
            else:
                tally.delays.append(seen - began)
            speaker, listener = listener, speaker

    began = time.perf_counter()
    await asyncio.gather(*(talk(*pair, began + seconds) for pair in pairs))
    tally.seconds = time.perf_counter() - began
    await hang_up(pairs)
    return tally


async def open_loop(url, people, rate, seconds):
    """`rate` messages a second over all pairs, whether or not they keep up. Returns a Tally; late ones count."""
    pairs, tally = await pairs_of(url, people), Tally()
    sent, seen, listening = {}, [], []

    async def listen(listener):
        while True:
            message, moment = await listener.heard.get()
            if isinstance(moment, str):
                tally.refused[moment] += 1
            elif message in sent:
                tally.delays.append(moment - sent[message])

    began = time.perf_counter()
    for number in range(int(rate * seconds)):
        due = began + number / rate
        if (pause := due - time.perf_counter()) > 0:
            await asyncio.sleep(pause)
        visitor, volunteer = pairs[number % len(pairs)]
        if not number % 2:
            visitor, volunteer = volunteer, visitor
        if number < len(pairs):
            listening.append(asyncio.create_task(listen(volunteer)))
            listening.append(asyncio.create_task(listen(visitor)))
        sent[await visitor.say()] = due
    last = time.perf_counter() + 20
    while len(tally.delays) < 2 * len(sent) and time.perf_counter() < last:
        await asyncio.sleep(0.05)
    tally.seconds = time.perf_counter() - began
    for visitor, volunteer in pairs:
        tally.doubled += sum(1 for talker in (visitor, volunteer) for count in talker.seen.values() if count > 1)
        seen += visitor.seen.keys() & volunteer.seen.keys()
    tally.lost = len(sent.keys() - set(seen))
    for task in listening:
        task.cancel()
    await hang_up(pairs)
    return tally
