"""What the loaders of demo data are given, and how they say what there is to see."""

import secrets
from dataclasses import dataclass, field


@dataclass
class Demo:
    """
    Passed to every loader in settings.DEMO_LOADERS.

    `password` is the one of every account; `accounts` holds (user name, what this person is), `notes` further lines.
    """

    password: str
    accounts: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @classmethod
    def new(cls, password: str) -> "Demo":
        """A demo with this password, or a random one when it is empty."""
        return cls(password or secrets.token_urlsafe(12))

    def account(self, username: str, what: str) -> None:
        """Name an account that people may log in with; `what` says in a few words who that is."""
        self.accounts.append((username, what))

    def note(self, line: str) -> None:
        """A further line worth knowing, printed with the accounts."""
        self.notes.append(line)
