"""What the winner does afterwards: a sign of work, the outcome, or handing it back."""

from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from coordinators.actions.load import free_place
from coordinators.actions.trust import note_completed, take_back_completed
from hotline.dispatch import notices
from hotline.dispatch.actions import pass_words, tallies, waves
from hotline.dispatch.actions.crawled import look_due_at
from hotline.dispatch.actions.locking import lock
from hotline.dispatch.errors import NotYours, StateChanged
from hotline.dispatch.models import HelpRequest, Offer, Tally
from hotline.lib.keyring import KeyGone
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.alarms import settle_alarm
from hotline.staff.actions.audit import record

State, Step = HelpRequest.State, Tally.Step
# Outcomes by which trust grows.
GOOD = (HelpRequest.Outcome.HELPED, HelpRequest.Outcome.PARTLY)


def sign(voice, offer):
    """The winner says that it is going on; the clock of silence starts anew. Raises NotLinked, NotAllowed, NotYours."""
    with transaction.atomic():
        voice.check(offer.local_coordinator)
        offer = lock(offer)
        signed = Offer.objects.filter(pk=offer.pk, state=Offer.State.ACCEPTED).update(
            last_sign_at=timezone.now(), nudged_at=None
        )
        if not signed:
            raise NotYours
        settle_alarm("winner_cut_off", offer.help_request.code)
        notices.close_nudges(offer)
        voice.record("offer.sign", offer.help_request.code, reference=offer.reference)
        ring(topics.team_requests(offer.help_request.team_id))


def finish(voice, offer, outcome):
    """The winner says how it went; contact and text are erased after the time set for that.

    outcome: one of HelpRequest.Outcome. Raises NotLinked, NotAllowed, NotYours (not, or no longer, the winner).
    """
    now = timezone.now()
    with transaction.atomic():
        voice.check(offer.local_coordinator)
        help_request = offer.help_request
        done = HelpRequest.objects.filter(pk=help_request.pk, state=State.ACCEPTED, round=offer.round).update(
            state=State.DONE, state_since=now, outcome=HelpRequest.Outcome(outcome)
        )
        if not done or not Offer.objects.filter(pk=offer.pk, state=Offer.State.ACCEPTED).update(
            state=Offer.State.FINISHED
        ):
            raise NotYours
        free_place(offer.local_coordinator_id)
        if outcome in GOOD and not help_request.practice:
            note_completed(offer.local_coordinator_id, now)
        tallies.note(help_request, Step.ENDED, now, detail=HelpRequest.Outcome(outcome))
        offer.refresh_from_db()
        help_request.refresh_from_db()
        due_after_outcome(help_request, now)
        for kind in ("running_out", "held", "winner_cut_off"):
            settle_alarm(kind, help_request.code)
        voice.record("offer.finished", help_request.code, reference=offer.reference, outcome=outcome)
        notices.close_offer(offer)
        ring(topics.team_requests(help_request.team_id))
        ring(topics.offers(offer.local_coordinator_id))


def doubt(help_request):
    """It is offered again: whoever said in this round that it went well loses the day that this counted for.

    Call inside the transaction that offers it again, before it does.
    """
    praised = help_request.offers.filter(
        round=help_request.round,
        state=Offer.State.FINISHED,
        help_request__outcome__in=GOOD,
        help_request__practice=False,
    ).first()
    if praised is not None:
        take_back_completed(praised.local_coordinator_id)


def hand_back(voice, offer):
    """The winner cannot do it after all: sealed to them again at once, and offered to others.

    Raises NotLinked, NotAllowed, Suspended, NotYours.
    """
    with transaction.atomic():
        voice.check(offer.local_coordinator)
        take_back(offer, timezone.now(), voice=voice, why="handed_back")


def take_back(offer, now, *, voice=None, why):
    """End an acceptance and start a new round without that coordinator. voice: who speaks, None for the house itself.

    why: "handed_back", "silent", "suspended", "left". Raises NotYours when it is not accepted (any more). Call inside a
    transaction.
    """
    help_request = offer.help_request
    back = HelpRequest.objects.filter(pk=help_request.pk, state=State.ACCEPTED, round=offer.round).update(
        state=State.OFFERING, state_since=now, round=offer.round + 1, wave=0
    )
    if not back or not Offer.objects.filter(pk=offer.pk, state=Offer.State.ACCEPTED).update(
        state=Offer.State.RETURNED, returned_because=why
    ):
        raise NotYours
    free_place(offer.local_coordinator_id)
    offer.refresh_from_db()
    help_request.refresh_from_db()
    if offer.contact_opened_at is not None:
        pass_words.renew(help_request)
    tallies.note(help_request, Step.CAME_BACK, now, detail=why)
    write = voice.record if voice else partial(record, None)
    write("offer.returned", help_request.code, reference=offer.reference, why=why)
    settle_alarm("winner_cut_off", help_request.code)
    notices.close_offer(offer)
    ring(topics.offers(offer.local_coordinator_id))
    ring(topics.team_requests(help_request.team_id))
    rows = HelpRequest.objects.filter(pk=help_request.pk)
    if help_request.needs_a_look():
        # Corrected while it was with somebody: nobody else is asked before that was looked at.
        rows.update(state=State.HELD, look_due=True, held_alarm_at=look_due_at(help_request, now))
        help_request.refresh_from_db()
    else:
        rows.update(look_due=False, held_alarm_at=None)
        settle_alarm("held", help_request.code)
        waves.start_next(help_request, now)


def due_after_outcome(help_request, now):
    """Bring the erasure forward to the time that is kept after an outcome. Call inside a transaction."""
    erase_at = now + timedelta(hours=settings.CONTACT_HOURS_AFTER_OUTCOME)
    if help_request.is_sealed and help_request.erase_at > erase_at:
        try:
            set_due(help_request, erase_at)
        except KeyGone:
            # Its day key went before its row: there is nothing left to bring forward.
            return


def set_due(help_request, erase_at):
    """Wrap the request's key anew for the day of `erase_at` (aware datetime). Call inside a transaction.

    Raises KeyGone when it is erased, StateChanged when somebody else moved it in the same instant.
    """
    before = help_request.erase_at
    help_request.wrap_key(help_request.record_key(), erase_at)
    moved = HelpRequest.objects.filter(pk=help_request.pk, erase_at=before).update(
        wrapped_key=help_request.wrapped_key, key_due=help_request.key_due, erase_at=erase_at, erasure_asked_at=None
    )
    if not moved:
        raise StateChanged
