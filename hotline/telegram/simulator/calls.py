"""One call of the Bot API: its parameters as Telegram reads them, and the log of all calls with their times."""

import json
import time
from collections import deque
from dataclasses import dataclass, field

from hotline.telegram.simulator.errors import bad_request

LOG_LENGTH = 50_000


@dataclass
class Call:
    """A method by name and its parameters, each as text the way a form brings it."""

    method: str
    parameters: dict[str, str]

    def text(self, name: str) -> str:
        """A parameter as it came, "" when it is missing."""
        return self.parameters.get(name, "")

    def required(self, name: str) -> str:
        """A parameter that must be there."""
        if not self.text(name):
            raise bad_request(f'parameter "{name}" is required')
        return self.text(name)

    def number(self, name: str, default: int = 0, low: int | None = None, high: int | None = None) -> int:
        """A whole number, drawn into its bounds; the default when it is no number, as Telegram does."""
        try:
            value = int(self.text(name))
        except ValueError:
            return default
        value = value if low is None else max(value, low)
        return value if high is None else min(value, high)

    def flag(self, name: str) -> bool:
        """A truth value."""
        return self.text(name).lower() in ("true", "yes", "1")

    def json(self, name: str, kind: type, default):
        """A parameter that holds JSON of one kind (dict or list)."""
        if not self.text(name):
            return default
        try:
            value = json.loads(self.text(name))
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None
        if not isinstance(value, kind):
            raise bad_request(f"can't parse {name}: {kind.__name__} expected")
        return value

    @property
    def chat(self) -> int | None:
        """The chat it is about, as far as it names one by number."""
        try:
            return int(self.text("chat_id"))
        except ValueError:
            return None


@dataclass
class Entry:
    """One line of the log. Times are seconds: `at` and `finished` monotonic, `clock` since 1970."""

    n: int
    method: str
    chat: int | None
    parameters: dict[str, str]
    unknown: list[str]
    at: float
    clock: float
    fault: str = ""
    applied: bool = False
    status: int = 0
    error: str = ""
    finished: float | None = None
    result: object = field(default=None, repr=False)


class Log:
    """Every call that came, the newest 50,000."""

    def __init__(self):
        self.entries: deque[Entry] = deque(maxlen=LOG_LENGTH)
        self._last = 0

    def begin(self, call: Call, known: frozenset[str] | None) -> Entry:
        """Note a call as it arrives; `known` are the parameters its method has, None for an unknown method."""
        self._last += 1
        unknown = sorted(set(call.parameters) - known) if known is not None else []
        entry = Entry(self._last, call.method, call.chat, call.parameters, unknown, time.monotonic(), time.time())
        self.entries.append(entry)
        return entry

    def since(self, n: int, method: str = "") -> list[Entry]:
        """The calls after number `n`, all but getUpdates, or those of one method ("*": really all)."""

        def fits(entry: Entry) -> bool:
            name = entry.method.lower()
            return method == "*" or (name == method.lower() if method else name != "getupdates")

        return [entry for entry in self.entries if entry.n > n and fits(entry)]
