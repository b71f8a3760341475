"""The methods that send, change and remove messages, and answer presses."""

import time

from hotline.telegram.simulator import entities, markup, shapes
from hotline.telegram.simulator.api import method
from hotline.telegram.simulator.errors import bad_request, forbidden
from hotline.telegram.simulator.world import Chat, Message, Version

MAX_CHARACTERS = 4096
MAX_TEXT_BYTES = 1 << 15
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


@method(
    "sendMessage",
    "business_connection_id chat_id message_thread_id direct_messages_topic_id text parse_mode entities "
    "link_preview_options disable_notification protect_content allow_paid_broadcast message_effect_id "
    "suggested_post_parameters reply_parameters reply_markup",
)
def send_message(bot, call):
    """A new message, as `Message`."""
    text, found = _text(call)
    rows = markup.read(call.text("reply_markup"), inline_only=False)
    reply_to = call.json("reply_parameters", dict, {}).get("message_id")
    chat = writable_chat(bot, call)
    if reply_to and not chat.message(reply_to):
        raise bad_request("message to be replied not found")
    _check_content(text, rows)
    bot.limits.count(chat.id, chat.kind != "private", False, time.monotonic())
    return shapes.message(bot.world, bot.world.post(chat, bot.world.bot_id, text, found, rows, reply_to=reply_to))


@method(
    "editMessageText",
    "business_connection_id chat_id message_id inline_message_id text parse_mode entities link_preview_options "
    "reply_markup",
)
def edit_message_text(bot, call):
    """New words under an old message; without markup its buttons go."""
    text, found = _text(call)
    rows = markup.read(call.text("reply_markup"), inline_only=True)
    message = _editable(bot, call)
    _check_content(text, rows)
    return _changed(bot, message, text, found, rows)


@method("editMessageReplyMarkup", "business_connection_id chat_id message_id inline_message_id reply_markup")
def edit_message_reply_markup(bot, call):
    """New buttons under an old message, or none."""
    rows = markup.read(call.text("reply_markup"), inline_only=True)
    message = _editable(bot, call)
    markup.check(rows)
    return _changed(bot, message, message.now.text, message.now.entities, rows)


@method("deleteMessage", "chat_id message_id")
def delete_message(bot, call):
    """The message goes for everybody. In a private chat a bot may also delete what the person wrote."""
    chat = writable_chat(bot, call)
    message = chat.message(call.number("message_id"))
    if message is None:
        raise bad_request("message to delete not found")
    if message.service.get("migrate_to_chat_id") or (message.sender != bot.world.bot_id and chat.kind != "private"):
        raise bad_request("message can't be deleted")
    if time.time() - message.versions[0].at > 48 * 3600:
        raise bad_request("message can't be deleted for everyone")
    message.deleted = True
    bot.world.changed()
    return True


@method("answerCallbackQuery", "callback_query_id text show_alert url cache_time")
def answer_callback_query(bot, call):
    """What the person sees after a press: a short note, or an alert; once, and soon."""
    query = bot.world.queries.get(call.text("callback_query_id"))
    if query is None or query.answer is not None or time.monotonic() - query.asked_at > bot.world.callback_seconds:
        raise bad_request(TOO_OLD)
    if len(call.text("text")) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    query.answer = {"text": call.text("text"), "alert": call.flag("show_alert"), "url": call.text("url")}
    bot.world.changed()
    return True


def known_chat(bot, call) -> Chat:
    """The chat that a call names; 400 when it is none that the bot knows."""
    if not call.text("chat_id"):
        raise bad_request("chat_id is empty")
    chat = bot.world.chats.get(call.chat)
    if chat is None:
        raise bad_request("chat not found")
    return chat


def writable_chat(bot, call) -> Chat:
    """The chat that a call names, in which the bot may write now."""
    chat = known_chat(bot, call)
    if chat.kind == "private":
        _check_person(bot, chat)
    elif chat.migrated_to:
        raise bad_request("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to)
    else:
        check_membership(chat)
    return chat


def check_membership(chat: Chat) -> None:
    """403 when the bot is no longer in a group."""
    if chat.bot == "kicked":
        raise forbidden(f"bot was kicked from the {chat.kind} chat")
    if chat.bot == "left":
        raise forbidden(f"bot is not a member of the {chat.kind} chat")


def _check_person(bot, chat: Chat) -> None:
    person = bot.world.people[chat.id]
    if person.blocked:
        raise forbidden("bot was blocked by the user")
    if not person.started:
        raise forbidden("bot can't initiate conversation with a user")


def _text(call) -> tuple[str, list]:
    text = call.text("text")
    if not text:
        raise bad_request("message text is empty")
    if len(text.encode()) > MAX_TEXT_BYTES:
        raise bad_request("text is too long")
    return entities.read(text, call.text("parse_mode"), call.json("entities", list, None))


def _check_content(text: str, rows: list) -> None:
    if len(text) > MAX_CHARACTERS:
        raise bad_request("message is too long")
    markup.check(rows)


def _editable(bot, call) -> Message:
    if not call.text("message_id"):
        raise bad_request("message identifier is not specified")
    chat = known_chat(bot, call)
    if chat.kind == "private":
        _check_person(bot, chat)
    elif not chat.migrated_to:
        check_membership(chat)
    message = chat.message(call.number("message_id"))
    if message is None:
        raise bad_request("message to edit not found")
    # What was sent before a group became a supergroup stays as it was.
    if message.sender != bot.world.bot_id or message.service or chat.migrated_to:
        raise bad_request("message can't be edited")
    return message


def _changed(bot, message: Message, text: str, found: list, rows: list) -> dict:
    if (text, found, rows) == (message.now.text, message.now.entities, message.now.buttons):
        raise bad_request(NOT_MODIFIED)
    chat = bot.world.chats[message.chat]
    bot.limits.count(chat.id, chat.kind != "private", True, time.monotonic())
    message.versions.append(Version(time.time(), text, found, rows))
    bot.world.changed()
    return shapes.message(bot.world, message)
