"""The loop that sends: leases messages, hands several at once to the channels' drivers, records what came of them."""

import asyncio
import logging
import secrets

from django.utils import timezone

from hotline.lib.background import Threads, pause
from hotline.lib.logs import Word, named
from hotline.outbox import limits
from hotline.outbox import outcome as outcomes
from hotline.outbox.actions import delivery, leases
from hotline.outbox.actions.messages import queued
from hotline.outbox.drivers.email import EmailDriver
from hotline.outbox.drivers.telegram import TelegramDriver
from hotline.outbox.drivers.webhook import WebhookDriver
from hotline.outbox.models import Channel
from hotline.outbox.outcome import Outcome
from hotline.telegram.bot import configured

# Messages of a channel on their way at once.
AT_ONCE = {Channel.TELEGRAM: 60, Channel.EMAIL: 4, Channel.WEBHOOK: 20}
DRIVERS = {Channel.TELEGRAM: TelegramDriver, Channel.EMAIL: EmailDriver, Channel.WEBHOOK: WebhookDriver}
# Seconds: how often the queue is looked at when nobody rings, and at the most; how often lost leases are looked for;
# how long those on their way may take at the end.
LOOK, GATHER = 0.5, 0.05
RECOVER = 5
PATIENCE = 7

logger = logging.getLogger(__name__)


async def run(stop: asyncio.Event) -> None:
    """Send what is in the outbox until `stop` is set. Any number of processes may do so at once."""
    async with asyncio.TaskGroup() as group:
        for sender in _senders():
            group.create_task(sender.run(stop))
        group.create_task(_recover(stop))


async def send_pending() -> int:
    """Send what may be sent now, and what that makes possible; how many attempts. For tests; the worker uses `run`."""
    return sum([await sender.send_pending() for sender in _senders()])


def _senders() -> list["Sender"]:
    return [Sender(channel) for channel in Channel if channel != Channel.TELEGRAM or configured()]


async def _recover(stop: asyncio.Event) -> None:
    threads = Threads("outbox-recover", 1)
    try:
        while not stop.is_set():
            await threads.run(delivery.recover_lost, timezone.now())
            await pause(RECOVER, stop)
    finally:
        threads.close()


class Sender:
    """One channel's messages."""

    def __init__(self, channel: str):
        self.channel = channel
        self.room = AT_ONCE[channel]
        self.holder = secrets.token_hex(8)
        self.threads = Threads(f"outbox-{channel}", 2)
        self.driver = DRIVERS[channel](self.room)
        self.on_their_way: set[asyncio.Task] = set()
        self.results: asyncio.Queue = asyncio.Queue()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop` is set, then finish what goes fast; the rest counts as uncertain when its lease is over."""
        recording = asyncio.ensure_future(self._record())
        try:
            with queued.listen() as bell:
                while not stop.is_set():
                    bell.clear()
                    if await self._take():
                        # More gathers in the meantime, and one transaction takes it together.
                        await pause(GATHER, stop)
                    else:
                        wait = await self.threads.run(limits.seconds_to_wait, self.channel, timezone.now(), LOOK)
                        await pause(max(GATHER, wait), bell, stop)
        finally:
            await self._close(recording)

    async def send_pending(self) -> int:
        """Send until nothing more can be sent at this moment; how many attempts."""
        recording = asyncio.ensure_future(self._record())
        attempts = 0
        try:
            while took := await self._take():
                attempts += took
                await asyncio.wait(self.on_their_way)
                await self.results.join()
            return attempts
        finally:
            await self._close(recording)

    async def _take(self) -> int:
        room = self.room - len(self.on_their_way)
        letters = await self.threads.run(leases.take, self.channel, self.holder, room) if room else []
        for letter in letters:
            task = asyncio.ensure_future(self._deliver(letter))
            self.on_their_way.add(task)
            task.add_done_callback(self.on_their_way.discard)
        return len(letters)

    async def _deliver(self, letter: leases.Letter) -> None:
        if letter.content is None:
            outcome = Outcome(outcomes.DEAD, "expired")
        else:
            await asyncio.sleep((letter.begin - timezone.now()).total_seconds())
            outcome = await self.driver.deliver(letter)
        if outcome.state not in (outcomes.SENT, outcomes.CANCELLED):
            logger.info("a message by %s: %s (%s)", Word(self.channel), Word(outcome.state), Word(outcome.reason))
        self.results.put_nowait((letter, outcome))

    async def _record(self) -> None:
        while True:
            batch = [await self.results.get()]
            while not self.results.empty():
                batch.append(self.results.get_nowait())
            try:
                await self.threads.run(delivery.record_all, batch)
            except Exception as error:
                logger.error("what became of %d messages could not be recorded: %s", len(batch), named(error))
            finally:
                for _one in batch:
                    self.results.task_done()

    async def _close(self, recording: asyncio.Task) -> None:
        if self.on_their_way:
            await asyncio.wait(self.on_their_way, timeout=PATIENCE)
        await self.results.join()
        recording.cancel()
        for task in self.on_their_way:
            task.cancel()
        await self.driver.close()
        self.threads.close()
