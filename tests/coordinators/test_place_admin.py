"""The administrators' pages of places."""

import pytest
from django.urls import reverse

from coordinators.models import Place
from tests.support.places import make_country, make_place

pytestmark = pytest.mark.django_db
LIST = "admin:coordinators_place_changelist"


@pytest.fixture
def izium():
    region = make_place("Харківська область", make_country(en="Ukraine"), kind="region", names={"en": "Kharkiv Oblast"})
    return make_place("Ізюм", region, population=45_000)


def page(place):
    return reverse("admin:coordinators_place_change", args=[place.pk])


def press(client, place, button, /, **said):
    return client.post(reverse("admin:coordinators_place_button", args=[place.pk, button]), said, follow=True)


def test_an_administrator_finds_a_place_as_operators_do(cast, as_person, izium):
    make_place("Суми", izium.parent.parent)

    shown = as_person(cast.ada).get(reverse(LIST), {"q": "Isjum"}).content.decode()

    assert "Ізюм – Izium, Kharkiv Oblast, Ukraine" in shown
    assert "Суми" not in shown


def test_results_come_in_the_order_of_the_search(cast, as_person, izium):
    smaller = make_place("Ізюмське", izium.parent, population=100_000)

    result = as_person(cast.ada).get(reverse(LIST), {"q": "Ізюм"}).context["cl"].result_list

    assert list(result) == [izium, smaller]


def test_the_list_is_filtered_by_country_kind_and_reachability(cast, as_person, izium):
    germany = make_country("DE", "Deutschland")
    berlin = make_place("Berlin", germany, reachability="cut")
    client = as_person(cast.ada)

    def listed(**filters):
        return set(client.get(reverse(LIST), filters).context["cl"].result_list)

    assert listed(country="DE") == {germany, berlin}
    assert listed(country="DE", kind__exact="country") == {germany}
    assert listed(reachability__exact="cut") == {berlin}


def test_the_list_asks_as_many_queries_for_thirty_places_as_for_one(cast, as_person, izium, same_queries):
    client = as_person(cast.ada)

    same_queries(
        lambda number: make_place(f"Село {number}", izium.parent), lambda: client.get(reverse(LIST), {"country": "UA"})
    )


def test_a_place_is_marked_unreachable_with_a_reason_and_reachable_again(cast, as_person, izium):
    client = as_person(cast.ada)

    shown = press(client, izium, "mark_unreachable", state="cut", note="the bridge is down").content.decode()
    izium.refresh_from_db()
    assert (izium.reachability, izium.reachability_note) == ("cut", "the bridge is down")
    assert "the bridge is down" in shown

    press(client, izium, "mark_reachable")
    izium.refresh_from_db()
    assert izium.reachability == "open"


def test_without_a_reason_the_form_comes_back_and_keeps_what_was_chosen(cast, as_person, izium):
    shown = press(as_person(cast.ada), izium, "mark_unreachable", state="occupied", note=" ")

    assert shown.context["form"].errors.keys() == {"note"}
    assert shown.context["form"]["state"].value() == "occupied"
    izium.refresh_from_db()
    assert izium.reachability == "open"


def test_a_spelling_and_a_missing_place_are_added(cast, as_person, izium):
    client = as_person(cast.ada)

    press(client, izium, "spell", name="Isjum an der Donez")
    press(client, izium, "add_inside", kind="quarter", name="Піски")

    assert izium.spellings.filter(name="Isjum an der Donez").exists()
    assert izium.children.get().name == "Піски"
    refused = press(client, izium, "add_inside", kind="region", name="Схід").content.decode()
    assert "cannot lie there" in refused


def test_nothing_is_edited_added_or_deleted_by_hand(cast, as_person, izium):
    client = as_person(cast.ada)

    assert client.get(page(izium)).status_code == 200
    assert client.post(page(izium), {"name": "Hacked", "population": 1}).status_code == 403
    assert client.get(reverse("admin:coordinators_place_add")).status_code == 403
    assert client.post(reverse("admin:coordinators_place_delete", args=[izium.pk]), {"post": "yes"}).status_code == 403
    izium.refresh_from_db()
    assert izium.name == "Ізюм"


def test_only_administrators_see_and_mark_places(cast, as_person, izium):
    for person in (cast.vera, cast.cora):
        client = as_person(person)
        assert client.get(reverse(LIST)).status_code == 403
        assert client.get(page(izium)).status_code in (403, 404)
        assert press(client, izium, "mark_unreachable", state="cut", note="x").status_code in (403, 404)
    assert as_person(None).get(reverse(LIST)).status_code == 302
    assert not Place.objects.exclude(reachability="open").exists()
