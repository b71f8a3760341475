"""One message instead of many, where many offers come at once."""

from collections import Counter
from datetime import timedelta

from django.db import transaction

from coordinators.actions.reach import first_way
from hotline.dispatch import gathered, notices
from hotline.dispatch.models import Offer
from hotline.outbox.actions import messages
from hotline.outbox.models import UNCHANGEABLE, Priority

# Offers gather this long before they are announced together.
GATHER = timedelta(minutes=1)


def waiting(now):
    """Ids (list) of local coordinators with offers that gathered long enough and were not announced yet."""
    offers = Offer.objects.filter(state=Offer.State.OFFERED, digested_at=None, offered_at__lte=now - GATHER)
    return list(
        notices.without_message(offers).order_by().values_list("local_coordinator_id", flat=True).distinct()[:200]
    )


def send(local_coordinator_id, now):
    """Announce the gathered offers of one local coordinator in one message; returns how many they were."""
    with transaction.atomic():
        offers = list(
            notices.without_message(
                Offer.objects.filter(
                    local_coordinator=local_coordinator_id, state=Offer.State.OFFERED, digested_at=None
                ).select_related("help_request__category", "help_request__place", "local_coordinator")
            )
        )
        endpoint = first_way(local_coordinator_id)
        if endpoint is None:
            return 0
        claimed = Offer.objects.filter(pk__in=[offer.pk for offer in offers], digested_at=None).update(digested_at=now)
        if not claimed:
            return 0
        if endpoint.channel in UNCHANGEABLE:
            # A chat's place was taken meanwhile by a way that knows no /open.
            for offer in offers:
                notices.send_offer(offer, endpoint, attempt=notices.own_messages(offer).count())
            return claimed
        counts = Counter(offer.help_request.category.label(endpoint.language) for offer in offers)
        messages.enqueue(
            channel=endpoint.channel,
            recipient=endpoint.address,
            content=gathered.digest(counts.most_common(), endpoint),
            key=f"digest:{local_coordinator_id}:{now.isoformat()}",
            purpose=notices.DIGEST,
            subject=str(local_coordinator_id),
            priority=Priority.NORMAL,
        )
    return claimed


def show_waiting(local_coordinator_id, endpoint, *, limit=10):
    """Send the offers that have no message of their own yet, one by one; returns how many. For `/open`."""
    with transaction.atomic():
        offers = notices.without_message(
            Offer.objects.filter(local_coordinator=local_coordinator_id, state=Offer.State.OFFERED).select_related(
                "help_request__category", "help_request__place", "local_coordinator"
            )
        ).order_by("offered_at")[:limit]
        return len(
            [notices.send_offer(offer, endpoint, attempt=notices.own_messages(offer).count()) for offer in offers]
        )
