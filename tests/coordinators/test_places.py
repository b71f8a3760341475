"""The tree of places: what lies in what, what it is called for whom, what an offer may say of it."""

import pytest
from django.db import IntegrityError, transaction

from coordinators.models import Place, coarse, distance_km, lineage_ids
from tests.support.places import make_country, make_place, make_root

pytestmark = pytest.mark.django_db
Kind = Place.Kind


@pytest.fixture
def ukraine():
    return make_country(en="Ukraine", de="Ukraine", nb="Ukraina", ru="Украина")


@pytest.fixture
def oblast(ukraine):
    names = {"en": "Kharkiv Oblast", "de": "Oblast Charkiw", "nb": "Kharkiv fylke", "ru": "Харьковская область"}
    return make_place("Харківська область", ukraine, kind=Kind.REGION, names=names)


@pytest.fixture
def raion(oblast):
    return make_place("Ізюмський район", oblast, kind=Kind.DISTRICT, names={"en": "Izium Raion", "de": "Rajon Isjum"})


@pytest.fixture
def village(raion):
    return make_place("Іванівка", raion, population=212, near="Барвінкове")


@pytest.fixture
def kharkiv(oblast):
    names = {"ru": "Харьков"}
    return make_place("Харків", oblast, population=1_400_000, latitude=49.98, longitude=36.25, names=names)


def test_the_lineage_goes_from_the_place_to_the_root_in_one_query(village, raion, oblast, ukraine, query_count):
    lineage = [village.pk, raion.pk, oblast.pk, ukraine.pk, make_root().pk]

    assert lineage_ids(village.pk) == lineage
    assert query_count(lambda: lineage_ids(village.pk)) == 1


def test_the_lineage_of_the_root_is_the_root_and_of_nothing_is_nothing():
    assert lineage_ids(make_root().pk) == [make_root().pk]
    assert lineage_ids(0) == []


def test_the_lineage_reaches_the_root_from_the_deepest_place(kharkiv, raion, village):
    quarter = make_place("Нова", village, kind=Kind.QUARTER)

    assert lineage_ids(quarter.pk)[-1] == make_root().pk
    assert len(lineage_ids(quarter.pk)) == 6


def test_one_place_comes_with_all_it_lies_in_by_one_query(village, query_count):
    quarter = make_place("Нова", village, kind=Kind.QUARTER)
    found = []

    assert query_count(lambda: found.append(Place.objects.one_with_lineage(quarter.pk))) == 1
    assert query_count(lambda: found[0].label()) == 0
    assert list(found[0].lineage()) == list(Place.objects.with_lineage().get(pk=quarter.pk).lineage())
    assert found[0].parent.names == village.names
    assert [place.pk for place in Place.objects.one_with_lineage(make_root().pk).lineage()] == [make_root().pk]
    with pytest.raises(Place.DoesNotExist):
        Place.objects.one_with_lineage(0)


def test_labels_with_lineage_ask_no_further_queries(village, query_count):
    places = list(Place.objects.with_lineage().filter(pk=village.pk))

    assert query_count(lambda: [place.label() for place in places]) == 0


@pytest.mark.parametrize(
    ("language", "label"),
    [
        ("en", "Харків – Kharkiv, Kharkiv Oblast, Ukraine"),
        ("de", "Харків – Charkiw, Oblast Charkiw, Ukraine"),
        ("nb", "Харків – Kharkiv, Kharkiv fylke, Ukraina"),
        ("uk", "Харків, Харківська область, Україна"),
        ("ru", "Харків – Харьков, Харьковская область, Украина"),
    ],
)
def test_a_city_is_labelled_by_its_own_name_then_the_readers(kharkiv, language, label):
    assert kharkiv.label(language) == label


def test_a_village_is_told_apart_by_a_town_beside_it_and_by_its_district(village):
    assert village.label("en") == "Іванівка – Ivanivka (near Barvinkove), Izium Raion, Kharkiv Oblast, Ukraine"
    assert village.label("uk").startswith("Іванівка (")


def test_a_place_abroad_has_the_readers_own_name():
    germany = make_country("DE", "Deutschland", en="Germany", uk="Німеччина", ru="Германия")
    bavaria = make_place("Bayern", germany, kind=Kind.REGION, names={"en": "Bavaria", "uk": "Баварія"})
    munich = make_place("München", bavaria, population=10**6, names={"en": "Munich", "uk": "Мюнхен"})

    assert munich.label("uk") == "München – Мюнхен, Баварія, Німеччина"
    assert munich.label("en") == "München – Munich, Bavaria, Germany"
    assert munich.name_in("ru") == "Мюнхен"


def test_the_root_is_named_in_the_readers_language():
    root = make_root()
    root.names = {"en": "Anywhere", "de": "Überall"}

    assert root.label("de") == "Überall"
    assert root.label("nb") == "Anywhere"


def test_an_offer_names_the_town_but_of_a_village_its_district_alone(kharkiv, village, settings):
    settings.PLACE_POPULATION_FLOOR = 5000

    assert coarse(kharkiv) == kharkiv
    assert coarse(village) == village.parent


def test_an_offer_names_the_region_where_there_is_no_district(oblast):
    hamlet = make_place("Гракове", oblast, population=300)

    assert coarse(hamlet) == oblast


def test_an_offer_names_the_city_for_a_part_of_it_with_few_people(kharkiv):
    quarter = make_place("Салтівка", kharkiv, kind=Kind.QUARTER)
    district = make_place("Салтівський район", kharkiv, kind=Kind.QUARTER, population=300_000)

    assert coarse(quarter) == kharkiv
    assert coarse(district) == district


def test_wider_places_stay_as_they_are(ukraine, oblast):
    assert coarse(ukraine) == ukraine
    assert coarse(oblast) == oblast


def test_what_lies_in_an_unreachable_place_is_unreachable(village, kharkiv):
    Place.objects.filter(pk=village.parent_id).update(reachability=Place.Reachability.OCCUPIED)

    assert Place.objects.with_lineage().get(pk=village.pk).barrier() == village.parent
    assert Place.objects.with_lineage().get(pk=kharkiv.pk).barrier() is None


def test_the_nearest_barrier_counts(village, oblast):
    Place.objects.filter(pk=oblast.pk).update(reachability=Place.Reachability.EVACUATED)
    Place.objects.filter(pk=village.pk).update(reachability=Place.Reachability.CUT)

    assert Place.objects.with_lineage().get(pk=village.pk).barrier() == village


def test_distance_is_in_kilometres_and_unknown_without_a_position(kharkiv, village):
    lviv = Place(latitude=49.84, longitude=24.03)

    assert distance_km(kharkiv, lviv) == pytest.approx(876, abs=10)
    assert distance_km(kharkiv, kharkiv) == pytest.approx(0)
    assert distance_km(kharkiv, village) is None


def test_a_second_geonames_number_leads_to_the_same_place(kharkiv):
    Place.objects.filter(pk=kharkiv.pk).update(geoname_id=706483)
    kharkiv.twins.create(geoname_id=1)

    assert Place.objects.of_geoname(706483).get() == kharkiv
    assert Place.objects.of_geoname(1).get() == kharkiv
    assert not Place.objects.of_geoname(2).exists()


@pytest.mark.parametrize(
    "second",
    [
        {"kind": Kind.ROOT, "name": "Nowhere", "parent": None},
        {"kind": Kind.COUNTRY, "name": "Ukraine again", "country": "UA"},
        {"kind": Kind.SETTLEMENT, "name": "Kharkiv again", "katottg": "UA63120270010096107"},
        {"kind": Kind.SETTLEMENT, "name": "Kharkiv again", "geoname_id": 706483},
        {"kind": Kind.SETTLEMENT, "name": "Floating", "parent": None},
    ],
)
def test_the_database_refuses_a_second_of_what_there_is_once(kharkiv, second):
    Place.objects.filter(pk=kharkiv.pk).update(katottg="UA63120270010096107", geoname_id=706483)

    with pytest.raises(IntegrityError), transaction.atomic():
        Place.objects.create(**({"parent": make_root()} | second))
