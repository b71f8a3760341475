"""How dispatch goes: the figures of a period as charts. Three queries, whatever the period."""

from collections import Counter
from datetime import timedelta

from django.db.models import Sum
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordinators.models import CategoryTree
from hotline.dispatch.actions.requests import SAID_SO
from hotline.dispatch.charts import Chart
from hotline.dispatch.models import HelpRequest, Offer, Tally
from hotline.dispatch.timeline import RETURNED

Step = Tally.Step
MOST_KINDS = 12


def charts_of(tallies, since, until):
    """All charts (list of Chart) of the rows of a QuerySet from the day `since` to the day `until` (dates, both included)."""
    rows = tallies.filter(hour__gte=_midnight(since), hour__lt=_midnight(until + timedelta(days=1)))
    counts, seconds = _counted(rows)
    return [
        Chart("taken", _("Requests taken"), _("Day"), _by_day(rows, since, until), standing=True),
        Chart("ended", _("How they ended"), _("Ending"), _details(counts, Step.ENDED, _endings())),
        _times(counts, seconds, Step.FIRST_OFFER, "first-offer", _("Time from the call to the first offer")),
        _times(counts, seconds, Step.ACCEPTED, "accepted", _("Time from the call to the first acceptance")),
        Chart("steps", _("What happened to offers"), _("Step"), _steps(counts)),
        Chart("why", _("Declined, and why"), _("Reason"), _details(counts, Step.WHY, dict(Offer.DeclineReason.choices))),
        Chart("came-back", _("Came back, and why"), _("Reason"), _details(counts, Step.CAME_BACK, RETURNED)),
        Chart("kinds", _("Kinds of help asked for most"), _("Kind of help"), _by_kind(rows)),
        Chart("no-request", _("Calls that were no request"), _("Call"), [
            (label, counts[kind, ""]) for kind, label in Tally.Kind.choices
        ]),
    ]  # fmt: skip


def _midnight(day):
    return timezone.make_aware(timezone.datetime.combine(day, timezone.datetime.min.time()))


def _counted(rows):
    """({(kind, detail): count}, {kind: sum of seconds})"""
    counts, seconds = Counter(), Counter()
    grouped = rows.values_list("kind", "detail").annotate(Sum("count"), Sum("seconds")).order_by()
    for kind, detail, number, took in grouped:
        counts[kind, detail] += number
        seconds[kind] += took
    return counts, seconds


def _endings():
    ended = {
        HelpRequest.State.CANCELLED: _("cancelled at the desk"),
        SAID_SO: _("taken back by the caller"),
        HelpRequest.State.EXPIRED: _("run out"),
    }
    return dict(HelpRequest.Outcome.choices) | ended


def _details(counts, step, words):
    return [(label, counts[step, detail]) for detail, label in words.items()]


def _steps(counts):
    sums = Counter()
    for (kind, _detail), number in counts.items():
        sums[kind] += number
    shown = (
        Step.WAVE, Step.OFFERED, Step.DECLINED, Step.UNHEARD, Step.UNDELIVERED, Step.ACCEPTED, Step.AGAIN, Step.CAME_BACK,
        Step.NOBODY,
    )  # fmt: skip
    return [(step.label, sums[step]) for step in shown]


def _times(counts, seconds, step, key, title):
    rows, below = [], 0
    for end in Tally.TIMES:
        rows.append((_between(below, end), counts[step, str(end)]))
        below = end
    rows.append((_("longer than a day"), counts[step, Tally.BEYOND]))
    number = sum(count for _label, count in rows)
    mean = _("On average %(span)s.") % {"span": _span(round(seconds[step] / number))} if number else ""
    return Chart(key, title, _("Time"), rows, note=mean)


def _between(below, end):
    if not below:
        return _("up to %(span)s") % {"span": _span(end)}
    return _("%(from)s to %(to)s") % {"from": _span(below), "to": _span(end)}


def _span(seconds):
    if seconds < 60:
        return ngettext("%(number)d second", "%(number)d seconds", seconds) % {"number": seconds}
    if seconds < 2 * 3600 and seconds != 3600:
        minutes = round(seconds / 60)
        return ngettext("%(number)d minute", "%(number)d minutes", minutes) % {"number": minutes}
    hours = round(seconds / 3600)
    return ngettext("%(number)d hour", "%(number)d hours", hours) % {"number": hours}


def _by_day(rows, since, until):
    found = dict(
        rows.filter(kind=Step.TAKEN)
        .annotate(day=TruncDate("hour"))
        .values_list("day")
        .annotate(Sum("count"))
        .order_by()
    )
    days = [since + timedelta(days=number) for number in range((until - since).days + 1)]
    return [(date_format(day, "j M"), found.get(day, 0)) for day in days]


def _by_kind(rows):
    tree = CategoryTree.current()
    taken = rows.filter(kind=Step.TAKEN).values_list("category").annotate(number=Sum("count"))
    return [(tree.by_id[pk].label(), number) for pk, number in taken.order_by("-number", "category")[:MOST_KINDS]]
