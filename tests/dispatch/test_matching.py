"""One test for each factor in which it alone turns the order, and one for each reason that keeps somebody out."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coordinators.models import Endpoint, LocalCoordinator, Place, coverage
from hotline.dispatch import matching
from hotline.dispatch.matching import Need, nearest_cover, rank

MONDAY_NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def need(category, place, urgency="today", languages=()):
    return Need(category, Place.objects.with_lineage().get(pk=place.pk), urgency, tuple(languages))


def ranked(registry, wanted, now=MONDAY_NOON, **options):
    return [candidate.local_coordinator_id for candidate in rank(wanted, now, **options).candidates]


def assert_first(registry, wanted, first, second):
    """Both are suitable and `first` is asked first, whichever of them was registered first."""
    assert ranked(registry, wanted) == [first.pk, second.pk]


def test_only_who_is_registered_above_or_at_the_need_is_asked(registry):
    at = registry.coordinator((registry.food, registry.kharkiv))
    above = registry.coordinator((registry.food, registry.oblast))
    any_kind = registry.coordinator((registry.any, registry.kharkiv))
    registry.coordinator((registry.food, registry.lviv))
    registry.coordinator((registry.medicine, registry.kharkiv))
    assert set(ranked(registry, need(registry.food, registry.kharkiv))) == {at.pk, above.pk, any_kind.pk}


def test_somebody_registered_below_the_need_is_not_asked(registry):
    registry.coordinator((registry.accommodation, registry.kharkiv), checked_for=[registry.accommodation])
    assert ranked(registry, need(registry.shelter, registry.kharkiv)) == []
    registry.coordinator((registry.food, registry.kharkiv))
    assert ranked(registry, need(registry.food, registry.oblast)) == []


def test_nearer_place_comes_first(registry):
    region = registry.coordinator((registry.food, registry.oblast), base=registry.kharkiv)
    town = registry.coordinator((registry.food, registry.kharkiv), base=registry.kharkiv)
    assert_first(registry, need(registry.food, registry.kharkiv), town, region)


def test_nearer_kind_comes_first(registry):
    wide = registry.coordinator((registry.shelter, registry.kharkiv), checked_for=[registry.shelter])
    exact = registry.coordinator((registry.accommodation, registry.kharkiv), checked_for=[registry.shelter])
    assert_first(registry, need(registry.accommodation, registry.kharkiv), exact, wide)


def test_shorter_distance_comes_first(registry):
    far = registry.coordinator((registry.food, registry.oblast), base=registry.kharkiv)
    near = registry.coordinator((registry.food, registry.oblast), base=registry.izium)
    assert_first(registry, need(registry.food, registry.izium), near, far)


def test_who_carries_less_comes_first(registry):
    busy = registry.coordinator((registry.food, registry.kharkiv), capacity=5, open_requests=4)
    free = registry.coordinator((registry.food, registry.kharkiv), capacity=5, open_requests=0)
    assert_first(registry, need(registry.food, registry.kharkiv), free, busy)


def test_who_answers_quickly_comes_first(registry):
    slow = registry.coordinator((registry.food, registry.kharkiv), answer_seconds=3600)
    quick = registry.coordinator((registry.food, registry.kharkiv), answer_seconds=60)
    assert_first(registry, need(registry.food, registry.kharkiv), quick, slow)


def test_whole_countries_and_any_kind_come_after_all_others(registry):
    country = registry.coordinator((registry.food, registry.ukraine), answer_seconds=1)
    any_kind = registry.coordinator((registry.any, registry.kharkiv), answer_seconds=1)
    loaded = registry.coordinator((registry.food, registry.oblast), open_requests=4, answer_seconds=7200)
    assert ranked(registry, need(registry.food, registry.kharkiv))[0] == loaded.pk
    assert set(ranked(registry, need(registry.food, registry.kharkiv))) == {country.pk, any_kind.pk, loaded.pk}


def test_the_best_of_several_coverages_counts(registry):
    both = registry.coordinator((registry.food, registry.oblast), (registry.food, registry.kharkiv))
    ranking = rank(need(registry.food, registry.kharkiv), MONDAY_NOON)
    assert [(one.local_coordinator_id, one.parts["place"]) for one in ranking.candidates] == [(both.pk, 0)]


def _paused(registry):
    return registry.coordinator((registry.food, registry.kharkiv), state=LocalCoordinator.State.PAUSED)


def _pending(registry):
    return registry.coordinator((registry.food, registry.kharkiv), state=LocalCoordinator.State.PENDING)


def _suspended(registry):
    return registry.coordinator((registry.food, registry.kharkiv), state=LocalCoordinator.State.SUSPENDED)


def _endpoint_off(registry):
    made = registry.coordinator((registry.food, registry.kharkiv))
    Endpoint.objects.filter(local_coordinator=made).update(state=Endpoint.State.OFF)


def _member_only(registry):
    made = registry.coordinator((registry.food, registry.kharkiv))
    Endpoint.objects.filter(local_coordinator=made).update(receives_offers=False)


def _full(registry):
    registry.coordinator((registry.food, registry.kharkiv), capacity=2, open_requests=2)


def _closed(registry):
    registry.coordinator((registry.food, registry.kharkiv), hours={"mon": [["18:00", "20:00"]]}, time_zone="UTC")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_paused, "paused"),
        (_pending, "pending"),
        (_suspended, "suspended"),
        (_endpoint_off, "no_endpoint"),
        (_member_only, "no_endpoint"),
        (_full, "capacity"),
        (_closed, "hours"),
    ],
)
def test_reason_to_be_left_out_is_counted(registry, make, reason):
    make(registry)
    ranking = rank(need(registry.food, registry.kharkiv), MONDAY_NOON)
    assert ranking.candidates == []
    assert ranking.left_out == {reason: 1}


def test_urgent_requests_reach_those_who_want_them_outside_their_hours(registry):
    hours = {"hours": {"mon": [["18:00", "20:00"]]}, "time_zone": "UTC"}
    registry.coordinator((registry.food, registry.kharkiv), **hours)
    willing = registry.coordinator((registry.food, registry.kharkiv), urgent_outside_hours=True, **hours)
    assert ranked(registry, need(registry.food, registry.kharkiv, "urgent")) == [willing.pk]
    assert ranked(registry, need(registry.food, registry.kharkiv, "today")) == []


def test_a_common_language_is_asked_only_where_it_is_needed(registry):
    polish = registry.coordinator(
        (registry.translation, registry.kharkiv), (registry.food, registry.kharkiv), languages=["pl"]
    )
    ukrainian = registry.coordinator((registry.translation, registry.kharkiv), languages=["uk", "de"])
    assert ranked(registry, need(registry.translation, registry.kharkiv, languages=["uk", "ru"])) == [ukrainian.pk]
    assert ranked(registry, need(registry.food, registry.kharkiv, languages=["uk"])) == [polish.pk]


def test_kinds_that_need_it_go_to_checked_coordinators_alone(registry):
    registry.coordinator((registry.accommodation, registry.kharkiv))
    checked = registry.coordinator((registry.accommodation, registry.kharkiv), checked_for=[registry.shelter])
    ranking = rank(need(registry.accommodation, registry.kharkiv), MONDAY_NOON)
    assert [one.local_coordinator_id for one in ranking.candidates] == [checked.pk]
    assert ranking.left_out == {"not_checked": 1}


def test_into_a_place_that_is_cut_off_only_those_inside_are_asked(registry):
    inside = registry.coordinator((registry.food, registry.izium))
    registry.coordinator((registry.food, registry.oblast))
    Place.objects.filter(pk=registry.izium.pk).update(reachability=Place.Reachability.CUT)
    ranking = rank(need(registry.food, registry.izium), MONDAY_NOON)
    assert [one.local_coordinator_id for one in ranking.candidates] == [inside.pk]
    assert ranking.left_out == {"unreachable": 1}


def test_who_was_asked_already_is_left_alone(registry):
    asked = registry.coordinator((registry.food, registry.kharkiv))
    other = registry.coordinator((registry.food, registry.kharkiv))
    assert ranked(registry, need(registry.food, registry.kharkiv), exclude={asked.pk}) == [other.pk]


@pytest.fixture
def small_pages(monkeypatch):
    """Two rows of coverage in the first page and four in the next; two suitable ones are enough."""
    monkeypatch.setattr(coverage, "PAGE", 2)
    monkeypatch.setattr(coverage, "GROWTH", 2)
    monkeypatch.setattr(matching, "ENOUGH", 2)


@pytest.mark.parametrize("make", [_paused, _endpoint_off, _full, _closed])
def test_a_crowd_that_is_left_out_hides_nobody(registry, small_pages, make):
    for _number in range(7):
        make(registry)
    behind = registry.coordinator((registry.food, registry.oblast))
    ranking = rank(need(registry.food, registry.kharkiv), MONDAY_NOON)
    assert [one.local_coordinator_id for one in ranking.candidates] == [behind.pk]
    assert list(ranking.left_out.values()) == [7]


def test_those_who_were_asked_already_hide_nobody(registry, small_pages):
    asked = {registry.coordinator((registry.food, registry.kharkiv)).pk for _number in range(7)}
    behind = registry.coordinator((registry.food, registry.oblast))
    assert ranked(registry, need(registry.food, registry.kharkiv), exclude=asked) == [behind.pk]


def test_those_registered_for_any_kind_hide_nobody_who_comes_before_them(registry, small_pages):
    for _number in range(7):
        registry.coordinator((registry.any, registry.kharkiv))
    near = [registry.coordinator((registry.food, registry.oblast)).pk for _number in range(2)]
    assert set(ranked(registry, need(registry.food, registry.kharkiv))[:2]) == set(near)


def test_where_many_are_suitable_the_nearest_are_enough(registry, small_pages):
    nearest = {registry.coordinator((registry.food, registry.kharkiv)).pk for _number in range(2)}
    for _number in range(7):
        registry.coordinator((registry.food, registry.oblast))
    assert set(ranked(registry, need(registry.food, registry.kharkiv))) == nearest


def test_nearest_place_that_is_covered_is_named(registry):
    registry.coordinator((registry.food, registry.kharkiv))
    registry.coordinator((registry.food, registry.lviv))
    place, kilometres = nearest_cover(need(registry.food, registry.izium))
    assert place == registry.kharkiv
    assert kilometres == pytest.approx(112, abs=5)
    assert nearest_cover(need(registry.medicine, registry.izium)) is None


def test_ranking_asks_as_many_queries_for_one_candidate_as_for_many(registry):
    wanted = need(registry.accommodation, registry.kharkiv)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            rank(wanted, MONDAY_NOON)
        return len(captured)

    registry.coordinator((registry.accommodation, registry.kharkiv), checked_for=[registry.shelter])
    queries()
    one = queries()
    for _number in range(29):
        registry.coordinator((registry.accommodation, registry.kharkiv), checked_for=[registry.shelter])
    assert queries() == one
