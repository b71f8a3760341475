"""Forget on time: contact and text when they are due, the rest of the row when it is old."""

from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from hotline.dispatch.actions import tallies
from hotline.dispatch.actions.requests import withdraw_offers
from hotline.dispatch.models import DuplicateMark, HelpRequest, OfferQuestion, RequestNote, Tally
from hotline.lib import ledger
from hotline.lib.rows import each
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.alarms import raise_alarm, settle_alarm
from hotline.staff.actions.audit import record

State = HelpRequest.State
# The desk is asked this long before an open request runs out.
WARNING = timedelta(hours=24)
LEDGER = "help_request"


def erase(help_request, now):
    """Destroy contact, text, notes, questions and spoken code; a request that was still open has run out.

    Returns whether this call did it (another worker may have).
    """
    with transaction.atomic():
        erased = HelpRequest.objects.filter(pk=help_request.pk, erase_at=help_request.erase_at).update(
            wrapped_key=None,
            key_due=None,
            sealed_contact=None,
            sealed_details=None,
            spoken_code_hash=None,
            erase_at=None,
            next_wave_at=None,
            held_alarm_at=None,
            ask_needed_at=None,
            needed_asked_at=None,
        )
        if not erased:
            return False
        if HelpRequest.objects.filter(pk=help_request.pk, state__in=HelpRequest.OPEN).update(
            state=State.EXPIRED, state_since=now
        ):
            withdraw_offers(help_request, now)
            tallies.note(help_request, Tally.Step.ENDED, now, detail=State.EXPIRED)
            settle_alarm("nobody_took", help_request.code)
            settle_alarm("held", help_request.code)
        RequestNote.objects.filter(help_request=help_request).delete()
        DuplicateMark.objects.filter(help_request=help_request).delete()
        OfferQuestion.objects.filter(offer__help_request=help_request).delete()
        settle_alarm("running_out", help_request.code)
        record(None, "help_request.erased", help_request.code)
        ring(topics.team_requests(help_request.team_id))
        transaction.on_commit(partial(ledger.note, LEDGER, help_request.code))
    return True


def erase_again():
    """Erase what the ledger says was erased: a restored backup brought it back. Returns how many requests."""
    sealed = HelpRequest.objects.exclude(erase_at=None).select_related("team")
    return each(ledger.among(LEDGER, sealed), erase, timezone.now())


def ask_before_erasure(help_request, now):
    """Ask the desk whether a request that is still open and runs out within a day is still needed; once."""
    with transaction.atomic():
        asked = HelpRequest.objects.filter(pk=help_request.pk, erasure_asked_at=None).update(erasure_asked_at=now)
        if asked and not help_request.practice:
            raise_alarm(
                help_request.team,
                "running_out",
                help_request.code,
                text=gettext_noop(
                    "The help request %(subject)s is still open, and its contact is erased within a day. Is it still needed?"
                ),
            )
        ring(topics.team_requests(help_request.team_id))
    return bool(asked)


def due(now):
    """Requests (QuerySet) whose contact and text are to be erased at `now`."""
    return HelpRequest.objects.filter(erase_at__lte=now).select_related("team").order_by("erase_at")


def soon_due(now):
    """Open requests (QuerySet) that run out within the time of warning and whose desk was not asked yet."""
    return (
        HelpRequest.objects.open()
        .filter(erase_at__lte=now + WARNING, erase_at__gt=now, erasure_asked_at=None)
        .select_related("team")
    )


def drop_old(now):
    """Delete rows (with offers and waves) whose outcome is as old as the setting REQUEST_DAYS; returns how many."""
    old = HelpRequest.objects.filter(
        erase_at=None, state_since__lt=now - timedelta(days=settings.REQUEST_DAYS)
    ).exclude(state__in=HelpRequest.OPEN)
    return old.delete()[0]
