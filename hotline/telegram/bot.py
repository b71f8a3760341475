"""The bot as python-telegram-bot knows it: built from the settings when a loop needs it, never at import."""

import logging
import os
import ssl
import time
from functools import cache

import httpx
from django.conf import settings
from django.utils.module_loading import import_string
from telegram import Bot
from telegram.ext import Application
from telegram.request import HTTPXRequest

# The kinds of update that the house reads; Telegram keeps the others to itself.
ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")
# Seconds. Their sum stays well below the outbox's lease.
CONNECT, WRITE, READ, POOL = 5, 5, 10, 2
# Shorter than servers keep an idle connection: one that closes just as we use it looks like an uncertain answer.
KEEP_ALIVE = 2
ASK_AGAIN = 30

# The library's way of asking for times as timedelta; without it every flood control prints a warning.
os.environ.setdefault("PTB_TIMEDELTA", "true")

logger = logging.getLogger(__name__)
_usernames: dict[str, str] = {}
_ask_again_at: dict[str, float] = {}


def configured() -> bool:
    """Whether this house has a bot at all."""
    return bool(settings.TELEGRAM_BOT_TOKEN)


def method_url(method: str) -> str:
    """The address of a method of the Bot API. It holds the token: never log it."""
    return f"{settings.TELEGRAM_API_URL}/bot{settings.TELEGRAM_BOT_TOKEN}/{method}"


@cache
def certificates() -> ssl.SSLContext:
    """The world's certificates, read once: each reading takes a tenth of a second, and every client would do it anew."""
    return httpx.create_ssl_context()


def build_request(connections: int) -> HTTPXRequest:
    """An HTTP client of so many connections, bound to the loop that uses it first; `shutdown()` closes it."""
    limits = httpx.Limits(
        max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=KEEP_ALIVE
    )
    return HTTPXRequest(
        connect_timeout=CONNECT,
        write_timeout=WRITE,
        read_timeout=READ,
        pool_timeout=POOL,
        httpx_kwargs={"limits": limits, "verify": certificates()},
    )


def build_bot(connections: int) -> Bot:
    """A bot for sending alone. It needs no `initialize()`, which would ask Telegram before anything can be sent."""
    return Bot(
        settings.TELEGRAM_BOT_TOKEN,
        base_url=f"{settings.TELEGRAM_API_URL}/bot",
        request=build_request(connections),
        get_updates_request=build_request(1),
    )


def build_application(connections: int) -> Application:
    """A bot with all handlers that settings.TELEGRAM_HANDLERS register; it fetches nothing by itself."""
    application = Application.builder().bot(build_bot(connections)).updater(None).job_queue(None).build()
    for path in settings.TELEGRAM_HANDLERS:
        import_string(path)(application)
    return application


def username() -> str:
    """The bot's name without the @, for links that open it; "" while Telegram cannot be asked. Not in a transaction."""
    if not configured():
        return ""
    url = method_url("getMe")
    if url not in _usernames and time.monotonic() >= _ask_again_at.get(url, 0):
        try:
            answer = httpx.get(url, timeout=CONNECT, verify=certificates()).raise_for_status().json()
            _usernames[url] = str(answer["result"]["username"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            # No page shall hang on it again and again.
            _ask_again_at[url] = time.monotonic() + ASK_AGAIN
            logger.warning("Telegram did not tell the bot's name (%s)", type(error))
    return _usernames.get(url, "")
