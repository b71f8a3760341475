"""What each level of trust allows. Why these numbers: docs/decisions/0006-trust.md."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Value, When
from django.db.models.functions import Least
from django.utils.translation import pgettext_lazy

from .place import Place

# What is counted against the limit of contacts: those that are held, and those that were opened within this time.
READ_COUNTS = timedelta(hours=24)


class Level(models.TextChoices):
    NEWCOMER = "newcomer", pgettext_lazy("level of trust", "newcomer")
    KNOWN = "known", pgettext_lazy("level of trust", "known")
    TRUSTED = "trusted", pgettext_lazy("level of trust", "trusted")


@dataclass(frozen=True)
class Bounds:
    """hands: contacts held or opened within READ_COUNTS, None for the coordinator's own limit. ended_count: whether of those
    opened not only what was handed back counts, but whatever ended. places, rows: of coverage at most, None for any
    number. too_wide: kinds of place that are never covered. small_places: whether villages may be. unusual: so many
    acceptances within READ_COUNTS ring an alarm.
    """

    hands: int | None
    ended_count: bool
    places: int | None
    rows: int | None
    too_wide: frozenset
    small_places: bool
    unusual: int


_WIDE = frozenset({Place.Kind.ROOT, Place.Kind.COUNTRY})
BOUNDS = {
    Level.NEWCOMER: Bounds(3, True, 3, 24, _WIDE | {Place.Kind.REGION}, False, 3),
    Level.KNOWN: Bounds(8, True, 20, 200, _WIDE, False, 8),
    Level.TRUSTED: Bounds(None, False, None, None, frozenset(), True, 40),
}
# Levels from the least to the most.
ORDER = list(Level)


def hands():
    """How many contacts a local coordinator may have in hand, as an expression over its row."""
    return Case(
        *(
            When(level=level, then=Least(F("contact_limit"), Value(bounds.hands)))
            for level, bounds in BOUNDS.items()
            if bounds.hands is not None
        ),
        default=F("contact_limit"),
    )


def is_too_small(place):
    """Whether so few live at `place` (Place) that an offer would not name it: covering it alone would tell what is there."""
    return place.kind in (Place.Kind.SETTLEMENT, Place.Kind.QUARTER) and (
        place.population < settings.PLACE_POPULATION_FLOOR
    )
