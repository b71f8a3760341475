"""A backup comes back: checked as a whole first, then put in place and made to forget what was erased since."""

import tempfile
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django.utils.module_loading import import_string

from hotline.management import backup, dumps
from hotline.outbox.models import WorkerBeat

# A worker whose last sign of life is younger than this still runs.
_RUNS = timedelta(seconds=60)


def restore(path: Path, *, replace: bool) -> backup.Header:
    """
    Put the database of a backup in the place of ours, which must be empty unless `replace`, and make it forget again.

    All of it is read and checked before anything is changed. Raises CommandError with what is wrong and what to do.
    """
    with tempfile.TemporaryDirectory(dir=dumps.workplace(), prefix="restore-") as folder:
        dump = Path(folder) / "dump"
        header = backup.read(path, dump)
        _check(header, replace)
        mark = unfinished_mark()
        mark.touch()
        connection.close()
        dumps.put_back(dump)
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        for step in settings.AFTER_RESTORE:
            import_string(step)(header.moment)
    erase_again()
    mark.unlink()
    return header


def unfinished_mark() -> Path:
    """The file that says that a restore was begun and not finished."""
    return settings.VAR_DIR / "restore-unfinished"


def erase_again() -> int:
    """Erase what the ledger says was erased, wherever it has come back; how many things."""
    return sum(import_string(path)() for path in settings.ERASED_AGAIN)


def _check(header: backup.Header, replace: bool) -> None:
    """Whether this backup may take the place of what is here. Raises CommandError."""
    if header.vendor != connection.vendor:
        raise CommandError(f"This is a backup of {header.vendor}, and DATABASE_URL names {connection.vendor}.")
    unknown = set(header.migrations) - {".".join(key) for key in MigrationLoader(None).disk_migrations}
    if unknown:
        raise CommandError(
            f"This backup comes from a newer version of the house (it knows {min(unknown)}): install that version first."
        )
    if header.moment < timezone.now() - timedelta(days=settings.BACKUP_DAYS):
        raise CommandError(
            f"This backup is older than {settings.BACKUP_DAYS} days: nobody knows any more what was erased since then."
        )
    if not dumps.applied():
        return
    if not replace:
        raise CommandError("The database of DATABASE_URL is not empty. With --replace the backup takes its place.")
    if _works():
        raise CommandError("The house is running. Stop `serve` and `worker` first.")


def _works() -> bool:
    try:
        return WorkerBeat.objects.filter(at__gt=timezone.now() - _RUNS).exists()
    except DatabaseError as problem:
        # Tables that are half there: a restore that broke off, or another program's.
        raise CommandError(
            f"The database of DATABASE_URL is not one of this house ({type(problem).__name__})."
        ) from None
