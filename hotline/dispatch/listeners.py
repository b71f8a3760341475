"""What dispatch does when the outbox, or the registry, reports something. Each has a sweep behind it that does the same."""

from django.db import transaction
from django.utils import timezone

from hotline.dispatch import notices, sweeps
from hotline.dispatch.actions import ended_chats, webhook_answers, withdrawal
from hotline.dispatch.models import Offer
from hotline.lib.rows import each


def outbox(message, outcome):
    """An offer that could not be delivered goes to the coordinator's next endpoint at once, or to somebody else; what a system
    answered to one is noted and done.

    Called inside the transaction that records the outcome; the work begins after it, since it locks in another order.
    """
    if message.purpose == notices.OFFER and not message.edits_id and outcome.state == "dead":
        reference = message.subject
        transaction.on_commit(
            lambda: sweeps.pass_on_undelivered(timezone.now(), Offer.objects.filter(reference=reference)), robust=True
        )
    if message.purpose == notices.OFFER and not message.edits_id and outcome.answer:
        offer = Offer.objects.filter(reference=message.subject).first()
        endpoint = offer and notices.endpoint_of(offer, message)
        heard = endpoint and webhook_answers.note(offer, endpoint, str(message.pk), outcome.answer)
        if heard:
            transaction.on_commit(lambda: webhook_answers.carry_out(heard, timezone.now()), robust=True)


def withdraw_suspended(sender, local_coordinator, **kwargs):
    """Take everything back from a suspended local coordinator, once its suspension is certain."""
    transaction.on_commit(
        lambda: sweeps.take_misplaced(timezone.now(), Offer.objects.filter(local_coordinator=local_coordinator)),
        robust=True,
    )


def empty_ended_chats(sender, endpoints, **kwargs):
    """Whoever may act for a local coordinator no longer keeps nothing of its offers on the phone. Is more left? bool."""
    return ended_chats.empty_chats(endpoints) >= ended_chats.AT_ONCE


def withdraw_offered(sender, local_coordinator, **kwargs):
    """Take back what was offered to a local coordinator that is trusted less now, once that is certain."""
    offered = Offer.objects.filter(
        local_coordinator=local_coordinator, state__in=[Offer.State.OFFERED, Offer.State.DECLINED]
    ).select_related("local_coordinator")
    transaction.on_commit(lambda: each(offered, withdrawal.take_from, timezone.now()), robust=True)


def follow_move(sender, endpoint, before, **kwargs):
    """A group has a new id: its open offers are shown there again, with buttons that work there."""
    for offer in Offer.objects.filter(
        local_coordinator=endpoint.local_coordinator_id, state=Offer.State.OFFERED
    ).select_related("help_request__category", "help_request__place", "local_coordinator"):
        shown = list(notices.own_messages(offer))
        if any(message.address() == before for message in shown):
            notices.send_offer(offer, endpoint, attempt=len(shown))
