"""The control interface: what tests and the page for humans do to the simulator. JSON in, JSON out.

GET  state, chat?id=N, view?since=N&wait=S, calls?since=N&method=M
POST reset, people, start, text, press, block, groups, members, migrate, delete, updates, faults, faults/clear, settings
"""

import inspect
from collections.abc import Callable
from dataclasses import asdict, fields

from hotline.telegram.simulator import people
from hotline.telegram.simulator.errors import ControlError
from hotline.telegram.simulator.faults import KINDS
from hotline.telegram.simulator.views import chat_view, message_view, person_view, state_view

POSTS: dict[str, Callable] = {}


def post(name: str):
    """Register a function (simulator, fields of the body…) -> JSON under a name."""

    def register(function):
        POSTS[name] = function
        return function

    return register


def run(simulator, name: str, body: dict):
    """Do what a POST asks; raises ControlError for unknown names and fields."""
    action = POSTS.get(name)
    if action is None:
        raise ControlError(f"There is no {name!r}; there are {', '.join(sorted(POSTS))}.", 404)
    try:
        inspect.signature(action).bind(simulator, **body)
    except TypeError as error:
        raise ControlError(f"Wrong fields: {error}.") from None
    return action(simulator, **body)


@post("reset")
def reset(simulator):
    """Forget people, chats, messages, faults, limits and the log."""
    simulator.reset()
    return {}


@post("people")
def add_person(simulator, name, username="", language="en", started=False):
    """A new phone; answers the person."""
    return person_view(people.add_person(simulator.world, name, username, language, started))


@post("start")
def start(simulator, person, code="", chat=None):
    """Open the bot by a deep link (or a group's, with `chat`)."""
    world = simulator.world
    return message_view(people.start(world, world.person(person), code, world.chat(chat) if chat else None))


@post("text")
def write(simulator, person, text, chat=None, reply_to=None):
    """Write as a person, in their private chat or in a group."""
    world = simulator.world
    return message_view(people.text(world, world.person(person), world.chat(chat or person), text, reply_to))


@post("press")
def press(simulator, person, chat=None, message=None, button="", data=""):
    """Press a button as a person: the message's, or the newest one with such a button."""
    world = simulator.world
    return people.press(world, world.person(person), world.chat(chat or person), message, button, data)


@post("block")
def block(simulator, person, blocked=True):
    """Block the bot, or take it back."""
    who = simulator.world.person(person)
    people.block(simulator.world, who, blocked)
    return person_view(who)


@post("groups")
def add_group(simulator, title, members, supergroup=False):
    """A new group with these people and the bot; answers its id."""
    return {"id": people.add_group(simulator.world, title, members, supergroup).id}


@post("members")
def change_members(simulator, chat, add=(), remove=(), bot=None):
    """People join or leave; `bot`: member, left or kicked."""
    world = simulator.world
    group = world.chat(chat)
    people.set_members(world, group, add, remove)
    if bot:
        people.set_bot_status(world, group, bot, world.person(group.members[0]))
    return {"members": group.members, "bot": group.bot}


@post("migrate")
def migrate(simulator, chat):
    """A group becomes a supergroup; answers the new id."""
    return {"id": people.migrate(simulator.world, simulator.world.chat(chat)).id}


@post("delete")
def delete(simulator, chat, message):
    """A person deletes a message for everybody."""
    found = simulator.world.chat(chat).message(message)
    if found is None:
        raise ControlError("There is no such message.", 404)
    people.delete(simulator.world, found)
    return {}


@post("updates")
def queue_update(simulator, update=None, repeat=None):
    """Queue an update as it stands (malformed ones too), or again one that was queued with the number `repeat`."""
    if repeat is not None:
        update = simulator.world.history.get(repeat)
    if not isinstance(update, dict) or not isinstance(update.get("update_id", 0), int):
        raise ControlError("An update is an object; update_id, if given, a number.")
    return simulator.world.add_raw_update(update)


@post("faults")
def add_fault(simulator, kind, **options):
    """Switch a fault on; answers its id."""
    fault = simulator.faults.add(kind, **options)
    simulator.world.changed()
    return asdict(fault)


@post("faults/clear")
def clear_faults(simulator, id=None):
    """Switch one fault off, or all."""
    simulator.faults.clear(id)
    simulator.world.changed()
    return {}


@post("settings")
def change_settings(simulator, callback_seconds=None, **limits):
    """Seconds after which a press is too old; limits: enabled, all_per_second, chat_per_second, group_per_minute, …"""
    if callback_seconds is not None:
        simulator.world.callback_seconds = float(callback_seconds)
    known = {field.name for field in fields(simulator.limits.rules)}
    for name, value in limits.items():
        if name not in known:
            raise ControlError(f"There is no limit {name!r}; there are {', '.join(sorted(known))}.")
        setattr(simulator.limits.rules, name, value)
    return asdict(simulator.limits.rules) | {"callback_seconds": simulator.world.callback_seconds}


def state(simulator) -> dict:
    """Everything there is."""
    return state_view(simulator) | {"fault_kinds": KINDS}


def chat(simulator, chat_id: int) -> dict:
    """One chat with all its messages."""
    return chat_view(simulator.world.chat(chat_id))


def calls(simulator, since: int, method: str) -> dict:
    """The log of calls after number `since`."""
    entries = simulator.log.since(since, method)
    return {"calls": [asdict(entry) for entry in entries]}
