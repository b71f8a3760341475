"""A coordinator's own system accepts or declines: in its answer to our call, or later by a signed call of its own."""

import json
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from coordinators.actions.webhook_secrets import secrets_of
from coordinators.models import Endpoint
from hotline.dispatch.actions import links, offers
from hotline.dispatch.errors import AlreadyYours
from hotline.dispatch.models import Offer, WebhookAnswer
from hotline.dispatch.voice import Voice
from hotline.lib import webhooks
from hotline.lib.errors import Refused

Answer = WebhookAnswer.Answer
ACCEPTED, DECLINED = "accepted", "declined"
# Longer than any call can be repeated.
KEPT = timedelta(days=1)


class NotSigned(Refused):
    code = "not_signed"
    message = "The offer is not known, or the signature or the time stamp is not right."


class BadCall(Refused):
    code = "bad_call"
    message = (
        'The body is a JSON object with "answer": "accept" or "decline", and for the latter, if you like, "reason": '
        '"no_capacity", "not_my_area", "not_my_kind" or "unsafe".'
    )


def hear(reference, headers, body):
    """A signed call about the offer `reference`; the WebhookAnswer, which is done by now.

    headers: of the call, by small names; body: bytes. The same id again changes nothing and gives the first answer.
    Raises NotSigned, BadCall.
    """
    offer = Offer.objects.filter(reference=reference).first()
    endpoint, call_id = _signed_by(offer, headers, body)
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise BadCall from None
    if not isinstance(told, dict):
        raise BadCall
    heard = note(offer, endpoint, call_id, told)
    # What was said to one offer is no answer to another, and gives nobody the way to its contact.
    if heard is None or heard.offer_id != offer.pk:
        raise BadCall
    carry_out(heard, timezone.now())
    heard.refresh_from_db()
    return heard


def _signed_by(offer, headers, body):
    """(the endpoint whose secret signed a call, the id of the call). Raises NotSigned."""
    now = timezone.now()
    systems = Endpoint.objects.filter(channel=Endpoint.Channel.WEBHOOK, state=Endpoint.State.ACTIVE)
    for endpoint in systems.filter(local_coordinator=offer.local_coordinator_id)[:20] if offer else []:
        try:
            return endpoint, webhooks.verify(secrets_of(endpoint.pk), headers, body, now)
        except webhooks.BadSignature:
            continue
    raise NotSigned


def note(offer, endpoint, call_id, told):
    """Write down what a system said, once; the WebhookAnswer, or None when it says nothing to the offer.

    told: {"answer", "reason"}, whatever else may stand there.
    """
    if told.get("answer") not in Answer.values:
        return None
    reason = told.get("reason") if told["answer"] == Answer.DECLINE else ""
    answer, _new = WebhookAnswer.objects.get_or_create(
        endpoint=endpoint,
        call_id=call_id,
        defaults={
            "offer": offer,
            "answer": told["answer"],
            "reason": reason if reason in Offer.DeclineReason.values else "",
            "heard_at": timezone.now(),
        },
    )
    return answer


def carry_out(heard, now):
    """Accept or decline as was said, and note what came of it; whether this call did anything. now: aware datetime."""
    with transaction.atomic():
        # Nobody else may do the same in this moment; an answer that is done stays as it is.
        waiting = WebhookAnswer.objects.select_for_update(of=("self",)).filter(pk=heard.pk, result="")
        heard = waiting.select_related(
            "endpoint", "offer__help_request__category", "offer__help_request__team", "offer__local_coordinator"
        ).first()
        if heard is None:
            return False
        try:
            with transaction.atomic():
                result = _say(heard)
        except Refused as refused:
            result = refused.code
        WebhookAnswer.objects.filter(pk=heard.pk).update(result=result)
    return True


def _say(heard):
    voice = Voice(Offer.Way.WEBHOOK, endpoint=heard.endpoint)
    if heard.answer == Answer.DECLINE:
        offers.decline(voice, heard.offer, heard.reason)
        return DECLINED
    try:
        offers.accept(voice, heard.offer)
    except AlreadyYours:
        if not voice.is_who_accepted(heard.offer):
            raise
    return ACCEPTED


def link_of(heard):
    """The address (str) at which the contact opens, for a system whose answer won and still holds it; else None."""
    offer = Offer.objects.get(pk=heard.offer_id)
    voice = Voice(Offer.Way.WEBHOOK, endpoint=heard.endpoint)
    if heard.result == ACCEPTED and offer.state == Offer.State.ACCEPTED and voice.is_who_accepted(offer):
        with transaction.atomic():
            return links.issue(offer, voice)
    return None


def waiting(now):
    """Answers (QuerySet) that were heard and not carried out, as when the process died over them."""
    return WebhookAnswer.objects.filter(result="", heard_at__lte=now).order_by("heard_at")


def drop_old(now):
    """Forget answers that nobody could repeat any more; how many."""
    return WebhookAnswer.objects.exclude(result="").filter(heard_at__lte=now - KEPT).delete()[0]
