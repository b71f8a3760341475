"""Handles what was stored: each update once, those of one chat in their order, several chats at a time."""

import asyncio
import logging

from telegram import Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application

from hotline.lib.background import Threads, pause
from hotline.lib.logs import Word, named
from hotline.telegram.actions import updates
from hotline.telegram.bot import build_application, configured
from hotline.telegram.leadership import lead

# Seconds
LOOK = 0.5
LONGEST = 60
PATIENCE = 6
FIRST_PAUSE, LONGEST_PAUSE = 1, 60
AT_ONCE = 32
UNREADABLE = "unreadable"

logger = logging.getLogger(__name__)


async def run(stop: asyncio.Event) -> None:
    """Handle updates as they are stored, until `stop` is set. One process at a time does it, any number stand by."""
    if not configured():
        await stop.wait()
        return
    threads = Threads("telegram-intake", 2)
    try:
        await lead("telegram intake", lambda over: _work(over, threads), threads, stop)
    finally:
        threads.close()


async def handle_pending() -> int:
    """Handle what waits now, and return how many updates that were. For tests and tools; the worker uses `run`."""
    threads = Threads("telegram-intake", 2)
    desk = Desk(threads)
    try:
        await desk.application.initialize()
        handled = 0
        while took := await desk.take():
            handled += took
            await desk.finish()
        return handled
    finally:
        await desk.close()
        threads.close()


async def _work(over: asyncio.Event, threads: Threads) -> None:
    desk = Desk(threads)
    try:
        with updates.stored.listen() as bell:
            await _initialize(desk.application, over)
            while not over.is_set():
                bell.clear()
                if not await desk.take():
                    await pause(LOOK, bell, over)
    finally:
        await desk.close()


async def _initialize(application: Application, over: asyncio.Event) -> None:
    """Ask Telegram who the bot is, as often as it takes."""
    seconds = FIRST_PAUSE
    while not over.is_set():
        try:
            return await application.initialize()
        except TelegramError as error:
            hint = " (check TELEGRAM_BOT_TOKEN)" if isinstance(error, InvalidToken) else ""
            logger.warning("Telegram is silent: %s%s; again in %d s", type(error), Word(hint), seconds)
        await pause(seconds, over)
        seconds = min(2 * seconds, LONGEST_PAUSE)


class Desk:
    """Updates in hand. The library finds the handlers and swallows what they raise; we hear of it by `note`."""

    def __init__(self, threads: Threads):
        self.threads = threads
        self.application = build_application(AT_ONCE)
        self.application.add_error_handler(self.note)
        self.errors: dict[int, str] = {}
        self.handled: list[int] = []
        self.finishing = asyncio.Lock()
        self.tasks: dict[int, asyncio.Task] = {}
        self.last_of_chat: dict[int, asyncio.Task] = {}

    async def note(self, update: object, context) -> None:
        """Remember that a handler failed, by the name of the error: its text may hold anything."""
        self.errors[update.update_id] = type(context.error).__name__
        logger.warning("a handler failed: %s", named(context.error))

    async def take(self) -> int:
        """Begin with what waits, as much as fits on the desk; how many updates that were."""
        room = AT_ONCE - len(self.tasks)
        if not room:
            await asyncio.wait(self.tasks.values(), return_when=asyncio.FIRST_COMPLETED)
            return 1
        pending = await self.threads.run(updates.take, room, set(self.tasks))
        for one in pending:
            try:
                update = Update.de_json(one.body, self.application.bot)
                chat = update.effective_chat.id if update.effective_chat else 0
            except Exception:
                # Whatever the library cannot read will not become readable by another attempt.
                await self.threads.run(updates.give_up, one.update_id, UNREADABLE)
                continue
            task = asyncio.ensure_future(self._handle(update, self.last_of_chat.get(chat)))
            self.tasks[one.update_id] = self.last_of_chat[chat] = task
            task.add_done_callback(lambda done, number=one.update_id, chat=chat: self._put_down(done, number, chat))
        return len(pending)

    async def finish(self, seconds: float | None = None) -> None:
        """Wait for all that is in hand, at most so many seconds."""
        if self.tasks:
            await asyncio.wait(list(self.tasks.values()), timeout=seconds)

    async def close(self) -> None:
        """Finish what goes fast, leave the rest to the next who takes over, and close the bot's connections."""
        await self.finish(PATIENCE)
        for task in self.tasks.values():
            task.cancel()
        await self.application.bot.request.shutdown()

    async def _handle(self, update: Update, before: asyncio.Task | None) -> None:
        if before:
            await asyncio.wait([before])
        try:
            async with asyncio.timeout(LONGEST):
                await self.application.process_update(update)
            error = self.errors.pop(update.update_id, "")
        except Exception as failure:
            error = type(failure).__name__
            logger.warning("an update could not be handled: %s", named(failure))
        if error:
            await self.threads.run(updates.put_off, update.update_id, error)
        else:
            await self._finish(update.update_id)

    async def _finish(self, number: int) -> None:
        """Whatever was handled while others are finished is finished together: each commit waits for the disk and its turn."""
        self.handled.append(number)
        async with self.finishing:
            if number in self.handled:
                together, self.handled = self.handled, []
                await self.threads.run(updates.finish, *together)

    def _put_down(self, task: asyncio.Task, number: int, chat: int) -> None:
        del self.tasks[number]
        if self.last_of_chat.get(chat) is task:
            del self.last_of_chat[chat]
        if not task.cancelled() and task.exception():
            logger.error("an update stays open: %s", named(task.exception()))
