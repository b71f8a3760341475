"""The methods about the bot itself and about chats and their members."""

from hotline.telegram.simulator import shapes
from hotline.telegram.simulator.api import method
from hotline.telegram.simulator.errors import bad_request
from hotline.telegram.simulator.messages import check_membership, known_chat, writable_chat

GIFTS = dict.fromkeys(
    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
)


@method("getMe")
def get_me(bot, call):
    """The bot as `User`."""
    return shapes.me(bot.world)


@method("getChat", "chat_id")
def get_chat(bot, call):
    """A chat as `ChatFullInfo`."""
    chat = _readable(bot, call)
    return shapes.chat(bot.world, chat) | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": GIFTS,
    }


@method("getChatMember", "chat_id user_id")
def get_chat_member(bot, call):
    """One person's or the bot's own standing in a chat."""
    chat = _readable(bot, call)
    user = call.number("user_id")
    if user <= 0:
        raise bad_request("invalid user_id specified")
    if user != bot.world.bot_id and user not in bot.world.people:
        raise bad_request("user not found")
    return shapes.member(bot.world, chat, user)


@method("getChatAdministrators", "chat_id")
def get_chat_administrators(bot, call):
    """Here only the creator of a group."""
    chat = _readable(bot, call)
    if chat.kind == "private":
        raise bad_request("there are no administrators in the private chat")
    return [shapes.member(bot.world, chat, chat.members[0])] if chat.members else []


@method("getChatMemberCount", "chat_id")
def get_chat_member_count(bot, call):
    """How many are in a chat, the bot among them."""
    chat = _readable(bot, call)
    return len(chat.members) + (chat.bot == "member")


@method("leaveChat", "chat_id")
def leave_chat(bot, call):
    """The bot leaves a group."""
    chat = writable_chat(bot, call)
    if chat.kind == "private":
        raise bad_request("chat member status can't be changed in private chats")
    chat.bot = "left"
    bot.world.changed()
    return True


@method("sendChatAction", "business_connection_id chat_id message_thread_id action")
def send_chat_action(bot, call):
    """Say that the bot is typing; nobody sees it here."""
    writable_chat(bot, call)
    call.required("action")
    return True


@method("setMyCommands", "commands scope language_code")
def set_my_commands(bot, call):
    """The list that the phone offers after a "/"."""
    commands = call.json("commands", list, None)
    if commands is None or len(commands) > 100:
        raise bad_request("expected an Array of BotCommand")
    for entry in commands:
        name, description = str(entry.get("command", "")).removeprefix("/"), str(entry.get("description", ""))
        if not 1 <= len(name) <= 32 or not all(sign.islower() or sign.isdigit() or sign == "_" for sign in name):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(description) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    bot.world.commands[_audience(call)] = commands
    bot.world.changed()
    return True


@method("getMyCommands", "scope language_code")
def get_my_commands(bot, call):
    """What setMyCommands left for that audience."""
    return bot.world.commands.get(_audience(call), [])


@method("deleteMyCommands", "scope language_code")
def delete_my_commands(bot, call):
    """Take the list back."""
    bot.world.commands.pop(_audience(call), None)
    bot.world.changed()
    return True


def _audience(call) -> str:
    return f"{call.json('scope', dict, {}).get('type', 'default')}:{call.text('language_code')}"


def _readable(bot, call):
    chat = known_chat(bot, call)
    if chat.kind == "private" and not bot.world.people[chat.id].started:
        raise bad_request("chat not found")
    if chat.kind == "supergroup":
        check_membership(chat)
    return chat
