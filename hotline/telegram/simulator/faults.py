"""Faults that can be switched on: what goes wrong, for which method and chat, and how many times."""

from dataclasses import dataclass

from hotline.telegram.simulator.errors import ControlError

KINDS = {
    "too_many": "429 with retry_after (seconds)",
    "server_error": "a status of 500 or above (code) before anything happened",
    "server_error_after": "the same after the call was applied",
    "hang_before": "no answer for `seconds`, then the connection drops; nothing was applied",
    "hang_after": "likewise, but the call was applied",
    "drop_before": "the connection drops at once; nothing was applied",
    "drop_after": "the call is applied and the connection drops",
    "blocked": "403, as if the person had blocked the bot",
    "slow": "the answer comes `seconds` later",
}


@dataclass
class Fault:
    """One rule: `method` "" means all but getUpdates, "*" all; `chat` None every chat; `count` None for ever."""

    id: int
    kind: str
    method: str = ""
    chat: int | None = None
    count: int | None = None
    seconds: float = 60.0
    retry_after: int = 1
    code: int = 502

    def fits(self, method: str, chat: int | None) -> bool:
        """Whether this rule is about that call."""
        if self.chat is not None and self.chat != chat:
            return False
        if self.method == "*":
            return True
        return self.method.lower() == method.lower() if self.method else method.lower() != "getupdates"


class Faults:
    """The rules in force, first fitting first."""

    def __init__(self):
        self.rules: list[Fault] = []
        self._last = 0

    def add(self, kind: str, **options) -> Fault:
        """Switch a fault on; raises ControlError when the kind or an option is unknown."""
        if kind not in KINDS:
            raise ControlError(f"Unknown fault {kind!r}; there are {', '.join(KINDS)}.")
        self._last += 1
        try:
            fault = Fault(id=self._last, kind=kind, **options)
        except TypeError as error:
            raise ControlError(f"Unknown option for a fault: {error}.") from None
        self.rules.append(fault)
        return fault

    def clear(self, fault_id: int | None = None) -> None:
        """Switch one fault off, or all."""
        self.rules = [rule for rule in self.rules if fault_id is not None and rule.id != fault_id]

    def take(self, method: str, chat: int | None) -> Fault | None:
        """The fault that hits this call, counted down; None when it goes through."""
        for rule in self.rules:
            if rule.fits(method, chat):
                if rule.count is not None:
                    rule.count -= 1
                    if rule.count <= 0:
                        self.rules.remove(rule)
                return rule
        return None
