"""The database as one stream and back again: SQLite by itself, PostgreSQL by its own programs."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.management import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder


def applied() -> set[str]:
    """ "app.name" of every migration that the database has; none for an empty one."""
    return {".".join(key) for key in MigrationRecorder(connection).applied_migrations()}


def workplace() -> Path:
    """The folder in which a dump may lie for a moment: beside the database, whose equal it is."""
    database = Path(settings.DATABASES["default"]["NAME"])
    folder = database.parent if connection.vendor == "sqlite" else settings.VAR_DIR
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def dump() -> Iterator[BinaryIO]:
    """The whole database as one stream, as of one moment."""
    if connection.vendor == "sqlite":
        with tempfile.TemporaryDirectory(dir=workplace(), prefix="backup-") as folder:
            copy = Path(folder) / "copy"
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(copy)])
            with copy.open("rb") as file:
                yield file
    else:
        with _tool("pg_dump", "--format=custom", "--no-owner", "--no-privileges", stdout=subprocess.PIPE) as process:
            yield process.stdout


def put_back(dump: Path) -> None:
    """Let the dump in this file take the place of the database. Raises CommandError, and then nothing has changed."""
    if connection.vendor == "sqlite":
        _replace_file(dump)
    else:
        _replace_schema(dump)


def _replace_file(dump: Path) -> None:
    with closing(sqlite3.connect(dump)) as copy:
        if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise CommandError("This backup is damaged: SQLite does not accept it.")
    database = Path(settings.DATABASES["default"]["NAME"])
    for suffix in ("-wal", "-shm"):
        Path(f"{database}{suffix}").unlink(missing_ok=True)
    os.chmod(dump, 0o600)
    os.replace(dump, database)


def _replace_schema(dump: Path) -> None:
    """What is there steps aside until the backup is in its place, and comes back if it does not fit."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER SCHEMA public RENAME TO before_restore; CREATE SCHEMA public")
    connection.close()
    try:
        with _tool("pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", str(dump), into=True):
            pass
    except CommandError:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; ALTER SCHEMA before_restore RENAME TO public")
        raise
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA before_restore CASCADE")


@contextmanager
def _tool(name: str, *arguments: str, into: bool = False, **streams) -> Iterator[subprocess.Popen]:
    """Run one of PostgreSQL's own programs on our database; CommandError when it is missing or fails."""
    if shutil.which(name) is None:
        raise CommandError(f"{name} is not here: install PostgreSQL's client programs (Debian: postgresql-client).")
    database = connection.settings_dict
    variables = {
        "PGHOST": database["HOST"],
        "PGPORT": str(database["PORT"] or ""),
        "PGUSER": database["USER"],
        "PGPASSWORD": database["PASSWORD"],
        "PGDATABASE": database["NAME"],
    }
    environment = os.environ | {key: value for key, value in variables.items() if value}
    command = [name, *(["--dbname", database["NAME"]] if into else []), *arguments]
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(command, env=environment, stderr=said, **streams) as process:
            yield process
        if process.returncode:
            said.seek(0)
            lines = said.read().decode(errors="replace").strip().splitlines()
            raise CommandError(f"{name} failed: {lines[0] if lines else process.returncode}")
