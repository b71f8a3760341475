"""
The bare cost of Telegram: python-telegram-bot and the simulator, without a house between. A process of its own.

Its input is a line {url, token, chats, sends, changes, group, at_once}; so many messages go out, then so many changes of
them in groups that count as done when the last of them is. The answer: {seconds, sends, changes}, the latter lists of seconds.
"""

import asyncio
import json
import sys
import time
from itertools import cycle, islice

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.request import HTTPXRequest

from tests.support.pressers import say

WORDS = "Evacuation · Irpin, Kyiv Oblast, Ukraine\nToday\nSomebody has spoken to the person."
BUTTONS = InlineKeyboardMarkup([[InlineKeyboardButton("Accept", callback_data="x" * 40)]])


async def call(url, token, chats, sends, changes, group, at_once):
    """Make the calls."""
    request = HTTPXRequest(connection_pool_size=at_once, read_timeout=60, pool_timeout=60)
    bot = Bot(token, base_url=f"{url}/bot", request=request, get_updates_request=HTTPXRequest(1))
    sent = []

    async def send(chat):
        message = await bot.send_message(chat, WORDS, reply_markup=BUTTONS)
        sent.append((chat, message.message_id))

    async def change(some):
        await asyncio.gather(
            *(bot.edit_message_text(f"over {number}", chat, message) for number, (chat, message) in some)
        )

    began = time.monotonic()
    send_seconds = await _each(send, islice(cycle(chats), sends), at_once)
    targets = list(enumerate(islice(cycle(sent), changes)))
    groups = [targets[start : start + group] for start in range(0, changes, group)]
    change_seconds = await _each(change, groups, max(1, at_once // group))
    return {"seconds": time.monotonic() - began, "sends": send_seconds, "changes": change_seconds}


async def _each(act, items, at_once):
    """Do it for all, so many at once; how long each took, in seconds."""
    took, left = [], iter(items)

    async def work():
        for item in left:
            began = time.monotonic()
            await act(item)
            took.append(time.monotonic() - began)

    await asyncio.gather(*(work() for _one in range(at_once)))
    return took


def main():
    say(json.dumps(asyncio.run(call(**json.loads(sys.stdin.readline())))))


if __name__ == "__main__":
    main()
