"""The chain over the audit: gapless, in the order in which lines were committed, and every tampering shows."""

import threading
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from hotline.staff import audit_guard
from hotline.staff.actions import audit_chain
from hotline.staff.actions.audit import record
from hotline.staff.actions.audit_chain import erase_before, find_fault, head, link_lines, look_on
from hotline.staff.models import Alarm, AuditAnchor, AuditCheck, AuditEntry, AuditLink
from hotline.staff.sweeps import verify_audit

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain(cast):
    """Ten lines in the chain."""
    for number in range(10):
        record(cast.vera, "test.done", f"CODE{number}", reason="called twice", number=number, teams=["b", "a"])
    assert link_lines(timezone.now()) == 10


@pytest.fixture
def by_hand(chain):
    """by_hand(sql, …): what somebody does who took the guard away first."""

    def run(*statements):
        connection.check_constraints()
        audit_guard.remove(connection)
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    yield run
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM staff_auditlink")  # a link without its line is no state that the test's end accepts


def verify(*arguments):
    out = StringIO()
    call_command("audit", "verify", *arguments, stdout=out)
    return out.getvalue()


def test_lines_get_positions_without_a_gap_and_are_whole(chain):
    assert list(AuditLink.objects.order_by("position").values_list("position", flat=True)) == list(range(1, 11))
    assert find_fault() is None
    assert link_lines(timezone.now()) == 0


def test_what_is_written_later_goes_behind(chain, cast):
    before = head()
    record(cast.ada, "test.done", "LATER")
    assert head() == before and find_fault() is None  # it waits, and that is no fault
    link_lines(timezone.now())
    assert head()[0] == 11 and find_fault() is None


def test_an_account_that_goes_changes_nothing(chain, cast):
    cast.vera.delete()
    assert find_fault() is None


TAMPERED = {
    "changed reason": (["UPDATE staff_auditentry SET reason = '' WHERE subject = 'CODE4'"], 5),
    "changed alias": (["UPDATE staff_auditentry SET actor_alias = 'Viktor' WHERE subject = 'CODE4'"], 5),
    "changed code": (["UPDATE staff_auditentry SET subject = 'OTHER' WHERE subject = 'CODE4'"], 5),
    "changed time": (["UPDATE staff_auditentry SET at = '2020-01-01 00:00:00+00:00' WHERE subject = 'CODE4'"], 5),
    "changed details": (["UPDATE staff_auditentry SET details = '{}' WHERE subject = 'CODE4'"], 5),
    "removed line": (["DELETE FROM staff_auditentry WHERE subject = 'CODE4'"], 5),
    "removed line and link": (
        [
            "DELETE FROM staff_auditlink WHERE position = 5",
            "DELETE FROM staff_auditentry WHERE subject = 'CODE4'",
        ],
        5,
    ),
    "removed and moved up": (
        [
            "DELETE FROM staff_auditlink WHERE position = 5",
            "DELETE FROM staff_auditentry WHERE subject = 'CODE4'",
            "UPDATE staff_auditlink SET position = -position WHERE position > 5",
            "UPDATE staff_auditlink SET position = -position - 1 WHERE position < 0",
        ],
        5,
    ),
    "front cut": (["DELETE FROM staff_auditlink WHERE position < 4", "DELETE FROM staff_auditentry WHERE id < 4"], 1),
    "front cut and the anchor moved": (
        [
            "UPDATE staff_auditanchor SET position = 3, hash = (SELECT hash FROM staff_auditlink WHERE position = 3)",
            "DELETE FROM staff_auditlink WHERE position < 4",
        ],
        3,
    ),
    "exchanged": (
        [
            "UPDATE staff_auditlink SET position = -5 WHERE position = 5",
            "UPDATE staff_auditlink SET position = 5 WHERE position = 6",
            "UPDATE staff_auditlink SET position = 6 WHERE position = -5",
        ],
        5,
    ),
    "anchor removed": (["DELETE FROM staff_auditanchor", "DELETE FROM staff_auditlink WHERE position = 1"], 1),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_tampering_shows_at_its_first_place(by_hand, what):
    statements, position = TAMPERED[what]
    by_hand(*statements)
    assert find_fault().position == position
    with pytest.raises(CommandError, match=f"^Position {position}: [^\n]+$"):
        verify()


def test_a_line_put_in_by_hand_shows_although_the_chain_takes_it(by_hand):
    columns = "at, actor_alias, action, subject, details, reason, stamp"
    by_hand(f"INSERT INTO staff_auditentry ({columns}) SELECT {columns} FROM staff_auditentry WHERE subject = 'CODE4'")
    assert find_fault() is None  # the very same words: nobody learned anything new from it …
    by_hand(
        f"INSERT INTO staff_auditentry ({columns}) SELECT {columns.replace('subject', chr(39) + 'NEW' + chr(39))} "
        "FROM staff_auditentry WHERE id = (SELECT min(id) FROM staff_auditentry)"
    )
    assert "was not written by the house" in str(find_fault())
    link_lines(timezone.now())
    assert find_fault().position == 12


def test_a_cut_end_shows_to_whoever_wrote_down_the_head(by_hand):
    position, digits = head()
    assert "10 lines" in verify() and f"{position}:{digits}" in verify("--expect", f"{position}:{digits}")
    by_hand("DELETE FROM staff_auditlink WHERE position > 7", "DELETE FROM staff_auditentry WHERE subject > 'CODE6'")
    assert "7 lines" in verify()
    with pytest.raises(CommandError, match="^Position 10: the chain ends at 7: lines were cut from its end.$"):
        verify("--expect", f"{position}:{digits}")
    with pytest.raises(CommandError, match="another than was written down"):
        verify("--expect", f"7:{digits}")


@pytest.mark.parametrize("wrong", ["", "7", "x:y", "7:zz", "-1:00", ":"])
def test_what_cannot_be_compared_is_said(chain, wrong):
    with pytest.raises(CommandError, match="POSITION:HASH"):
        verify(f"--expect={wrong}")


def test_what_went_by_age_leaves_the_rest_proven(chain, cast):
    written_down = [head()]
    now = timezone.now()
    with time_machine.travel(now + timedelta(days=20), tick=False):
        record(cast.vera, "test.done", "YOUNG")
        link_lines(timezone.now())
        written_down.append(head())
    assert erase_before(now + timedelta(days=1)) == 10
    assert list(AuditLink.objects.values_list("position", flat=True)) == [11]
    assert AuditAnchor.the().position == 10 and find_fault() is None
    for position, digits in written_down:
        verify("--expect", f"{position}:{digits}")
    assert erase_before(now + timedelta(days=21)) == 1
    assert find_fault() is None and head() == written_down[1]
    with pytest.raises(CommandError, match="gone by age"):
        verify("--expect", f"3:{'00' * 32}")


def test_lines_go_from_the_front_only(cast):
    """A line committed late is older than the one before it; it waits until that one goes."""
    now = timezone.now()
    for age in (3, 1, 2):
        with time_machine.travel(now - timedelta(days=age), tick=False):
            record(cast.vera, "test.done", f"AGED{age}")
    link_lines(now)
    assert erase_before(now - timedelta(days=1, hours=12)) == 1
    assert set(AuditEntry.objects.values_list("subject", flat=True)) == {"AGED1", "AGED2"}
    assert erase_before(now) == 2


def test_a_line_of_yesterday_that_is_committed_now_is_found_and_older_ones_by_the_daily_look(cast):
    now = timezone.now()
    record(cast.vera, "test.done", "NOW")
    link_lines(now)
    for days in (0.9, 30):
        with time_machine.travel(now - timedelta(days=days), tick=False):
            record(cast.vera, "test.done", f"AGED{days}")
    assert link_lines(now) == 1
    while look_on(now):
        continue
    assert not AuditEntry.objects.filter(link=None).exists() and find_fault() is None


def test_a_clock_that_was_ahead_loses_no_line(cast):
    now = timezone.now()
    with time_machine.travel(now + timedelta(days=400), tick=False):
        record(cast.vera, "test.done", "AHEAD")
        link_lines(timezone.now())
    record(cast.vera, "test.done", "RIGHT")
    assert link_lines(now) == 1


# The daily look


def test_the_worker_looks_once_a_day_in_steps(chain, monkeypatch, query_count):
    monkeypatch.setattr(audit_chain, "AT_ONCE", 3)
    now = timezone.now()
    steps = []
    while not AuditCheck.the().done_on:
        steps.append(look_on(now))
    assert steps == [3, 3, 3, 1, 0]
    assert AuditCheck.the().head == 10 and not Alarm.objects.exists()
    assert verify_audit(now) == 0
    assert verify_audit(now + timedelta(days=1)) == 10


def test_the_look_goes_on_where_old_lines_end(chain, monkeypatch):
    monkeypatch.setattr(audit_chain, "AT_ONCE", 3)
    now = timezone.now()
    assert look_on(now) == 3
    monkeypatch.setattr(audit_chain, "AT_ONCE", 5)
    erase_before(now + timedelta(days=1))
    assert look_on(now) == 5
    assert not Alarm.objects.exists()


@pytest.mark.parametrize("what", ["changed reason", "removed line", "front cut and the anchor moved"])
def test_what_is_wrong_raises_an_alarm_of_the_house_once(by_hand, what):
    statements, position = TAMPERED[what]
    by_hand(*statements)
    now = timezone.now()
    verify_audit(now)
    verify_audit(now + timedelta(seconds=5))
    alarm = Alarm.objects.get()
    assert (alarm.team, alarm.kind, alarm.subject) == (None, "audit_broken", f"position-{position}")
    assert f"position {position}" in alarm.words()


def test_a_cut_end_raises_an_alarm_too(by_hand):
    now = timezone.now()
    verify_audit(now)
    by_hand("DELETE FROM staff_auditlink WHERE position > 7", "DELETE FROM staff_auditentry WHERE subject > 'CODE6'")
    verify_audit(now + timedelta(days=1))
    assert Alarm.objects.get().subject == "position-8"


# Many at once


def run_together(*works):
    """Run these together in threads; what each returned or raised."""
    start, results = threading.Barrier(len(works)), []

    def run(work):
        try:
            start.wait(timeout=20)
            results.append(work())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not [result for result in results if isinstance(result, Exception)], results
    return results


@pytest.mark.django_db(transaction=True)
def test_many_workers_and_writers_leave_no_gap_and_no_twin(monkeypatch):
    monkeypatch.setattr(audit_chain, "AT_ONCE", 7)

    def write():
        for number in range(20):
            record(None, "test.done", f"CODE{number}")

    def link():
        return sum(link_lines(timezone.now()) for _turn in range(15))

    results = run_together(write, write, link, link, link)
    linked = sum(filter(None, results))
    while more := link_lines(timezone.now()):
        linked += more
    assert linked == 40 == AuditLink.objects.count()
    assert AuditLink.objects.filter(position__range=(1, 40)).count() == 40
    assert find_fault() is None


@pytest.mark.django_db(transaction=True)
def test_lines_that_go_while_the_chain_is_looked_at_are_no_fault(monkeypatch):
    monkeypatch.setattr(audit_chain, "AT_ONCE", 3)
    now = timezone.now()
    AuditEntry.objects.bulk_create([AuditEntry(action="test.done", at=now, subject=str(n)) for n in range(60)])
    while link_lines(now):
        continue

    def erase():
        while erase_before(now + timedelta(seconds=1)):
            continue

    assert set(run_together(erase, find_fault, find_fault, lambda: look_on(now) and None)) == {None}
    assert find_fault() is None and head()[0] == 60


@pytest.mark.django_db(transaction=True)
def test_a_line_whose_transaction_is_still_open_is_not_linked_and_holds_nobody_up():
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time: nobody links while another writes")
    written, go_on = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            record(None, "test.done", "SLOW")
            written.set()
            assert go_on.wait(timeout=20)

    def link():
        assert written.wait(timeout=20)
        record(None, "test.done", "QUICK")
        first = link_lines(timezone.now())
        go_on.set()
        return first

    assert 1 in run_together(slow, link)
    assert link_lines(timezone.now()) == 1
    assert list(AuditLink.objects.order_by("position").values_list("entry__subject", flat=True)) == ["QUICK", "SLOW"]
    assert find_fault() is None
