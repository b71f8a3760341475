"""Accepted, but nothing is heard: a nudge first, then it is handed back."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from coordinators.actions.reach import first_way
from coordinators.models import Endpoint
from hotline.dispatch import notices
from hotline.dispatch.actions.locking import lock
from hotline.dispatch.actions.work import take_back
from hotline.dispatch.errors import NotYours
from hotline.dispatch.models import HelpRequest, Offer
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
        endpoint = offer.accepted_endpoint
        if endpoint is None or endpoint.state != Endpoint.State.ACTIVE:
            endpoint = first_way(offer.local_coordinator_id)
        if nudged and endpoint is not None:
            notices.send_nudge(offer, endpoint, now)
            record(None, "offer.nudged", offer.help_request.code, reference=offer.reference)
    return bool(nudged)


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
