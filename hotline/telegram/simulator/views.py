"""The simulator's state as the control interface and the page for humans see it."""

from dataclasses import asdict

from hotline.telegram.simulator.world import Chat, Message, Person

NEWEST = 60


def person_view(person: Person) -> dict:
    """One phone."""
    return asdict(person)


def message_view(message: Message) -> dict:
    """A message with every version of its text and buttons."""
    return {
        "id": message.id,
        "chat": message.chat,
        "from": message.sender,
        "text": message.now.text,
        "entities": message.now.entities,
        "buttons": message.now.buttons,
        "at": message.versions[0].at,
        "versions": [asdict(version) for version in message.versions],
        "reply_to": message.reply_to,
        "service": message.service,
        "deleted": message.deleted,
    }


def chat_view(chat: Chat) -> dict:
    """A chat with every version of every message."""
    return _chat(chat, [message_view(message) for message in chat.messages])


def state_view(simulator) -> dict:
    """Everything, for tests."""
    world = simulator.world
    return _around(simulator) | {
        "chats": [chat_view(chat) for chat in world.chats.values()],
        "queries": [asdict(query) for query in world.queries.values()],
        "webhook": world.webhook,
        "commands": world.commands,
        "pending_updates": len(world.updates),
        "limits": asdict(simulator.limits.rules),
    }


def page_view(simulator) -> dict:
    """What the page shows: the newest messages as they stand now, and what the bot said to presses."""
    world = simulator.world
    return _around(simulator) | {
        "chats": [
            _chat(chat, [_line(message) for message in chat.messages[-NEWEST:] if not message.deleted])
            for chat in world.chats.values()
        ],
        "answers": [
            {"query": query.id, "person": query.person, "chat": query.chat, **query.answer}
            for query in list(world.queries.values())[-NEWEST:]
            if query.answer
        ],
        "commands": world.commands.get("default:", []),
    }


def _around(simulator) -> dict:
    world = simulator.world
    return {
        "version": world.version,
        "bot": {"id": world.bot_id, "username": world.username},
        "people": [person_view(person) for person in world.people.values()],
        "faults": [asdict(rule) for rule in simulator.faults.rules],
    }


def _chat(chat: Chat, messages: list[dict]) -> dict:
    return {
        "id": chat.id,
        "kind": chat.kind,
        "title": chat.title,
        "members": chat.members,
        "bot": chat.bot,
        "migrated_to": chat.migrated_to,
        "messages": messages,
    }


def _line(message: Message) -> dict:
    return {
        "id": message.id,
        "from": message.sender,
        "text": message.now.text,
        "entities": message.now.entities,
        "buttons": message.now.buttons,
        "at": message.versions[0].at,
        "edited": len(message.versions) > 1,
        "changed": message.now.at,
        "service": message.service,
    }
