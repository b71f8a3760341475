"""An address to register that begins with a kind of help and a place: what fits is filled in, the rest is ignored."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from coordinators.models import Registration
from hotline.dispatch.actions.tallies import hour_of
from hotline.dispatch.models import Tally
from tests.coordinators.joining import typed
from tests.support.registry import Registry

pytestmark = pytest.mark.django_db


@pytest.fixture
def registry(db):
    return Registry()


def form(client, **query):
    answer = client.get("/join/", query)
    assert answer.status_code == 200
    return answer.text


def ticked(text):
    return set(re.findall(r'name="kinds" value="(\d+)"[^>]*checked', text))


def first_place(text):
    return re.search(r'name="place0" value="([^"]*)"', text)[1]


def test_the_kind_and_a_town_are_filled_in(client, registry):
    text = form(client, kind="food", place=registry.kharkiv.code)
    assert ticked(text) == {str(registry.food.pk)}
    assert first_place(text) == str(registry.kharkiv.pk) and registry.kharkiv.label() in text
    assert "Somebody is missing around here" not in text


def test_several_kinds_and_an_area_with_all_in_it(client, registry):
    assert ticked(form(client, kind=["food", "medicine"])) == {str(registry.food.pk), str(registry.medicine.pk)}
    assert ticked(form(client, kind="shelter")) == {str(registry.accommodation.pk)}


def test_a_region_is_named_and_its_towns_are_asked_for(client, registry):
    text = form(client, kind="food", place=registry.oblast.code)
    assert f"Somebody is missing around here: {registry.oblast.label()}." in text and first_place(text) == ""


def test_a_village_becomes_the_district_that_newcomers_may_cover(client, registry):
    district = registry.place("Чугуївський", registry.oblast, kind="district")
    hamlet = registry.place("Мосьпанове", district, population=300)
    assert first_place(form(client, place=hamlet.code)) == str(district.pk)


@pytest.mark.parametrize(
    "query",
    [
        {"kind": "nothing", "place": "nowhere"},
        {"kind": "", "place": ""},
        {"kind": "x" * 5000, "place": "geonames:999999999"},
        {"kind": "<script>alert(1)</script>", "place": "<script>alert(1)</script>"},
        {"kind": "' OR 1=1 --", "place": "UA" + "9" * 17},
        {"kind": "food\x00", "place": "place:\x00"},
        {"place": "place:" + "9" * 30},
        {"place": "place:٣"},
    ],
)
def test_what_is_not_known_is_ignored(client, registry, query):
    text = form(client, **query)
    assert ticked(text) == set() and first_place(text) == ""
    assert "alert(1)" not in text


def test_a_kind_that_is_switched_off_is_ignored(client, registry):
    registry.food.active = False
    registry.food.save()
    assert ticked(form(client, kind="food")) == set()


def test_what_was_filled_in_is_sent_like_anything_else(client, registry):
    answer = client.post(f"/join/?kind=medicine&place={registry.lviv.code}", typed(registry))
    assert answer.status_code == 200
    assert list(Registration.objects.get().categories.all()) == [registry.food]


def test_the_gaps_have_words_to_send_with_such_an_address(client, registry, cast, as_person):
    Tally.objects.create(
        team=cast.phone, kind=Tally.Step.NOBODY, count=3, category=registry.food, region=registry.oblast,
        hour=hour_of(timezone.now()),
    )  # fmt: skip
    page = as_person(cast.cora).get(reverse("admin:dispatch_gaps")).text
    address = re.search(r'href="http://testserver(/join/\?[^"]+)"', page)[1].replace("&amp;", "&")
    text = client.get(address).text
    assert ticked(text) == {str(registry.food.pk)} and registry.oblast.label() in text
    assert "We look for somebody who helps with this: Food" in page
