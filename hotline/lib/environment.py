"""Settings from the environment that fail loudly: one line that names the variable and what it should hold."""

import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

REQUIRED = object()
_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off"})
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Bounds:
    """What a number of the environment is when nobody sets it, and how far it may be set."""

    default: int
    minimum: int | None
    maximum: int | None


# By the name of the variable, of every number that was read: for pages that say what was changed and how far it may be.
BOUNDS: dict[str, Bounds] = {}


def _raw(name: str, default, holds: str) -> str | None:
    """The trimmed value, or None where the default applies; a variable that is set but empty counts as not set."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is REQUIRED:
        raise ImproperlyConfigured(f"{name} is not set: it should hold {holds}.")
    return None


def _wrong(name: str, holds: str) -> ImproperlyConfigured:
    # The value itself is not repeated: it may be a secret in the wrong place.
    return ImproperlyConfigured(f"{name} has a value that does not fit: it should hold {holds}.")


def text(name: str, default=REQUIRED, *, holds: str) -> str:
    """The variable as text. Raises ImproperlyConfigured when it is missing and has no default."""
    value = _raw(name, default, holds)
    return default if value is None else value


def flag(name: str, default=REQUIRED, *, holds: str = "1 or 0") -> bool:
    """The variable as yes or no (1/0, true/false, yes/no, on/off). Raises ImproperlyConfigured for anything else."""
    value = _raw(name, default, holds)
    if value is None:
        return default
    if value.lower() in _YES:
        return True
    if value.lower() in _NO:
        return False
    raise _wrong(name, holds)


def number(
    name: str,
    default=REQUIRED,
    *,
    holds: str | None = None,
    minimum: int | None = 0,
    maximum: int | None = None,
) -> int:
    """The variable as a whole number within the bounds. Raises ImproperlyConfigured for anything else."""
    holds = holds or _bounds(minimum, maximum)
    value = _raw(name, default, holds)
    BOUNDS[name] = Bounds(default, minimum, maximum)
    if value is None:
        return default
    try:
        result = int(value)
    except ValueError:
        raise _wrong(name, holds) from None
    if (minimum is not None and result < minimum) or (maximum is not None and result > maximum):
        raise _wrong(name, holds)
    return result


def _bounds(minimum: int | None, maximum: int | None) -> str:
    lower = "" if minimum is None else f" from {minimum}"
    upper = "" if maximum is None else f" up to {maximum}"
    return f"a whole number{lower}{upper}"


def choice(name: str, options: Sequence[str], default=REQUIRED, *, holds: str | None = None) -> str:
    """One of the options. Raises ImproperlyConfigured for anything else."""
    holds = holds or "one of " + ", ".join(options)
    value = _raw(name, default, holds)
    if value is None:
        return default
    if value not in options:
        raise _wrong(name, holds)
    return value


def items(name: str, default=REQUIRED, *, holds: str) -> list[str]:
    """The parts of a comma-separated list, trimmed, empty ones dropped. Raises ImproperlyConfigured when missing."""
    value = _raw(name, default, holds)
    if value is None:
        return list(default)
    return [part.strip() for part in value.split(",") if part.strip()]


Limits = dict[str, list[tuple[int, int]]]


def limits(name: str, defaults: Limits) -> Limits:
    """The table `defaults` ({name: [(tries, seconds)]}), with what the variable says otherwise.

    It holds `name=tries/seconds` with commas between; `+` joins several pairs of one name. Raises ImproperlyConfigured for
    a name that is not in the table, and for what is no pair of whole numbers above 0.
    """
    wrong = _wrong(name, f"log-in=5/60+30/900 and the like, with commas between; there are {', '.join(defaults)}")
    changed = dict(defaults)
    for entry in items(name, [], holds=""):
        key, _equals, pairs = entry.partition("=")
        if key not in defaults or not re.fullmatch(r"[1-9]\d*/[1-9]\d*(\+[1-9]\d*/[1-9]\d*)*", pairs):
            raise wrong
        changed[key] = [tuple(map(int, pair.split("/"))) for pair in pairs.split("+")]
    return changed


def email(url: str) -> dict[str, object]:
    """
    Django's EMAIL_… settings out of EMAIL_URL.

    console:// prints; smtps:// is TLS from the start (465); smtp:// turns TLS on by STARTTLS (587), except to this very
    machine. Raises ImproperlyConfigured for anything else.
    """
    wrong = _wrong("EMAIL_URL", "smtp://user:password@host:587, smtps://user:password@host:465 or console://")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise wrong
    direct = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or (465 if direct else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": direct,
        "EMAIL_USE_TLS": not direct and parts.hostname not in _THIS_MACHINE,
    }


def kept_secret(path: Path) -> str:
    """A random text kept in a file of mode 0600, made when it is not there; for the demo, where nobody gives one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii")
