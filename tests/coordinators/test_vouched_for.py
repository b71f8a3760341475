"""Whoever vouched falls into doubt: their word counts no longer, and those who came by it are looked at again."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from coordinators import sweeps
from coordinators.actions import availability, checking, registrations, trust, vouching
from coordinators.actions.vouching import VouchNotValid
from coordinators.models import Level, LocalCoordinator
from hotline.staff.models import Alarm, AuditEntry
from hotline.staff.permissions import NotAllowed, NotFound
from tests.coordinators.joining import register
from tests.support.registry import Registry

pytestmark = pytest.mark.django_db

WORDS = "in doubt themselves"


@pytest.fixture
def registry(db):
    return Registry()


@pytest.fixture
def known(registry):
    return registry.coordinator((registry.food, registry.kharkiv), level=Level.KNOWN)


@pytest.fixture
def vouched(registry, cast, known):
    """A newcomer who came by the word of `known`, and whose registration is long erased."""
    found, _code = register(registry, vouch=vouching.make_code(None, known))
    made = checking.approve(cast.ada, found, words="Rang them.")
    registrations.erase(found)
    return made


def suspend(cast, known):
    availability.suspend(cast.ada, known, "harvests")


def complain(cast, known):
    trust.complain(cast.ada, known, "asked for money")


in_doubt = pytest.mark.parametrize("doubt", [suspend, complain])


@in_doubt
def test_those_who_came_by_their_word_are_looked_at_again_and_administrators_are_told(cast, known, vouched, doubt):
    assert vouched.is_vouched and vouched.second_look_at > timezone.now()
    doubt(cast, known)
    vouched.refresh_from_db()
    assert vouched.second_look_at <= timezone.now() and not vouched.is_vouched
    assert WORDS in vouched.notes and "Rang them." in vouched.notes
    assert vouched.state == LocalCoordinator.State.ACTIVE
    line = AuditEntry.objects.get(action="local_coordinator.vouch_doubted")
    assert line.subject == vouched.code
    alarm = Alarm.objects.open().get(kind=trust.SECOND_LOOK_DUE)
    assert (alarm.subject, alarm.team) == (vouched.code, None) and "vouched" in alarm.text
    # It rings once, not again beside it.
    assert not trust.to_look_at(timezone.now()).filter(pk=vouched.pk).exists()


@in_doubt
def test_the_list_and_the_look_that_ends_it(cast, known, vouched, doubt, as_person):
    doubt(cast, known)
    ada = as_person(cast.ada)
    shown = ada.get(reverse("admin:coordinators_localcoordinator_changelist"), {"look": "due"}).content.decode()
    assert vouched.code in shown
    trust.look_again(cast.ada, vouched, "Spoke with them, all is well.")
    assert vouched.second_look_at is None and not Alarm.objects.open().filter(kind=trust.SECOND_LOOK_DUE).exists()


@in_doubt
def test_a_registration_that_waits_loses_the_word_too_and_says_so_to_whoever_checks(registry, cast, known, doubt):
    found, _code = register(registry, vouch=vouching.make_code(None, known))
    doubt(cast, known)
    found.refresh_from_db()
    assert not found.is_vouched and WORDS in found.notes
    assert AuditEntry.objects.get(action="registration.vouch_doubted").subject == found.code
    assert WORDS in checking.approve(cast.ada, found, words="Rang them.").notes


@in_doubt
def test_codes_that_they_handed_on_end(registry, cast, known, doubt):
    code = vouching.make_code(None, known)
    doubt(cast, known)
    LocalCoordinator.objects.filter(pk=known.pk).update(level=Level.KNOWN, state="active")
    with pytest.raises(VouchNotValid):
        register(registry, vouch=code)


@in_doubt
def test_nobody_else_is_touched(registry, cast, known, vouched, doubt):
    other = registry.coordinator((registry.food, registry.kharkiv), second_look_at=None)
    doubt(cast, known)
    other.refresh_from_db()
    assert other.second_look_at is None and other.notes == ""
    assert AuditEntry.objects.get(action="local_coordinator.vouch_doubted").subject == vouched.code


@in_doubt
def test_whoever_is_suspended_just_then_loses_the_word_too_and_rings_when_back(cast, known, vouched, doubt):
    availability.suspend(cast.ada, vouched, "left")
    doubt(cast, known)
    vouched.refresh_from_db()
    assert not vouched.is_vouched and WORDS in vouched.notes
    assert vouched.second_look_at <= timezone.now()
    sweeps.remind_of_second_looks(timezone.now())
    assert not Alarm.objects.filter(kind=trust.SECOND_LOOK_DUE).exists()
    availability.activate(cast.ada, vouched)
    sweeps.remind_of_second_looks(timezone.now())
    assert Alarm.objects.open().get(kind=trust.SECOND_LOOK_DUE).subject == vouched.code


@in_doubt
def test_all_whom_it_changes_are_locked_in_one_order_before_any_is(cast, known, vouched, doubt):
    """Else it waits for a wave, which counts silence by the same order, and that for it."""
    with CaptureQueriesContext(connection) as done:
        doubt(cast, known)
    on_them = [one["sql"] for one in done if '"coordinators_localcoordinator"' in one["sql"]]
    changed = next(number for number, sql in enumerate(on_them) if sql.startswith("UPDATE"))
    together = [sql for sql in on_them[:changed] if '"vouched_by_id" =' in sql and "ORDER BY" in sql]
    assert len(together) == 1
    if connection.vendor == "postgresql":
        assert "FOR NO KEY UPDATE" in together[0]


@in_doubt
def test_neither_learns_of_the_other(cast, known, vouched, doubt, as_person):
    doubt(cast, known)
    theirs = as_person(cast.person("rita", represents=[vouched]))
    page = theirs.get(reverse("admin:coordinators_localcoordinator_change", args=[vouched.pk])).content.decode()
    assert known.code not in page and WORDS not in page


def test_who_may_not_doubts_nobody(cast, known, vouched):
    for act in (suspend, complain):
        with pytest.raises((NotAllowed, NotFound)):
            act(type("Cast", (), {"ada": cast.vera}), known)
    vouched.refresh_from_db()
    assert vouched.is_vouched
