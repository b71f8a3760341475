"""Count what happens, by the hour and in the transaction that it happens in; nothing that is counted leads back to anybody.

Each count is a new row, so that nobody waits for anybody to count; `fold` adds them up soon after. Practice counts nowhere.
"""

from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from coordinators.models import Place
from hotline.dispatch.models import Tally
from hotline.staff.permissions import require

Step = Tally.Step
# Rows that are added up at once; the rest waits for the next round, a few seconds later.
BATCH = 1000
KEY = ("hour", "team_id", "kind", "detail", "category_id", "region_id", "source")


def hour_of(moment):
    """The full hour (aware datetime) in which `moment` lies."""
    return moment.replace(minute=0, second=0, microsecond=0)


def count(actor, team, kind):
    """Count one call that was no help request, of `kind` (Tally.Kind), for `team`.

    Raises NotAllowed, NotFound, ValueError for an unknown kind.
    """
    require(actor, "dispatch.take_request", team)
    Tally.objects.create(team=team, kind=Tally.Kind(kind), hour=hour_of(timezone.now()), count=1)


def note(help_request, step, now, *, detail="", number=1, span=None):
    """Count that `step` (Tally.Step) happened to a help request. Call inside the transaction in which it did.

    now: aware datetime; span: how long it took (timedelta), for a step that is timed, which settles its detail.
    """
    if help_request.practice or not number:
        return
    Tally.objects.create(
        team_id=help_request.team_id,
        kind=step,
        detail=detail if span is None else Tally.time_class(span),
        category_id=help_request.category_id,
        region=region_of(help_request.whole_place()),
        source=Tally.Source.WRITTEN if help_request.source else Tally.Source.CALL,
        hour=hour_of(now),
        count=number,
        seconds=0 if span is None else max(0, round(span.total_seconds())),
    )


def note_dry_run(category, place, now):
    """Count a dry run (for nobody's request) that found nobody who could be asked."""
    region = region_of(place)
    Tally.objects.create(kind=Step.DRY_RUN, category=category, region=region, hour=hour_of(now), count=1)


def region_of(place):
    """The region that a Place lies in, or its country where there is none, or what is above all."""
    lineage = list(place.lineage())
    by_kind = {place.kind: place for place in reversed(lineage)}
    return by_kind.get(Place.Kind.REGION) or by_kind.get(Place.Kind.COUNTRY) or lineage[-1]


def fold(now):
    """Add what was counted lately to the rows of its hour. Returns how many rows were taken in.

    Sums before and after are the same, whenever it is called and however many do so at once.
    """
    with transaction.atomic():
        fresh = list(Tally.objects.filter(folded=False).order_by("pk").select_for_update(skip_locked=True)[:BATCH])
        counts, seconds = Counter(), Counter()
        for row in fresh:
            key = tuple(getattr(row, name) for name in KEY)
            counts[key] += row.count
            seconds[key] += row.seconds
        # In one order everywhere, so that two never wait for each other.
        for key in sorted(counts, key=str):
            where = dict(zip(KEY, key, strict=True))
            mine = Tally.objects.filter(folded=True, **_asked(where)).order_by("pk").values_list("pk", flat=True)[:1]
            more = {"count": F("count") + counts[key], "seconds": F("seconds") + seconds[key]}
            if not Tally.objects.filter(pk__in=list(mine)).update(**more):
                Tally.objects.create(folded=True, count=counts[key], seconds=seconds[key], **where)
        Tally.objects.filter(pk__in=[row.pk for row in fresh]).delete()
    return len(fresh)


def _asked(where):
    return {
        f"{name}__isnull" if value is None else name: True if value is None else value for name, value in where.items()
    }


def drop_old(now):
    """Delete figures that are older than the setting FIGURE_DAYS; returns how many."""
    return Tally.objects.filter(hour__lt=now - timedelta(days=settings.FIGURE_DAYS)).delete()[0]
