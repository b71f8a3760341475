"""The registry as a table: taken away, and brought in with a word about every line."""

import zoneinfo
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from coordinators.actions.registry import save_local_coordinator
from coordinators.actions.trust import MANAGE, check_coverage
from coordinators.models import CategoryTree, Coverage, Level, LocalCoordinator
from coordinators.search.table_cells import Kinds, Places, UnknownCell, joined, parts
from hotline.lib.errors import Refused
from hotline.lib.fields import readable
from hotline.lib.folding import fold
from hotline.lib.languages import SPOKEN
from hotline.lib.tables import as_csv, harmless, read
from hotline.staff.actions.audit import record
from hotline.staff.permissions import require

# What a table may hold; state and level are written out and never read in.
WRITTEN = ("name", "languages", "coverage", "base", "capacity", "contact_limit", "time_zone", "checked_for", "notes")
SHOWN_ONLY = ("state", "level")
COLUMNS = ("code", *WRITTEN, *SHOWN_ONLY)
LONGEST = {name: LocalCoordinator._meta.get_field(name).max_length for name in ("name", "notes")}
MOST_NUMBER = 200
COVERS = "coverage"


class UnknownColumns(Refused):
    code = "unknown_columns"
    message = _("The heading has columns that we do not know: %(columns)s. Known are: %(known)s.")


class ColumnsMissing(Refused):
    code = "columns_missing"
    message = _("The heading needs the column “code” or “name”. Known columns are: %(known)s.")


@dataclass
class Line:
    """What becomes of one line. became: made, changed, unchanged or refused; fields: names of what is changed; why: str."""

    number: int
    name: str
    became: str
    why: str = ""
    fields: list = field(default_factory=list)


class Report(list):
    """The Lines of a table, in its order."""

    def count(self, became):
        """How many became that (str), int."""
        return sum(line.became == became for line in self)


def export(actor):
    """Audit that `actor` takes the registry away, and return it as CSV, str. Raises NotAllowed, NotFound."""
    require(actor, MANAGE)
    rows = LocalCoordinator.objects.select_related("base").order_by("created_at", "code")
    rows = list(rows.prefetch_related("checked_for", Prefetch("coverages", Coverage.objects.select_related("place"))))
    record(actor, "local_coordinator.exported", count=len(rows))
    tree = CategoryTree.current()
    return as_csv([COLUMNS, *([harmless(str(cell)) for cell in _cells(row, tree)] for row in rows)])


def _cells(row, tree):
    own = [name for name in ("code", *WRITTEN, *SHOWN_ONLY) if hasattr(type(row), name)]
    # Empty where nothing can be read any more: the words for that would come back as a name.
    cells = {name: getattr(row, name) if readable(row, name) else "" for name in own}
    cells["languages"] = joined(row.languages)
    cells[COVERS] = _coverage_cell(row, tree)
    cells["base"] = row.base.code if row.base else ""
    cells["checked_for"] = joined(sorted(kind.slug for kind in row.checked_for.all()))
    return [cells[name] for name in COLUMNS]


def _coverage_cell(row, tree):
    """As `food + water-hygiene @ geonames:706483 | …`: kinds that are covered in the same places stand together."""
    by_kind = {}
    for one in row.coverages.all():
        by_kind.setdefault(tree.by_id[one.category_id].slug, set()).add(one.place.code)
    by_places = {}
    for kind in sorted(by_kind):
        by_places.setdefault(tuple(sorted(by_kind[kind])), []).append(kind)
    return " | ".join(f"{joined(kinds)} @ {joined(places)}" for places, kinds in by_places.items())


def bring_in(actor, text, *, dry_run):
    """Make and change local coordinators by a table (str, as `hotline.lib.tables.decode` gave it). Returns the Report.

    Each line is a transaction of its own: what is refused leaves the others as they are. dry_run: nothing is written.
    Whoever is made waits to be activated, as a newcomer. A line finds its coordinator by the code, else by the name.
    Raises UnknownColumns, ColumnsMissing, Unreadable or TooLarge of the table, NotAllowed, NotFound.
    """
    require(actor, MANAGE)
    heading, rows = read(text)
    unknown = [name for name in heading if name not in COLUMNS]
    if unknown:
        raise UnknownColumns(columns=", ".join(unknown[:10])[:300], known=", ".join(COLUMNS))
    if not {"code", "name"} & set(heading):
        raise ColumnsMissing(known=", ".join(COLUMNS))
    book = _Book()
    report = Report(_line(actor, book, row, dry_run) for row in rows)
    if not dry_run:
        counts = {became: report.count(became) for became in ("made", "changed", "refused")}
        record(actor, "local_coordinator.imported", **counts)
    return report


class _Book:
    """The registry as the lines of one table look into it: by code and by name, and what stood in the table before."""

    def __init__(self):
        self.by_code, self.by_name, self.seen = {}, {}, {}
        rows = LocalCoordinator.objects.select_related("base").prefetch_related("coverages", "checked_for")
        for row in rows.iterator(chunk_size=500):
            self.by_code[row.code] = row
            self.by_name.setdefault(fold(row.name), []).append(row)
        self.kinds, self.places = Kinds(), Places()

    def find(self, row):
        """The LocalCoordinator of a table's row, None for a new one. Raises UnknownCell."""
        code, name = row.cells.get("code", "").upper(), row.cells.get("name", "")
        if code:
            if code not in self.by_code:
                raise UnknownCell(gettext_noop("No local coordinator has the code %(cell)s."), cell=code[:40])
            found = self.by_code[code]
        else:
            if not name:
                raise UnknownCell(gettext_noop("The name is missing."))
            same = self.by_name.get(fold(name), [])
            if len(same) > 1:
                raise UnknownCell(gettext_noop("Several are called so: give the code."))
            found = same[0] if same else None
        mark = found.code if found else fold(name)
        if mark in self.seen:
            raise UnknownCell(gettext_noop("It stands twice in the table, in line %(line)s too."), line=self.seen[mark])
        self.seen[mark] = row.number
        return found


def _line(actor, book, row, dry_run):
    name = row.cells.get("name", "")[:80] or row.cells.get("code", "")[:20]
    if row.fault:
        return Line(row.number, name, "refused", row.fault)
    try:
        found = book.find(row)
        wanted = _wanted(book, row)
        one = found or LocalCoordinator()
        changed = [key for key, value in wanted.items() if found is None or not _stands(found, key, value)]
        if found is not None and not changed:
            return Line(row.number, name or found.name, "unchanged")
        pairs = wanted.get(COVERS)
        if COVERS in changed:
            check_coverage(Level(one.level), pairs.values())
        if not dry_run:
            _write(actor, one, wanted, changed)
    except Refused as refused:
        return Line(row.number, name, "refused", str(refused))
    return Line(row.number, name or one.name, "changed" if found else "made", fields=changed)


def _wanted(book, row):
    """{field: value} of the cells that are not empty: an empty one leaves what is there. Raises UnknownCell."""
    wanted = {}
    for name in WRITTEN:
        cell = row.cells.get(name, "")
        if cell:
            wanted[name] = _READ[name](book, name, cell)
    return wanted


def _text(book, name, cell):
    if len(cell) > LONGEST[name]:
        raise UnknownCell(
            gettext_noop("The %(column)s is longer than %(limit)s characters."), column=name, limit=LONGEST[name]
        )
    return cell


def _number(book, name, cell):
    if not (cell.isascii() and cell.isdigit() and len(cell) < 7 and 1 <= int(cell) <= MOST_NUMBER):
        raise UnknownCell(
            gettext_noop("%(column)s holds a whole number from 1 to %(limit)s."), column=name, limit=MOST_NUMBER
        )
    return int(cell)


def _time_zone(book, name, cell):
    if cell not in zoneinfo.available_timezones():
        raise UnknownCell(gettext_noop("No time zone is called %(cell)s; write it as Europe/Kyiv."), cell=cell[:40])
    return cell


def _languages(book, name, cell):
    codes = [part.casefold() for part in parts(cell)]
    for code in codes:
        if code not in SPOKEN:
            words = gettext_noop("No language has the code %(cell)s. Known are: %(known)s.")
            raise UnknownCell(words, cell=code[:20], known=", ".join(SPOKEN))
    return codes


def _coverage(book, name, cell):
    """{(category id, place id): (Category, Place)}"""
    pairs = {}
    for group in cell.split("|"):
        kinds, at, places = group.partition("@")
        if not at:
            words = gettext_noop("Coverage is written as: food + translation @ Kharkiv + Izium | medicine @ Kharkiv.")
            raise UnknownCell(words)
        for place in [book.places.read(part) for part in parts(places)]:
            for kind in [book.kinds.read(part) for part in parts(kinds)]:
                pairs[kind.pk, place.pk] = (kind, place)
    return pairs


_READ = {
    "name": _text,
    "notes": _text,
    "capacity": _number,
    "contact_limit": _number,
    "time_zone": _time_zone,
    "languages": _languages,
    "coverage": _coverage,
    "base": lambda book, name, cell: book.places.read(cell),
    "checked_for": lambda book, name, cell: {book.kinds.read(part) for part in parts(cell)},
}


def _stands(one, name, value):
    """Whether `value`, as `_wanted` reads it, is in the registry already."""
    if name == COVERS:
        return {(row.category_id, row.place_id) for row in one.coverages.all()} == set(value)
    return (set(one.checked_for.all()) if name == "checked_for" else getattr(one, name)) == value


def _write(actor, one, wanted, changed):
    with transaction.atomic():
        for name in set(changed) - {COVERS, "checked_for"}:
            setattr(one, name, wanted[name])
        save_local_coordinator(actor, one, changed)
        if "checked_for" in changed:
            one.checked_for.set(wanted["checked_for"])
        if COVERS in changed:
            one.coverages.all().delete()
            Coverage.objects.bulk_create(
                Coverage(local_coordinator=one, category=kind, place=place) for kind, place in wanted[COVERS].values()
            )
            record(actor, "coverage.changed", one.code)
