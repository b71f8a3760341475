"""What people do with their phones: start the bot, write, press buttons, block, join and leave groups."""

import time

from hotline.telegram.simulator import shapes
from hotline.telegram.simulator.entities import commands_and_links
from hotline.telegram.simulator.errors import ControlError
from hotline.telegram.simulator.world import Chat, Message, Person, Query, World


def add_person(world: World, name: str, username: str = "", language: str = "en", started: bool = False) -> Person:
    """A new phone, with its private chat; `started` as if Start had been pressed and answered long ago."""
    if not name.strip():
        raise ControlError("A person needs a name.")
    person = Person(world.new_id("person"), name.strip()[:64], username, language, started)
    world.people[person.id] = person
    world.chats[person.id] = Chat(person.id, "private", members=[person.id])
    world.changed()
    return person


def add_group(world: World, title: str, members: list[int], supergroup: bool = False) -> Chat:
    """A group with these people in which the bot is a member; the bot hears that it was added."""
    if not title.strip() or not members:
        raise ControlError("A group needs a title and at least one member.")
    kind = "supergroup" if supergroup else "group"
    ids = [world.person(member).id for member in members]
    chat = Chat(world.new_id(kind), kind, title.strip()[:128], ids, bot="left")
    world.chats[chat.id] = chat
    set_bot_status(world, chat, "member", by=world.people[ids[0]])
    return chat


def set_bot_status(world: World, chat: Chat, status: str, by: Person) -> None:
    """The bot becomes member, left or kicked in a chat, and hears of it."""
    if status not in ("member", "left", "kicked"):
        raise ControlError("The bot can be member, left or kicked.")
    before = shapes.member(world, chat, world.bot_id)
    chat.bot = status
    _tell_membership(world, chat, by, before, shapes.member(world, chat, world.bot_id))
    world.changed()


def set_members(world: World, chat: Chat, add: list[int] = (), remove: list[int] = ()) -> None:
    """People join or leave a group."""
    if chat.kind == "private":
        raise ControlError("A private chat has one person for ever.")
    for person in (world.person(member) for member in add):
        if person.id not in chat.members:
            chat.members.append(person.id)
            _service(world, chat, person.id, {"new_chat_members": [shapes.user(person)]})
    for person in (world.person(member) for member in remove):
        if person.id in chat.members:
            chat.members.remove(person.id)
            _service(world, chat, person.id, {"left_chat_member": shapes.user(person)})


def block(world: World, person: Person, blocked: bool) -> None:
    """A person blocks the bot, or takes it back; the bot hears of it as Telegram tells it."""
    if person.blocked == blocked:
        return
    user = {"user": shapes.bot(world)}
    member, kicked = user | {"status": "member"}, user | {"status": "kicked", "until_date": 0}
    person.blocked = blocked
    before, after = (member, kicked) if blocked else (kicked, member)
    _tell_membership(world, world.chats[person.id], person, before, after)
    world.changed()


def start(world: World, person: Person, code: str = "", chat: Chat | None = None) -> Message:
    """A person opens t.me/<bot>?start=<code> and presses Start, or adds the bot to a group by ?startgroup=<code>."""
    if len(code) > 64 or not all(sign.isascii() and (sign.isalnum() or sign in "_-") for sign in code):
        raise ControlError("A link code has at most 64 of A-Z, a-z, 0-9, _ and -.")
    if chat and chat.kind != "private":
        return text(world, person, chat, f"/start@{world.username} {code}".strip())
    block(world, person, False)
    person.started = True
    return text(world, person, world.chats[person.id], f"/start {code}".strip())


def text(world: World, person: Person, chat: Chat, words: str, reply_to: int | None = None) -> Message:
    """A person writes; in groups the bot hears commands, mentions of it and answers to it (privacy mode)."""
    words = words.strip()
    if not 0 < len(words) <= 4096:
        raise ControlError("A message has 1 to 4096 characters.")
    if person.id not in chat.members or chat.migrated_to:
        raise ControlError(f"{person.name} cannot write there.", 409)
    if chat.kind == "private":
        if words.split()[0] == "/start":
            person.started = True
        if not person.started:
            raise ControlError(f"{person.name} has not pressed Start yet.", 409)
        if person.blocked:
            raise ControlError(f"{person.name} has blocked the bot.", 409)
    message = world.post(chat, person.id, words, commands_and_links(words), [], reply_to=reply_to)
    if _is_heard(world, chat, message):
        world.add_update("message", shapes.message(world, message))
    return message


def press(world: World, person: Person, chat: Chat, message_id: int | None, button: str = "", data: str = "") -> dict:
    """A person presses a button, named by its words or its data: {"query"} for the bot, or {"url"} of a link.

    Without a message the newest in the chat that has such a button. Raises ControlError when there is none.
    """
    if person.id not in chat.members or chat.migrated_to:
        raise ControlError(f"{person.name} is not in that chat.", 409)
    candidates = [chat.message(message_id)] if message_id else reversed(chat.messages)
    for message in candidates:
        if message is None or message.deleted:
            continue
        for found in (entry for row in message.now.buttons for entry in row):
            if (button and found["text"] == button) or (data and found.get("callback_data") == data):
                return _pressed(world, person, chat, message, found)
    raise ControlError(f"There is no button {button or data!r} to press.", 404)


def delete(world: World, message: Message) -> None:
    """A message goes for everybody, as a person can do with it on the phone."""
    message.deleted = True
    world.changed()


def migrate(world: World, chat: Chat) -> Chat:
    """A group becomes a supergroup: a new chat with a new id, both told by a service message."""
    if chat.kind != "group" or chat.migrated_to:
        raise ControlError("Only a group can become a supergroup, and once.", 409)
    new = Chat(world.new_id("supergroup"), "supergroup", chat.title, list(chat.members), bot=chat.bot)
    world.chats[new.id] = new
    _service(world, chat, chat.members[0], {"migrate_to_chat_id": new.id})
    chat.migrated_to = new.id
    _service(world, new, new.members[0], {"migrate_from_chat_id": chat.id})
    return new


def _pressed(world: World, person: Person, chat: Chat, message: Message, button: dict) -> dict:
    if "callback_data" not in button:
        return {"url": button.get("url", "")}
    number = str(4_000_000_000_000_000_000 + world.new_id("query"))
    query = Query(number, person.id, chat.id, message.id, button["callback_data"], time.monotonic())
    world.queries[query.id] = query
    update = world.add_update("callback_query", shapes.query(world, query))
    return {"query": query.id, "data": query.data, "message": message.id, "update_id": update and update["update_id"]}


def _is_heard(world: World, chat: Chat, message: Message) -> bool:
    if chat.kind == "private":
        return True
    if chat.bot != "member":
        return False
    answered = chat.message(message.reply_to) if message.reply_to else None
    words = message.now.text
    own_name = f"@{world.username}".lower()
    first = words.split()[0].lower()
    is_command = first.startswith("/") and ("@" not in first or first.endswith(own_name))
    return is_command or own_name in words.lower().split() or bool(answered and answered.sender == world.bot_id)


def _service(world: World, chat: Chat, sender: int, content: dict) -> None:
    message = world.post(chat, sender, "", [], [], service=content)
    if chat.bot == "member":
        world.add_update("message", shapes.message(world, message))


def _tell_membership(world: World, chat: Chat, by: Person, before: dict, after: dict) -> None:
    world.add_update(
        "my_chat_member",
        {
            "chat": shapes.chat(world, chat),
            "from": shapes.user(by),
            "date": int(time.time()),
            "old_chat_member": before,
            "new_chat_member": after,
        },
    )
