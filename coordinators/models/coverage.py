"""What a local coordinator serves: a kind of help in a place, each with everything below it."""

import json
import uuid
from functools import cache
from typing import NamedTuple

from django.db import connections, models
from django.utils.translation import gettext_lazy as _

# The nearest rows of coverage first, from the index alone; who stands behind them is read for those that are left. LIMIT
# instead of EXISTS, which PostgreSQL would answer by reading the whole table into a hash.
NEAREST = """
SELECT near.local_coordinator_id, near.place_id, near.category_id,
    (
        SELECT 1 FROM coordinators_endpoint AS endpoint
        WHERE endpoint.local_coordinator_id = who.id AND endpoint.state = 'active' AND endpoint.receives_offers LIMIT 1
    ),
    {checked},
    who.state, who.languages, who.capacity, who.open_requests, who.hours, who.time_zone, who.urgent_outside_hours,
    who.answer_seconds, base.latitude, base.longitude, who.level
FROM (
    SELECT local_coordinator_id, place_id, category_id FROM coordinators_coverage
    WHERE place_id IN ({places}) AND category_id IN ({categories})
    ORDER BY CASE place_id {place_costs} END + CASE category_id {category_costs} END,
        local_coordinator_id, place_id, category_id
    LIMIT {limit} OFFSET {offset}
) AS near
JOIN coordinators_localcoordinator AS who ON who.id = near.local_coordinator_id
LEFT JOIN coordinators_place AS base ON base.id = who.base_id
"""
CHECKED = """(
        SELECT 1 FROM coordinators_localcoordinator_checked_for AS checked
        WHERE checked.localcoordinator_id = who.id AND checked.category_id IN ({categories}) LIMIT 1
    )"""

# Rows of the first page, and how many times as many each next one has: to look behind a crowd takes few queries.
PAGE, GROWTH = 300, 4


class Near(NamedTuple):
    """One row of coverage above or at a need, with what matching asks about whoever stands behind it."""

    local_coordinator_id: uuid.UUID
    # Steps up from the need, 0 at the need itself.
    place_step: int
    category_step: int
    reachable: bool
    checked: bool
    state: str
    languages: list
    capacity: int
    open_requests: int
    hours: dict
    time_zone: str
    urgent_outside_hours: bool
    answer_seconds: float | None
    # Of the base; None when none is known.
    latitude: float | None
    longitude: float | None
    level: str


class CoverageQuerySet(models.QuerySet):
    def nearest(self, places, categories, *, needs_checked):
        """Coverage above or at a need, the cheapest first: pages (lists of Near), each read when it is asked for.

        places, categories: {id: cost}, lineages from the need's own upwards; the cost of a row is the sum of the two.
        needs_checked: whether it matters who was checked, else all of them count as such.
        """
        limit, offset = PAGE, 0
        while places and categories:
            page = self._page(places, categories, limit, offset, needs_checked)
            yield page
            if len(page) < limit:
                return
            limit, offset = limit * GROWTH, offset + limit

    def _page(self, places, categories, limit, offset, needs_checked):
        # In SQL, since building this query from models and reading its rows as such takes several times as long as the
        # database does.
        sql = NEAREST.format(
            places=_listed(places),
            categories=_listed(categories),
            place_costs=_costs(places),
            category_costs=_costs(categories),
            checked=CHECKED.format(categories=_listed(categories)) if needs_checked else "1",
            limit=int(limit),
            offset=int(offset),
        )
        place_step = {pk: step for step, pk in enumerate(places)}
        category_step = {pk: step for step, pk in enumerate(categories)}
        # Many have the same languages and the same hours.
        read = cache(json.loads)
        with connections[self.db].cursor() as cursor:
            cursor.execute(sql)
            return [
                Near(
                    who if isinstance(who, uuid.UUID) else uuid.UUID(who),
                    place_step[place],
                    category_step[category],
                    bool(reachable),
                    bool(checked),
                    state,
                    read(languages),
                    capacity,
                    open_requests,
                    read(hours),
                    time_zone,
                    bool(urgent_outside_hours),
                    answer_seconds,
                    latitude,
                    longitude,
                    level,
                )
                for (
                    who, place, category, reachable, checked, state, languages, capacity, open_requests, hours, time_zone,
                    urgent_outside_hours, answer_seconds, latitude, longitude, level,
                ) in cursor.fetchall()
            ]  # fmt: skip


def _listed(numbers):
    return ", ".join(str(int(number)) for number in numbers)


def _costs(lineage):
    return " ".join(f"WHEN {int(number)} THEN {float(cost)}" for number, cost in lineage.items())


class Coverage(models.Model):
    SCOPE = None

    local_coordinator = models.ForeignKey(
        "coordinators.LocalCoordinator", on_delete=models.CASCADE, related_name="coverages"
    )
    category = models.ForeignKey("coordinators.Category", on_delete=models.PROTECT, verbose_name=_("kind of help"))
    place = models.ForeignKey("coordinators.Place", on_delete=models.PROTECT, verbose_name=_("place"), db_index=False)

    # When its coordinator was asked whether it still holds; that is asked once.
    asked_at = models.DateTimeField(null=True, editable=False)

    objects = CoverageQuerySet.as_manager()

    class Meta:
        verbose_name = _("coverage")
        verbose_name_plural = _("coverage")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["local_coordinator", "category", "place"], name="coverage_once"),
        ]
        # Matching asks for a handful of places times a handful of categories.
        indexes = [models.Index(fields=["place", "category", "local_coordinator"], name="coverage_match")]

    def __str__(self):
        return f"{self.category} · {self.place}"
