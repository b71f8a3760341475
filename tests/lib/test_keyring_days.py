import os
from datetime import UTC, date, datetime, timedelta

import pytest

from hotline.lib.keyring import DueTooSoon, KeyAltered, KeyGone, Keyring
from tests.support.keys import RECORD_KEY, TODAY, TOMORROW, file_of


def test_a_wrapped_key_opens_until_the_end_of_its_day(ring, clock):
    wrapped = ring.wrap(RECORD_KEY, TOMORROW, "request:1")
    clock.move_to(datetime(2026, 3, 2, 23, 59, 59, tzinfo=UTC))
    assert Keyring(ring.folder).unwrap(wrapped, TOMORROW, "request:1") == RECORD_KEY


def test_a_wrapped_key_opens_neither_elsewhere_nor_under_another_day(ring, clock):
    wrapped = ring.wrap(RECORD_KEY, TOMORROW, "request:1")
    ring.prepare(3)
    with pytest.raises(KeyAltered):
        ring.unwrap(wrapped, TOMORROW, "request:2")
    with pytest.raises(KeyAltered):
        ring.unwrap(wrapped, TODAY + timedelta(days=2), "request:1")


@pytest.mark.parametrize("altered", ["the record", "the key"])
def test_what_was_altered_is_told_from_what_was_erased_and_stands_in_the_log(ring, clock, caplog, altered):
    wrapped = ring.wrap(RECORD_KEY, TOMORROW, "request:1")
    if altered == "the record":
        wrapped = wrapped[:-1] + bytes([wrapped[-1] ^ 1])
    else:
        file_of(ring, TOMORROW).unlink()
        ring.prepare(3)
    with pytest.raises(KeyAltered):
        ring.unwrap(wrapped, TOMORROW, "request:1")
    assert "request:1 does not open, though its key is there" in caplog.text.replace("wrap:2026-03-02:", "")


def test_a_day_key_that_was_lost_before_a_restore_is_no_alteration(ring, clock, caplog):
    wrapped = ring.wrap(RECORD_KEY, TOMORROW, "request:1")
    file_of(ring, TOMORROW).unlink()
    ring.prepare(3)
    ring.note_lost(datetime(2000, 1, 1, tzinfo=UTC))
    with pytest.raises(KeyGone) as gone:
        ring.unwrap(wrapped, TOMORROW, "request:1")
    assert not isinstance(gone.value, KeyAltered) and caplog.text == ""


def test_a_restore_beside_the_keys_of_its_time_marks_none_as_lost(ring, clock):
    ring.prepare(3)
    ring.note_lost(datetime(2100, 1, 1, tzinfo=UTC))
    assert not list(ring.folder.glob("*.destroyed"))


def test_what_was_erased_on_time_or_with_its_keys_says_nothing_in_the_log(ring, clock, caplog):
    past, destroyed = (ring.wrap(RECORD_KEY, day, "request:1") for day in (TODAY, TOMORROW))
    ring.destroy(with_site_key=False)
    ring.prepare(3)
    clock.move_to(datetime(2026, 3, 2, 12, tzinfo=UTC))
    for wrapped, day in ((past, TODAY), (destroyed, TOMORROW)):
        with pytest.raises(KeyGone) as gone:
            ring.unwrap(wrapped, day, "request:1")
        assert not isinstance(gone.value, KeyAltered)
    assert caplog.text == ""
    # What tells it goes with the day.
    ring.destroy_due(datetime(2026, 3, 3, tzinfo=UTC))
    assert [name.name for name in ring.folder.glob("*.destroyed") if name.name < "2026-03-03"] == []


def test_sealing_directly_and_wrapping_are_not_confused(ring, clock):
    sealed = ring.seal(b"text", TOMORROW, "update:1")
    assert ring.unseal(sealed, TOMORROW, "update:1") == b"text"
    with pytest.raises(KeyGone):
        ring.unwrap(sealed, TOMORROW, "update:1")


def test_from_midnight_utc_on_the_key_is_refused_even_while_its_file_is_there(ring, clock):
    wrapped = ring.wrap(RECORD_KEY, TOMORROW, "request:1")
    clock.move_to(datetime(2026, 3, 3, tzinfo=UTC))
    assert file_of(ring, TOMORROW).exists()
    for use in (ring, Keyring(ring.folder)):
        with pytest.raises(KeyGone):
            use.unwrap(wrapped, TOMORROW, "request:1")


def test_a_due_key_is_deleted_and_refused_even_when_the_file_is_put_back(ring, clock):
    wrapped = ring.wrap(RECORD_KEY, TOMORROW, "request:1")
    backup = file_of(ring, TOMORROW).read_bytes()
    clock.move_to(datetime(2026, 3, 3, tzinfo=UTC))
    assert ring.destroy_due(datetime(2026, 3, 3, tzinfo=UTC)) == [TOMORROW]
    assert not file_of(ring, TOMORROW).exists()
    file_of(ring, TOMORROW).write_bytes(backup)
    with pytest.raises(KeyGone):
        ring.unwrap(wrapped, TOMORROW, "request:1")
    assert ring.destroy_due(datetime(2026, 3, 3, tzinfo=UTC)) == [TOMORROW]


def test_a_key_that_is_not_due_stays(ring, clock):
    ring.prepare(2)
    assert ring.destroy_due(datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC)) == []
    assert ring.days() == [TODAY, TOMORROW, TODAY + timedelta(days=2)]


def test_what_is_destroyed_is_overwritten_first(ring, clock, monkeypatch):
    ring.wrap(RECORD_KEY, TOMORROW, "request:1")
    os.link(file_of(ring, TOMORROW), ring.folder / "witness")
    ring.destroy_due(datetime(2026, 3, 3, tzinfo=UTC))
    assert set((ring.folder / "witness").read_bytes()) == {0}


def test_a_key_that_is_gone_early_stays_gone_in_every_open_keyring(ring, clock):
    wrapped = ring.wrap(RECORD_KEY, TOMORROW, "request:1")
    assert ring.unwrap(wrapped, TOMORROW, "request:1") == RECORD_KEY
    file_of(ring, TOMORROW).unlink()
    with pytest.raises(KeyGone):
        ring.unwrap(wrapped, TOMORROW, "request:1")


def test_a_half_overwritten_key_counts_as_gone(ring, clock):
    wrapped = ring.wrap(RECORD_KEY, TOMORROW, "request:1")
    file_of(ring, TOMORROW).write_bytes(b"\0" * 64)
    with pytest.raises(KeyGone):
        ring.unwrap(wrapped, TOMORROW, "request:1")


def test_nothing_is_wrapped_under_a_key_that_is_due_within_the_hour(ring, clock):
    clock.move_to(datetime(2026, 3, 1, 22, 59, 59, tzinfo=UTC))
    ring.wrap(RECORD_KEY, TODAY, "request:1")
    clock.move_to(datetime(2026, 3, 1, 23, tzinfo=UTC))
    for write in (ring.wrap, ring.seal):
        with pytest.raises(DueTooSoon):
            write(RECORD_KEY, TODAY, "request:1")


def test_nothing_is_wrapped_under_a_past_day(ring, clock):
    with pytest.raises(KeyGone):
        ring.wrap(RECORD_KEY, TODAY - timedelta(days=1), "request:1")
    assert not file_of(ring, TODAY - timedelta(days=1)).exists()


@pytest.mark.parametrize(
    "now, at, day",
    [
        ("2026-03-01T12:00Z", "2026-03-05T14:00Z", date(2026, 3, 5)),
        ("2026-03-01T12:00Z", "2026-03-05T01:00+03:00", date(2026, 3, 4)),
        ("2026-03-01T12:00Z", "2026-03-01T12:00Z", date(2026, 3, 1)),
        ("2026-03-01T12:00Z", "2026-02-01T12:00Z", date(2026, 3, 1)),
        ("2026-03-01T22:50Z", "2026-03-01T23:30Z", date(2026, 3, 1)),
        ("2026-03-01T22:56Z", "2026-03-01T23:30Z", date(2026, 3, 2)),
        ("2026-03-01T23:59Z", "2026-03-01T23:59Z", date(2026, 3, 2)),
    ],
)
def test_the_day_of_a_due_time_always_takes_something_new(ring, clock, now, at, day):
    clock.move_to(datetime.fromisoformat(now))
    due = ring.due_day(datetime.fromisoformat(at))
    assert due == day
    clock.shift(timedelta(minutes=4))
    ring.wrap(RECORD_KEY, due, "request:1")


def test_another_key_of_the_same_day_opens_nothing_of_what_was_sealed_before(ring, clock):
    """After the keys were destroyed new ones are made in their place: what was is gone, and not merely unreadable."""
    wrapped, sealed = ring.wrap(RECORD_KEY, TOMORROW, "request:1"), ring.seal(b"text", TOMORROW, "update:1")
    ring.destroy(with_site_key=False)
    ring.prepare(3)
    with pytest.raises(KeyGone):
        ring.unwrap(wrapped, TOMORROW, "request:1")
    with pytest.raises(KeyGone):
        ring.unseal(sealed, TOMORROW, "update:1")
