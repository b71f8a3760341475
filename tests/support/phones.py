"""The phones of local coordinators: they note what comes at the simulator, and accept every second offer at once."""

import asyncio
import json
import time
from dataclasses import dataclass

from hotline.telegram.simulator import control, people


@dataclass
class Heard:
    """One call as the simulator saw it; times in monotonic seconds. reference: of the offer that it is about, or ""."""

    at: float
    finished: float
    method: str
    status: int
    chat: int
    reference: str


class Phones:
    """Listens in the simulator's own loop, so that no asking takes time from what is measured."""

    def __init__(self, server, accepts=True):
        self.simulator, self.accepts = server.simulator, accepts
        self.calls, self.pressed = [], {}
        self._loop = server.loop
        self._last, self._running, self._of_message, self._offers = 0, [], {}, 0
        self.simulator.world.listeners.append(self._look)

    def of(self, number):
        """So many new phones on which the bot may write; their ids (list)."""

        async def add():
            world = self.simulator.world
            return [people.add_person(world, f"Phone {one}", started=True).id for one in range(number)]

        return asyncio.run_coroutine_threadsafe(add(), self._loop).result()

    def put_away(self):
        """Nobody listens any more."""
        self.simulator.world.listeners.remove(self._look)

    def arrived(self):
        """{reference: Heard} of offers as they first came."""
        found = {}
        for call in self.calls:
            if call.method == "sendMessage" and call.status == 200 and call.reference:
                found.setdefault(call.reference, call)
        return found

    def changed(self):
        """{reference: Heard} of the last change that each offer's message saw."""
        return {call.reference: call for call in self.calls if call.method == "editMessageText" and call.status == 200}

    def _look(self):
        log = self.simulator.log
        for entry in reversed(log.entries):
            if entry.n <= self._last:
                break
            self._running.append(entry)
        if log.entries:
            self._last = log.entries[-1].n
        over = [entry for entry in self._running if entry.finished is not None]
        if over:
            self._running = [entry for entry in self._running if entry.finished is None]
            for entry in sorted(over, key=lambda one: one.finished):
                if entry.method in ("sendMessage", "editMessageText"):
                    self._hear(entry)

    def _hear(self, entry):
        reference, data = "", _accept_button(entry.parameters)
        if entry.method == "editMessageText":
            reference = self._of_message.get((entry.chat, int(entry.parameters["message_id"])), "")
        elif data:
            reference = data.split(".")[1]
        self.calls.append(Heard(entry.at, entry.finished, entry.method, entry.status, entry.chat, reference))
        if entry.method == "sendMessage" and entry.status == 200 and data:
            self._of_message[entry.chat, entry.result["message_id"]] = reference
            self._offers += 1
            if self.accepts and self._offers % 2:
                self._loop.call_soon(self._press, entry.chat, entry.result["message_id"], data, reference)

    def _press(self, chat, message, data, reference):
        self.pressed[reference] = time.monotonic()
        control.run(self.simulator, "press", {"person": chat, "message": message, "data": data})


def _accept_button(parameters):
    """The data of the button that accepts, or ""."""
    rows = json.loads(parameters.get("reply_markup") or "{}").get("inline_keyboard", [])
    return next((one["callback_data"] for row in rows for one in row if one.get("callback_data", "")[:2] == "a."), "")
