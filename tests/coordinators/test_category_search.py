"""Finding a kind of help by what a caller says, in any language, half typed or misspelt."""

import pytest

from coordinators.loading import load_categories
from coordinators.models import Category
from coordinators.search.categories import search_categories


@pytest.fixture(autouse=True)
def loaded(db):
    load_categories()


def first(text):
    found = search_categories(text)
    return found[0].slug if found else None


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("insulin", "medicine"), ("Schlafplatz", "accommodation"), ("ліки", "medicine"), ("лекарства", "medicine"),
        ("hund", "pets"), ("sted å sove", "accommodation"), ("притулок", "accommodation"), ("bleier", "baby"),
        ("Windeln", "baby"), ("памперси", "baby"), ("адвокат", "legal"), ("Anwalt", "legal"), ("advokat", "legal"),
        ("дрова", "power-heating"), ("firewood", "power-heating"), ("Rollstuhl", "equipment"), ("милиці", "equipment"),
        ("евакуація", "evacuation"), ("эвакуация", "evacuation"), ("tolk", "translation"), ("Dolmetscher", "translation"),
        ("перекладач", "translation"), ("vermisst", "reunification"), ("питна вода", "water-hygiene"),
        ("suicide", "psychosocial"), ("зарядка", "communication"), ("Wohnung", "accommodation"), ("food", "food"),
    ],
)  # fmt: skip
def test_a_word_of_any_language_finds_its_kind(said, meant):
    assert first(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("insuline", "medicine"), ("acommodation", "accommodation"), ("Schlafplaz", "accommodation"),
        ("Evakuirung", "evacuation"), ("эвакуацыя", "evacuation"), ("евакуацыя", "evacuation"),
        ("advocat", "legal"), ("reperatur", "repair"), ("психалог", "psychosocial"), ("rulestol", "equipment"),
        ("liky", "medicine"), ("perekladach", "translation"), ("ubersetzer", "translation"),
    ],
)  # fmt: skip
def test_a_misspelt_word_or_one_in_the_wrong_letters_still_finds_it(said, meant):
    assert first(said) == meant


@pytest.mark.parametrize(
    ("typed", "meant"), [("acc", "accommodation"), ("unterk", "accommodation"), ("лік", "medicine")]
)
def test_half_a_word_is_enough(typed, meant):
    assert meant in [found.slug for found in search_categories(typed)]


@pytest.mark.parametrize(
    ("sentence", "meant"),
    [
        ("my grandmother needs insulin today", "medicine"),
        ("wir brauchen einen Schlafplatz für heute Nacht", "accommodation"),
        ("моїй дитині потрібні памперси", "baby"),
        ("vi trenger tolk hos legen", "translation"),
        ("у нас нет света и холодно", "power-heating"),
    ],
)
def test_a_callers_sentence_is_understood(sentence, meant):
    assert meant in [found.slug for found in search_categories(sentence, limit=3)]


@pytest.mark.parametrize("noise", ["xyzzyqwert", "!!!", "🙂", "0", "\x00", "%", "'; drop table"])
def test_noise_finds_nothing_or_little_and_never_fails(noise):
    assert len(search_categories(noise)) <= 8


def test_a_very_long_text_is_no_burden():
    assert isinstance(search_categories("ліки " * 5000), list)


def test_nothing_typed_shows_the_kinds_in_their_order_with_the_root_last():
    everything = search_categories("", limit=100)

    assert len(everything) == Category.objects.count()
    assert everything[-1].slug == "any"
    assert [one.slug for one in search_categories("", limit=2)] == ["journeys", "evacuation"]
    assert search_categories(None, limit=1)


def test_what_is_switched_off_is_found_only_on_request():
    Category.objects.filter(slug="medicine").update(active=False)

    assert "medicine" not in [one.slug for one in search_categories("insulin")]
    assert search_categories("insulin", everything=True)[0].slug == "medicine"


def test_a_new_name_is_found_at_once():
    pets = Category.objects.get(slug="pets")
    pets.names = pets.names | {"en": "Zebrafish"}
    pets.save()

    assert first("zebrafish") == "pets"


def test_a_search_asks_the_database_for_the_stamp_alone(query_count):
    search_categories("insulin")

    assert query_count(lambda: search_categories("ліки")) == 1


def test_small_words_weigh_nothing_beside_others_and_still_begin_a_word_alone():
    assert [one.slug for one in search_categories("und ein Hund")] == ["pets"]
    assert "medical-care" not in [one.slug for one in search_categories("und insulin")]
    assert "violence" in [one.slug for one in search_categories("на", limit=40)]


def test_no_more_come_than_were_asked_for():
    assert len(search_categories("a", limit=3)) <= 3
