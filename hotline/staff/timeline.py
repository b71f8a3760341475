"""What happened to one thing, in order: out of the audit and its own rows, in codes, states and times, never in content."""

from dataclasses import dataclass

from django.utils.timesince import timesince
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hotline.staff.models import AuditEntry

# Lines of the audit that a page shows of one thing: the newest.
MOST_LINES = 300
# What is closer together than this happened at once.
AT_ONCE_SECONDS = 60
# Words and tone of the alarms about a thing, whatever it is.
ALARMS = {
    "alarm.raised": (_("The alarm rang"), "urgent"),
    "alarm.acknowledged": (_("Somebody saw to the alarm"), ""),
    "alarm.settled": (_("The alarm fell silent by itself"), ""),
}


@dataclass(frozen=True)
class Moment:
    """at: aware datetime, ahead too. words: what happened (str). who: an alias, or "" for the house and for whoever may not
    be named. tone: urgent, waiting, good, accent or nothing. details: [(words, tone)], each a line of its own."""

    at: object
    words: str
    who: str = ""
    tone: str = ""
    details: tuple = ()


def lines_about(code):
    """The AuditEntry rows (list) about `code` (str), the oldest first; at most the newest MOST_LINES."""
    return list(AuditEntry.objects.filter(subject=code).order_by("-id")[:MOST_LINES])[::-1]


def in_order(moments):
    """[(Moment, how long after the one before in words, or "")] of `moments` (iterable), the oldest first."""
    found, before = [], None
    for moment in sorted(moments, key=lambda one: one.at):
        gap = ""
        if before is not None and (moment.at - before).total_seconds() >= AT_ONCE_SECONDS:
            gap = gettext("%(span)s later") % {"span": timesince(before, moment.at)}
        found.append((moment, gap))
        before = moment.at
    return found
