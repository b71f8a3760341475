"""Open the sealed contact: to the one who accepted, or to the desk with a reason; each opening is audited."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from coordinators.models import Place
from hotline.dispatch.actions import links, pass_words
from hotline.dispatch.actions.locking import lock
from hotline.dispatch.errors import BeingLookedAt, ContactClosed, NotYours, ReasonMissing, TextErased, unread
from hotline.dispatch.models import HelpRequest, Offer
from hotline.lib import crypto
from hotline.lib.keyring import KeyGone
from hotline.lib.languages import SPOKEN
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.questionnaires.actions import read
from hotline.staff.actions.alarms import settle_alarm
from hotline.staff.actions.audit import record
from hotline.staff.permissions import require

DEFAULT_CONTACT_HOURS = 24
REASON_LIMIT = 300


@dataclass(frozen=True)
class Opened:
    """What an opening shows, in the reader's language.

    contact, details: as the operator wrote them; answers: [(question, answer)] as text; languages: their names, as text;
    notes: colleagues' (list of str); place: full label.
    """

    contact: dict
    details: dict
    answers: list
    languages: str
    notes: list
    place: str


def opens_until(offer):
    """Until when the winner may open the contact (aware datetime): the category's hours after accepting."""
    hours = offer.help_request.category.effective("contact_hours") or DEFAULT_CONTACT_HOURS
    return offer.answered_at + timedelta(hours=hours)


def open_as_winner(link, device):
    """The contact, for the holder of `link` on `device` (text of the device's cookie).

    Raises NotLinked, NotAllowed, Suspended, NotYours (not accepted, or accepted by another person), ContactClosed (time is
    up), BeingLookedAt (corrected, and not looked at since), TextErased, WrongDevice.
    """
    now = timezone.now()
    with transaction.atomic():
        offer = lock(link.offer)
        voice = links.voice_of(link)
        voice.check(offer.local_coordinator)
        if offer.state != Offer.State.ACCEPTED or not voice.is_who_accepted(offer):
            raise NotYours
        if now >= opens_until(offer):
            raise ContactClosed
        if offer.help_request.look_due:
            raise BeingLookedAt
        opened = _open(offer.help_request)
        links.bind(link, device)
        Offer.objects.filter(pk=offer.pk, contact_opened_at=None).update(contact_opened_at=now)
        Offer.objects.filter(pk=offer.pk).update(last_sign_at=now, nudged_at=None)
        settle_alarm("winner_cut_off", offer.help_request.code)
        voice.record(
            "contact.opened",
            offer.help_request.code,
            reference=offer.reference,
            coordinator=offer.local_coordinator.code,
        )
        ring(topics.team_requests(offer.help_request.team_id))
    return opened


def may_open_at_desk(help_request):
    """Whether the desk may open the contact again: it waits for a look, nobody took it, it came back, or it was cancelled."""
    if not help_request.is_sealed:
        return False
    State = HelpRequest.State
    if help_request.waits_for_a_look or help_request.state in (State.UNANSWERED, State.CANCELLED):
        return True
    came_back = any(offer.state == Offer.State.RETURNED for offer in help_request.offers.all())
    return help_request.state == State.OFFERING and came_back


def open_at_desk(actor, help_request, reason):
    """The contact, for an operator of the request's team, to ring back. reason: a few words, written to the audit.

    New pass words count as told to the caller by it: they stand beside the number that is rung.

    Raises NotAllowed, NotFound, ReasonMissing, ContactClosed (it is with a coordinator), TextErased.
    """
    require(actor, "dispatch.take_request", help_request)
    reason = reason.strip()[:REASON_LIMIT]
    if not reason:
        raise ReasonMissing
    with transaction.atomic():
        rows = HelpRequest.objects.select_for_update(no_key=True, of=("self",)).select_related("category")
        help_request = rows.get(pk=help_request.pk)
        if not help_request.is_sealed:
            raise TextErased
        if not may_open_at_desk(help_request):
            raise ContactClosed
        opened = _open(help_request)
        pass_words.told(help_request)
        record(actor, "contact.opened_at_desk", help_request.code, reason=reason)
    return opened


def _open(help_request):
    try:
        key = help_request.record_key()
        contact, details = help_request.contact(), help_request.details()
    except KeyGone as gone:
        raise unread(gone) from gone
    notes = [
        crypto.unseal_json(key, bytes(note.sealed_text), f"dispatch_requestnote:{help_request.code}:sealed_text")
        for note in help_request.notes.all()[:50]
    ]
    place = Place.objects.one_with_lineage(help_request.place_id)
    answers = read(help_request.category.effective("questionnaire"), details["answers"], get_language())
    spoken = dict(SPOKEN)
    languages = ", ".join(spoken.get(code, code) for code in details["languages"])
    return Opened(contact, details, answers, languages, notes, place.label())
