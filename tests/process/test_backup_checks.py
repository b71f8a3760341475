"""What a backup must be to be restored, and how long it is kept."""

import os
from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError
from django.db import connection
from django.utils import timezone

from hotline.management import backup, dumps
from hotline.management.restore import restore

pytestmark = pytest.mark.django_db(transaction=True)


def header(**different):
    known = {
        "id": "a",
        "at": timezone.now().isoformat(),
        "vendor": connection.vendor,
        "migrations": ["chat.0001_initial"],
    }
    return backup.Header(**{**known, **different})


@pytest.mark.parametrize(
    ("different", "says"),
    [
        ({"vendor": "oracle"}, "a backup of oracle"),
        ({"migrations": ["chat.0001_initial", "chat.9999_later"]}, "newer version of the house .*chat.9999_later"),
        ({"at": "2020-01-01T00:00:00+00:00"}, "older than 14 days"),
        ({}, "is not empty"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_changed(tmp_path, monkeypatch, settings, different, says):
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(dumps, "put_back", lambda dump: pytest.fail("the database was replaced"))
    monkeypatch.setattr(backup, "read", lambda path, dump: header(**different))
    with pytest.raises(CommandError, match=says):
        restore(tmp_path / "a.backup", replace=False)
    assert not (tmp_path / "restore-unfinished").exists()


def changed(content, at):
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


@pytest.mark.parametrize(
    ("bend", "says"),
    [
        (lambda content: b"PK" + content, "no backup of this house"),
        (lambda content: content.replace(b"hotline backup 1", b"hotline backup 2"), "of another format"),
        (lambda content: content.split(b"\n", 1)[0] + b"\nnonsense\n", "is damaged"),
        (lambda content: content[: len(content) // 2], "was cut or changed"),
        (lambda content: changed(content, len(content) - 5), "was cut or changed"),
        (lambda content: content.replace(b'"chat.0001_initial"', b'"chat.0009_initial"'), "was cut or changed"),
    ],
)
def test_what_is_no_whole_backup_is_told_apart(tmp_path, settings, bend, says):
    settings.VAR_DIR = tmp_path
    path = backup.write(tmp_path / "backups")
    backup.read(path, tmp_path / "dump")
    path.write_bytes(bend(path.read_bytes()))
    with pytest.raises(CommandError, match=says):
        backup.read(path, tmp_path / "dump")


def test_old_backups_leave_the_folder_and_nothing_else_does(tmp_path, settings):
    settings.VAR_DIR = tmp_path
    folder = tmp_path / "backups"
    first = backup.write(folder)
    other = folder / "notes.txt"
    other.touch()
    long_ago = (timezone.now() - timedelta(days=settings.BACKUP_DAYS, minutes=1)).timestamp()
    for path in (first, other):
        os.utime(path, (long_ago, long_ago))
    second = backup.write(folder)
    assert sorted(folder.iterdir()) == sorted([other, second])


def test_the_newest_is_the_last_by_name(tmp_path, settings):
    settings.VAR_DIR = tmp_path
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        first = backup.write(tmp_path / "backups")
        clock.shift(1)
        second = backup.write(tmp_path / "backups")
    assert first.name < second.name


def test_a_folder_that_cannot_be_written_is_named(tmp_path, settings):
    settings.VAR_DIR = tmp_path
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    with pytest.raises(CommandError, match=f"cannot be written to {in_the_way}"):
        backup.write(in_the_way)


def test_a_program_that_is_missing_is_named(tmp_path, settings, monkeypatch):
    if connection.vendor == "sqlite":
        with pytest.raises(CommandError, match="no-such-program is not here"), dumps._tool("no-such-program"):
            pass
        return
    settings.VAR_DIR = tmp_path
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandError, match="pg_dump is not here"):
        backup.write(tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []
