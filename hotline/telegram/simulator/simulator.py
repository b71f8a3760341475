"""One simulated Telegram with one bot: runs calls of the Bot API, with the faults that are switched on."""

import asyncio
import inspect
import time
from pathlib import Path

from hotline.telegram.simulator import api, chats, http, messages, updates
from hotline.telegram.simulator.calls import Call, Entry, Log
from hotline.telegram.simulator.errors import ApiError, bad_request, forbidden, too_many
from hotline.telegram.simulator.faults import Fault, Faults
from hotline.telegram.simulator.limits import Limits
from hotline.telegram.simulator.store import Store
from hotline.telegram.simulator.world import World

METHODS = api.collect(chats, messages, updates)


class Simulator:
    """Everything about one bot. It belongs to the event loop that serves it."""

    def __init__(self, token: str, username: str, state: Path | None = None):
        self.token = token
        self.world = World(int(token.partition(":")[0]), username)
        self.log = Log()
        self.faults = Faults()
        self.limits = Limits()
        self.waiters = http.Waiters()
        self.closed = asyncio.Event()
        self.poll_number = 0
        self._delivery: asyncio.Task | None = None
        self.store = Store(self.world, state) if state else None
        self.world.listeners += [self.waiters.wake, self.start_delivery]

    @property
    def closing(self) -> bool:
        """Whether the server is about to end; nobody waits any longer then."""
        return self.closed.is_set()

    def close(self) -> None:
        """End every wait at once and write the state."""
        self.closed.set()
        self.waiters.wake()
        if self._delivery:
            self._delivery.cancel()
        if self.store:
            self.store.write()

    def reset(self) -> None:
        """As new: no people, chats, faults, log, webhook; limits back to Telegram's."""
        self.world.clear()
        self.log, self.faults, self.limits = Log(), Faults(), Limits()
        self.world.changed()

    def start_delivery(self) -> None:
        """Make sure that somebody posts updates when there is a webhook."""
        if self.world.webhook and not self.closing and (self._delivery is None or self._delivery.done()):
            self._delivery = asyncio.get_running_loop().create_task(updates.deliver(self))

    async def serve(self, token: str, name: str, scope: dict, receive, send) -> None:
        """Answer one HTTP request to /bot<token>/<name>, or do what the fault says instead."""
        try:
            call = Call(name, http.parameters(scope, await http.read_body(receive)))
        except http.BadBody as error:
            await http.answer_json(send, 400, bad_request(str(error)).answer())
            return
        method = METHODS.get(name.lower())
        entry = self.log.begin(call, method and method.parameters)
        fault = self.faults.take(name, call.chat)
        entry.fault = fault.kind if fault else ""
        try:
            if fault and not await self._before(fault, receive, send):
                return
            entry.status, body = await self._run(method, token, call, entry, receive)
            if fault and not await self._after(fault, receive, send):
                return
            await http.answer_json(send, entry.status, body)
        except ApiError as refusal:
            entry.status, entry.error = refusal.code, refusal.description
            await http.answer_json(send, refusal.code, refusal.answer())
        finally:
            entry.finished = time.monotonic()
            if name.lower() != "getupdates":
                self.world.changed()  # also for those who watch the log

    async def pause(self, receive, seconds: float) -> None:
        """Wait, but not longer than the client does, nor when the server ends."""
        waits = [asyncio.ensure_future(http.gone(receive, seconds)), asyncio.ensure_future(self.closed.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    async def _before(self, fault: Fault, receive, send) -> bool:
        """What goes wrong before the call is applied; False when it ends here."""
        match fault.kind:
            case "too_many":
                raise too_many(fault.retry_after)
            case "blocked":
                raise forbidden("bot was blocked by the user")
            case "server_error":
                raise server_error(fault.code)
            case "hang_before":
                await self.pause(receive, fault.seconds)
                await http.drop(receive, send)
                return False
            case "drop_before":
                await http.drop(receive, send)
                return False
        return True

    async def _after(self, fault: Fault, receive, send) -> bool:
        """What goes wrong once it is applied; False when no answer goes out."""
        match fault.kind:
            case "slow":
                await self.pause(receive, fault.seconds)
            case "server_error_after":
                raise server_error(fault.code)
            case "hang_after":
                await self.pause(receive, fault.seconds)
                await http.drop(receive, send)
                return False
            case "drop_after":
                await http.drop(receive, send)
                return False
        return True

    async def _run(self, method: api.Method | None, token: str, call: Call, entry: Entry, receive) -> tuple[int, dict]:
        try:
            if token != self.token:
                raise ApiError(401, "Unauthorized")
            if method is None:
                raise ApiError(404, "Not Found: method not found")
            result = method.run(self, call)
            if inspect.isawaitable(result):
                result = await self._unless_gone(result, receive)
        except ApiError as refusal:
            entry.error = refusal.description
            return refusal.code, refusal.answer()
        entry.applied = True
        entry.result = result
        return 200, {"ok": True, "result": result}

    async def _unless_gone(self, result, receive):
        """A long poll ends when its client goes, so that it takes no updates from the next."""
        poll = asyncio.ensure_future(result)
        left = asyncio.ensure_future(http.gone(receive, updates.LONGEST_POLL + 5))
        await asyncio.wait([poll, left], return_when=asyncio.FIRST_COMPLETED)
        left.cancel()
        if not poll.done():
            poll.cancel()
            return []
        return poll.result()


def server_error(code: int) -> ApiError:
    """What Telegram answers when it is ill."""
    names = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}
    return ApiError(code, names.get(code, "Internal Server Error"))
