"""Tell local coordinators, through the outbox, in the transaction of whoever changed something."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from coordinators.actions.reach import first_way
from coordinators.models import Endpoint
from hotline.dispatch import wording
from hotline.dispatch.models import HelpRequest, Offer, OfferLink, OfferQuestion
from hotline.lib.fields import readable
from hotline.outbox.actions import messages
from hotline.outbox.models import UNCHANGEABLE, Channel, Message, Priority
from hotline.outbox.models.message import hash_recipient

# An offer's own message, one at each endpoint it went to; further ones about it; the question for free words.
OFFER, EXTRA, PROMPT = "offer", "offer_extra", "prompt"
# Many offers in one message; and the change that empties a message whose offer is over.
DIGEST, CLOSED = "digest", "offer_closed"
# The first part of the name of an extra message that asks whether it is going on.
NUDGE = "nudge"
NOT_THERE = ("dead", "cancelled")
# How long a text in a private chat is taken for the question that was asked for.
PROMPT_WAITS = timedelta(minutes=30)
# When so many offers came within that time and wait for an answer, further ones that are not urgent come as one digest.
DIGEST_FROM, FRESH = 5, timedelta(minutes=10)


def all_messages(offer):
    """Every message (QuerySet) that was made about the offer, delivered or not; without later changes of them."""
    return Message.objects.filter(purpose__in=[OFFER, EXTRA], subject=offer.reference, edits=None)


def offer_messages(offer):
    """Those that somebody saw or may still see."""
    return all_messages(offer).there()


def own_messages(offer):
    """Those that show the offer itself, delivered or not."""
    return all_messages(offer).filter(purpose=OFFER)


def lock_messages(offers):
    """Lock the messages of several offers in the outbox's own order, before any of them is changed.

    The outbox records what it sent in the order of primary keys; whoever locks in another order may wait for it in a circle.
    """
    references = [offer.reference for offer in offers]
    locked = Message.objects.select_for_update(no_key=True).filter(
        purpose__in=[OFFER, EXTRA], subject__in=references, edits=None
    )
    list(locked.order_by("pk").values_list("pk"))


def send_offer(offer, endpoint, *, attempt=0):
    """Send the offer to one endpoint. `attempt` counts the endpoints tried before. Call inside a transaction."""
    priority = Priority.URGENT if offer.help_request.urgency == "urgent" else Priority.OFFER
    return messages.enqueue(
        channel=endpoint.channel,
        recipient=endpoint.address,
        content=offered(offer, endpoint),
        key=f"offer:{offer.pk}:{attempt}",
        purpose=OFFER,
        subject=offer.reference,
        priority=priority,
    )


def offered(offer, endpoint):
    """Content of the offer itself; with the way to its page where one person reads."""
    return wording.offered(offer, endpoint, None if endpoint.is_group else _page(offer, endpoint))


def page_for_letter(offer, endpoint):
    """The address of the offer's page, for what has no buttons of its own; None for a chat."""
    return _page(offer, endpoint) if endpoint.channel in UNCHANGEABLE else None


def _page(offer, endpoint):
    return OfferLink.objects.for_person(offer, timezone.now(), endpoint=endpoint).address


def _to_change(offer):
    """The messages of the offer that say how it stands. Where nothing can be changed one answer to the first is enough."""
    return offer_messages(offer).exclude(Q(channel__in=UNCHANGEABLE) & ~Q(purpose=OFFER))


def update_offer(offer, what, content_for, *, priority=Priority.COURTESY, purpose=""):
    """Change the offer's messages.

    what: short word, unique for this change of this offer; content_for: function Endpoint → content, or → None to leave
    that message alone; purpose: of the changes, when it is another than the messages'.
    """
    for message in _to_change(offer):
        endpoint = endpoint_of(offer, message)
        content = content_for(endpoint) if endpoint and _may_read(endpoint, purpose) else None
        if content is not None:
            key = f"offer:{offer.pk}:{what}:{message.pk}"
            messages.edit(message, content, key=key, priority=priority, purpose=purpose)


def _may_read(endpoint, purpose):
    """Whether a change may go to a chat: to one that is switched off only what empties a message."""
    return purpose == CLOSED or endpoint.state == Endpoint.State.ACTIVE


def close_offer(offer, *, priority=Priority.COURTESY):
    """Empty the offer's messages, now that its state is final."""
    what = f"closed-{offer.state}"
    update_offer(offer, what, lambda endpoint: wording.closed(offer, endpoint), priority=priority, purpose=CLOSED)


def tell_winner(offer, url, endpoint):
    """Give the winner the link in the private chat of whoever accepted, and change what others of the organisation see.

    url: address of the offer's link; endpoint: the private endpoint of whoever accepted, or None for an account.
    """
    told = False
    for message in _to_change(offer):
        where = endpoint_of(offer, message)
        if where is None or not _may_read(where, OFFER):
            continue
        private = endpoint is not None and where.pk == endpoint.pk
        content = wording.yours(offer, where, url if private else None)
        change = messages.edit(message, content, key=f"offer:{offer.pk}:yours:{message.pk}", priority=Priority.ANSWER)
        # An offer accepted by another way before its message went out is not there to be changed.
        told = told or (private and change is not None)
    if endpoint is not None and not told:
        send_extra(offer, endpoint, "yours", wording.yours(offer, endpoint, url), priority=Priority.ANSWER)


def way_to_winner(offer):
    """The endpoint by which whoever accepted is told something: their own while it works, else another of their coordinator;
    None where there is none."""
    own = offer.accepted_endpoint
    return own if own is not None and own.state == Endpoint.State.ACTIVE else first_way(offer.local_coordinator_id)


def tell_no_longer_needed(offer):
    """Tell whoever held the offer that the person needs it no longer: a message of its own, since they may be on the way."""
    endpoint = way_to_winner(offer)
    if endpoint is not None:
        send_extra(offer, endpoint, "not-needed", wording.no_longer_needed(offer, endpoint), priority=Priority.OFFER)


def tell_changed(help_request, now, *, resealed):
    """Tell whoever has accepted the request that it was corrected. resealed: whether what is sealed is new, too."""
    offer = help_request.offers.select_related("local_coordinator").get(state=Offer.State.ACCEPTED)
    offer.help_request = help_request
    endpoint = way_to_winner(offer)
    if endpoint is None:
        return
    url = page_for_letter(offer, endpoint)
    if resealed and offer.accepted_endpoint_id == endpoint.pk:
        url = OfferLink.objects.for_person(offer, now, endpoint=endpoint).address
    content = wording.changed(offer, endpoint, resealed=resealed, url=url)
    send_extra(offer, endpoint, f"changed-{now.timestamp()}", content)


def send_extra(offer, endpoint, what, content, *, priority=Priority.NORMAL):
    """One more message about an offer, closed together with it. what: short word, unique for this offer.

    None when the endpoint's address can no longer be read.
    """
    if not readable(endpoint, "address"):
        return None
    if endpoint.channel == Channel.EMAIL:
        first = next((one for one in own_messages(offer) if one.address() == endpoint.address), None)
        content = content | ({"after": str(first.pk)} if first else {})
    return messages.enqueue(
        channel=endpoint.channel,
        recipient=endpoint.address,
        content=content,
        key=f"offer:{offer.pk}:{what}",
        purpose=EXTRA,
        subject=offer.reference,
        priority=priority,
    )


def send_nudge(offer, endpoint, now):
    """Ask the winner whether it is going on. now: aware datetime."""
    content = wording.nudge(offer, endpoint, page_for_letter(offer, endpoint))
    return send_extra(offer, endpoint, f"{NUDGE}-{now.timestamp()}", content, priority=Priority.NORMAL)


def close_nudges(offer):
    """The question whether it is going on is answered: its messages lose their buttons."""
    for message in offer_messages(offer).filter(key__startswith=f"offer:{offer.pk}:{NUDGE}-"):
        endpoint = endpoint_of(offer, message)
        content = wording.signed(offer, endpoint) if endpoint else None
        if content is not None:
            messages.edit(message, content, key=f"offer:{offer.pk}:signed:{message.pk}", priority=Priority.ANSWER)


def was_sent(offer, what):
    """Whether send_extra() made this message already, as when an update is handled twice."""
    return Message.objects.filter(key=f"offer:{offer.pk}:{what}").exists()


def ask_for_words(offer, endpoint, update_id):
    """Ask for a question in free words; whatever is written next in a private chat, or as an answer in a group, is it."""
    return messages.enqueue(
        channel=endpoint.channel,
        recipient=endpoint.address,
        content=wording.prompt(offer, endpoint),
        key=f"offer:{offer.pk}:prompt-{update_id}",
        purpose=PROMPT,
        subject=offer.reference,
        priority=Priority.ANSWER,
    )


def prompt_for_words(endpoint, message_id=""):
    """The newest message of ask_for_words() at this endpoint that still waits for an answer, or None.

    message_id: of the message that was answered to, "" for a text that answers to none.
    """
    prompts = Message.objects.filter(
        purpose=PROMPT,
        recipient_hash=hash_recipient(endpoint.channel, endpoint.address),
        created_at__gte=timezone.now() - PROMPT_WAITS,
    ).order_by("-created_at")
    prompt = (prompts.filter(external_id=message_id) if message_id else prompts).first()
    if prompt is None:
        return None
    asked = OfferQuestion.objects.filter(offer__reference=prompt.subject, asked_at__gte=prompt.created_at).exists()
    return None if asked else prompt


def endpoint_of(offer, message):
    """The endpoint a message went to, or None when it is no longer there."""
    return (
        Endpoint.objects.at(message.channel, message.address())
        .filter(local_coordinator=offer.local_coordinator_id)
        .first()
    )


def held_for_digest(offer, endpoint):
    """Whether an offer waits for the next digest, since many came to this coordinator just now and nothing burns."""
    if offer.help_request.urgency == HelpRequest.Urgency.URGENT or endpoint.channel in UNCHANGEABLE:
        return False
    waiting = Offer.objects.filter(
        local_coordinator=offer.local_coordinator_id,
        state=Offer.State.OFFERED,
        offered_at__gte=offer.offered_at - FRESH,
    )
    return waiting.count() > DIGEST_FROM


def without_message(offers):
    """Those of `offers` (QuerySet) that stand on no phone: they wait for a digest, or for /open."""
    shown = Message.objects.filter(purpose=OFFER, subject=OuterRef("reference")).exclude(state__in=NOT_THERE)
    return offers.exclude(Exists(shown))
