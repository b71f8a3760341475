"""Updates in the database: stored sealed, once each, forgotten on time."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from hotline.staff.models import Alarm
from hotline.telegram.actions import updates
from hotline.telegram.models import TelegramUpdate
from hotline.telegram.sweeps import erase_old

pytestmark = pytest.mark.django_db

given_up = []


def listen(update_id, error):
    given_up.append((update_id, error))


@pytest.fixture(autouse=True)
def told(settings):
    """What was told about updates that were given up."""
    settings.TELEGRAM_LISTENERS = ["tests.telegram.test_updates.listen"]
    given_up.clear()
    return given_up


def message(number, text="Hello"):
    return {
        "update_id": number,
        "message": {"message_id": 1, "date": 0, "chat": {"id": 7, "type": "private"}, "text": text},
    }


def age(number, **older):
    TelegramUpdate.objects.filter(update_id=number).update(received_at=timezone.now() - timedelta(**older))


def test_an_update_is_stored_once_however_often_it_comes():
    assert updates.store([message(1), message(2)]) == 2
    assert updates.store([message(2), message(3), message(3)]) == 1
    assert list(TelegramUpdate.objects.order_by("update_id").values_list("update_id", flat=True)) == [1, 2, 3]


def test_what_was_stored_first_stays():
    updates.store([message(1, "first")])
    updates.store([message(1, "second")])
    assert updates.take(10)[0].body["message"]["text"] == "first"


def test_it_is_sealed_where_it_lies(marked):
    mark = marked("I live at the bridge")
    updates.store([message(1, str(mark))])
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM telegram_telegramupdate")
        (sealed,) = cursor.fetchone()
    assert str(mark).encode() not in bytes(sealed)
    assert updates.take(10)[0].body["message"]["text"] == str(mark)


@pytest.mark.parametrize(
    "value",
    [None, 5, "update", [], {}, {"update_id": "5"}, {"update_id": True}, {"update_id": -1}, {"update_id": 2**63}],
)
def test_what_has_no_number_is_stepped_over(value):
    assert updates.store([value, message(8)]) == 1
    assert TelegramUpdate.objects.get().update_id == 8


def test_anything_else_is_stored_however_strange():
    strange = {"update_id": 5, "message": ["no", {"object": None}], "\u0000": "\ud83d"}
    assert updates.store([strange]) == 1
    assert updates.take(10)[0].body == strange


def test_the_next_number_is_asked_for_and_any_after_a_week_of_silence():
    assert updates.next_offset() is None
    updates.store([message(41), message(7)])
    assert updates.next_offset() == 42
    age(41, days=7)
    assert updates.next_offset() == 8
    age(7, days=7)
    assert updates.next_offset() is None


def test_a_handled_update_keeps_its_number_alone(marked):
    updates.store([message(1)])
    updates.finish(1)
    row = TelegramUpdate.objects.get()
    assert row.sealed is None
    assert row.handled_at is not None
    assert updates.take(10) == []


def test_updates_are_taken_in_order_and_not_those_in_hand():
    updates.store([message(number) for number in (3, 1, 2)])
    assert [one.update_id for one in updates.take(2)] == [1, 2]
    assert [one.update_id for one in updates.take(10, {1, 2})] == [3]


PAUSES = [2, 10, 30, 120]


def test_a_failure_is_tried_again_after_growing_pauses_and_then_given_up(told):
    updates.store([message(1)])
    pauses = []
    for _attempt in range(5):
        assert len(updates.take(10)) == 1
        before = timezone.now()
        updates.put_off(1, "ZeroDivisionError")
        row = TelegramUpdate.objects.get()
        if row.failed_at is None:
            fitting = (
                pause for pause in PAUSES if before <= row.not_before - timedelta(seconds=pause) <= timezone.now()
            )
            pauses.append(next(fitting, None))
            assert updates.take(10) == []
            TelegramUpdate.objects.update(not_before=before)
    assert pauses == PAUSES
    assert (row.sealed, row.error) == (None, "ZeroDivisionError")
    assert told == [(1, "ZeroDivisionError")]


def test_an_update_over_which_the_process_dies_each_time_is_given_up(told):
    updates.store([message(1), message(2)])
    for _death in range(5):
        assert len(updates.take(10)) == 2
    assert updates.take(10) == []
    assert [number for number, _error in told] == [1, 2]


def test_what_nobody_handled_within_the_hour_is_forgotten(told):
    updates.store([message(1), message(2)])
    age(1, hours=1, seconds=1)
    age(2, minutes=59)
    assert erase_old(timezone.now()) == 1
    assert TelegramUpdate.objects.get(update_id=1).sealed is None
    assert TelegramUpdate.objects.get(update_id=2).sealed is not None
    assert told == [(1, "too late")]


def test_numbers_are_kept_for_seven_days():
    updates.store([message(1), message(2)])
    for number in (1, 2):
        updates.finish(number)
    age(1, days=7, seconds=1)
    age(2, days=6, hours=23)
    erase_old(timezone.now())
    assert TelegramUpdate.objects.get().update_id == 2


def test_an_update_whose_key_is_gone_is_given_up(own_keyring, told):
    updates.store([message(1)])
    (own_keyring.folder / f"{TelegramUpdate.objects.get().due.isoformat()}.key").unlink()
    assert updates.take(10) == []
    assert told == [(1, "KeyGone")]


def test_a_listener_that_fails_does_not_keep_the_update(settings):
    settings.TELEGRAM_LISTENERS = ["tests.telegram.test_updates.broken", "tests.telegram.test_updates.listen"]
    updates.store([message(1)])
    updates.give_up(1, "unreadable")
    assert TelegramUpdate.objects.get().failed_at is not None
    assert given_up == [(1, "unreadable")]


def broken(update_id, error):
    TelegramUpdate.objects.all().delete()
    raise ZeroDivisionError


@pytest.mark.django_db(transaction=True)
def test_two_processes_that_bring_the_same_store_it_once(quiet_connections):
    start, counts = threading.Barrier(4), []

    def bring():
        with quiet_connections():
            start.wait()
            counts.append(updates.store([message(number) for number in range(1, 30)]))

    threads = [threading.Thread(target=bring) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert TelegramUpdate.objects.count() == 29
    assert len(counts) == 4


def test_administrators_are_called_once_for_each_reason(settings, cast):
    assert cast.ada
    settings.TELEGRAM_LISTENERS = ["hotline.staff.listeners.telegram"]
    updates.store([message(number) for number in (1, 2, 3)])
    for number, reason in ((1, "unreadable"), (2, "unreadable"), (3, "KeyError")):
        updates.give_up(number, reason)
    assert sorted(Alarm.objects.values_list("subject", flat=True)) == ["KeyError", "unreadable"]
