"""Who is suitable for a need, in which order, and why others are not. Reads only; `actions.waves` acts on it."""

import statistics
import uuid
from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from django.db.models import F, Q

from coordinators.models import Category, Coverage, LocalCoordinator, Place
from coordinators.models.category import CategoryTree
from coordinators.models.coverage import Near
from coordinators.models.place import distance_km
from coordinators.models.trust import BOUNDS, Level
from hotline.lib.hours import within_hours

# So many suitable ones are enough: more than a wave asks, or anybody is shown. Behind fewer, the next ones are looked at.
ENOUGH = 50
# What a factor adds to the rank; the smaller sum is asked first. One step up in the tree of places weighs most, then one
# step in the tree of kinds; a full load weighs as much as a step, and distance and time to answer are capped below that.
PER_PLACE_STEP, PER_CATEGORY_STEP, FULL_LOAD = 10.0, 8.0, 8.0
KM_A_POINT, KM_CAP = 40, 280
MINUTES_A_POINT, MINUTES_CAP = 10, 60
WIDE = (Place.Kind.ROOT, Place.Kind.COUNTRY)
# Above any sum of steps: those that are wide are looked at when all others have been.
LAST = 1000.0
# Assumed of those who were never asked, so that newcomers stand in the middle.
MINUTES_UNKNOWN = 10


@dataclass(frozen=True)
class Need:
    """What matching knows of a help request, sent or still being typed."""

    category: Category
    place: Place
    urgency: str
    languages: tuple[str, ...] = ()
    # Whether children or somebody alone may be among them: kept from newcomers, unless somebody said that it is not so.
    protected: bool = True


class Candidate(NamedTuple):
    """One suitable local coordinator; the smaller `score` is asked first, those that are `wide` after all others.

    wide: registered for a whole country, for anywhere, or for any kind; km: kilometres from the need, or None.
    """

    local_coordinator_id: uuid.UUID
    wide: bool
    score: float
    km: float | None
    row: Near

    @property
    def minutes(self):
        """The usual time to answer."""
        return _minutes(self.row)

    @property
    def parts(self):
        """The factors of the rank as they are written down and shown, the smaller the better."""
        return {
            "place": self.row.place_step,
            "category": self.row.category_step,
            "km": None if self.km is None else round(self.km),
            "load": round(_load(self.row), 2),
            "minutes": round(self.minutes, 1),
        }


@dataclass(frozen=True)
class Ranking:
    """Suitable ones, best first, and how many were left out for which reason."""

    candidates: list[Candidate]
    left_out: Counter

    def minutes(self):
        """The usual time until one of the first answers, in minutes (at least 1), or None when nobody is suitable."""
        known = [candidate.minutes for candidate in self.candidates[:5]]
        return max(1, round(statistics.median(known))) if known else None


def _why_not(row, need, place_kind, is_open, needs_language, barrier_step):
    """The reason that keeps a coordinator out, or None.

    place_kind: of the place it covers; is_open: function of hours and time zone, bool.
    """
    if row.state != LocalCoordinator.State.ACTIVE:
        return row.state
    if not row.reachable:
        return "no_endpoint"
    if not row.checked:
        return "not_checked"
    if need.protected and row.level == Level.NEWCOMER:
        return "newcomer"
    if place_kind in BOUNDS[row.level].too_wide:
        return "too_wide"
    if barrier_step is not None and row.place_step > barrier_step:
        return "unreachable"
    if needs_language and need.languages and not set(need.languages) & set(row.languages):
        return "language"
    if not (need.urgency == "urgent" and row.urgent_outside_hours) and not is_open(row.hours, row.time_zone):
        return "hours"
    if row.open_requests >= row.capacity:
        return "capacity"
    return None


def _minutes(row):
    return MINUTES_UNKNOWN if row.answer_seconds is None else row.answer_seconds / 60


def _load(row):
    return row.open_requests / max(row.capacity, 1)


def _candidate(row, need, lineage, root_category):
    place = lineage[row.place_step]
    km = distance_km(place if row.latitude is None else row, need.place)
    score = (
        row.place_step * PER_PLACE_STEP
        + row.category_step * PER_CATEGORY_STEP
        + min(KM_CAP if km is None else km, KM_CAP) / KM_A_POINT
        + _load(row) * FULL_LOAD
        + min(_minutes(row), MINUTES_CAP) / MINUTES_A_POINT
    )
    wide = place.kind in WIDE or row.category_step == root_category
    return Candidate(row.local_coordinator_id, wide, round(score, 2), km, row)


def rank(need, now, *, exclude=frozenset()):
    """Rank all who may be offered `need` at `now`.

    need: Need, whose place was loaded with its lineage (else each step costs a query); now: aware datetime;
    exclude: ids of local coordinators that were asked already. Returns Ranking.
    """
    tree = CategoryTree.current()
    category_ids = tree.lineage_ids(need.category.pk)
    needs_checked = tree.effective(need.category, "needs_checked")
    needs_language = tree.effective(need.category, "needs_language")
    lineage = list(need.place.lineage())
    root_category = len(category_ids) - 1
    barrier = need.place.barrier()
    barrier_step = lineage.index(barrier) if barrier else None
    is_open = partial(within_hours, at=now)

    best, left_out = {}, {}
    places = {place.pk: step * PER_PLACE_STEP + LAST * (place.kind in WIDE) for step, place in enumerate(lineage)}
    categories = {pk: step * PER_CATEGORY_STEP + LAST * (step == root_category) for step, pk in enumerate(category_ids)}
    for page in Coverage.objects.nearest(places, categories, needs_checked=needs_checked):
        for row in page:
            who = row.local_coordinator_id
            if who in exclude:
                continue
            reason = _why_not(row, need, lineage[row.place_step].kind, is_open, needs_language, barrier_step)
            if reason:
                left_out.setdefault(who, reason)
                continue
            candidate = _candidate(row, need, lineage, root_category)
            if who not in best or (candidate.wide, candidate.score) < (best[who].wide, best[who].score):
                best[who] = candidate
        if len(best) >= ENOUGH:
            break
    candidates = sorted(best.values(), key=lambda one: (one.wide, one.score, one.local_coordinator_id))
    return Ranking(candidates, Counter(reason for who, reason in left_out.items() if who not in best))


def nearest_cover(need):
    """The nearest place for which somebody active covers this kind, as (Place, kilometres), or None."""
    if need.place.latitude is None:
        return None
    across = F("place__longitude") - need.place.longitude
    along = F("place__latitude") - need.place.latitude
    found = (
        Coverage.objects.filter(
            Q(category_id__in=need.category.lineage_ids()),
            local_coordinator__state=LocalCoordinator.State.ACTIVE,
            place__latitude__range=(need.place.latitude - 3, need.place.latitude + 3),
            place__longitude__range=(need.place.longitude - 5, need.place.longitude + 5),
        )
        .exclude(place_id=need.place.pk)
        .annotate(away=along * along + across * across * 0.4)
        .order_by("away")
        .values_list("place_id", flat=True)
        .first()
    )
    if found is None:
        return None
    place = Place.objects.one_with_lineage(found)
    return place, round(distance_km(place, need.place))
