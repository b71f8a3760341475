"""Kinds of help × regions that nobody covers, or where nobody answers in time: from what happened, and from dry runs."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Sum

from coordinators.models import CategoryTree, Coverage, LocalCoordinator, Place
from coordinators.models.place import UP
from hotline.dispatch.models import Offer, Tally
from hotline.lib.tables import as_csv, harmless

Step = Tally.Step
MOST_SHOWN = 100
# Rows that are added up at the most: every kind of help in every region with each thing that counts.
MOST_READ = 50_000
# What tells that somebody is missing, and how heavily: nobody at all weighs most.
WEIGHTS = {"nobody": 5, "dry_runs": 2, "unheard": 1, "undelivered": 1, "declined": 1}
NOT_MINE = (Offer.DeclineReason.NOT_MY_AREA, Offer.DeclineReason.NOT_MY_KIND)


@dataclass
class Gap:
    """One kind of help in one region, with what happened there in the period.

    covered: "whole", "parts" or "". invitation: address of a form to register that begins with this kind there.
    """

    category: object = None
    region: object = None
    taken: int = 0
    offered: int = 0
    accepted: int = 0
    nobody: int = 0
    dry_runs: int = 0
    unheard: int = 0
    undelivered: int = 0
    declined: int = 0
    not_mine: int = 0
    covered: str = field(default="")
    invitation: str = ""

    @property
    def weight(self):
        return sum(getattr(self, name) * weight for name, weight in WEIGHTS.items())


COUNTED = {
    Step.TAKEN: "taken",
    Step.OFFERED: "offered",
    Step.ACCEPTED: "accepted",
    Step.NOBODY: "nobody",
    Step.DRY_RUN: "dry_runs",
    Step.UNHEARD: "unheard",
    Step.UNDELIVERED: "undelivered",
    Step.DECLINED: "declined",
}


def gaps_of(tallies, since, *, most=MOST_SHOWN):
    """The gaps (list of Gap, the widest first) in the rows of a QuerySet since a moment. A fixed number of queries."""
    found = defaultdict(Gap)
    rows = tallies.filter(hour__gte=since, kind__in=[*COUNTED, Step.WHY], category__isnull=False)
    grouped = rows.values_list("category", "region", "kind", "detail").annotate(Sum("count")).order_by()
    for category, region, kind, detail, number in grouped[:MOST_READ]:
        gap = found[category, region]
        name = COUNTED.get(kind) or ("not_mine" if detail in NOT_MINE else None)
        if name:
            setattr(gap, name, getattr(gap, name) + number)
    widest = sorted(found.items(), key=lambda pair: (-pair[1].weight, pair[0]))[:most]
    shown = {key: gap for key, gap in widest if gap.weight}
    _name(shown)
    return list(shown.values())


def _name(gaps):
    """Put in the kinds, the regions and whether somebody covers them now."""
    tree = CategoryTree.current()
    places = {
        place.pk: place for place in Place.objects.with_lineage().filter(pk__in={region for _kind, region in gaps})
    }
    whole, parts = _covered(tree, gaps, places)
    for (category, region), gap in gaps.items():
        gap.category, gap.region = tree.by_id[category], places[region]
        kinds, above = tree.lineage_ids(category), [place.pk for place in places[region].lineage()]
        if any((kind, place) in whole for kind in kinds for place in above):
            gap.covered = "whole"
        elif any((kind, region) in parts for kind in kinds):
            gap.covered = "parts"


def _covered(tree, gaps, places):
    """({(kind, place)} covered as a whole, {(kind, region)} covered in a part of it), ids; by whoever is active."""
    kinds = {kind for category, _region in gaps for kind in tree.lineage_ids(category)}
    above = {place.pk for region in places.values() for place in region.lineage()}
    active = Coverage.objects.filter(
        category__in=kinds, local_coordinator__state=LocalCoordinator.State.ACTIVE
    ).order_by()
    whole = set(active.filter(place__in=above).values_list("category_id", "place_id").distinct())
    parts = set()
    for up in UP[:3]:
        inside = active.filter(**{f"place__{up}__in": list(places)})
        parts |= set(inside.values_list("category_id", f"place__{up}").distinct())
    return whole, parts


def as_table(gaps, heads):
    """The gaps as CSV, str. heads: words over the columns."""
    rows = [
        [harmless(str(gap.category)), harmless(gap.region.label()), gap.covered, gap.taken, gap.accepted, gap.nobody,
         gap.dry_runs, gap.unheard, gap.undelivered, gap.declined, gap.not_mine]
        for gap in gaps
    ]  # fmt: skip
    return as_csv([[str(head) for head in heads], *rows])
