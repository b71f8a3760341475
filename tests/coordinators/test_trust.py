"""Trust grows with good outcomes and time, falls with a complaint, and bounds what somebody may cover and open."""

from datetime import timedelta

import pytest
from django.utils import timezone

from coordinators.actions import trust
from coordinators.forms.trust import LevelForm
from coordinators.models import Level, LocalCoordinator
from coordinators.models.trust import BOUNDS
from coordinators.sweeps import raise_levels
from hotline.staff.models import AuditEntry
from hotline.staff.permissions import NotAllowed, NotFound
from tests.support.registry import Registry

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def registry(db):
    return Registry()


@pytest.fixture
def newcomer(registry):
    return registry.coordinator((registry.food, registry.kharkiv), level=Level.NEWCOMER)


def age(local_coordinator, days, completed, **fields):
    """As it stands so many days after it joined, with so many good days."""
    LocalCoordinator.objects.filter(pk=local_coordinator.pk).update(
        trusted_from=NOW - timedelta(days=days), completed=completed, **fields
    )


def level_after(local_coordinator):
    raise_levels(NOW)
    return LocalCoordinator.objects.get(pk=local_coordinator.pk).level


@pytest.mark.parametrize(
    ("days", "completed", "more", "level"),
    [
        (400, 0, {}, Level.NEWCOMER),
        (13, 3, {}, Level.NEWCOMER),
        (14, 2, {}, Level.NEWCOMER),
        (14, 3, {}, Level.KNOWN),
        (3, 1, {}, Level.NEWCOMER),
        (3, 1, {"is_vouched": True}, Level.KNOWN),
        (2, 5, {"is_vouched": True}, Level.NEWCOMER),
        (400, 0, {"is_vouched": True}, Level.NEWCOMER),
        (60, 10, {}, Level.TRUSTED),
        (59, 10, {}, Level.KNOWN),
        (60, 9, {}, Level.KNOWN),
        (60, 10, {"second_look_at": NOW}, Level.KNOWN),
    ],
)
def test_a_level_is_reached_by_good_days_and_time_together(newcomer, days, completed, more, level):
    age(newcomer, days, completed, **more)

    assert level_after(newcomer) == level


def test_a_rise_is_written_down_and_happens_once(newcomer):
    age(newcomer, 20, 4)

    assert [raise_levels(NOW), raise_levels(NOW)] == [1, 0]
    line = AuditEntry.objects.get(action="local_coordinator.level")
    assert (line.subject, line.details) == (newcomer.code, {"level": "known"})


def test_good_outcomes_count_once_a_day(newcomer):
    for hours in (0, 1, 2, 24, 25):
        trust.note_completed(newcomer.pk, NOW.replace(hour=8) + timedelta(hours=hours))
    newcomer.refresh_from_db()

    assert newcomer.completed == 2


def test_a_complaint_begins_anew(cast, newcomer):
    age(newcomer, 400, 40, level=Level.TRUSTED, is_vouched=True)
    trust.complain(cast.ada, newcomer, "Took money.")

    assert (newcomer.level, newcomer.completed, newcomer.is_vouched) == (Level.NEWCOMER, 0, False)
    assert level_after(newcomer) == Level.NEWCOMER
    assert AuditEntry.objects.get(action="local_coordinator.complaint").reason == "Took money."


def test_an_administrator_who_knows_them_says_so(cast, newcomer):
    trust.give_level(cast.ada, newcomer, Level.TRUSTED, "Ten years together.")

    assert newcomer.level == Level.TRUSTED


def test_there_is_no_way_down_that_the_next_sweep_would_undo():
    assert {value for value, _words in LevelForm().fields["level"].choices} == {Level.KNOWN, Level.TRUSTED}


def test_the_second_look_is_noted_and_done(cast, newcomer):
    age(newcomer, 30, 0, second_look_at=NOW)
    newcomer.notes = "Rang them."
    newcomer.save()
    trust.look_again(cast.ada, newcomer, "Visited; all is well.")

    assert newcomer.second_look_at is None
    assert newcomer.notes.startswith("Rang them.\n") and newcomer.notes.endswith("Visited; all is well.")


@pytest.mark.parametrize("act", [
    lambda who, one: trust.give_level(who, one, Level.TRUSTED, "Mine."),
    lambda who, one: trust.complain(who, one, "Bad."),
    lambda who, one: trust.look_again(who, one, "Fine."),
])  # fmt: skip
def test_only_administrators_say_anything_about_trust(cast, newcomer, act):
    for who, refusal in ((cast.cora, NotAllowed), (cast.vera, NotAllowed), (None, NotFound)):
        with pytest.raises(refusal):
            act(who, newcomer)
    newcomer.refresh_from_db()
    assert newcomer.level == Level.NEWCOMER and newcomer.notes == ""


def test_newcomers_cover_little_and_no_village_alone(registry):
    r = registry
    many = [r.category(f"kind-{number}", r.any, f"Kind {number}") for number in range(BOUNDS[Level.NEWCOMER].rows + 1)]
    trust.check_coverage(Level.NEWCOMER, [(r.food, r.kharkiv), (r.medicine, r.izium)])
    for pairs, refusal in (
        ([(r.food, r.oblast)], trust.PlaceTooWide),
        ([(r.food, r.ukraine)], trust.PlaceTooWide),
        ([(r.food, r.anywhere)], trust.PlaceTooWide),
        ([(r.food, r.hamlet)], trust.PlaceTooSmall),
        ([(kind, r.kharkiv) for kind in many], trust.CoverageTooWide),
        ([(r.food, r.place(f"Town {n}", r.oblast, population=9000)) for n in range(4)], trust.CoverageTooWide),
    ):
        with pytest.raises(refusal):
            trust.check_coverage(Level.NEWCOMER, pairs)


def test_who_is_known_covers_a_region_and_who_is_trusted_anything(registry):
    r = registry
    trust.check_coverage(Level.KNOWN, [(r.food, r.oblast)])
    trust.check_coverage(Level.TRUSTED, [(r.any, r.anywhere), (r.food, r.hamlet)])
    with pytest.raises(trust.PlaceTooWide):
        trust.check_coverage(Level.KNOWN, [(r.food, r.ukraine)])
