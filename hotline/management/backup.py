"""
Copies of the database for another machine: consistent, and sealed as a whole under a key that only the site key gives.

The file: one line of magic, one line of JSON (a `Header`), then sealed pieces, each after its length (4 bytes, big
endian). A piece opens only at its own place in this very file, and the last one says that it is the last.
"""

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.management import CommandError
from django.db import connection
from django.utils import timezone

from hotline.lib import crypto
from hotline.lib.keyring import keyring
from hotline.management import dumps

MAGIC = b"hotline backup 1\n"
SUFFIX = ".backup"
PIECE = 1 << 20
_LENGTH = 4
# The longest first lines, and what sealing adds to a piece at the most.
_LONGEST_HEADER, _MORE = 1 << 20, 64


@dataclass(frozen=True)
class Header:
    """What a backup says of itself in the clear. at: ISO 8601; migrations: "app.name" of all that were applied."""

    id: str
    at: str
    vendor: str
    migrations: list[str]

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at)

    def context(self, number: int, last: bool) -> str:
        """What a piece is bound to."""
        return f"backup:{self.line()}:{number}:{'last' if last else 'more'}"

    def line(self) -> str:
        """As it stands in the file."""
        return json.dumps(asdict(self), sort_keys=True)


def write(folder: Path) -> Path:
    """
    Write a backup of the database as it is in this moment into `folder`, and remove those there that are too old.

    The house may go on meanwhile. Returns the file. Raises CommandError with what to do.
    """
    header = Header(secrets.token_hex(8), timezone.now().isoformat(), connection.vendor, sorted(dumps.applied()))
    path = folder / f"hotline-{header.moment:%Y%m%dT%H%M%SZ}-{header.id}{SUFFIX}"
    unfinished = path.with_suffix(".unfinished")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with dumps.dump() as dump:
                _seal(header, dump, file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    except OSError as problem:
        raise CommandError(f"The backup cannot be written to {folder}: {problem.strerror}.") from None
    finally:
        with suppress(OSError):  # it became the backup, or never was
            unfinished.unlink()
    _drop_old(folder)
    return path


def _drop_old(folder: Path) -> None:
    oldest = timezone.now() - timedelta(days=settings.BACKUP_DAYS)
    for path in folder.glob(f"hotline-*{SUFFIX}"):
        if path.stat().st_mtime < oldest.timestamp():
            path.unlink(missing_ok=True)


def _key() -> bytes:
    return keyring().subkey("backup")


def _seal(header: Header, dump: BinaryIO, file: BinaryIO) -> None:
    file.write(MAGIC)
    file.write(header.line().encode() + b"\n")
    number, piece = 0, dump.read(PIECE)
    while True:
        following = dump.read(PIECE)
        sealed = crypto.seal(_key(), piece, header.context(number, last=not following))
        file.write(len(sealed).to_bytes(_LENGTH, "big") + sealed)
        if not following:
            return
        number, piece = number + 1, following


def read(path: Path, dump: Path) -> Header:
    """Decrypt the backup at `path` into the file `dump`; its header."""
    try:
        with path.open("rb") as file, dump.open("wb") as out:
            header = _header(file)
            for piece in _pieces(header, file):
                out.write(piece)
    except OSError as problem:
        raise CommandError(f"{path} cannot be read: {problem.strerror}.") from None
    return header


def _header(file: BinaryIO) -> Header:
    if file.readline(len(MAGIC)) != MAGIC:
        raise CommandError("This is no backup of this house, or one of another format.")
    try:
        return Header(**json.loads(file.readline(_LONGEST_HEADER)))
    except (ValueError, TypeError):
        raise CommandError("This backup is damaged: its first lines do not tell what it is.") from None


def _pieces(header: Header, file: BinaryIO) -> Iterator[bytes]:
    number, length = 0, file.read(_LENGTH)
    while True:
        sealed = file.read(min(int.from_bytes(length, "big"), PIECE + _MORE))
        length = file.read(_LENGTH)
        try:
            yield crypto.unseal(_key(), sealed, header.context(number, last=not length))
        except crypto.Unreadable:
            raise CommandError(
                "This backup does not open: it was cut or changed, or made with another site.key than the one in "
                f"{settings.KEYRING_DIR}. Bring back the site.key of that time from your offline copy."
            ) from None
        if not length:
            return
        number += 1
