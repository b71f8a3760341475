"""
How the rooms above answer to the bot: a plain synchronous function for each command, button, text or event.

A function takes the `telegram.Update`, does its work by actions, and may be called again with the same update when it
failed or the process died: it must not mind. It runs in a thread of its own with a database connection. For a button it
returns the words (up to 200 characters) that appear over the chat, or None; everything else that a person is told goes
through the outbox.
"""

import logging
import re
from collections.abc import Callable

from telegram import Update
from telegram.error import TelegramError
from telegram.ext import (
    Application,
    ApplicationHandlerStop,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from hotline.lib.background import Threads

# As many handlers at once; each waits for the database and for little else.
THREADS = 4
LONGEST_ANSWER = 200
# The library goes through its groups of handlers in their order; all others stand in group 0.
FIRST = -1
# Under this name the Application keeps {command: words}.
MENU = "menu"

Function = Callable[[Update], str | None]

logger = logging.getLogger(__name__)
_threads = Threads("telegram-handler", THREADS)


def before_all(application: Application, function: Function) -> None:
    """Call the function before anybody else for whatever comes; the words it returns (None: go on) end it there.

    To a button they are the answer; where somebody wrote, the function has answered by the outbox itself.
    """

    async def callback(update: Update, _context) -> None:
        words = await _threads.run(function, update)
        if words is None:
            return
        if update.callback_query:
            await _show(update, words)
        raise ApplicationHandlerStop

    application.add_handler(TypeHandler(Update, callback), group=FIRST)


def on_command(application: Application, name: str, function: Function, words=None) -> None:
    """Call the function for /name, in private chats and groups; the words after it are in `update.message.text`.

    words: what it does, for the list that phones offer after a "/", as a lazily translated text; None keeps it out of that.
    """
    if words is not None:
        application.bot_data.setdefault(MENU, {})[name] = words
    application.add_handler(CommandHandler(name, _call(function), filters.UpdateType.MESSAGE))


def on_start(application: Application, prefix: str, function: Function) -> None:
    """Call the function for `/start` with a code that begins so: what a link with that code sends."""
    is_start = filters.UpdateType.MESSAGE & filters.Regex(rf"^/start(@\w+)? {re.escape(prefix)}")
    application.add_handler(MessageHandler(is_start, _call(function)))


def on_button(application: Application, pattern: str, function: Function) -> None:
    """Call the function for a pressed button whose data match the regular expression from their beginning."""
    application.add_handler(CallbackQueryHandler(_answer(function), pattern))


def on_text(application: Application, function: Function) -> None:
    """Call the function for a text that is no command."""
    application.add_handler(
        MessageHandler(filters.UpdateType.MESSAGE & filters.TEXT & ~filters.COMMAND, _call(function))
    )


def on_other_command(application: Application, function: Function) -> None:
    """Call the function for a command that nobody registered before."""
    application.add_handler(MessageHandler(filters.UpdateType.MESSAGE & filters.COMMAND, _call(function)))


def on_migration(application: Application, function: Function) -> None:
    """Call the function when a group becomes a supergroup (`migrate_to_chat_id` of the message)."""
    application.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, _call(function)))


def on_membership(application: Application, function: Function) -> None:
    """Call the function when the bot is added, removed, blocked or unblocked (`update.my_chat_member`)."""
    application.add_handler(ChatMemberHandler(_call(function), ChatMemberHandler.MY_CHAT_MEMBER))


def _call(function: Function):
    async def callback(update: Update, _context) -> None:
        await _threads.run(function, update)

    return callback


def _answer(function: Function):
    async def callback(update: Update, _context) -> None:
        await _show(update, await _threads.run(function, update))

    return callback


async def _show(update: Update, words: str | None) -> None:
    try:
        await update.callback_query.answer(words[:LONGEST_ANSWER] if words else None)
    except TelegramError as error:
        # The press was handled and the message will change; an answer that came too late is no failure.
        logger.info("a press of a button could not be answered (%s)", type(error))
