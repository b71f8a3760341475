"""Ukraine: the codifier gives every settlement and what it lies in, GeoNames gives people, position and spellings."""

from collections import Counter

from coordinators.writing import romanised, script

from . import katottg
from .cyrillic import guess
from .entry import Entry
from .geonames import region_code
from .matching import CITIES, Matching, bare, flat_km, position

DISTRICT_NAMES = {"en": "{} Raion", "de": "Rajon {}", "nb": "{} rajon"}
QUARTER_NAMES = {"en": "{} District", "de": "Stadtbezirk {}", "nb": "{} bydel"}
SEAT_OF = 3000  # no district is called after a place of fewer people
# How far from the middle of a city of so many people a place that the codifier does not know is a part of the city.
CITY_REACH = ((500_000, 15.0), (100_000, 10.0), (20_000, 5.0))


def entries(cities: list[Entry], regions: list[Entry]) -> tuple[list[Entry], Counter]:
    """Everything below Ukraine, each settlement once, and how the two lists were joined."""
    matching = Matching(cities)
    merged = matching.run()
    regions_by_katottg = {region.katottg: region for region in regions if region.katottg}
    hromadas, districts = matching.middles("hromada"), matching.middles("district")
    seats = _seats(merged.pairs)
    found, figures = [], Counter(merged.ways)
    for row in katottg.rows():
        if row.category == katottg.REGION:
            region = regions_by_katottg[row.id[:4]]
            region.katottg = row.id
            found.append(region)
        elif row.category == katottg.DISTRICT:
            found.append(_district(row, regions_by_katottg[row.region[:4]].code))
        elif row.category != katottg.HROMADA:
            entry = _settlement(row, merged.pairs.get(row.id), regions_by_katottg)
            if entry.latitude is None and (near := hromadas.get(row.hromada) or districts.get(row.district)):
                entry.move_to(*near)
            seat = seats.get(row.hromada, "")
            entry.near = "" if seat == entry.name else seat
            found.append(entry)
    _name_districts(found)
    figures["in the codifier only"] = sum(1 for entry in found if entry.kind == "settlement" and not entry.geoname_id)
    for entry in merged.rest:
        figures[_place_rest(entry, matching, regions_by_katottg)] += 1
    return [*found, *merged.rest], figures


def _district(row, region):
    return Entry(row.id, region, "district", f"{row.name} район", country="UA", katottg=row.id, spellings={row.name})


def _settlement(row, city, regions):
    quarter = row.category == katottg.QUARTER
    if quarter:
        parent = row.settlement
    elif row.category == katottg.CITY_STATE:
        parent = "UA"
    else:
        parent = row.district or regions[row.region[:4]].code
    entry = Entry(row.id, parent, "quarter" if quarter else "settlement", row.name, country="UA", katottg=row.id)
    if quarter:
        entry.name = f"{row.name} район"
        entry.names = {way: text.format(romanised(row.name, way)) for way, text in QUARTER_NAMES.items()}
        entry.spellings.add(row.name)
    if city:
        entry.geoname_id, entry.population, entry.twins = city.geoname_id, city.population, city.twins
        entry.spellings |= city.spellings
        entry.move_to(*position(city))
        if "de" in city.names:  # corrected by hand
            entry.names = dict(city.names)
        elif not quarter and (russian := guess("ru", row.name, _cyrillic(city) - {row.name})):
            entry.names["ru"] = russian
    return entry


def _cyrillic(entry):
    return {spelling for spelling in entry.spellings if script(spelling) == "CYRILLIC"}


def _seats(pairs):
    """{hromada: the settlement it is called after, else its biggest}."""
    names = {row.id: row.name for row in katottg.rows() if row.category == katottg.HROMADA}
    best = {}
    for row in katottg.rows():
        if row.category in katottg.SETTLEMENTS and row.hromada:
            people = pairs[row.id].population if row.id in pairs else 0
            likeness = (_common(names[row.hromada], row.name) >= max(3, len(row.name) / 2), people)
            best[row.hromada] = max(best.get(row.hromada, ((False, -1), "")), (likeness, row.name))
    return {hromada: name for hromada, (_likeness, name) in best.items()}


def _name_districts(found):
    """Districts are called after their town: "Ізюмський" after "Ізюм", where one of its towns begins so."""
    towns = {}
    for entry in found:
        if entry.kind == "settlement" and entry.population:
            towns.setdefault(entry.parent, []).append(entry)
    for district in found:
        if district.kind != "district":
            continue
        adjective = bare(district.name)
        seats = [
            (town.population, town.name)
            for town in towns.get(district.code, ())
            if town.population >= SEAT_OF and _common(adjective, town.name) >= max(3, len(town.name) / 2)
        ]
        seat = max(seats)[1] if seats else adjective
        district.names = {way: text.format(romanised(seat, way)) for way, text in DISTRICT_NAMES.items()}


def _common(one, other):
    """How many letters two words have in common at their start."""
    length = 0
    for left, right in zip(one.lower(), other.lower(), strict=False):
        if left != right:
            break
        length += 1
    return length


def _place_rest(entry, matching, regions):
    """Give what only GeoNames has its place in the tree; returns what it was taken for."""
    entry.name = entry.names.get("uk") or next(iter(sorted(_cyrillic(entry))), entry.name)
    entry.names = {way: name for way, name in entry.names.items() if name != entry.name}
    pairs, rows = matching.merge.pairs, matching.rows
    if entry.admin_code in CITIES:
        entry.kind = "quarter"
        city = CITIES[entry.admin_code]
        entry.parent = next(code for code in pairs if code[:4] == city and rows[code].category == katottg.CITY_STATE)
        return "part of a city, in GeoNames only"
    oblast = matching.oblast.get(entry.admin_code, "")
    near = sorted(
        (flat_km(entry, position(city)), code)
        for code, city in pairs.items()
        if code.startswith(oblast) and rows[code].category != katottg.QUARTER
    )
    for km, code in near:
        reach = next((reach for people, reach in CITY_REACH if pairs[code].population >= people), 0)
        if rows[code].category == katottg.TOWN and km <= reach:
            entry.kind, entry.parent = "quarter", code
            return "part of a city, in GeoNames only"
    nearest = rows[near[0][1]] if near else None
    entry.parent = (nearest and nearest.district) or region_code("UA", entry.admin_code)
    return "settlement, in GeoNames only"
