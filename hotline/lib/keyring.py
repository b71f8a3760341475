"""
The keys of the house, as files beside the database and never in it.

`site.key` is for what must survive; `YYYY-MM-DD.key` covers what is due on that UTC day. A day's key is refused and
deleted from the next midnight (UTC) on, and with it everything that it covered, in every copy of the database.
"""

import logging
import os
import re
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from hotline.lib import crypto
from hotline.lib.key_files import KeyFiles, KeyGone, day_of

logger = logging.getLogger(__name__)

DAYS_AHEAD = 40
NEVER_WITHIN = timedelta(hours=1)
# `due_day` keeps a little more distance than `wrap` insists on: time passes between the two.
_MARGIN = timedelta(minutes=5)
_SITE = "site.key"
# Stands where the site key was destroyed on purpose: processes that still know it forget it.
_DESTROYED = "site.key.destroyed"
# Stands beside the key of a day that had another one before, which was destroyed or is lost: what that one covered is gone,
# not altered.
_DAY_DESTROYED = re.compile(r"(\d{4}-\d{2}-\d{2}\.key)\.destroyed")
_UNFINISHED = re.compile(r"\.new\.(.+)\.[0-9a-f]{16}")


class KeyAltered(KeyGone):
    """The key of that day is there and does not open what lies under it: nobody erased that on time, it was altered.

    For whoever reads, it is gone all the same; the log says what it was.
    """


class DueTooSoon(ValueError):
    """A day that ends within the hour takes nothing new: what is sealed now should not vanish in a moment."""


def _end(day: date) -> datetime:
    """The moment from which the day's key is refused: the next midnight, UTC."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=UTC)


class Keyring(KeyFiles):
    """The key files in one folder. Any number of processes may share it; keys of days are never kept in memory."""

    def __init__(self, folder: Path | str):
        super().__init__(folder)
        self._site_key: bytes | None = None
        self._subkeys: dict[str, bytes] = {}

    # The site key

    def site_key(self) -> bytes:
        """
        The 32 bytes of the site key.

        Made when missing in development (DEBUG) alone; else raises ImproperlyConfigured with what to do.
        """
        self._forget_destroyed()
        if self._site_key is None:
            key = self._read(_SITE)
            if key is None:
                if when := self.destroyed_on():
                    raise ImproperlyConfigured(
                        f"The site key was destroyed on {when}, on purpose. What it covered (names and addresses of local "
                        "coordinators, e-mail addresses and second factors of accounts) opens only with your offline "
                        f"copy of it, as {self.folder / _SITE}. `python manage.py keys create` begins anew without."
                    )
                if not settings.DEBUG:
                    raise ImproperlyConfigured(
                        f"KEYRING_DIR ({self.folder}) should hold the file {_SITE}: bring it back from your offline "
                        "copy, or run `python manage.py keys create` if this is a new installation."
                    )
                key = self._make(_SITE)
            self._site_key = key
        return self._site_key

    def has_site_key(self) -> bool:
        """Whether there is a site key."""
        return self._read(_SITE) is not None

    def create_site_key(self) -> bool:
        """Make the site key unless there is one. True when it was made now."""
        if self.has_site_key():
            return False
        self._make(_SITE)
        with suppress(FileNotFoundError):
            os.unlink(self.folder / _DESTROYED)
        return True

    def destroyed_on(self) -> str:
        """The UTC day on which the site key was destroyed on purpose, as text; "" when it was not, or is there again."""
        try:
            return (self.folder / _DESTROYED).read_text("ascii") if not self.has_site_key() else ""
        except FileNotFoundError:
            return ""

    def _forget_destroyed(self) -> None:
        # One look at the folder each time: a key that somebody wanted gone must not live on in a process.
        if os.path.exists(self.folder / _DESTROYED):
            self._site_key = None
            self._subkeys.clear()

    def subkey(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose, derived from the site key; purposes tell nothing of each other."""
        self._forget_destroyed()
        if purpose not in self._subkeys:
            hkdf = HKDF(algorithm=SHA256(), length=crypto.KEY_BYTES, salt=b"hotline", info=purpose.encode())
            self._subkeys[purpose] = hkdf.derive(self.site_key())
        return self._subkeys[purpose]

    # The keys of days

    def due_day(self, at: datetime) -> date:
        """The UTC day whose key covers what is due at `at`: never one that is past or ends within the hour."""
        soonest = (timezone.now() + NEVER_WITHIN + _MARGIN).astimezone(UTC).date()
        return max(at.astimezone(UTC).date(), soonest)

    def wrap(self, record_key: bytes, due: date, context: str) -> bytes:
        """Wrap a record's key under the key of its day. Raises KeyGone for a past one, DueTooSoon for one within the hour."""
        return crypto.seal(self._key_for_new(due), record_key, f"wrap:{due.isoformat()}:{context}")

    def unwrap(self, wrapped: bytes, due: date, context: str) -> bytes:
        """The record's key again. Raises KeyGone when the day is past, or its key was destroyed; KeyAltered when it is there
        and does not open it."""
        return self._open(wrapped, due, f"wrap:{due.isoformat()}:{context}")

    def seal(self, plaintext: bytes, due: date, context: str) -> bytes:
        """Seal directly under the key of the day. Raises like `wrap`."""
        return crypto.seal(self._key_for_new(due), plaintext, f"seal:{due.isoformat()}:{context}")

    def unseal(self, sealed: bytes, due: date, context: str) -> bytes:
        """The plaintext again. Raises like `unwrap`."""
        return self._open(sealed, due, f"seal:{due.isoformat()}:{context}")

    def _open(self, sealed: bytes, due: date, context: str) -> bytes:
        try:
            return crypto.unseal(self._day_key(due), sealed, context)
        except crypto.Unreadable:
            if os.path.exists(self.folder / f"{due.isoformat()}.key.destroyed"):
                raise KeyGone(f"the key of {due.isoformat()} is another since the last one was destroyed") from None
            logger.error(
                "%s does not open, though its key is there: somebody altered the database or the keyring, or they do not "
                "belong together.",
                context,
            )
            raise KeyAltered(f"the key of {due.isoformat()} does not open it") from None

    def hash_of_day(self, due: date, *parts: str, new: bool = False) -> bytes:
        """
        A keyed hash (32 bytes) that nobody can make or compare once that day is over, under a key of its own.

        new: it is stored, and the day may need its key yet; raises like `wrap`. Else raises KeyGone for a past day, or one
        whose key is gone.
        """
        hkdf = HKDF(algorithm=SHA256(), length=crypto.KEY_BYTES, salt=b"hotline", info=b"hash of the day")
        return crypto.keyed_hash(hkdf.derive(self._key_for_new(due) if new else self._day_key(due)), *parts)

    def prepare(self, days: int = DAYS_AHEAD) -> int:
        """Make the keys of today and of so many days ahead where they are missing; the number that was made."""
        today = timezone.now().astimezone(UTC).date()
        ahead = (today + timedelta(days=number) for number in range(days + 1))
        missing = [day for day in ahead if self._read(f"{day.isoformat()}.key") is None]
        for day in missing:
            self._make(f"{day.isoformat()}.key")
        return len(missing)

    def days(self) -> list[date]:
        """The days whose key file exists, past ones that nobody has destroyed yet included."""
        return sorted(day for name in self._names() if (day := day_of(name)) is not None)

    def destroy_due(self, now: datetime) -> list[date]:
        """Overwrite (as far as the disk lets us) and delete the keys of past days; the days that were destroyed."""
        destroyed = []
        for name in self._names():
            beside = _UNFINISHED.fullmatch(name) or _DAY_DESTROYED.fullmatch(name)
            day = day_of(beside[1] if beside else name)
            if day is not None and _end(day) <= now:
                self._destroy(name)
                if not beside:
                    destroyed.append(day)
        return sorted(destroyed)

    def destroy(self, *, with_site_key: bool) -> int:
        """
        Overwrite (as far as the disk lets us) and delete the keys of all days, and the site key if told so; how many.

        What they covered is gone in every copy of the database, at once. Keys of days are made anew for what comes.
        """
        names = [name for name in self._names() if day_of(name) or _UNFINISHED.fullmatch(name)]
        for name in names:
            if day_of(name) is not None:
                # Before the key goes: a process that dies in between must not leave it looking altered.
                self._note_gone(name)
            self._destroy(name)
        if with_site_key:
            self._destroy(_SITE)
            (self.folder / _DESTROYED).write_text(f"{timezone.now().astimezone(UTC):%Y-%m-%d}", "ascii")
            self._sync_folder()
            self._forget_destroyed()
        return len(names) + with_site_key

    def note_lost(self, since: datetime) -> None:
        """A database of the moment `since` came back: keys made later are not those that cover what is sealed in it."""
        for day in self.days():
            name = f"{day.isoformat()}.key"
            if (self.folder / name).stat().st_mtime > since.timestamp():
                self._note_gone(name)

    def _note_gone(self, name: str) -> None:
        (self.folder / f"{name}.destroyed").touch(mode=0o600)

    def _day_key(self, due: date) -> bytes:
        if _end(due) <= timezone.now():
            raise KeyGone(f"the key of {due.isoformat()} is past its day")
        key = self._read(f"{due.isoformat()}.key")
        if key is None:
            raise KeyGone(f"there is no key of {due.isoformat()}")
        return key

    def _key_for_new(self, due: date) -> bytes:
        now = timezone.now()
        if _end(due) <= now:
            raise KeyGone(f"the key of {due.isoformat()} is past its day")
        if _end(due) <= now + NEVER_WITHIN:
            raise DueTooSoon(f"the key of {due.isoformat()} ends within the hour")
        name = f"{due.isoformat()}.key"
        return self._read(name) or self._make(name)


@lru_cache(maxsize=1)
def _keyring(folder: str) -> Keyring:
    return Keyring(folder)


def keyring() -> Keyring:
    """The keyring of this process, over settings.KEYRING_DIR."""
    return _keyring(str(settings.KEYRING_DIR))


def sweep(now: datetime) -> int:
    """Make the keys of the days ahead, destroy those of past days; the number that was destroyed."""
    ring = keyring()
    ring.prepare()
    return len(ring.destroy_due(now))


def after_restore(moment: datetime) -> None:
    """See Keyring.note_lost."""
    keyring().note_lost(moment)
