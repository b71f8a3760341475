"""All places of some countries as one tree, parents before children."""

import math
from collections import Counter, defaultdict

from hotline.lib.folding import plain

from . import geonames, ukraine
from .entry import Entry, root

TOWN = 10_000  # a place of so many people is known well enough to tell where its neighbours are
ORDER = ("root", "country", "region", "district", "settlement", "quarter")


def gather(codes: list[str]) -> tuple[list[Entry], Counter]:
    """The root and everything in the countries of these ISO codes, and figures of how it came together.

    Raises geonames.UnknownCountry.
    """
    entries, figures = [root()], Counter()
    for code in codes:
        country = geonames.country(code)
        settlements = geonames.settlements(code)
        regions = geonames.regions(code, settlements)
        figures[f"settlements of {code} in GeoNames"] = len(settlements)
        if code == "UA":
            # Kyiv and Sevastopol stand beside the oblasts, as cities.
            regions = [region for region in regions if region.katottg]
            below, joined = ukraine.entries(settlements, regions)
            figures.update(joined)
        else:
            below = [*regions, *settlements]
        entries += [country, *below]
    entries.sort(key=lambda entry: ORDER.index(entry.kind))
    _sum_up(entries)
    for entry in entries:
        if entry.kind != "region":
            entry.admin_code = ""
    figures["told apart by a town beside them"] = _tell_apart(entries)
    return entries, figures


def _sum_up(entries):
    """Regions and districts get the people of their settlements and lie in their middle; who lies nowhere, there."""
    children = defaultdict(list)
    for entry in reversed(entries):
        if entry.kind in ("country", "region", "district"):
            below = children[entry.code]
            if entry.kind != "country":
                entry.population = sum(child.population for child in below)
            known = [child for child in below if child.latitude is not None]
            if known and entry.latitude is None:
                entry.move_to(
                    sum(child.latitude for child in known) / len(known),
                    sum(child.longitude for child in known) / len(known),
                )
        children[entry.parent].append(entry)
    positions = {entry.code: entry for entry in entries}
    for entry in entries:
        above = positions.get(entry.parent)
        if entry.latitude is None and above and above.latitude is not None:
            entry.move_to(above.latitude, above.longitude)


def _tell_apart(entries):
    """Where one district or region has several settlements of a name, say by which town each lies; returns how many."""
    groups, towns = defaultdict(list), defaultdict(list)
    for entry in entries:
        if entry.kind == "settlement":
            groups[entry.parent, plain(entry.name)].append(entry)
            if entry.population >= TOWN:
                towns[entry.country].append(entry)
    several = {entry.code for group in groups.values() if len(group) > 1 for entry in group}
    for entry in entries:
        if entry.code not in several:
            entry.near = ""
        elif not entry.near:
            others = [town for town in towns[entry.country] if plain(town.name) != plain(entry.name)]
            entry.near = min(others, key=lambda town: _apart(entry, town)).name if others else ""
    return len(several)


def _apart(one, other):
    """Something that grows with the distance; degrees of longitude narrow towards the poles."""
    east = (one.longitude - other.longitude) * math.cos(math.radians(one.latitude))
    return (one.latitude - other.latitude) ** 2 + east**2
