"""
The ledger of erasures: what was erased before its key was due, so that a restored backup is made to forget it again.

It lies beside the keys, never in the database or its backups: a file a day, a keyed hash a line, which tells nobody what
was erased. It reaches back as far as the oldest backup that may be restored.
"""

import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from hotline.lib import crypto
from hotline.lib.keyring import keyring

FOLDER = "erased"


def note(kind: str, code: object) -> None:
    """Write down that the `kind` of thing ("conversation") with this code was erased; on the disk when this returns.

    Called when the erasure is certain: in `transaction.on_commit`, or before it where nothing can keep it from happening.
    """
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    day = timezone.now().date().isoformat()
    file = os.open(folder / day, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(file, f"{_mark(kind, code)}\n".encode())
        os.fsync(file)
    finally:
        os.close(file)


def among(kind: str, rows: Iterable, field: str = "code") -> list:
    """Those of `rows` (a QuerySet) that the ledger says were erased; asks for none while it is empty.

    field: name of the attribute that `note` was given.
    """
    erased = _marks()
    return [row for row in rows if _mark(kind, getattr(row, field)) in erased] if erased else []


def sweep(now: datetime) -> int:
    """Drop the days that lie before every backup that may be restored; how many."""
    oldest = (now - timedelta(days=settings.BACKUP_DAYS + 1)).date().isoformat()
    old = [file for file in _files() if file.name < oldest]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def _marks() -> set[str]:
    return {line for file in _files() for line in file.read_text("ascii").splitlines()}


def _mark(kind: str, code: object) -> str:
    return crypto.keyed_hash(keyring().subkey("ledger"), kind, str(code)).hex()


def _files() -> list[Path]:
    return sorted(_folder().glob("????-??-??"))


def _folder() -> Path:
    return keyring().folder / FOLDER
