"""The simulator's state in the shapes of the Bot API."""

from hotline.telegram.simulator.world import Chat, Message, Person, Query, World


def bot(world: World) -> dict:
    """The bot as a `User`."""
    return {"id": world.bot_id, "is_bot": True, "first_name": "Hotline", "username": world.username}


def me(world: World) -> dict:
    """What getMe answers."""
    return bot(world) | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def user(person: Person) -> dict:
    """A person as a `User`."""
    shape = {"id": person.id, "is_bot": False, "first_name": person.name, "language_code": person.language}
    if person.username:
        shape["username"] = person.username
    return shape


def chat(world: World, which: Chat) -> dict:
    """A chat as `Chat`."""
    if which.kind == "private":
        person = world.people[which.id]
        shape = {"id": which.id, "type": "private", "first_name": person.name}
        if person.username:
            shape["username"] = person.username
        return shape
    return {"id": which.id, "type": which.kind, "title": which.title}


def message(world: World, which: Message, with_reply: bool = True) -> dict:
    """A message as `Message`."""
    sender = bot(world) if which.sender == world.bot_id else user(world.people[which.sender])
    in_chat = world.chats[which.chat]
    shape = {
        "message_id": which.id,
        "from": sender,
        "chat": chat(world, in_chat),
        "date": int(which.versions[0].at),
        **which.service,
    }
    if len(which.versions) > 1:
        shape["edit_date"] = int(which.now.at)
    if which.now.text:
        shape["text"] = which.now.text
    if which.now.entities:
        shape["entities"] = which.now.entities
    if which.now.buttons:
        shape["reply_markup"] = {"inline_keyboard": which.now.buttons}
    answered = in_chat.message(which.reply_to) if which.reply_to and with_reply else None
    if answered:
        shape["reply_to_message"] = message(world, answered, with_reply=False)
    return shape


def query(world: World, which: Query) -> dict:
    """A press of a button as `CallbackQuery`."""
    pressed = world.chats[which.chat].message(which.message)
    return {
        "id": which.id,
        "from": user(world.people[which.person]),
        "message": message(world, pressed),
        "chat_instance": str(which.chat * 1_000_003),
        "data": which.data,
    }


def member(world: World, which: Chat, person_id: int) -> dict:
    """A `ChatMember`; the first person of a group is its creator."""
    if person_id == world.bot_id:
        return {"user": bot(world), "status": which.bot} | ({"until_date": 0} if which.bot == "kicked" else {})
    person = user(world.people[person_id])
    if person_id not in which.members:
        return {"user": person, "status": "left"}
    if which.kind != "private" and which.members[0] == person_id:
        return {"user": person, "status": "creator", "is_anonymous": False}
    return {"user": person, "status": "member"}
