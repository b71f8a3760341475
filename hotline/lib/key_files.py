"""The files of the keyring: each made whole or not at all, and overwritten before it is deleted."""

import os
import re
import secrets
from contextlib import suppress
from datetime import date
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from hotline.lib import crypto

_DAY_FILE = re.compile(r"(\d{4}-\d{2}-\d{2})\.key")


class KeyGone(Exception):
    """The key of that day is past or destroyed: what it covered is forgotten for good."""


class KeyFiles:
    """Key files in one folder, which any number of processes may share."""

    def __init__(self, folder: Path | str):
        self.folder = Path(folder)

    def _names(self) -> list[str]:
        try:
            return os.listdir(self.folder)
        except FileNotFoundError:
            return []

    def _read(self, name: str) -> bytes | None:
        try:
            key = bytes.fromhex((self.folder / name).read_text("ascii"))
        except FileNotFoundError:
            return None
        except ValueError:  # half overwritten by a process that is just destroying it
            key = b""
        if len(key) == crypto.KEY_BYTES:
            return key
        if day_of(name) is not None:
            raise KeyGone(f"{name} does not hold a key")
        raise ImproperlyConfigured(f"{self.folder / name} should hold a key of 64 hexadecimal digits.")

    def _make(self, name: str) -> bytes:
        """
        Make the key file, or read the one that another process made in this moment.

        It is written whole and synced under another name first; linking fails when the name exists already, so two
        processes never make two and nobody ever reads half a key.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = self.folder / f".new.{name}.{secrets.token_hex(8)}"
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(crypto.new_key().hex())
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(unfinished, self.folder / name)
        finally:
            os.unlink(unfinished)
        self._sync_folder()
        return self._read(name)

    def _destroy(self, name: str) -> None:
        path = self.folder / name
        try:
            with path.open("r+b") as file:
                file.write(b"\0" * path.stat().st_size)
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
        except FileNotFoundError:  # another process was faster
            return
        self._sync_folder()

    def _sync_folder(self) -> None:
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def day_of(name: str) -> date | None:
    """The day whose key a file of this name holds; None for any other file."""
    match = _DAY_FILE.fullmatch(name)
    try:
        return date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None
