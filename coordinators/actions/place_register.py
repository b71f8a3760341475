"""Bring lists of places into the database: new ones are added, known ones corrected, none is ever removed."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction

from coordinators.gazetteer import compact
from coordinators.gazetteer.entry import Entry
from coordinators.models import Place, PlaceName, PlaceStamp, PlaceTwin
from hotline.lib.folding import EDITION, fold_words
from hotline.staff.actions.audit import record
from hotline.staff.permissions import require

DEMO_FILE = Path(__file__).resolve().parent.parent / "data" / "places.tsv.gz"
MARKS = ("kind", "country", "admin_code", "geoname_id", "katottg")
FIELDS = (*MARKS, "name", "names", "near", "population", "latitude", "longitude")
BATCH = 5000


@dataclass
class Loaded:
    """How many places were new, corrected, or known as they are, and how many spellings were new."""

    new: int = 0
    corrected: int = 0
    unchanged: int = 0
    spellings: int = 0


def load_file(actor, path: Path = DEMO_FILE) -> Loaded:
    """Load a compact file, unless it was loaded last. Raises NotAllowed, compact.Unreadable, OSError."""
    source = f"{EDITION}-{hashlib.sha256(path.read_bytes()).hexdigest()[:48]}"
    if PlaceStamp.objects.filter(source=source).exists():
        _require(actor)
        return Loaded(unchanged=Place.objects.count())
    return load(actor, compact.read(path), source)


def load(actor, entries: Iterable[Entry], source: str = "") -> Loaded:
    """Load entries, parents before children, in one transaction; running searches see them with their next query.

    actor: the User, or None for whoever may run commands here. A place is known again by its KATOTTG code, its GeoNames
    number, or as root, country or region; reachability and spellings added by hand stay. Raises NotAllowed.
    """
    _require(actor)
    with transaction.atomic():
        loaded = _Load().run(list(entries))
        PlaceStamp.renew(source=source)
        record(actor, "places.loaded", source[:16], new=loaded.new, corrected=loaded.corrected, names=loaded.spellings)
    return loaded


def _require(actor):
    if actor is not None:
        require(actor, "coordinators.manage_registry")


class _Load:
    """One load. It knows each place of the database by its marks, and gives each entry at most one of them."""

    def __init__(self):
        self.loaded = Loaded()
        self.rows = {row["pk"]: row for row in Place.objects.values("pk", "parent_id", *FIELDS)}
        self.twins = dict(PlaceTwin.objects.values_list("geoname_id", "place_id"))
        self.pk_of = {}

    def run(self, entries):
        self._recognise(entries)
        for field, nothing in (("geoname_id", None), ("katottg", "")):
            self._release(field, nothing, entries)
        for kind in Place.Kind.values:
            self._places(kind, [entry for entry in entries if entry.kind == kind])
        self._twins(entries)
        self._spellings(entries)
        return self.loaded

    def _recognise(self, entries):
        """Each entry's place in the database, by the surest mark first; second numbers count last."""
        known = {mark: pk for pk, row in self.rows.items() for mark in _marks(row)}
        known.update((("twin", number), pk) for number, pk in self.twins.items())
        taken = set()
        for sort in ("katottg", "geonames", "position", "twin"):
            for entry in entries:
                for mark in _marks_of(entry):
                    pk = known.get(mark)
                    if mark[0] == sort and pk and pk not in taken and entry.code not in self.pk_of:
                        self.pk_of[entry.code] = pk
                        taken.add(pk)

    def _release(self, field, nothing, entries):
        """What goes from one place to another is free before it is taken; a constraint holds at every row."""
        wanted = {getattr(entry, field): self.pk_of.get(entry.code) for entry in entries}
        moved = [pk for pk, row in self.rows.items() if row[field] and wanted.get(row[field], pk) != pk]
        for pk in moved:
            self.rows[pk][field] = nothing
        for start in range(0, len(moved), BATCH):
            Place.objects.filter(pk__in=moved[start : start + BATCH]).update(**{field: nothing})

    def _places(self, kind, entries):
        new, corrected = [], []
        for entry in entries:
            place = Place(parent_id=self.pk_of.get(entry.parent), **{field: getattr(entry, field) for field in FIELDS})
            place.pk = self.pk_of.get(entry.code)
            row = self.rows.get(place.pk)
            if row is None:
                new.append(place)
            elif row["parent_id"] != place.parent_id or any(row[field] != getattr(place, field) for field in FIELDS):
                corrected.append(place)
            else:
                self.loaded.unchanged += 1
        Place.objects.bulk_update(corrected, ["parent", *FIELDS], batch_size=500)
        self.loaded.corrected += len(corrected)
        self.loaded.new += len(new)
        if new:
            fields = [field for field in Place._meta.concrete_fields if not field.primary_key]
            rows = [[field.get_db_prep_save(field.pre_save(one, True), connection) for field in fields] for one in new]
            _insert(Place, [field.column for field in fields], rows)
            made = {
                mark: row["pk"] for row in Place.objects.filter(kind=kind).values("pk", *MARKS) for mark in _marks(row)
            }
            for entry in entries:
                if entry.code not in self.pk_of:
                    self.pk_of[entry.code] = next(made[mark] for mark in _marks_of(entry) if mark in made)

    def _twins(self, entries):
        own = {entry.geoname_id for entry in entries}
        PlaceTwin.objects.filter(pk__in=own & self.twins.keys()).delete()
        PlaceTwin.objects.bulk_create(
            [PlaceTwin(number, self.pk_of[entry.code]) for entry in entries for number in entry.twins],
            update_conflicts=True,
            unique_fields=["geoname_id"],
            update_fields=["place"],
        )

    def _spellings(self, entries):
        rows = PlaceName.objects.values_list("pk", "place", "name", "key")
        known = {(place, name): (row, key) for row, place, name, key in rows}
        new, refolded = [], []
        for entry in entries:
            pk = self.pk_of[entry.code]
            for name in sorted(entry.all_names()):
                key = fold_words(name)
                row, old = known.get((pk, name), (None, None))
                if row is None:
                    new.append((pk, name, key))
                elif old != key:
                    refolded.append(PlaceName(pk=row, key=key))
        _insert(PlaceName, ("place_id", "name", "key"), new)
        PlaceName.objects.bulk_update(refolded, ["key"], batch_size=500)
        self.loaded.spellings = len(new)


def _insert(model, columns, rows):
    """By the driver itself: bulk_create of 180,000 rows doubled the time that the demo takes to load."""
    quote = connection.ops.quote_name
    named, marks = ", ".join(map(quote, columns)), ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {quote(model._meta.db_table)} ({named}) VALUES ({marks})", rows)


def _marks(row):
    """By what a place is known again: (sort of mark, …), the surest first."""
    if row["katottg"]:
        yield "katottg", row["katottg"]
    if row["geoname_id"]:
        yield "geonames", row["geoname_id"]
    if row["kind"] in ("root", "country", "region"):
        yield "position", row["kind"], row["country"], row["admin_code"] if row["kind"] == "region" else ""


def _marks_of(entry):
    yield from _marks({field: getattr(entry, field) for field in MARKS})
    if entry.geoname_id:
        yield "twin", entry.geoname_id
