"""Places by what a caller says: any script, half typed, misspelt, one of many of its name."""

import threading
from unittest.mock import Mock

import pytest
from django.db import DatabaseError, transaction

from coordinators.models import Place, PlaceName
from coordinators.search import place_index
from coordinators.search.places import search_places
from tests.support.places import make_country, make_place

pytestmark = pytest.mark.django_db
Kind = Place.Kind

# What people typed, and the town it means; none of these spellings stands in the tree below but the first of each.
SPOKEN = {
    "Харків": ["Kharkiv", "Charkiw", "харьків", "Harkiv", "Karkiv", "Khrakiv", "Kharkov", "Xаркiв"],
    "Київ": ["Kyiv", "Kyjiw", "KIIV", "Kyjiv", "киів"],
    "Чернігів": ["Chernihiv", "Tschernihiw", "Czernihiw", "Chernigiv", "Tsjernihiv", "Чернигив"],
    "Запоріжжя": ["Zaporizhzhia", "Saporischschja", "Zaporizja", "Запоріжя", "Zaporozhzhia"],
    "Івано-Франківськ": ["Ivano Frankivsk", "Iwano-Frankiwsk", "Франківськ", "Ivano-Frakivsk", "ivanofrankivs"],
    "Слов’янськ": ["Slovyansk", "Sloviansk", "Словянск", "Slavyansk", "Slowjansk"],
    "Васильків": ["Васиљкив", "Vasilkov", "Wassylkiw", "Vasylkiw", "Васылькив"],
    "Ужгород": ["Uzhgorod", "Ushgorod", "Uzjhorod", "Ужгорот"],
}


@pytest.fixture
def ukraine():
    return make_country(en="Ukraine")


@pytest.fixture
def towns(ukraine):
    return {name: make_place(name, ukraine, population=100_000) for name in SPOKEN}


@pytest.mark.parametrize(("name", "typed"), [(name, typed) for name, ways in SPOKEN.items() for typed in [name, *ways]])
def test_a_town_is_found_first_however_it_is_spelt(towns, name, typed):
    found = search_places(typed, "en")

    assert found[:1] == [towns[name]]


def test_a_spelling_in_another_script_finds_the_place_too(towns):
    towns["Харків"].spellings.create(name="خاركوف")

    assert search_places("خاركوف") == [towns["Харків"]]


@pytest.mark.parametrize("typed", ["", "   ", "!!!", "’", "\x00", "Qqqqqq", "x" * 5000, "\u202e", "🏠"])
def test_what_means_no_place_finds_nothing(towns, typed):
    assert search_places(typed) == []


@pytest.mark.parametrize("typed", ["м. Київ", "м.Київ", "м Київ", "місто Київ", "г. Киiв", "m. Kyiv"])
def test_the_word_for_a_kind_of_place_is_passed_over(towns, typed):
    assert search_places(typed)[0] == towns["Київ"]


def test_half_a_name_finds_the_bigger_towns_first(ukraine):
    small = make_place("Харкове", ukraine, population=300)
    big = make_place("Харків", ukraine, population=1_400_000)

    assert search_places("Хар") == [big, small]
    assert search_places("kha") == [big, small]


def test_a_later_word_of_a_name_finds_it_after_those_that_begin_so(ukraine):
    later = make_place("Біла Церква", ukraine, population=200_000)
    first = make_place("Церквище", ukraine, population=100)

    assert search_places("Церкв") == [first, later]


def test_exactness_goes_before_people_and_people_before_a_typo(ukraine):
    mistyped = make_place("Сумська", ukraine, population=5_000_000)
    exact = make_place("Суми", ukraine, population=100)
    bigger = make_place("Суми", ukraine, population=250_000)
    alike = make_place("Чуми", ukraine, population=400_000)

    assert search_places("Суми")[:3] == [bigger, exact, alike]
    assert mistyped not in search_places("Суми")[:3]


def test_a_places_own_name_goes_before_another_ones_older_name(ukraine):
    renamed = make_place("Білозерка", ukraine, "Іванівка", population=9_600)
    own = make_place("Іванівка", ukraine, population=7_000)

    assert search_places("Іванівка") == [own, renamed]


def test_a_city_goes_before_a_hamlet_that_bears_its_foreign_name(ukraine):
    germany = make_country("DE", "Deutschland")
    berlin = make_place("Berlin", germany, "Берлин", population=3_400_000)
    hamlet = make_place("Берлин", ukraine, population=0)

    assert search_places("Берлин") == [berlin, hamlet]
    assert search_places("Берлин", country="UA") == [hamlet, berlin]


def test_all_of_one_name_are_shown_and_their_labels_tell_them_apart(ukraine):
    villages = []
    for number, oblast in enumerate(["Харківська область", "Одеська область", "Сумська область"]):
        region = make_place(oblast, ukraine, kind=Kind.REGION)
        villages.append(make_place("Петрівка", region, population=1000 - number))

    found = search_places("Petrivka", "uk")

    assert found == villages
    assert len({place.label("uk") for place in found}) == 3


def test_what_it_lies_in_decides_between_those_of_one_name(ukraine):
    odesa = make_place("Одеська область", ukraine, kind=Kind.REGION, names={"en": "Odesa Oblast"})
    sumy = make_place("Сумська область", ukraine, kind=Kind.REGION, names={"en": "Sumy Oblast"})
    here = make_place("Петрівка", odesa, population=10)
    there = make_place("Петрівка", sumy, population=9000)

    for typed in ("Петрівка, Одеська", "Petrivka (Odesa)", "Петрівка Одеська обл", "petriwka odesa oblast"):
        assert search_places(typed)[0] == here, typed
    assert search_places("Петрівка, Сумська область")[0] == there


def test_places_of_the_country_come_first(ukraine):
    germany = make_country("DE", "Deutschland")
    abroad = make_place("Halle", germany, population=230_000)
    here = make_place("Гале", ukraine, population=500)

    assert search_places("Halle", country="UA") == [here, abroad]
    assert search_places("Halle", country="DE") == [abroad, here]


def test_the_root_is_found_whatever_the_country(ukraine):
    root = ukraine.parent
    root.names = {"uk": "Будь-де", "de": "Überall"}
    root.save()

    assert search_places("Будь-де", country="UA") == [root]
    assert search_places("ueberall", country="DE") == [root]


def test_no_more_than_the_limit_come(ukraine):
    for _number in range(12):
        make_place("Калинівка", ukraine)

    assert len(search_places("Калинівка")) == 8
    assert len(search_places("Kalynivka", limit=3)) == 3


def test_a_search_asks_two_queries_however_many_are_found(ukraine, same_queries):
    def add(number):
        region = make_place(f"Область {number}", ukraine, kind=Kind.REGION)
        make_place("Калинівка", region, near="Буча")
        place_index.current()

    same_queries(
        add, lambda: [place.label("en") + str(place.barrier()) for place in search_places("Калинівка", limit=50)]
    )


def test_it_is_two_queries(towns, query_count):
    search_places("Київ")

    assert query_count(lambda: search_places("Харків")) == 2


def test_a_change_is_seen_by_the_next_search(ukraine, towns):
    assert search_places("Новоград") == []

    place = make_place("Новоград", ukraine)
    assert search_places("Новоград") == [place]

    place.spellings.get().delete()
    assert search_places("Новоград") == []


def test_what_was_rolled_back_is_not_found(ukraine, towns):
    class Undone(Exception):
        pass

    with pytest.raises(Undone), transaction.atomic():
        place = make_place("Новоград", ukraine)
        assert search_places("Новоград") == [place]
        raise Undone

    assert search_places("Новоград") == []


def test_the_index_is_made_once_for_one_stamp(towns, monkeypatch):
    search_places("Київ")
    monkeypatch.setattr(place_index, "Index", None)

    assert search_places("Харків")[0] == towns["Харків"]


def test_while_one_makes_a_new_index_the_others_search_in_the_old_one(ukraine, towns, monkeypatch):
    search_places("Київ")
    make_place("Новоград", ukraine)
    in_the_making = threading.Lock()
    monkeypatch.setattr(place_index, "_lock", in_the_making)

    with in_the_making:
        assert search_places("Новоград") == []
        assert search_places("Київ")[0] == towns["Київ"]
    assert search_places("Новоград")[0].name == "Новоград"


def test_a_place_that_has_gone_since_is_left_out(towns):
    search_places("Київ")
    PlaceName.objects.filter(place=towns["Київ"])._raw_delete("default")
    Place.objects.filter(pk=towns["Київ"].pk)._raw_delete("default")

    assert search_places("Київ") == []


@pytest.mark.django_db(transaction=True)
def test_after_the_warm_up_the_first_search_reads_nothing_but_what_it_shows(monkeypatch, django_assert_num_queries):
    kharkiv = make_place("Харків", make_country(en="Ukraine"), population=1_400_000)
    monkeypatch.setattr(place_index, "_kept", None)
    warming = threading.Thread(target=place_index.warm_up)
    warming.start()
    warming.join()
    with django_assert_num_queries(2):
        assert search_places("Charkiw") == [kharkiv]


def test_a_warm_up_that_cannot_read_leaves_it_to_the_first_search(monkeypatch, caplog):
    def fail():
        raise DatabaseError("no such table")

    monkeypatch.setattr(place_index, "current", fail)
    monkeypatch.setattr(place_index, "connection", Mock())
    place_index.warm_up()
    assert "could not be read yet" in caplog.text
