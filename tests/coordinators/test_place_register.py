"""Lists of places come into the database: merged, corrected, never removed, as often as one likes."""

import gzip

import pytest
from django.core.management import CommandError, call_command

from coordinators.actions.place_register import DEMO_FILE, load, load_file
from coordinators.actions.places import add_spelling, set_reachability
from coordinators.gazetteer import compact
from coordinators.gazetteer.entry import Entry, root
from coordinators.models import Place, PlaceName, PlaceTwin
from coordinators.search.places import search_places
from hotline.staff.models import AuditEntry
from hotline.staff.permissions import NotAllowed

pytestmark = pytest.mark.django_db

# GeoNames' number, and what somebody typed who means it; our own, none of them out of a replay.
TYPED = [
    (706483, "Charkiw"), (706483, "харьков"), (706483, "Karkiv"), (706483, "خاركوف"),
    (703448, "Kiew"), (703448, "Kyjiw"), (703448, "м. Київ"), (703448, "キーウ"),
    (698740, "odesa"), (698740, "Одесса"), (702550, "Lemberg"), (702550, "Lwów"), (702550, "Lvov"),
    (709930, "Dnipropetrowsk"), (709930, "Днепр"), (687700, "Saporischschja"), (687700, "Запоріжя"),
    (710735, "Tschernihiw"), (710735, "Tsjernihiv"), (710719, "Czernowitz"), (695594, "Ровно"),
    (706448, "Cherson"), (690548, "Uschhorod"), (690548, "Ushgorod"), (701822, "Mariupol"),
    (702569, "Lutzk"), (712165, "Belaja Zerkow"), (707471, "Ivano-Frakivsk"), (707471, "Франківськ"),
    (2867714, "Munich"), (2867714, "Мюнхен"), (2867714, "Muenchen"), (2886242, "Cologne"), (2886242, "Кельн"),
    (2950159, "берлін"), (2861650, "Nuernberg"), (2925533, "Frankfurt"), (3143244, "осло"), (3133895, "Tromso"),
    (3161732, "Берген"),
]  # fmt: skip


def tree(*entries):
    """Root, a country and these entries in it."""
    country = Entry("UA", "root", "country", "Україна", {"en": "Ukraine"}, "UA", geoname_id=690791)
    return [root(), country, *entries]


def town(code, name, *, parent="UA", **fields):
    return Entry(code, parent, "settlement", name, country="UA", **fields)


def test_the_demos_places_are_there_and_found_as_people_spell_them():
    loaded = load_file(None)

    assert loaded.new == Place.objects.count() > 42_000
    assert PlaceName.objects.count() == loaded.spellings
    assert set(Place.objects.filter(kind="country").values_list("country", flat=True)) == {"UA", "DE", "NO"}
    assert not Place.objects.exclude(kind="root").filter(parent=None).exists()
    assert Place.objects.filter(kind="region", country="UA").count() == 25
    assert Place.objects.filter(latitude=None).exclude(kind="root").count() == 0
    wrong = {typed: [place.label("en") for place in search_places(typed, "en")] for _number, typed in TYPED}
    for number, typed in TYPED:
        if search_places(typed, "en")[0].geoname_id == number:
            wrong.pop(typed)
    assert wrong == {}
    assert load_file(None) == type(loaded)(unchanged=loaded.new)


def test_a_second_load_changes_nothing():
    entries = tree(town("1", "Ізюм", geoname_id=5, katottg="UA1", population=9, spellings={"Izium"}))
    load(None, entries)
    before = set(Place.objects.values_list("pk", "name"))

    again = load(None, entries)

    assert (again.new, again.corrected, again.unchanged, again.spellings) == (0, 0, 3, 0)
    assert set(Place.objects.values_list("pk", "name")) == before


def test_a_later_list_corrects_and_keeps_what_people_added(cast):
    load(None, tree(town("1", "Ізюм", geoname_id=5, population=9)))
    izium = Place.objects.get(geoname_id=5)
    set_reachability(cast.ada, izium, "cut", "bridge")
    add_spelling(cast.ada, izium, "Isjum")

    loaded = load(None, tree(town("8", "Ізюм", geoname_id=5, katottg="UA1", population=45_000)))

    izium.refresh_from_db()
    assert loaded.corrected == 1
    assert (izium.population, izium.katottg, izium.reachability) == (45_000, "UA1", "cut")
    assert izium.spellings.filter(name="Isjum").exists()


def test_nothing_is_removed_when_a_list_no_longer_has_it():
    load(None, tree(town("1", "Ізюм", geoname_id=5)))

    load(None, tree(town("1", "Суми", geoname_id=6)))

    assert Place.objects.filter(geoname_id__in=[5, 6]).count() == 2


def test_a_place_moves_to_its_new_district():
    district = Entry("d", "UA", "district", "Ізюмський район", country="UA", katottg="UAD")
    load(None, tree(town("1", "Ізюм", geoname_id=5)))

    load(None, tree(district, town("1", "Ізюм", parent="d", geoname_id=5)))

    assert Place.objects.get(geoname_id=5).parent.katottg == "UAD"


def test_numbers_may_change_places():
    load(None, tree(town("1", "Ізюм", geoname_id=5, katottg="A"), town("2", "Суми", geoname_id=6, katottg="B")))

    load(None, tree(town("1", "Ізюм", geoname_id=6, katottg="A"), town("2", "Суми", geoname_id=5, katottg="B")))

    assert dict(Place.objects.exclude(katottg="").values_list("katottg", "geoname_id")) == {"A": 6, "B": 5}


def test_a_second_number_is_kept_and_leads_to_the_place():
    entries = tree(town("1", "Ізюм", geoname_id=5, twins=[7]))
    load(None, entries)
    load(None, entries)

    assert Place.objects.of_geoname(7).get().geoname_id == 5
    assert PlaceTwin.objects.count() == 1


def test_a_second_number_may_become_a_place_of_its_own():
    load(None, tree(town("1", "Ізюм", geoname_id=5, twins=[7])))
    izium = Place.objects.get(geoname_id=5)

    load(None, tree(town("2", "Новий Ізюм", geoname_id=7), town("1", "Ізюм", geoname_id=5)))

    assert Place.objects.of_geoname(5).get() == izium
    assert Place.objects.of_geoname(7).get().name == "Новий Ізюм"


def test_a_code_may_go_to_another_place():
    load(None, tree(town("1", "Ізюм", geoname_id=5, katottg="A")))

    load(None, tree(town("2", "Суми", geoname_id=6, katottg="A"), town("1", "Ізюм", geoname_id=5)))

    assert dict(Place.objects.filter(kind="settlement").values_list("name", "katottg")) == {"Суми": "A", "Ізюм": ""}


def test_spellings_are_folded_anew_when_the_rules_have_changed():
    load(None, tree(town("1", "Ізюм", geoname_id=5)))
    PlaceName.objects.update(key="old")

    load(None, tree(town("1", "Ізюм", geoname_id=5)))

    assert PlaceName.objects.get(name="Ізюм").key == "isum"


def test_an_import_is_in_the_audit_and_needs_the_right_where_somebody_asks(cast):
    load(cast.ada, tree())

    assert AuditEntry.objects.get(action="places.loaded").details["new"] == 2
    for colleague in (cast.vera, cast.cora):
        with pytest.raises(NotAllowed):
            load(colleague, tree())
        with pytest.raises(NotAllowed):
            load_file(colleague)


def test_a_file_is_read_as_it_was_written(tmp_path):
    izium = town(
        "1", "Ізюм", names={"ru": "Изюм"}, katottg="UA1", geoname_id=5, twins=[7, 8], population=45_000,
        latitude=49.2, longitude=37.25, near="Суми", spellings={"Isjum", "Izium"},
    )  # fmt: skip
    compact.write(tmp_path / "a", tree(izium))
    compact.write(tmp_path / "b", tree(izium))

    read = list(compact.read(tmp_path / "a"))

    assert [entry.name for entry in read] == ["Anywhere", "Україна", "Ізюм"]
    izium.code, izium.parent = "2", "1"
    assert read[2] == izium
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        b"no gzip",
        gzip.compress(b"a\tb"),
        gzip.compress(b"7\ts" + b"\t" * 11 + b"\n"),
        gzip.compress(b"\tz" + b"\t" * 11 + b"\n"),
        gzip.compress("\ts\tІзюм".encode() + b"\t" * 10 + b"\n")[:-9],
        gzip.compress(b"\xff\xfe"),
    ],
    # Compressed bytes hold the time: as names they would differ from process to process.
    ids=["no gzip", "two columns", "no name", "unknown kind", "cut off", "no text"],
)
def test_a_file_that_cannot_be_read_is_named_and_changes_nothing(tmp_path, content):
    path = tmp_path / "places.tsv.gz"
    path.write_bytes(content)

    with pytest.raises(CommandError, match=r"places\.tsv\.gz"):
        call_command("import_places", file=path)
    assert not Place.objects.exists()


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CommandError, match="missing"):
        call_command("import_places", file=tmp_path / "missing")


def test_the_demo_file_stays_small():
    assert DEMO_FILE.stat().st_size < 2_500_000
