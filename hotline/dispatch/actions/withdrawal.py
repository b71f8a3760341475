"""Offers that cannot stay where they are: never delivered, with a suspended coordinator, or with somebody who left."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from coordinators.actions.endpoints import note_failure
from coordinators.actions.reach import first_way
from coordinators.models import Endpoint, LocalCoordinator
from coordinators.models.endpoint import BROKEN
from hotline.dispatch import notices
from hotline.dispatch.actions import tallies, waves
from hotline.dispatch.actions.locking import lock
from hotline.dispatch.actions.offers import close_all
from hotline.dispatch.actions.work import take_back
from hotline.dispatch.models import Offer, Tally
from hotline.outbox.actions import messages
from hotline.outbox.models import Channel, Message
from hotline.outbox.models import State as MessageState
from hotline.staff.actions.audit import record

State = Offer.State
# What is unsent after this long takes the next endpoint; what a coordinator's own system did not take so often.
UNSENT = timedelta(minutes=2)
TRIED_OFTEN = 3


def undelivered(now):
    """Open offers (QuerySet) whose own messages all failed, or are still unsent after two minutes or a few calls."""
    own = Message.objects.filter(purpose=notices.OFFER, subject=OuterRef("reference"), edits=None)
    gone = Q(state__in=notices.NOT_THERE)
    late = Q(state=MessageState.QUEUED) & (
        Q(created_at__lte=now - UNSENT) | Q(channel=Channel.WEBHOOK, attempts__gte=TRIED_OFTEN)
    )
    return (
        Offer.objects.filter(Exists(own), state=State.OFFERED)
        .exclude(Exists(own.exclude(gone | late)))
        .order_by("offered_at")
    )


def pass_on(offer, now):
    """Send an undelivered offer to the coordinator's next endpoint; there is none: ask somebody else.

    An attempt that may have arrived is not taken back. Returns whether anything was done.
    """
    with transaction.atomic():
        offer = lock(offer)
        if offer.state != State.OFFERED or not undelivered(now).filter(pk=offer.pk).exists():
            return False
        tried = list(notices.own_messages(offer))
        endpoint = first_way(offer.local_coordinator_id, [message.address() for message in tried])
        waiting = [message for message in tried if message.state == MessageState.QUEUED]
        for message in waiting:
            _note_failure(offer, message, now)
        if endpoint is not None:
            for message in waiting:
                messages.cancel(message)
            notices.send_offer(offer, endpoint, attempt=len(tried))
        elif waiting or any(message.uncertain for message in tried):
            return False
        else:
            Offer.objects.filter(pk=offer.pk).update(state=State.WITHDRAWN)
            tallies.note(offer.help_request, Tally.Step.UNDELIVERED, now)
            record(None, "offer.undeliverable", offer.help_request.code, reference=offer.reference)
            waves.next_if_all_declined(offer.help_request, now)
    return True


def _note_failure(offer, message, now):
    """A system that does not answer is known to fail by its own name; for chats and mailboxes the channel is watched."""
    endpoint = notices.endpoint_of(offer, message) if message.channel == Channel.WEBHOOK else None
    if endpoint is not None and not endpoint.fails(now):
        note_failure(endpoint, "unanswered", now)


def misplaced(now):
    """Offers (QuerySet) with a suspended coordinator, and accepted ones whose linked person has left.

    A way that broke is no person who left: `actions.silence` asks them another way. With a way that was removed, and with
    an account, went the only one for whom the contact opens.
    """
    suspended = Q(local_coordinator__state=LocalCoordinator.State.SUSPENDED)
    left = Q(state=State.ACCEPTED, accepted_endpoint__state=Endpoint.State.OFF) & ~Q(
        accepted_endpoint__off_reason__in=BROKEN
    )
    nobody = Q(state=State.ACCEPTED, accepted_endpoint=None, accepted_user=None)
    return (
        Offer.objects.filter(suspended | left | nobody, state__in=[State.OFFERED, State.DECLINED, State.ACCEPTED])
        .select_related("local_coordinator")
        .order_by("pk")
    )


def take_from(offer, now):
    """Take a misplaced offer back: what was accepted is offered to others. Returns whether anything was done."""
    with transaction.atomic():
        offer = lock(offer)
        suspended = offer.local_coordinator.state == LocalCoordinator.State.SUSPENDED
        if offer.state == State.ACCEPTED:
            take_back(offer, now, why="suspended" if suspended else "left")
        elif offer.state in (State.OFFERED, State.DECLINED):
            close_all(Offer.objects.filter(pk=offer.pk), State.WITHDRAWN, now)
            waves.next_if_all_declined(offer.help_request, now)
    return True
