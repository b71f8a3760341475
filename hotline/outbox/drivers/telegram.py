"""Sends to Telegram, and reads from every way in which that can fail whether the message arrived."""

import logging
from datetime import timedelta

import httpx
from django.utils import timezone
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from hotline.outbox import outcome as outcomes
from hotline.outbox.actions.leases import Letter
from hotline.outbox.outcome import Outcome
from hotline.telegram.bot import build_bot

# The library hides these behind NetworkError; with all others the request may have been on its way.
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
# What Telegram says (in small letters) when a chat cannot be written to, though it does not answer 403.
UNREACHABLE = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "not enough rights",
    "have no rights",
    "chat_write_forbidden",
    "group chat was deactivated",
    "user is deactivated",
    "need administrator rights",
)
GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")
UNCHANGED = "message is not modified"
# Longer than a call with all its time-outs: a letter whose lease is nearer to its end is not sent any more.
LONGEST_CALL = timedelta(seconds=45)
# A wrong token is put right by a person.
PAUSE_FOR_A_PERSON = 60

logger = logging.getLogger(__name__)


class TelegramDriver:
    """One bot with so many connections, bound to the loop that uses it."""

    def __init__(self, connections: int):
        self.bot = build_bot(connections)

    async def deliver(self, letter: Letter) -> Outcome:
        """Send or edit one message."""
        if letter.until - timezone.now() < LONGEST_CALL:
            return Outcome(outcomes.LATER, "late")
        try:
            arguments = _arguments(letter)
        except (AttributeError, KeyError, TypeError, ValueError):
            return Outcome(outcomes.DEAD, "rejected")
        try:
            if letter.may_have_arrived and not letter.is_edit:
                await self._knock()
        except TelegramError as error:
            silent = read(error, is_edit=True)
            return silent if silent.state == outcomes.LIMITED else Outcome(outcomes.LATER, type(error).__name__)
        try:
            if letter.is_edit:
                await self.bot.edit_message_text(message_id=int(letter.target), **arguments)
                return Outcome(outcomes.SENT, external_id=letter.target)
            message = await self.bot.send_message(**arguments)
            return Outcome(outcomes.SENT, external_id=str(message.message_id))
        except TelegramError as error:
            return read(error, letter.is_edit)
        except Exception as error:
            # An answer that the library stumbles over: something arrived.
            return Outcome(outcomes.UNCERTAIN, type(error).__name__)

    async def close(self) -> None:
        """Close the connections."""
        await self.bot.request.shutdown()

    async def _knock(self) -> None:
        """Before the one more attempt that an uncertain message has: does anybody answer at all?"""
        await self.bot.get_me(read_timeout=5)


def read(error: TelegramError, is_edit: bool) -> Outcome:
    """What an error of the library means for the message."""
    words = error.message.lower()
    if isinstance(error, RetryAfter):
        return Outcome(outcomes.LIMITED, "RetryAfter", seconds=error.retry_after.total_seconds())
    if isinstance(error, ChatMigrated):
        return Outcome(outcomes.MIGRATED, recipient=str(error.new_chat_id))
    if isinstance(error, Forbidden):
        return Outcome(outcomes.DEAD, "blocked")
    if isinstance(error, InvalidToken):
        logger.error("Telegram refuses the bot: check TELEGRAM_BOT_TOKEN and TELEGRAM_API_URL")
        return Outcome(outcomes.LIMITED, "InvalidToken", seconds=PAUSE_FOR_A_PERSON)
    if isinstance(error, BadRequest):
        if is_edit and UNCHANGED in words:
            return Outcome(outcomes.SENT)
        if is_edit and any(said in words for said in GONE):
            return Outcome(outcomes.CANCELLED, "gone")
        return Outcome(outcomes.DEAD, "blocked" if any(said in words for said in UNREACHABLE) else "rejected")
    if isinstance(error, NetworkError) and isinstance(error.__cause__, NEVER_SENT):
        return Outcome(outcomes.LATER, type(error.__cause__).__name__)
    return Outcome(outcomes.UNCERTAIN, type(error.__cause__ or error).__name__)


def _arguments(letter: Letter) -> dict:
    rows = [[_button(button) for button in row] for row in letter.content.get("buttons") or []]
    return {
        "chat_id": int(letter.recipient),
        "text": letter.content["text"],
        "parse_mode": ParseMode.HTML,
        "reply_markup": InlineKeyboardMarkup(rows) if rows else None,
        "link_preview_options": LinkPreviewOptions(is_disabled=True),
    }


def _button(button: dict) -> InlineKeyboardButton:
    return InlineKeyboardButton(button["text"], callback_data=button.get("data"), url=button.get("url"))
