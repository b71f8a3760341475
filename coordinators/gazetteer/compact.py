"""Entries in one small file: gzip over tab-separated lines, parents before children; written and read here alone.

Needs none of the lists it was made from, so that a fresh clone has its places without them.
"""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

from .entry import LANGUAGES, Entry

# Columns: line of the parent, kind, name, names as language=name, country, region's code, GeoNames numbers (second ones
# after the first), KATOTTG, people, latitude, longitude, town beside it, other spellings. Lists joined by SEPARATOR.
KINDS = {"root": "a", "country": "c", "region": "r", "district": "d", "settlement": "s", "quarter": "q"}
KIND_OF = {letter: kind for kind, letter in KINDS.items()}
SEPARATOR = "|"


class Unreadable(ValueError):
    """The file is no list of places, or is cut short."""


def write(path: Path, entries: list[Entry]) -> None:
    """Write the entries, whose parents come before them. The same entries give the same bytes."""
    lines = {entry.code: number for number, entry in enumerate(entries)}
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        for entry in entries:
            packed.write(("\t".join(_columns(entry, lines)) + "\n").encode())


def _columns(entry, lines):
    names = [f"{language}={entry.names[language]}" for language in LANGUAGES if language in entry.names]
    known = {entry.name, *entry.names.values()}
    numbers = [entry.geoname_id, *sorted(entry.twins)] if entry.geoname_id else []
    return (
        str(lines[entry.parent]) if entry.parent else "",
        KINDS[entry.kind],
        entry.name,
        SEPARATOR.join(names),
        entry.country,
        entry.admin_code,
        SEPARATOR.join(map(str, numbers)),
        entry.katottg,
        str(entry.population or ""),
        "" if entry.latitude is None else str(entry.latitude),
        "" if entry.longitude is None else str(entry.longitude),
        entry.near,
        SEPARATOR.join(sorted(spelling for spelling in entry.spellings - known if SEPARATOR not in spelling)),
    )


def read(path: Path) -> Iterator[Entry]:
    """The entries of a file as they were written, codes being line numbers; raises Unreadable."""
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            for number, columns in enumerate(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)):
                yield _entry(number, *columns)
    except (OSError, EOFError, ValueError, TypeError, KeyError) as error:
        raise Unreadable(f"{path}: {error}") from error


def _entry(
    number, parent, kind, name, names, country, admin, numbers, katottg, people, latitude, longitude, near, spellings
):
    geonames = [int(geoname) for geoname in numbers.split(SEPARATOR) if geoname]
    if parent and not 0 <= int(parent) < number:
        raise ValueError(f"line {number + 1}: its parent does not stand before it")
    return Entry(
        code=str(number),
        parent=parent,
        kind=KIND_OF[kind],
        name=name,
        names=dict(pair.split("=", 1) for pair in names.split(SEPARATOR) if pair),
        country=country,
        admin_code=admin,
        geoname_id=geonames[0] if geonames else None,
        katottg=katottg,
        population=int(people or 0),
        latitude=float(latitude) if latitude else None,
        longitude=float(longitude) if longitude else None,
        spellings={spelling for spelling in spellings.split(SEPARATOR) if spelling},
        twins=geonames[1:],
        near=near,
    )
