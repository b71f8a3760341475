"""A question before accepting, and the desk's answer; neither side learns who the other is."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from coordinators.actions.reach import first_way
from hotline.dispatch import notices, wording
from hotline.dispatch.actions.locking import lock
from hotline.dispatch.errors import (
    NoLongerOffered,
    NumberAlone,
    StateChanged,
    TextTooLong,
    TooManyQuestions,
    unread,
)
from hotline.dispatch.models import Offer, OfferQuestion
from hotline.lib import crypto
from hotline.lib.keyring import KeyGone
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.outbox.models import Priority
from hotline.staff.actions.audit import record
from hotline.staff.permissions import require

TEXT_LIMIT = 500
# What is told of a number of people: enough to plan by, and never that somebody is alone.
SIZES = ((3, gettext_lazy("up to 3")), (6, "4–6"), (10, "7–10"), (20, "11–20"), (50, "21–50"))


def ask(voice, offer, ready, text=""):
    """Put a question to the desk. ready: one of OfferQuestion.Ready; text: free words, for OTHER.

    Raises NotLinked, NotAllowed, Suspended, NoLongerOffered, TooManyQuestions (one is open), TextTooLong, TextErased.
    """
    text = text.strip()
    if len(text) > TEXT_LIMIT:
        raise TextTooLong(limit=TEXT_LIMIT)
    with transaction.atomic():
        voice.check(offer.local_coordinator)
        offer = lock(offer)
        if offer.state != Offer.State.OFFERED:
            raise NoLongerOffered
        if OfferQuestion.objects.filter(offer=offer, answered_at=None).exists():
            raise TooManyQuestions
        question = OfferQuestion.objects.create(
            offer=offer,
            ready=OfferQuestion.Ready(ready),
            sealed_text=_seal(offer.help_request, text) if text else None,
            asked_at=timezone.now(),
        )
        voice.record("offer.question", offer.help_request.code, reference=offer.reference)
        ring(topics.team_requests(offer.help_request.team_id))
    return question


def answer(actor, question, text):
    """Answer from the desk; how many people, in a number alone, since who they are is not told before somebody accepts.

    Raises NotAllowed, NotFound, TextTooLong, NumberAlone, StateChanged (answered already), TextErased.
    """
    offer = question.offer
    require(actor, "dispatch.take_request", offer.help_request)
    text = text.strip()
    if len(text) > TEXT_LIMIT:
        raise TextTooLong(limit=TEXT_LIMIT)
    if question.ready == OfferQuestion.Ready.HOW_MANY and not (text.isdecimal() and len(text) < 6 and int(text)):
        raise NumberAlone
    with transaction.atomic():
        answered = OfferQuestion.objects.filter(pk=question.pk, answered_at=None).update(
            sealed_answer=_seal(offer.help_request, text), answered_at=timezone.now(), answered_by=actor
        )
        if not answered:
            raise StateChanged
        record(actor, "offer.question_answered", offer.help_request.code)
        endpoint = first_way(offer.local_coordinator_id)
        if endpoint is not None and offer.state in (Offer.State.OFFERED, Offer.State.ACCEPTED):
            with override(endpoint.language):
                url = notices.page_for_letter(offer, endpoint)
                content = wording.answer(shown(question), _told(question, text), offer, endpoint, url)
            notices.send_extra(offer, endpoint, f"answer-{question.pk}", content, priority=Priority.OFFER)
        ring(topics.team_requests(offer.help_request.team_id))


def shown(question):
    """The words of a question, for the reader's language or as it was typed; "" once erased."""
    if question.sealed_text is None:
        return str(OfferQuestion.Ready(question.ready).label)
    return _unseal(question.offer.help_request, question.sealed_text)


def shown_answer(question):
    """The words of the answer, as whoever asked is told them; "" when there is none or it is erased."""
    text = _unseal(question.offer.help_request, question.sealed_answer) if question.sealed_answer else ""
    return _told(question, text) if text else ""


def _told(question, text):
    """What leaves the house of an answer, for the reader's language."""
    if question.ready != OfferQuestion.Ready.HOW_MANY:
        return text
    words = next((words for most, words in SIZES if int(text) <= most), None)
    return str(words or _("more than 50"))


def _context(help_request):
    return f"dispatch_offerquestion:{help_request.code}:text"


def _seal(help_request, text):
    try:
        return crypto.seal_json(help_request.record_key(), text, _context(help_request))
    except KeyGone as gone:
        raise unread(gone) from gone


def _unseal(help_request, sealed):
    try:
        return crypto.unseal_json(help_request.record_key(), bytes(sealed), _context(help_request))
    except KeyGone:
        return ""
