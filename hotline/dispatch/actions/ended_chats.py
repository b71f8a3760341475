"""A way whose use ended learns no kind and no place: what the bot sent to a chat is emptied, and what waits is called back."""

from django.db import transaction
from django.db.models import Exists, OuterRef

from coordinators.models import Endpoint
from hotline.dispatch import gathered, notices
from hotline.dispatch.actions.coverage import NOT_MINE
from hotline.dispatch.models import Offer
from hotline.lib.fields import readable
from hotline.outbox.actions import messages
from hotline.outbox.models import UNCHANGEABLE, Message, Priority, State
from hotline.outbox.models.message import hash_recipient

CARRY_OFFERS = (notices.OFFER, notices.EXTRA, notices.PROMPT, notices.DIGEST)
# Stands in the names of the changes that empty.
TRIED = "-closed:"
# Messages that are emptied in one transaction; the sweep goes on with the rest.
AT_ONCE = 100


def empty_chats(endpoints):
    """Empty the newest messages about offers that still stand at these Endpoints; those of other local coordinators who use
    the same chat stay. How many, int, at most AT_ONCE; `still_to_empty` has the others. Call inside the transaction that ends
    their use, before the endpoints are locked.

    What lies in a mailbox, or in a system of their own, cannot be emptied; what still waits to go there is called back.
    """
    shown = {}
    for endpoint in endpoints:
        newest = _shown(endpoint).order_by("-created_at")[: AT_ONCE - len(shown)]
        shown |= {message.pk: endpoint for message in newest}
    locked = Message.objects.select_for_update(no_key=True).filter(pk__in=shown).order_by("pk")
    for message in locked:
        _end(message, shown[message.pk])
    return len(shown)


def still_to_empty():
    """Endpoints (QuerySet) whose use was ended and where messages may still stand."""
    ended = Endpoint.objects.filter(emptying_since__isnull=False, state=Endpoint.State.OFF)
    return ended.select_related("local_coordinator").order_by("emptying_since")


def go_on(endpoint):
    """Empty the next few messages at an Endpoint of `still_to_empty`. How many, int."""
    with transaction.atomic():
        emptied = empty_chats([endpoint])
        if emptied < AT_ONCE:
            Endpoint.objects.filter(pk=endpoint.pk).update(emptying_since=None)
    return emptied


def _end(message, endpoint):
    if endpoint.channel in UNCHANGEABLE:
        return messages.cancel(message)
    return empty(message, endpoint.language)


def empty(message, language):
    """Leave of a message that carries offers that it is over, in this language. Whether there was something to do."""
    content = gathered.over(language)
    key = f"{message.purpose}{TRIED}{message.pk}"
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
    # What was emptied for being over may still ask about their coverage, which names a kind and a place.
    asking = own.filter(decline_reason__in=NOT_MINE)
    digests = there.filter(purpose=notices.DIGEST, subject=str(endpoint.local_coordinator_id))
    # What could not be emptied once is not tried for ever.
    tried = Message.objects.filter(edits=OuterRef("pk"), key__contains=TRIED)
    shown = (there.filter(Exists(own)) | digests).exclude(Exists(tried))
    return shown.exclude(Exists(emptied) & ~Exists(asking))
