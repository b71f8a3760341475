"""The registry of local coordinators: states, hours, load, and their pages in the admin."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from coordinators import sweeps
from coordinators.actions import availability, load
from coordinators.actions.availability import NotPossibleNow
from coordinators.actions.endpoints import issue_link
from coordinators.models import Endpoint, LinkCode, LocalCoordinator
from hotline.lib.hours import within_hours
from hotline.questionnaires.forms.hours import HoursField
from hotline.staff.models import AuditEntry
from hotline.staff.permissions import NotAllowed, NotFound
from tests.support.registry import Registry

State = LocalCoordinator.State
PAGE = "/admin/coordinators/localcoordinator/"


@pytest.fixture
def registry(db):
    return Registry()


@pytest.fixture
def one(registry):
    return registry.coordinator((registry.food, registry.kharkiv), name="Helping hands")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-02T08:00", True),  # Monday
        ("2026-03-02T07:59", False),
        ("2026-03-02T12:00", False),
        ("2026-03-02T13:30", True),
        ("2026-03-03T12:00", False),  # Tuesday has none
        ("2026-03-06T23:00", True),  # Friday night …
        ("2026-03-07T01:59", True),  # … runs over midnight
        ("2026-03-07T02:00", False),
    ],
)
def test_weekly_hours(moment, is_open):
    hours = {"mon": [["08:00", "12:00"], ["13:00", "18:00"]], "fri": [["22:00", "02:00"]]}
    assert within_hours(hours, "UTC", at(moment)) is is_open


def test_hours_are_those_of_their_time_zone_and_none_at_all_means_always():
    hours = {"mon": [["08:00", "12:00"]]}
    assert within_hours(hours, "Europe/Kyiv", at("2026-03-02T06:30"))
    assert not within_hours(hours, "UTC", at("2026-03-02T06:30"))
    assert within_hours({}, "UTC", at("2026-03-02T03:00"))


def test_hours_are_typed_as_people_write_them():
    field = HoursField()
    assert field.clean({"mon": "8-12, 14:30 – 18", "fri": "20:00–02:00"}) == {
        "mon": [["08:00", "12:00"], ["14:30", "18:00"]],
        "fri": [["20:00", "02:00"]],
    }
    for wrong in ("noon", "25-26", "8", "8-12-14"):
        with pytest.raises(Exception, match="Monday"):
            field.clean({"mon": wrong})


def test_states_move_as_the_table_says(one, cast):
    availability.suspend(cast.ada, one, "harvests contacts")
    with pytest.raises(NotPossibleNow):
        availability.pause(None, one)
    availability.activate(cast.ada, one)
    availability.pause(None, one, hours=2)
    assert one.state == State.PAUSED
    assert sweeps.resume_paused(timezone.now() + timedelta(hours=1)) == 0
    assert sweeps.resume_paused(timezone.now() + timedelta(hours=3)) == 1
    one.refresh_from_db()
    assert (one.state, one.paused_until) == (State.ACTIVE, None)
    assert AuditEntry.objects.get(action="local_coordinator.suspended").reason == "harvests contacts"


def test_only_those_with_the_right_change_states(one, cast):
    for stranger in (cast.vera, cast.cora, cast.viktor):
        for act in (
            lambda who: availability.activate(who, one),
            lambda who: availability.suspend(who, one, "x"),
            lambda who: availability.pause(who, one),
            lambda who: availability.resume(who, one),
        ):
            with pytest.raises((NotAllowed, NotFound)):
                act(stranger)
    representative = cast.person("rep", represents=[one])
    availability.pause(representative, one)
    availability.resume(representative, one)
    with pytest.raises((NotAllowed, NotFound)):
        availability.suspend(representative, one, "x")


def test_places_are_counted_up_to_the_limit(one):
    LocalCoordinator.objects.filter(pk=one.pk).update(contact_limit=2)
    assert [load.take_place(one.pk) for _number in range(3)] == [True, True, False]
    load.free_place(one.pk)
    assert load.take_place(one.pk)
    for _number in range(5):
        load.free_place(one.pk)
    one.refresh_from_db()
    assert one.open_requests == 0


@pytest.mark.django_db(transaction=True)
def test_places_taken_in_one_instant_never_pass_the_limit(one, quiet_connections):
    LocalCoordinator.objects.filter(pk=one.pk).update(contact_limit=3)
    pk = one.pk
    connection.close()
    start, taken = threading.Barrier(8), []

    def run():
        with quiet_connections():
            start.wait()
            taken.append(load.take_place(pk))

    threads = [threading.Thread(target=run) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 3


def test_names_and_addresses_are_sealed_in_the_database(one):
    rows = str(list(LocalCoordinator.objects.values())) + str(list(Endpoint.objects.values()))
    assert "Helping hands" not in rows
    assert one.endpoints.get().address not in rows
    assert Endpoint.objects.at("telegram", one.endpoints.get().address).get() == one.endpoints.get()


def test_used_links_are_dropped_a_day_after_they_ran_out(one, cast):
    issue_link(cast.ada, one)
    assert sweeps.drop_used_links(timezone.now() + timedelta(days=3)) == 0
    assert sweeps.drop_used_links(timezone.now() + timedelta(days=5)) == 1
    assert not LinkCode.objects.exists()


def test_an_administrator_registers_and_links_a_coordinator(cast, as_person, registry):
    client = as_person(cast.ada)
    answer = client.post(
        f"{PAGE}add/",
        {
            "name": "Convoy",
            "languages": ["uk"],
            "capacity": 5,
            "contact_limit": 5,
            "time_zone": "Europe/Kyiv",
            "hours-mon": "8-20",
            "coverages-TOTAL_FORMS": 1,
            "coverages-INITIAL_FORMS": 0,
            "coverages-0-category": registry.food.pk,
            "coverages-0-place": registry.kharkiv.pk,
            "endpoints-TOTAL_FORMS": 0,
            "endpoints-INITIAL_FORMS": 0,
        },
    )
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    made = LocalCoordinator.objects.get()
    assert (made.name, made.state, made.hours) == ("Convoy", State.PENDING, {"mon": [["08:00", "20:00"]]})
    assert made.coverages.get().place == registry.kharkiv
    client.post(reverse("admin:coordinators_localcoordinator_button", args=[made.pk, "activate"]))
    made.refresh_from_db()
    assert made.state == State.ACTIVE
    page = client.post(
        reverse("admin:coordinators_localcoordinator_button", args=[made.pk, "link"]), {"receives_offers": "on"}
    )
    assert "/start " in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert LinkCode.objects.get().receives_offers


def test_they_are_found_by_name_in_any_spelling(cast, as_person, one, registry):
    registry.coordinator(name="Збірний пункт")
    client = as_person(cast.ada)
    assert "Helping hands" in client.get(PAGE, {"q": "helping"}).content.decode()
    page = client.get(PAGE, {"q": "zbirnyj"}).content.decode()
    assert "Збірний пункт" in page and "Helping hands" not in page


def test_a_representative_sees_and_pauses_their_own_and_nothing_of_others(cast, as_person, one, registry):
    other = registry.coordinator(name="Others")
    client = as_person(cast.person("rep", represents=[one]))
    page = client.get(PAGE).content.decode()
    assert "Helping hands" in page and "Others" not in page
    own = client.get(f"{PAGE}{one.pk}/change/").content.decode()
    assert "notes of checking" not in own.lower()
    assert client.get(f"{PAGE}{other.pk}/change/").status_code == 404
    client.post(reverse("admin:coordinators_localcoordinator_button", args=[one.pk, "pause"]), {"hours": ""})
    one.refresh_from_db()
    assert one.state == State.PAUSED
    refused = client.post(
        reverse("admin:coordinators_localcoordinator_button", args=[one.pk, "suspend"]), {"reason": "x"}
    )
    assert refused.status_code == 403


@pytest.mark.parametrize("name", ["vera", "viktor", "cora"])
def test_the_registry_is_closed_to_everybody_else(name, cast, as_person, one):
    client = as_person(getattr(cast, name))
    assert client.get(PAGE).status_code in (403, 404)
    assert client.get(f"{PAGE}{one.pk}/change/").status_code in (403, 404)
    assert client.get(f"{PAGE}add/").status_code in (403, 404)


def test_the_list_asks_as_many_queries_for_one_row_as_for_thirty(cast, as_person, registry, same_queries):
    client = as_person(cast.ada)
    same_queries(lambda number: registry.coordinator(name=f"Helpers {number}"), lambda: client.get(PAGE))
