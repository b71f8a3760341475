"""
Fetches updates from Telegram: stored first, acknowledged by asking for the next.

With a webhook Telegram brings them by itself, and all there is to do is to say where.
"""

import asyncio
import json
import logging
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from telegram.error import Conflict, TelegramError

from hotline.lib.background import Threads, pause
from hotline.lib.logs import Word
from hotline.telegram import menu
from hotline.telegram.actions import updates
from hotline.telegram.bot import ALLOWED_UPDATES, READ, build_bot, build_request, configured, method_url
from hotline.telegram.leadership import lead

# Seconds
LONG_POLL = 20
FIRST_PAUSE, LONGEST_PAUSE = 1, 30

logger = logging.getLogger(__name__)


async def run(stop: asyncio.Event) -> None:
    """Fetch updates until `stop` is set. One process does it at a time, any number may stand by."""
    if not configured():
        await stop.wait()
        return
    threads = Threads("telegram-poller", 1)
    try:
        if settings.TELEGRAM_WEBHOOK_SECRET:
            await _keep_trying(_announce_webhook, stop)
            await _keep_trying(menu.offer_commands, stop)
            await stop.wait()
        else:
            await lead("telegram poller", lambda over: _work(over, threads), threads, stop)
    finally:
        threads.close()


async def _announce_webhook() -> None:
    bot = build_bot(1)
    try:
        await bot.set_webhook(
            settings.BASE_URL + reverse("telegram:webhook"),
            secret_token=settings.TELEGRAM_WEBHOOK_SECRET,
            allowed_updates=ALLOWED_UPDATES,
        )
    finally:
        await bot.request.shutdown()


async def _remove_webhook() -> None:
    bot = build_bot(1)
    try:
        await bot.delete_webhook()
    finally:
        await bot.request.shutdown()


async def _work(over: asyncio.Event, threads: Threads) -> None:
    request = build_request(1)
    menus = None
    try:
        await _keep_trying(_remove_webhook, over)
        # Beside the fetching, which a list of commands shall never hold up.
        menus = asyncio.ensure_future(_keep_trying(menu.offer_commands, over))
        seconds = FIRST_PAUSE
        while not over.is_set():
            try:
                found = await _until(over, fetch(request, await threads.run(updates.next_offset)))
                if found and not await threads.run(updates.store, found):
                    # Nothing new among them: asking again at once would bring the same.
                    await pause(FIRST_PAUSE, over)
                seconds = FIRST_PAUSE
            except (TelegramError, ValueError) as error:
                hint = " (somebody else fetches them)" if isinstance(error, Conflict) else ""
                logger.warning("no updates: %s%s; again in %d s", type(error), Word(hint), seconds)
                await pause(seconds, over)
                seconds = min(2 * seconds, LONGEST_PAUSE)
    finally:
        if menus is not None:
            menus.cancel()
        await request.shutdown()


async def fetch(request, offset: int | None) -> list:
    """Updates from number `offset` on, as they came: a list of JSON values. Waits for one up to LONG_POLL seconds.

    The library's own method reads them into objects first and fails as a whole over a single one that it cannot read.
    Raises TelegramError, or ValueError when the answer is no list.
    """
    query = {"timeout": LONG_POLL, "limit": 100, "allowed_updates": json.dumps(ALLOWED_UPDATES)}
    if offset is not None:
        query["offset"] = offset
    url = f"{method_url('getUpdates')}?{urlencode(query)}"
    answer = json.loads(await request.retrieve(url, read_timeout=LONG_POLL + READ))
    if not isinstance(answer, dict) or not isinstance(answer.get("result"), list):
        raise ValueError("no list of updates")
    return answer["result"]


async def _until(over: asyncio.Event, coroutine):
    """The coroutine's result, or None when `over` is set first and it was given up."""
    fetching, ending = asyncio.ensure_future(coroutine), asyncio.ensure_future(over.wait())
    try:
        await asyncio.wait([fetching, ending], return_when=asyncio.FIRST_COMPLETED)
        return fetching.result() if fetching.done() else None
    finally:
        fetching.cancel()
        ending.cancel()


async def _keep_trying(call, over: asyncio.Event) -> None:
    seconds = FIRST_PAUSE
    while not over.is_set():
        try:
            return await call()
        except TelegramError as error:
            logger.warning("Telegram did not take %s (%s); again in %d s", call, type(error), seconds)
        await pause(seconds, over)
        seconds = min(2 * seconds, LONGEST_PAUSE)
