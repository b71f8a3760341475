"""A way whose use ended learns no kind and no place: what the bot sent to a chat is emptied, and what waits is called back."""

from django.db.models import Exists, OuterRef

from hotline.dispatch import notices, wording
from hotline.dispatch.models import Offer
from hotline.lib.fields import readable
from hotline.outbox.actions import messages
from hotline.outbox.models import UNCHANGEABLE, Message, Priority, State
from hotline.outbox.models.message import hash_recipient

CARRY_OFFERS = (notices.OFFER, notices.EXTRA, notices.PROMPT, notices.DIGEST)


def empty_chats(endpoints):
    """Empty every message about offers that still stands at these Endpoints; those of other local coordinators who use the
    same chat stay. How many, int. Call inside the transaction that ends their use, before the endpoints are locked.

    What lies in a mailbox, or in a system of their own, cannot be emptied; what still waits to go there is called back.
    """
    shown = {message.pk: endpoint for endpoint in endpoints for message in _shown(endpoint)}
    locked = Message.objects.select_for_update(no_key=True).filter(pk__in=shown).order_by("pk")
    return sum(_end(message, shown[message.pk]) for message in locked)


def _end(message, endpoint):
    if endpoint.channel in UNCHANGEABLE:
        return messages.cancel(message)
    return empty(message, endpoint.language)


def empty(message, language):
    """Leave of a message that carries offers that it is over, in this language. Whether there was something to do."""
    content = wording.over(language)
    key = f"{message.purpose}-closed:{message.pk}"
    return messages.edit(message, content, key=key, priority=Priority.URGENT, purpose=notices.CLOSED) is not None


def _shown(endpoint):
    if not readable(endpoint, "address"):
        return Message.objects.none()
    own = Offer.objects.filter(local_coordinator=endpoint.local_coordinator_id, reference=OuterRef("subject"))
    if endpoint.channel in UNCHANGEABLE:
        address = hash_recipient(endpoint.channel, endpoint.address)
        waiting = Message.objects.filter(recipient_hash=address, state=State.QUEUED, purpose__in=CARRY_OFFERS)
        return waiting.filter(Exists(own))
    emptied = Message.objects.filter(edits=OuterRef("pk"), purpose=notices.CLOSED).exclude(state__in=notices.NOT_THERE)
    there = Message.objects.filter(
        recipient_hash=hash_recipient(endpoint.channel, endpoint.address), purpose__in=CARRY_OFFERS, edits=None
    ).exclude(state__in=notices.NOT_THERE)
    digests = there.filter(purpose=notices.DIGEST, subject=str(endpoint.local_coordinator_id))
    return (there.filter(Exists(own)) | digests).exclude(Exists(emptied))
