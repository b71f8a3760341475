"""The intake form as it is filled: the parts that come for a kind, who can help, numbers and moments as they are read."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from coordinators.models import CategoryTree
from hotline.dispatch.forms.contact import dialled, read_phone
from hotline.dispatch.forms.moment import Moment
from tests.support.desk import intake

# ---- the parts that come as it fills ----


def kind(client, **fields):
    return client.post(reverse("dispatch:kind"), {"number": "0", **fields})


def checked(answer):
    """Value of the urgency that is chosen in an answer, or None."""
    tick = next((line for line in answer.text.split("<input") if "-urgency" in line and "checked" in line), None)
    return tick and tick.split('value="')[1].split('"')[0]


def test_the_questions_and_the_danger_of_the_kind_come(vera, asked):
    answer = kind(vera, **{"n0-category": asked.pk, "n0-people": "4", "n0-note": "kept"})
    assert "For how many nights?" in answer.text
    assert "No roof tonight: ring 112." in answer.text
    assert 'value="4"' in answer.text and "kept" in answer.text
    assert "Please answer this." not in answer.text


def test_public_questions_are_marked(vera, asked):
    nights, household = kind(vera, **{"n0-category": asked.pk}).text.split("Who is coming?")
    assert "Everybody who is asked sees this." in nights
    assert "Everybody who is asked sees this." not in household


@pytest.mark.parametrize(
    ("posted", "usual", "expected"),
    [("", "", "urgent"), ("today", "today", "urgent"), ("soon", "today", "soon"), ("soon", "", "soon")],
)
def test_the_usual_urgency_stands_unless_another_was_chosen(vera, registry, asked, posted, usual, expected):
    fields = {"n0-category": registry.medicine.pk, "n0-urgency": posted, "n0-usual": usual}
    assert checked(kind(vera, **fields)) == expected


def test_a_kind_without_a_usual_urgency_chooses_none(vera, registry):
    assert checked(kind(vera, **{"n0-category": registry.food.pk})) is None


def test_another_need_comes_with_its_number(vera):
    answer = vera.get(reverse("dispatch:another"), {"number": "4"})
    assert 'name="n4-category"' in answer.text and 'name="need" value="4"' in answer.text


def test_a_draft_comes_back_as_it_was_typed_without_a_word(vera, registry, asked):
    typed = intake(asked, None, place_text="Khar", people="many", phone="", name="Alice", languages=["fa"])
    answer = vera.post(reverse("dispatch:draft"), typed)
    for kept in ("Khar", "many", "Alice", typed["submission"], "For how many nights?"):
        assert kept in answer.text
    assert "errorlist" not in answer.text and "aria-invalid" not in answer.text
    assert '<details id="more-languages" open>' in answer.text


def test_an_empty_draft_is_a_new_form(vera):
    first, second = (vera.post(reverse("dispatch:draft")).text for _time in range(2))
    assert first != second
    assert 'name="spoken_to"' in first and "checked" in first.split('name="spoken_to"')[1].split(">")[0]


def cover(client, **fields):
    return client.post(reverse("dispatch:coverage"), {"number": "0", **fields}).text


def test_the_coverage_line_counts_who_can_help(vera, registry):
    for seconds in (240, 360, 480):
        registry.coordinator((registry.food, registry.kharkiv), answer_seconds=seconds)
    line = cover(vera, **{"n0-category": registry.food.pk, "n0-place": registry.kharkiv.pk, "n0-urgency": "today"})
    assert "3 can help here," in line and "usually within 6 minutes." in line


def test_the_coverage_line_says_why_nobody_can(vera, registry):
    registry.coordinator((registry.translation, registry.kharkiv), languages=["ru"])
    fields = {"n0-category": registry.translation.pk, "n0-place": registry.kharkiv.pk, "languages": ["uk"]}
    line = cover(vera, **fields)
    assert "Nobody can be asked now" in line and "no common language" in line
    assert "One can help here," in cover(vera, **(fields | {"languages": ["uk", "ru"]}))


def test_the_coverage_line_names_the_nearest(vera, registry):
    registry.coordinator((registry.food, registry.kharkiv))
    line = cover(vera, **{"n0-category": registry.food.pk, "n0-place": registry.izium.pk})
    assert "The nearest who is registered: Kharkiv" in line


def test_the_coverage_line_says_what_cannot_be_reached(vera, registry):
    registry.izium.reachability, registry.izium.reachability_note = "cut", "The bridge is down."
    registry.izium.save()
    line = cover(vera, **{"n0-category": registry.food.pk, "n0-place": registry.izium.pk})
    assert "Road cut: Izium." in line and "The bridge is down." in line


@pytest.mark.parametrize(
    "fields", [{}, {"n0-category": "x"}, {"n0-category": "1" * 50, "n0-place": "-1"}, {"number": "z"}]
)
def test_the_coverage_line_waits_until_both_are_chosen(vera, registry, fields):
    assert "Choose what and where" in cover(vera, **fields)


def test_kinds_and_places_are_found(vera, registry):
    found = vera.get(reverse("dispatch:categories"), {"q": "accommo"}).json()["results"]
    assert found == [{"value": str(registry.accommodation.pk), "label": "Accommodation", "detail": "Shelter"}]
    registry.izium.reachability = "cut"
    registry.izium.save()
    izium = vera.get(reverse("dispatch:places"), {"q": "izium"}).json()["results"][0]
    assert izium["value"] == str(registry.izium.pk)
    assert "Road cut" in izium["detail"] and izium["shown"] == registry.izium.label()


def test_places_of_the_country_that_was_last_asked_for_come_first(vera, registry, vera_takes):
    germany = registry.place("Deutschland", registry.anywhere, kind="country", country="DE")
    registry.place("Hark", germany, country="DE", population=3_000)

    def first(text):
        return vera.get(reverse("dispatch:places"), {"q": text}).json()["results"][0]["value"]

    vera_takes(registry.food, registry.lviv)
    assert first("khark") == str(registry.kharkiv.pk)


def test_a_search_for_kinds_asks_as_little_whatever_it_finds(vera, registry, query_count):
    def search():
        return vera.get(reverse("dispatch:categories"), {"q": "help"})

    search()
    before = query_count(search)
    for number in range(20):
        registry.category(f"help-{number}", registry.shelter, f"Help {number}")
    CategoryTree.current()
    search()
    assert query_count(search) <= before + 1


# ---- numbers and moments ----


@pytest.mark.parametrize(
    ("typed", "country", "number"),
    [
        ("067 123 45 67", "UA", "+380 67 123 4567"),
        ("+49 30 901820", "UA", "+49 30 901820"),
        ("0049 30 901820", "DE", "+49 30 901820"),
        ("  +380671234567 ", "", "+380 67 123 4567"),
    ],
)
def test_a_number_is_read_as_the_place_dials_it(typed, country, number):
    assert read_phone(typed, country) == (number, "")


@pytest.mark.parametrize("typed", ["12", "call the baker", "067 123 45 67 8910 11", "+999 1"])
def test_a_number_of_no_known_form_is_kept(typed):
    kept, hint = read_phone(typed, "UA")
    assert kept == typed and hint


def test_the_hint_goes_by_post_and_comes_when_it_must(vera, registry):
    address = reverse("dispatch:phone")
    assert vera.get(address, {"phone": "12"}).status_code == 405
    assert "no number we know" in vera.post(address, {"phone": "12"}).text
    fine = {"number": "0", "n0-place": registry.kharkiv.pk, "phone": "067 123 45 67"}
    assert vera.post(address, fine).text.strip() == ""


@pytest.mark.parametrize(
    ("phone", "dials"),
    [
        ("+380 (67) 123-45-67", "+380671234567"),
        ("112", "112"),
        ("at the baker", ""),
        ("7 2", ""),
        ("067 12 ext", "06712"),
    ],
)
def test_a_telephone_dials_digits_alone(phone, dials):
    assert dialled(phone) == dials


NOW = datetime(2026, 11, 22, 14, 30, tzinfo=timezone.get_default_timezone())


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("18", "2026-11-22 18:00"),
        ("18:45", "2026-11-22 18:45"),
        ("18.45", "2026-11-22 18:45"),
        ("18 Uhr", "2026-11-22 18:00"),
        ("8:00", "2026-11-23 08:00"),
        ("24.12.", "2026-12-24 23:59"),
        ("24.12", "2026-12-24 23:59"),
        ("24/12 9:15", "2026-12-24 09:15"),
        ("24.12.26, 18h", "2026-12-24 18:00"),
        ("2.1. 10:00", "2027-01-02 10:00"),
        ("2026-12-24T18:00", "2026-12-24 18:00"),
        (" 24.12.2026 18:00 ", "2026-12-24 18:00"),
    ],
)
def test_moments_are_read_as_they_are_typed(time_machine, typed, moment):
    time_machine.move_to(NOW, tick=False)
    assert timezone.localtime(Moment().clean(typed)).strftime("%Y-%m-%d %H:%M") == moment


@pytest.mark.parametrize(
    ("typed", "code"),
    [("soon", "unclear"), ("25:00", "unclear"), ("31.2.", "unclear"), ("18:7", "unclear"), ("1.1.2020", "past"),
     ("22.11.2026 9:00", "past"), ("1.1.2030", "far"), ("2026-13-01", "unclear"), ("1.1.0001", "past")],
)  # fmt: skip
def test_moments_that_cannot_be_meant_are_said_to_be_so(time_machine, typed, code):
    time_machine.move_to(NOW, tick=False)
    with pytest.raises(ValidationError) as refused:
        Moment().clean(typed)
    assert refused.value.code == code


def test_a_moment_is_shown_as_it_was_understood(vera, time_machine):
    time_machine.move_to(NOW, tick=False)
    address = reverse("dispatch:moment")
    assert "Sun 22 Nov, 18:00" in vera.post(address, {"number": "2", "n2-needed_by": "18"}).text
    assert "no time we can read" in vera.post(address, {"number": "0", "n0-needed_by": "later"}).text
    assert vera.post(address, {"number": "0", "n0-needed_by": ""}).text.strip() == ""


def test_a_moment_reads_what_it_writes():
    moment = timezone.now().replace(second=0, microsecond=0) + timedelta(hours=5)
    assert Moment().clean(Moment().prepare_value(moment)) == moment
