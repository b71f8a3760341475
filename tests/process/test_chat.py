"""The chat over real sockets and processes: many who wait cost little, and a killed server loses and doubles nothing."""

import asyncio
import json
import signal
import uuid
from contextlib import suppress

import httpx
import websockets
from websockets.exceptions import ConnectionClosed, InvalidMessage

from tests.process.houses import free_port

MANY = 300
KILLS = 4
# Messages of each end between two kills, so that most kills meet some on their way.
BETWEEN = 25


def socket_to(url, one, **options):
    """A socket as a page of the house opens it, for a visitor (token) or a volunteer (session)."""
    headers = {"Cookie": f"sessionid={one['session']}"} if "session" in one else {}
    return websockets.connect(
        f"{url.replace('http', 'ws', 1)}/ws/",
        origin=url,
        subprotocols=["hotline.v1"],
        additional_headers=headers,
        proxy=None,
        open_timeout=60,
        **options,
    )


def hello(one, after=0):
    return json.dumps(
        {"type": "hello", "rooms": {one["room"]: after}} | ({"token": one["token"]} if "token" in one else {})
    )


def threads_of(process):
    """How many threads a process has, as Linux counts them."""
    with open(f"/proc/{process.pid}/status") as status:
        return int(next(line for line in status if line.startswith("Threads:")).split()[1])


async def test_three_hundred_polls_and_sockets_hold_no_thread_each_and_end_with_the_house(serve, pairs):
    people = await asyncio.to_thread(pairs, MANY // 4)
    house = serve()
    await asyncio.to_thread(house.until, house.is_well)
    volunteers = [{"room": one["room"], "session": one["session"]} for one in people] * 4
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=house.url, trust_env=False, timeout=60, limits=limits) as http:
        sockets = []
        for start in range(0, MANY, 50):
            opened = await asyncio.gather(*(socket_to(house.url, one) for one in volunteers[start : start + 50]))
            for socket, one in zip(opened, volunteers[start : start + 50], strict=True):
                await socket.send(hello(one, after=2))
            sockets += opened
        for socket in sockets:
            while json.loads(await asyncio.wait_for(socket.recv(), 60))["type"] != "opened":
                pass
        before = threads_of(house.process)

        async def poll(one):
            headers = {"Authorization": f"Bearer {one['token']}"}
            return await http.get(
                f"/chat/api/rooms/{one['room']}/events/", params={"after": 2, "wait": 25}, headers=headers
            )

        polls = [asyncio.create_task(poll(one)) for one in people for _number in range(4)]
        # A poll that came behind all of them is answered: all of them are being waited for.
        assert (await http.get("/healthz")).status_code == 200
        late = people[0] | {"room": people[0]["room"]}
        answer = await http.get(
            f"/chat/api/rooms/{late['room']}/events/", headers={"Authorization": f"Bearer {late['token']}"}
        )
        assert answer.status_code == 200
        assert threads_of(house.process) - before < 40
        code = await asyncio.to_thread(house.end, signal.SIGTERM)
        answers = await asyncio.gather(*polls)
        closed = []
        for socket in sockets:
            with suppress(ConnectionClosed):
                async for _text in socket:
                    pass
            closed.append(socket.close_code)
    assert code == 0
    assert {answer.status_code for answer in answers} == {200}
    assert all(answer.json()["events"] == [] for answer in answers)
    assert set(closed) == {1012}
    assert "graceful shutdown exceeded" not in house.output
    assert "Traceback" not in house.output


class End:
    """One end of a conversation that keeps what it has said until it is acknowledged, as the client module does."""

    def __init__(self, url, one):
        self._url, self._one = url, one
        self.unsent, self.acknowledged = {}, set()
        self.seen, self.last = [], 0

    async def talk(self, until):
        """Stay connected, whatever happens, until `until` is set and all is acknowledged."""
        while not (until.is_set() and not self.unsent):
            with suppress(OSError, ConnectionClosed, InvalidMessage, TimeoutError):
                async with socket_to(self._url, self._one) as self._socket:
                    await self._socket.send(hello(self._one, self.last))
                    for message, body in list(self.unsent.items()):
                        await self._post(message, body)
                    await self._listen(until)
            await asyncio.sleep(0.05)

    async def _listen(self, until):
        async for text in self._socket:
            frame = json.loads(text)
            if frame["type"] == "event":
                assert frame["seq"] == self.last + 1, "no gap and no double"
                self.last = frame["seq"]
                if frame["kind"] == "message":
                    self.seen.append(frame["id"])
            elif frame["type"] == "ack":
                self.acknowledged.add(frame["id"])
                self.unsent.pop(frame["id"], None)
                if until.is_set() and not self.unsent:
                    return

    async def say(self, body):
        message = str(uuid.uuid4())
        self.unsent[message] = body
        with suppress(AttributeError, ConnectionClosed):
            await self._post(message, body)

    async def _post(self, message, body):
        await self._socket.send(json.dumps({"type": "post", "room": self._one["room"], "id": message, "body": body}))


async def say_all(ends, round_number, numbers):
    """Each end says so many things, without waiting for anything but the way out."""
    for number in numbers:
        for end in ends:
            await end.say(f"{round_number}.{number}")


async def test_a_server_that_is_killed_again_and_again_loses_and_doubles_nothing(serve, pairs):
    people = await asyncio.to_thread(pairs, 2)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    ends = [End(url, {"room": one["room"], key: one[key]}) for one in people for key in ("token", "session")]
    over = asyncio.Event()

    def start():
        house = serve("--no-worker", "--port", str(port), BASE_URL=url)
        house.port, house.url = port, url
        house.until(house.health)
        return house

    house = await asyncio.to_thread(start)
    talking = [asyncio.create_task(end.talk(over)) for end in ends]
    on_their_way = 0
    for round_number in range(KILLS + 1):
        heard = sum(len(end.acknowledged) for end in ends)
        await say_all(ends, round_number, range(BETWEEN // 2))
        async with asyncio.timeout(60):
            while sum(len(end.acknowledged) for end in ends) == heard:
                await asyncio.sleep(0.005)
        await say_all(ends, round_number, range(BETWEEN // 2, BETWEEN))
        if round_number < KILLS:
            house.process.kill()
            house.process.wait()
            on_their_way += any(end.unsent for end in ends)
            house = await asyncio.to_thread(start)
    over.set()
    # a last word wakes whoever had nothing left to wait for
    for end in ends:
        await end.say("Good night.")
    async with asyncio.timeout(120):
        await asyncio.gather(*talking)
    said = (KILLS + 1) * BETWEEN + 1
    assert on_their_way >= 0.8 * KILLS
    assert all(len(end.acknowledged) == said for end in ends)
    for visitor, volunteer in zip(ends[::2], ends[1::2], strict=True):
        together = visitor.acknowledged | volunteer.acknowledged
        async with asyncio.timeout(60):
            # each end may have closed before the other's last word came: the log has it all
            replay = End(url, visitor._one)
            task = asyncio.create_task(replay.talk(asyncio.Event()))
            while len(replay.seen) < 2 * said:
                await asyncio.sleep(0.01)
            task.cancel()
        assert len(replay.seen) == len(set(replay.seen)) == 2 * said
        assert set(replay.seen) == together
        for end in (visitor, volunteer):
            assert end.seen == replay.seen[: len(end.seen)], "everybody saw the same, once, in the same order"
