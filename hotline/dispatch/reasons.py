"""Reasons of matching, in the operator's words."""

from django.utils.translation import gettext_lazy as _

LEFT_OUT = {
    "paused": _("paused"),
    "pending": _("not checked yet"),
    "suspended": _("switched off"),
    "no_endpoint": _("cannot be reached at the moment"),
    "not_checked": _("not checked for this kind of help"),
    "newcomer": _("too new for children and people who are alone"),
    "too_wide": _("registered for a wider place than its trust allows"),
    "unreachable": _("the way there is cut off"),
    "language": _("no common language"),
    "hours": _("outside their hours"),
    "capacity": _("no capacity left"),
}


def left_out(counts):
    """[(reason in words, how many)] of a Ranking's or Wave's `left_out`, most first."""
    pairs = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(LEFT_OUT.get(reason, reason), number) for reason, number in pairs]
