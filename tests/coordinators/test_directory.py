"""Where else to turn: true, public, complete in all languages, nearest first, kept by administrators alone."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from coordinators.loading import load_categories, load_directory
from coordinators.models import Category, DirectoryEntry, Place
from coordinators.search.directory import find_entries
from hotline.lib.languages import LANGUAGES
from hotline.staff.models import AuditEntry

pytestmark = pytest.mark.django_db
CODES = {code for code, _own in LANGUAGES}


@pytest.fixture
def countries():
    root = Place.objects.create(kind=Place.Kind.ROOT, name="Anywhere")
    return {
        code: Place.objects.create(kind=Place.Kind.COUNTRY, name=code, country=code, parent=root)
        for code in ("UA", "DE", "NO")
    }


@pytest.fixture
def loaded(countries):
    load_categories()
    return load_directory()


def test_every_entry_is_in_every_language_and_can_be_reached(loaded):
    assert loaded.created >= 20
    for entry in DirectoryEntry.objects.all():
        assert set(entry.title) == set(entry.text) == CODES, entry.slug
        entry.full_clean()


def test_entries_wait_for_their_country_and_come_when_it_is_imported():
    load_categories()

    waiting = load_directory()

    assert waiting.waiting >= 20
    assert list(DirectoryEntry.objects.values_list("phone", flat=True)) == ["112"]
    root = Place.objects.create(kind=Place.Kind.ROOT, name="Anywhere")
    Place.objects.create(kind=Place.Kind.COUNTRY, name="Norge", country="NO", parent=root)
    assert load_directory().created == DirectoryEntry.objects.filter(place__country="NO").count() > 0


def test_loading_again_changes_nothing_and_respects_what_was_changed(loaded):
    DirectoryEntry.objects.filter(slug="emergency-112").update(active=False)

    again = load_directory()

    assert (again.created, again.updated) == (0, 0)
    assert not DirectoryEntry.objects.get(slug="emergency-112").active


def test_what_is_nearest_to_kind_and_place_comes_first(loaded, countries):
    kharkiv = Place.objects.create(kind=Place.Kind.REGION, name="Харків", country="UA", parent=countries["UA"])

    found = [entry.slug for entry in find_entries(Category.objects.get(slug="medicine"), kharkiv)]

    assert found[0] == "ua-ambulance"
    assert "emergency-112" in found
    assert not any(slug.startswith(("de-", "no-")) for slug in found)
    assert "ua-la-strada" not in found


def test_without_kind_and_place_only_what_serves_everybody_is_shown(loaded):
    assert [entry.slug for entry in find_entries()] == ["emergency-112"]


def test_what_is_switched_off_is_not_shown(loaded):
    DirectoryEntry.objects.update(active=False)

    assert find_entries() == []


def test_finding_asks_the_same_number_of_queries_however_many_there_are(loaded, countries, same_queries):
    health = Category.objects.get(slug="health")

    def add(number):
        DirectoryEntry.objects.create(slug=f"more-{number}", title={"en": "More"}, phone="1", category=health)

    same_queries(add, lambda: find_entries(health, countries["UA"], limit=100))
    assert len(find_entries(health, countries["UA"], limit=5)) == 5


def test_an_entry_without_any_way_to_turn_there_is_refused():
    with pytest.raises(ValidationError):
        DirectoryEntry(slug="nowhere", title={"en": "Nowhere"}).full_clean()


def boxes(name, **texts):
    return {f"{name}-{code}": texts.get(code, "") for code in CODES}


def test_an_administrator_adds_an_entry_in_several_languages_and_it_is_audited(cast, as_person):
    page = reverse("admin:coordinators_directoryentry_add")
    ada = as_person(cast.ada)
    assert ada.get(page).status_code == 200

    answer = ada.post(
        page,
        {
            "slug": "shelter", **boxes("title", en="Night shelter", uk="Нічліг"), **boxes("text"), "phone": "123",
            "position": "1", "active": "on",
        },
    )  # fmt: skip

    assert answer.status_code == 302
    assert DirectoryEntry.objects.get(slug="shelter").title == {"en": "Night shelter", "uk": "Нічліг"}
    assert AuditEntry.objects.get(action="directory.created").subject == "shelter"


def test_others_have_no_such_page(cast, as_person):
    page = reverse("admin:coordinators_directoryentry_changelist")

    assert as_person(cast.vera).get(page).status_code == 403
    assert as_person(cast.cora).get(page).status_code == 403
    assert as_person(None).get(page).status_code == 302


def test_the_list_is_searched_in_any_language_without_regard_to_case(loaded, cast, as_person):
    page = reverse("admin:coordinators_directoryentry_changelist")

    found = as_person(cast.ada).get(page, {"q": "НАЦІОНАЛЬНА поліція"}).content.decode()

    assert "102" in found
    assert "116117" not in found


def test_the_list_asks_the_same_number_of_queries_with_1_and_30_entries(countries, cast, as_person, same_queries):
    load_categories()
    health, ada = Category.objects.get(slug="health"), as_person(cast.ada)

    def add(number):
        DirectoryEntry.objects.create(
            slug=f"more-{number}", title={"en": "More"}, phone="1", category=health, place=countries["DE"]
        )

    same_queries(add, lambda: ada.get(reverse("admin:coordinators_directoryentry_changelist")))
