"""Whoever accepts unusually much is looked at: somebody may be gathering contacts."""

from django.utils.translation import gettext_noop

from coordinators.models import LocalCoordinator
from coordinators.models.trust import BOUNDS, READ_COUNTS
from hotline.dispatch.models import Offer
from hotline.staff.actions.alarms import raise_alarm

HOURS = int(READ_COUNTS.total_seconds() // 3600)


def watch(offer, now):
    """Ring an alarm when the coordinator of `offer`, which was just accepted, has come to what is unusual for its level.

    Practice counts like the rest, so that nobody rehearses unseen. now: aware datetime. Call inside the transaction.
    """
    level = LocalCoordinator.objects.values_list("level", flat=True).get(pk=offer.local_coordinator_id)
    accepted = (
        Offer.objects.filter(local_coordinator=offer.local_coordinator_id, answered_at__gte=now - READ_COUNTS)
        .exclude(accepted_via="")
        .count()
    )
    if accepted >= BOUNDS[level].unusual:
        raise_alarm(
            None,
            "unusual_acceptance",
            offer.local_coordinator.code,
            text=gettext_noop(
                "The local coordinator %(subject)s has accepted %(number)s requests within %(hours)s hours, which is much "
                "for it. Please look at it; one press suspends it and takes everything back."
            ),
            number=accepted,
            hours=HOURS,
        )
