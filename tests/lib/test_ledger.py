from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from hotline.lib import ledger
from hotline.lib.keyring import keyring
from tests.support.leaks import Folder, Mark

pytestmark = pytest.mark.usefixtures("ring")


def things(*codes):
    return [SimpleNamespace(code=code) for code in codes]


def among(kind, *codes):
    return [thing.code for thing in ledger.among(kind, things(*codes))]


def test_what_was_noted_is_found_and_nothing_else():
    ledger.note("conversation", "one")
    ledger.note("conversation", "two")
    assert among("conversation", "two", "three", "one") == ["two", "one"]
    assert among("help_request", "one") == []


def test_while_nothing_was_erased_no_row_is_asked_for():
    class Untouched:
        def __iter__(self):
            pytest.fail("the rows were read")

    assert ledger.among("conversation", Untouched()) == []


def test_the_file_tells_nobody_what_was_erased(ring):
    code = Mark()
    ledger.note("conversation", code.text)
    (file,) = (ring.folder / ledger.FOLDER).iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    code.assert_absent(Folder(ring.folder))
    assert "conversation" not in file.read_text()


def test_another_house_s_ledger_names_nothing_here(ring, tmp_path, settings):
    ledger.note("conversation", "one")
    told = next((ring.folder / ledger.FOLDER).iterdir())
    settings.KEYRING_DIR = tmp_path / "another"
    keyring().create_site_key()
    elsewhere = settings.KEYRING_DIR / ledger.FOLDER
    elsewhere.mkdir(parents=True)
    (elsewhere / told.name).write_text(told.read_text())
    assert among("conversation", "one") == []


def test_it_reaches_back_as_far_as_the_oldest_backup_and_no_further(ring, clock, settings):
    settings.BACKUP_DAYS = 14
    ledger.note("conversation", "first")
    clock.shift(timedelta(days=15))
    assert ledger.sweep(timezone.now()) == 0
    assert among("conversation", "first") == ["first"]
    clock.shift(timedelta(days=1))
    assert ledger.sweep(timezone.now()) == 1
    assert among("conversation", "first") == []
