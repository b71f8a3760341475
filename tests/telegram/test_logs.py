"""The libraries print tokens and whole updates; our logs hold neither."""

import asyncio
import io
import logging

import pytest
from telegram import Bot
from telegram.error import TelegramError

from hotline.lib.logs import ReadableLines
from hotline.telegram import bot

TOKEN = "123456:marked-token-of-this-test"


@pytest.fixture
def log():
    """Everything that reaches the root logger, as the house writes it. (pytest's own caplog also hears what does not.)"""
    text = io.StringIO()
    handler, root = logging.StreamHandler(text), logging.getLogger()
    handler.setFormatter(ReadableLines())
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield text
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.mark.parametrize("name", ["telegram", "httpx", "telegram.ext.Application", "telegram.Bot", "httpcore.http11"])
def test_a_library_s_words_do_not_come_through(log, name):
    library = logging.getLogger(name)
    library.error("token %s", TOKEN)
    try:
        raise ValueError(TOKEN)
    except ValueError:
        library.exception("update %s", TOKEN)
    library.critical(f"update {TOKEN}")
    assert TOKEN not in log.getvalue()
    assert "ValueError" in log.getvalue()
    assert name in log.getvalue()


def test_calls_of_the_bot_leave_no_trace_of_the_token(simulator, settings, log):
    settings.TELEGRAM_BOT_TOKEN = TOKEN

    async def call():
        async with bot.build_request(1) as request:
            await request.retrieve(bot.method_url("getMe"))

    async def ask():
        await Bot(TOKEN, base_url=f"{simulator.url}/bot").get_me()

    for attempt in (call, ask):
        with pytest.raises(TelegramError):
            asyncio.run(attempt())
    bot.username()
    assert "did not tell the bot's name" in log.getvalue()
    assert TOKEN not in log.getvalue()


def test_the_bot_s_name_is_asked_for_once(simulator, settings):
    settings.TELEGRAM_API_URL = simulator.url
    bot._usernames.clear()
    bot._ask_again_at.clear()
    assert bot.username() == bot.username() == simulator.username
    assert len(simulator.calls("getMe")) == 1


def test_a_silent_telegram_is_not_asked_for_the_name_again_and_again(simulator, settings):
    bot._usernames.clear()
    bot._ask_again_at.clear()
    simulator.fault("server_error", method="getMe")
    assert bot.username() == bot.username() == ""
    assert len(simulator.calls("getMe")) == 1


def test_without_a_bot_there_is_no_name(settings):
    settings.TELEGRAM_BOT_TOKEN = ""
    assert bot.username() == ""
