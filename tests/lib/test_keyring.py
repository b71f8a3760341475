import os
import stat
import subprocess
import sys
import threading
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from hotline.lib import keyring
from hotline.lib.keyring import Keyring
from tests.support.keys import NOON, RECORD_KEY, TODAY, TOMORROW, file_of

# The site key


def test_production_does_not_start_without_its_site_key_and_says_what_to_do(settings, tmp_path):
    settings.DEBUG = False
    with pytest.raises(ImproperlyConfigured, match="KEYRING_DIR.*keys create"):
        Keyring(tmp_path).site_key()
    assert list(tmp_path.iterdir()) == []


def test_development_makes_its_own(settings, tmp_path):
    settings.DEBUG = True
    key = Keyring(tmp_path / "keys").site_key()
    assert len(key) == 32
    assert Keyring(tmp_path / "keys").site_key() == key


def test_a_broken_site_key_is_refused_and_never_replaced(settings, tmp_path):
    settings.DEBUG = True
    (tmp_path / "site.key").write_text("not a key")
    with pytest.raises(ImproperlyConfigured, match="64 hexadecimal digits"):
        Keyring(tmp_path).site_key()
    assert (tmp_path / "site.key").read_text() == "not a key"


def test_a_site_key_written_by_hand_may_end_in_a_newline(ring):
    path = ring.folder / "site.key"
    path.write_text(path.read_text() + "\n")
    assert Keyring(ring.folder).site_key() == ring.site_key()


def test_purposes_have_keys_of_their_own(ring):
    assert ring.subkey("fields") == Keyring(ring.folder).subkey("fields")
    assert len({ring.subkey("fields"), ring.subkey("tokens"), ring.site_key()}) == 3
    assert len(ring.subkey("fields")) == 32


def test_the_keyring_follows_the_setting(ring, settings, tmp_path):
    settings.KEYRING_DIR = tmp_path / "elsewhere"
    assert keyring.keyring().folder == tmp_path / "elsewhere"


# Making keys


def test_key_files_are_for_their_owner_alone(ring, clock):
    old = os.umask(0)
    try:
        ring.prepare(1)
    finally:
        os.umask(old)
    assert stat.S_IMODE(ring.folder.stat().st_mode) == 0o700
    files = list(ring.folder.iterdir())
    assert {path.name for path in files} == {"site.key", "2026-03-01.key", "2026-03-02.key"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_keys_are_made_ahead_once(ring, clock):
    assert ring.prepare(5) == 6
    before = file_of(ring, TODAY).read_bytes()
    assert ring.prepare(6) == 1
    assert file_of(ring, TODAY).read_bytes() == before


def test_threads_that_make_one_day_get_one_key(ring, clock):
    gate = threading.Barrier(12)
    wrapped = []

    def make():
        own = Keyring(ring.folder)
        gate.wait()
        wrapped.append(own.wrap(RECORD_KEY, TOMORROW, "request:1"))

    threads = [threading.Thread(target=make) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [ring.unwrap(each, TOMORROW, "request:1") for each in wrapped] == [RECORD_KEY] * 12
    assert sorted(path.name for path in ring.folder.iterdir()) == ["2026-03-02.key", "site.key"]


PROCESS = """
import sys
from datetime import date
from django.conf import settings
settings.configure(USE_TZ=True, DEBUG=False)
from hotline.lib.keyring import Keyring
ring = Keyring(sys.argv[1])
sys.stdout.write("ready\\n"); sys.stdout.flush()
sys.stdin.readline()
for day in range(1, 21):
    sys.stdout.write(ring.wrap(b"k" * 32, date(2199, 1, day), "here").hex() + "\\n")
"""


def test_processes_that_make_one_day_get_one_key(ring):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, str(ring.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        lines = process.communicate(timeout=60)[0].split()
        days = [date(2199, 1, day) for day in range(1, 21)]
        assert [ring.unwrap(bytes.fromhex(line), day, "here") for line, day in zip(lines, days, strict=True)] == [
            b"k" * 32
        ] * 20


def test_what_a_killed_process_left_half_made_goes_with_its_day(ring, clock):
    (ring.folder / f".new.{TODAY.isoformat()}.key.0123456789abcdef").write_text("00" * 32)
    assert ring.days() == []
    assert ring.destroy_due(NOON) == []
    assert ring.destroy_due(datetime(2026, 3, 2, tzinfo=UTC)) == []
    assert [path.name for path in ring.folder.iterdir()] == ["site.key"]


def test_other_files_are_left_alone(ring, clock):
    (ring.folder / "erasures.ledger").write_text("x")
    (ring.folder / "2026-02-31.key").write_text("no such day")
    ring.destroy_due(datetime(2030, 1, 1, tzinfo=UTC))
    assert {path.name for path in ring.folder.iterdir()} == {"site.key", "erasures.ledger", "2026-02-31.key"}


def test_two_sweeps_at_once_destroy_a_day_once_and_quietly(ring, clock, monkeypatch):
    ring.prepare(0)
    names = ring._names()
    other = Keyring(ring.folder)
    monkeypatch.setattr(other, "_names", lambda: names)
    later = datetime(2026, 3, 2, tzinfo=UTC)
    assert ring.destroy_due(later) == [TODAY]
    other.destroy_due(later)
    assert ring.days() == []


def test_the_sweep_makes_keys_ahead_and_destroys_past_ones(ring, clock):
    ring.prepare(0)
    later = datetime(2026, 3, 2, 0, 0, 1, tzinfo=UTC)
    clock.move_to(later)
    assert keyring.sweep(later) == 1
    assert ring.days()[0] == TOMORROW
    assert len(ring.days()) == keyring.DAYS_AHEAD + 1


# The command


def test_the_command_makes_the_site_key_once_and_says_to_lock_it_away(settings, tmp_path, clock):
    settings.KEYRING_DIR = tmp_path / "keys"
    settings.DEBUG = False
    output = StringIO()
    call_command("keys", "create", "--days", "2", stdout=output)
    assert "Copy site.key to paper" in output.getvalue()
    assert "nobody can log in" in output.getvalue()
    assert "endpoint is lost" in output.getvalue()
    before = keyring.keyring().site_key()
    output = StringIO()
    call_command("keys", "create", "--days", "2", stdout=output)
    assert "stays as it is" in output.getvalue()
    assert Keyring(settings.KEYRING_DIR).site_key() == before


def test_the_command_lists_the_days_and_no_key(ring, clock):
    ring.prepare(1)
    output = StringIO()
    call_command("keys", "list", stdout=output)
    assert "2026-03-01" in output.getvalue()
    assert "2026-03-02" in output.getvalue()
    assert ring.site_key().hex() not in output.getvalue()
    assert file_of(ring, TODAY).read_text() not in output.getvalue()


def test_the_command_says_when_the_site_key_is_missing(settings, tmp_path):
    settings.KEYRING_DIR = tmp_path / "nothing"
    output = StringIO()
    call_command("keys", "list", stdout=output)
    assert "MISSING" in output.getvalue()
