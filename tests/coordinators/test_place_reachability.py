"""Marking a place unreachable: who may, what must be said, who sees it."""

import pytest

from coordinators.actions.places import (
    AlreadySo,
    KnownAlready,
    NameMissing,
    ReasonMissing,
    TooLong,
    UnknownReachability,
    WrongKind,
    add_place,
    add_spelling,
    set_reachability,
)
from coordinators.models import Place
from coordinators.search.places import search_places
from hotline.live import topics
from hotline.staff.models import AuditEntry
from hotline.staff.permissions import NotAllowed, NotFound
from tests.support.places import make_country, make_place

pytestmark = pytest.mark.django_db


@pytest.fixture
def izium():
    return make_place("Ізюм", make_country(), katottg="UA63040110010023904")


@pytest.fixture
def rings(monkeypatch):
    heard = []
    monkeypatch.setattr("coordinators.actions.places.ring", heard.append)
    return heard


def test_an_administrator_marks_a_place_and_everybody_sees_it_at_once(cast, izium, rings):
    suburb = make_place("Кам’янка", izium, kind=Place.Kind.QUARTER)

    marked = set_reachability(cast.ada, izium, Place.Reachability.CUT, "  the bridge   is down ")

    assert (marked.reachability, marked.reachability_note) == ("cut", "the bridge is down")
    assert marked.reachability_since is not None
    assert search_places("Камянка")[0].barrier() == izium
    assert search_places(suburb.name)[0].barrier().reachability_note == "the bridge is down"
    assert rings == [topics.places()]


def test_the_audit_tells_who_marked_what_and_why(cast, izium):
    set_reachability(cast.ada, izium, "occupied", "since Tuesday")

    entry = AuditEntry.objects.get(action="place.reachability")
    assert (entry.actor, entry.subject, entry.reason) == (cast.ada, "UA63040110010023904", "since Tuesday")
    assert entry.details == {"was": "open", "now": "occupied"}


def test_a_place_becomes_reachable_again_without_a_reason(cast, izium):
    set_reachability(cast.ada, izium, "cut", "flood")

    marked = set_reachability(cast.ada, izium, "open", "never mind")

    assert (marked.reachability, marked.reachability_note, marked.reachability_since) == ("open", "", None)


def test_a_new_reason_for_the_same_state_is_a_change_and_the_same_is_none(cast, izium):
    set_reachability(cast.ada, izium, "cut", "flood")
    set_reachability(cast.ada, izium, "cut", "bridge")

    with pytest.raises(AlreadySo):
        set_reachability(cast.ada, izium, "cut", "bridge")
    assert AuditEntry.objects.count() == 2


@pytest.mark.parametrize(
    ("state", "note", "refusal"),
    [
        ("gone", "x", UnknownReachability),
        ("cut", "  ", ReasonMissing),
        ("cut", "x" * 201, TooLong),
        ("open", "", AlreadySo),
    ],
)
def test_what_makes_no_sense_is_refused_in_words_and_changes_nothing(cast, izium, rings, state, note, refusal):
    with pytest.raises(refusal) as refused:
        set_reachability(cast.ada, izium, state, note)

    assert str(refused.value)
    izium.refresh_from_db()
    assert izium.reachability == "open"
    assert not AuditEntry.objects.exists()
    assert rings == []


@pytest.mark.parametrize(
    "write",
    [
        lambda actor, place: set_reachability(actor, place, "cut", "flood"),
        lambda actor, place: add_spelling(actor, place, "Isjum"),
        lambda actor, place: add_place(actor, place, "quarter", "Схід"),
    ],
)
def test_only_who_manages_the_registry_changes_places(cast, izium, write):
    for colleague in (cast.vera, cast.cora):
        with pytest.raises(NotAllowed):
            write(colleague, izium)
    with pytest.raises(NotFound):
        write(cast.person("nobody"), izium)

    izium.refresh_from_db()
    assert izium.reachability == "open"
    assert Place.objects.filter(name="Схід").count() == 0
    assert not AuditEntry.objects.exists()


def test_a_place_that_no_list_has_is_added_inside_another_and_found(cast, izium):
    added = add_place(cast.ada, izium, "quarter", " Нове   селище ")

    assert (added.name, added.parent, added.country) == ("Нове селище", izium, "UA")
    assert search_places("Nove selyshche") == [added]


def test_a_place_is_added_only_where_its_kind_can_lie(cast, izium):
    with pytest.raises(WrongKind):
        add_place(cast.ada, izium, "region", "Схід")
    with pytest.raises(NameMissing):
        add_place(cast.ada, izium, "quarter", " ’ ")
    with pytest.raises(TooLong):
        add_place(cast.ada, izium, "quarter", "x" * 121)


def test_a_spelling_that_is_added_finds_the_place_and_is_added_once(cast, izium):
    assert search_places("Слобода") == []

    add_spelling(cast.ada, izium, "Слобода")

    assert search_places("Sloboda") == [izium]
    with pytest.raises(KnownAlready):
        add_spelling(cast.ada, izium, "Слобода")
