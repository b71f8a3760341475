"""The audit is written once, holds no content, and goes when its time is up."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from hotline.staff.actions.audit import record
from hotline.staff.models import AuditEntry
from hotline.staff.models.audit_entry import AppendOnly
from hotline.staff.sweeps import erase_old_audit, link_audit

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(cast):
    return record(cast.vera, "help_request.cancelled", "K7QX2M", reason="called twice", wave=2, teams={"b", "a"})


def test_a_line_says_who_did_what_to_which_code(cast, entry):
    line = AuditEntry.objects.get(pk=entry.pk)
    assert (line.actor, line.actor_alias, line.action, line.subject) == (
        cast.vera,
        "Vera",
        "help_request.cancelled",
        "K7QX2M",
    )
    assert (line.reason, line.details) == ("called twice", {"wave": 2, "teams": ["a", "b"]})


def test_the_house_itself_is_nobody():
    line = record(None, "help_request.erased", "K7QX2M")
    assert (line.actor, line.actor_alias) == (None, "")


def test_a_line_is_never_changed(entry):
    entry.reason = "something else"
    with pytest.raises(AppendOnly):
        entry.save()
    with pytest.raises(AppendOnly):
        AuditEntry.objects.update(reason="")
    with pytest.raises(AppendOnly):
        AuditEntry.objects.bulk_update([entry], ["reason"])
    with pytest.raises(AppendOnly):
        AuditEntry.objects.bulk_create([entry], update_conflicts=True, unique_fields=["id"], update_fields=["reason"])
    with pytest.raises(AppendOnly):
        AuditEntry.objects.update_or_create(pk=entry.pk, defaults={"reason": ""})
    assert AuditEntry.objects.get().reason == "called twice"


def test_a_line_is_never_removed_before_its_time(entry):
    with pytest.raises(AppendOnly):
        entry.delete()
    with pytest.raises(AppendOnly):
        AuditEntry.objects.all().delete()
    with pytest.raises(AppendOnly):
        AuditEntry.objects.filter(pk=entry.pk).delete()
    assert AuditEntry.objects.count() == 1


def test_a_line_outlives_the_account_by_its_alias(cast, entry):
    cast.vera.delete()
    line = AuditEntry.objects.get(pk=entry.pk)
    assert (line.actor, line.actor_alias) == (None, "Vera")


def test_lines_go_after_their_days_and_not_before(settings):
    settings.AUDIT_DAYS = 10
    now = timezone.now()
    for action, age in (("test.old", timedelta(days=10, seconds=1)), ("test.young", timedelta(days=10, seconds=-1))):
        with time_machine.travel(now - age, tick=False):
            record(None, action)
    assert erase_old_audit(now) == 0  # what is not in the chain yet waits for it
    assert link_audit(now) == 2
    assert erase_old_audit(now) == 1
    assert AuditEntry.objects.get().action == "test.young"


@pytest.mark.parametrize("content", ["x" * 201, {"name": "x"}, b"bytes", ["x" * 201], [["nested"]]])
def test_content_does_not_get_in(content):
    with pytest.raises(ValueError, match="never content"):
        record(None, "test", "ABC", told=content)
    assert not AuditEntry.objects.exists()


def test_a_number_with_a_fraction_is_kept_as_text(db):
    assert record(None, "test", share=0.1).details == {"share": "0.1"}


def test_a_long_reason_is_cut(db):
    assert len(record(None, "test", reason="x" * 400).reason) == 300
