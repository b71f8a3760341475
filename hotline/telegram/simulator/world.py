"""What the simulator knows: people, chats, messages with every version, presses, updates that wait for the bot."""

import time
from dataclasses import asdict, dataclass, field

from hotline.telegram.simulator.errors import ControlError

FIRST_PERSON = 5_000_000_001  # above 32 bits, as real ones are
FIRST_GROUP = -4_000_000_001
FIRST_SUPERGROUP = -1_002_000_000_001
# More than anybody presses between two writings of the file.
LOST = 1000
HISTORY = 2000  # updates that tests may send again
NOT_BY_DEFAULT = ("chat_member", "message_reaction", "message_reaction_count")


@dataclass
class Person:
    """Somebody with a phone. `started`: has pressed Start in the bot's chat; `blocked`: has blocked the bot."""

    id: int
    name: str
    username: str = ""
    language: str = "en"
    started: bool = False
    blocked: bool = False


@dataclass
class Version:
    """How a message looked from `at` (seconds since 1970) on."""

    at: float
    text: str
    entities: list
    buttons: list


@dataclass
class Message:
    """One message of a chat; `sender` is the bot's or a person's id, `service` what a notice of the chat says."""

    id: int
    chat: int
    sender: int
    versions: list[Version]
    reply_to: int | None = None
    service: dict = field(default_factory=dict)
    deleted: bool = False

    @property
    def now(self) -> Version:
        """The version that people see."""
        return self.versions[-1]


@dataclass
class Chat:
    """A private chat (its id is the person's), a group or a supergroup. `bot`: member, left or kicked."""

    id: int
    kind: str
    title: str = ""
    members: list[int] = field(default_factory=list)
    bot: str = "member"
    migrated_to: int | None = None
    messages: list[Message] = field(default_factory=list)

    def message(self, message_id: int) -> Message | None:
        """A message that is still there, by its number."""
        if 0 < message_id <= len(self.messages):
            found = self.messages[message_id - 1]
            return None if found.deleted else found
        return None


@dataclass
class Query:
    """One press of a button; `asked_at` in monotonic seconds, `answer` what the bot said to it."""

    id: str
    person: int
    chat: int
    message: int
    data: str
    asked_at: float
    answer: dict | None = None


class World:
    """The state and nothing else. One event loop owns it; every change calls `changed`, which others listen to."""

    def __init__(self, bot_id: int, username: str):
        self.bot_id = bot_id
        self.username = username
        self.listeners: list = []
        self.version = 0
        self.clear()

    def clear(self) -> None:
        """Forget everything; numbers of updates go on, as Telegram's would."""
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.queries: dict[str, Query] = {}
        self.updates: list[dict] = []
        self.history: dict[int, dict] = {}
        self.commands: dict[str, list] = {}
        self.webhook: dict = {}
        self.allowed_updates: list[str] = []
        self.callback_seconds = 15.0
        # By the clock, so that one whose file is lost counts on above what its bot has stored.
        self.next_update = getattr(self, "next_update", int(time.time()))
        self.next_ids = {"person": FIRST_PERSON, "group": FIRST_GROUP, "supergroup": FIRST_SUPERGROUP, "query": 1}

    def changed(self) -> None:
        """Tell everybody who listens that something is different now."""
        self.version += 1
        for listener in list(self.listeners):
            listener()

    def new_id(self, kind: str) -> int:
        """The next number for a person, group, supergroup or query."""
        number = self.next_ids[kind]
        self.next_ids[kind] += 1 if number > 0 else -1
        return number

    def person(self, person_id: int) -> Person:
        """The person; raises ControlError when there is none."""
        try:
            return self.people[int(person_id)]
        except (KeyError, TypeError, ValueError):
            raise ControlError(f"There is nobody with the id {person_id!r}.", 404) from None

    def chat(self, chat_id: int) -> Chat:
        """The chat; raises ControlError when there is none."""
        try:
            return self.chats[int(chat_id)]
        except (KeyError, TypeError, ValueError):
            raise ControlError(f"There is no chat with the id {chat_id!r}.", 404) from None

    def post(self, chat: Chat, sender: int, text: str, entities: list, buttons: list, **more) -> Message:
        """Put a new message into a chat."""
        version = Version(at=time.time(), text=text, entities=entities, buttons=buttons)
        message = Message(id=len(chat.messages) + 1, chat=chat.id, sender=sender, versions=[version], **more)
        chat.messages.append(message)
        self.changed()
        return message

    def add_update(self, kind: str, content: dict) -> dict | None:
        """Queue an update for the bot, unless it does not want that kind."""
        wanted = kind in self.allowed_updates if self.allowed_updates else kind not in NOT_BY_DEFAULT
        if not wanted:
            return None
        return self.add_raw_update({kind: content})

    def add_raw_update(self, update: dict) -> dict:
        """Queue an update as it stands; it gets the next number unless it brings one."""
        if "update_id" not in update:
            update = {"update_id": self.next_update} | update
            self.next_update += 1
        self.updates.append(update)
        self.history[update["update_id"]] = update
        if len(self.history) > HISTORY:
            del self.history[next(iter(self.history))]
        self.changed()
        return update

    def to_dict(self) -> dict:
        """Everything that survives a restart, as JSON."""
        return {
            "people": [asdict(person) for person in self.people.values()],
            "chats": [asdict(chat) for chat in self.chats.values()],
            "updates": self.updates,
            "commands": self.commands,
            "webhook": self.webhook,
            "allowed_updates": self.allowed_updates,
            "next_update": self.next_update,
            "next_ids": self.next_ids,
        }

    def from_dict(self, state: dict) -> None:
        """Take up what `to_dict` gave; presses from before are forgotten, as they have expired.

        A kill loses what was not written yet: numbers of updates go on above any that the bot may have taken.
        """
        self.clear()
        self.people = {entry["id"]: Person(**entry) for entry in state["people"]}
        for entry in state["chats"]:
            messages = [
                Message(**(message | {"versions": [Version(**version) for version in message["versions"]]}))
                for message in entry["messages"]
            ]
            self.chats[entry["id"]] = Chat(**(entry | {"messages": messages}))
        for name in ("updates", "commands", "webhook", "allowed_updates", "next_update", "next_ids"):
            setattr(self, name, state[name])
        self.next_update = max(self.next_update + LOST, int(time.time()))
