"""Accepted, but nothing is heard: a nudge first, then it is handed back."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from coordinators.actions.reach import first_way
from coordinators.models import Endpoint
from hotline.dispatch import notices
from hotline.dispatch.actions.locking import lock
from hotline.dispatch.actions.work import take_back
from hotline.dispatch.errors import NotYours
from hotline.dispatch.models import HelpRequest, Offer
from hotline.staff.actions.alarms import raise_alarm
from hotline.staff.actions.audit import record

# How long a winner may be silent before the nudge, and again as long after it.
PATIENCE = {
    HelpRequest.Urgency.URGENT: timedelta(minutes=30),
    HelpRequest.Urgency.TODAY: timedelta(hours=4),
    HelpRequest.Urgency.SOON: timedelta(hours=24),
}


def _silent(now, field):
    over = Q()
    for urgency, patience in PATIENCE.items():
        over |= Q(help_request__urgency=urgency, **{f"{field}__lte": now - patience})
    return (
        Offer.objects.filter(over, state=Offer.State.ACCEPTED)
        .select_related("help_request__category", "help_request__place", "help_request__team", "local_coordinator")
        .order_by("last_sign_at")
    )


def to_nudge(now):
    """Accepted offers (QuerySet) of whose winner nothing was heard for too long and who was not asked yet."""
    return _silent(now, "last_sign_at").filter(nudged_at=None)


def to_hand_back(now):
    """Accepted offers (QuerySet) whose winner did not answer the nudge either."""
    return _silent(now, "nudged_at")


def nudge(offer, now):
    """Ask the winner once whether it is going on; returns whether this call did it."""
    with transaction.atomic():
        nudged = Offer.objects.filter(pk=offer.pk, state=Offer.State.ACCEPTED, nudged_at=None).update(nudged_at=now)
        endpoint = notices.way_to_winner(offer)
        if nudged and endpoint is not None:
            _ask(offer, endpoint, now)
    return bool(nudged)


def _ask(offer, endpoint, now):
    notices.send_nudge(offer, endpoint, now)
    record(None, "offer.nudged", offer.help_request.code, reference=offer.reference)


def cut_off():
    """Accepted offers (QuerySet) whose winner's own way broke, and who was not asked another way since."""
    return (
        Offer.objects.filter(
            state=Offer.State.ACCEPTED, cut_off_at=None, accepted_endpoint__in=Endpoint.objects.broken()
        )
        .select_related("help_request__category", "help_request__place", "help_request__team", "local_coordinator")
        .order_by("pk")
    )


def ask_another_way(offer, now):
    """A winner is no longer reached by the way they accepted by: ask them once by another of theirs; there is none: call the
    team, and wait as for anybody who is silent. Nothing is taken from them. Whether this call did it, bool."""
    with transaction.atomic():
        found = cut_off().filter(pk=offer.pk).values("pk")
        if not Offer.objects.filter(pk__in=found, cut_off_at=None).update(cut_off_at=now):
            return False
        endpoint = first_way(offer.local_coordinator_id)
        if endpoint is not None:
            # What was asked before may have gone where nobody reads: the time to answer begins now.
            Offer.objects.filter(pk=offer.pk).update(nudged_at=now)
            _ask(offer, endpoint, now)
        elif not offer.help_request.practice:
            raise_alarm(
                offer.help_request.team,
                "winner_cut_off",
                offer.help_request.code,
                text=gettext_noop(
                    "Whoever accepted the help request %(subject)s can no longer be reached. It stays with them; if nothing is "
                    "heard of them, it is offered to others."
                ),
            )
    return True


def hand_back_silent(offer, now):
    """Take a request back from a winner who stayed silent; returns whether this call did it."""
    try:
        with transaction.atomic():
            nudged_at, offer = offer.nudged_at, lock(offer)
            if nudged_at is None or offer.nudged_at != nudged_at:
                return False
            take_back(offer, now, why="silent")
    except NotYours:
        return False
    return True
