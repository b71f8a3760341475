"""Calls for help found in writing: nothing goes out before somebody rang back or a second person looked, where a kind of help
asks for that; and after a while the desk is asked whether it is still needed.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from hotline.dispatch.actions import waves
from hotline.dispatch.errors import NotLookedAt, OwnEyes, StateChanged, TextErased
from hotline.dispatch.models import HelpRequest
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.alarms import raise_alarm, settle_alarm
from hotline.staff.actions.audit import record
from hotline.staff.models import AuditEntry
from hotline.staff.permissions import require

State = HelpRequest.State
DEFAULT_STILL_NEEDED_HOURS = 24
# What a sweep asks about: with a coordinator it is asked there.
ASKED = (State.HELD, State.OFFERING, State.UNANSWERED)


def rung_back(actor, help_request, *, seen_since):
    """Somebody has spoken to the person: a call for help that waited for that goes out.

    Raises NotAllowed, NotFound, StateChanged, TextErased.
    """
    require(actor, "dispatch.take_request", help_request)
    _let_out(actor, help_request, seen_since, "help_request.rung_back", spoken_to=True)


def looked_at(actor, help_request, *, seen_since):
    """A second person has read it, and lets it go out.

    Raises NotAllowed, NotFound, OwnEyes (whoever took it), NotLookedAt (not opened since it
    was corrected last), StateChanged, TextErased.
    """
    require(actor, "dispatch.take_request", help_request)
    if help_request.created_by_id == actor.pk:
        raise OwnEyes
    if not AuditEntry.objects.filter(
        action="contact.opened_at_desk", subject=help_request.code, actor=actor, at__gte=seen_since
    ).exists():
        raise NotLookedAt
    now = timezone.now()
    _let_out(actor, help_request, seen_since, "help_request.looked_at", looked_at=now, looked_by=actor)


def _let_out(actor, help_request, seen_since, action, **changes):
    now = timezone.now()
    with transaction.atomic():
        if not help_request.is_sealed:
            raise TextErased
        out = HelpRequest.objects.filter(pk=help_request.pk, state=State.HELD, state_since=seen_since).update(
            state=State.OFFERING, state_since=now, held_alarm_at=None, **changes
        )
        if not out:
            raise StateChanged
        help_request.refresh_from_db()
        settle_alarm("held", help_request.code)
        record(actor, action, help_request.code)
        waves.start_next(help_request, now)
        ring(topics.team_requests(help_request.team_id))


def ask_again_at(category, now):
    """When the desk is asked whether a call for help of this kind, found in writing, is still needed (aware datetime)."""
    return now + timedelta(hours=category.effective("still_needed_hours") or DEFAULT_STILL_NEEDED_HOURS)


def still_needed(actor, help_request):
    """The desk has seen that it is still needed, and is asked again after as long.

    Raises NotAllowed, NotFound, StateChanged.
    """
    require(actor, "dispatch.take_request", help_request)
    with transaction.atomic():
        answered = HelpRequest.objects.filter(
            pk=help_request.pk, state__in=HelpRequest.OPEN, needed_asked_at__isnull=False
        ).update(needed_asked_at=None, ask_needed_at=ask_again_at(help_request.category, timezone.now()))
        if not answered:
            raise StateChanged
        record(actor, "help_request.still_needed", help_request.code)
        ring(topics.team_requests(help_request.team_id))


def to_ask(now):
    """Calls for help found in writing (QuerySet) of which it is time to ask whether they are still needed."""
    return HelpRequest.objects.filter(ask_needed_at__lte=now, state__in=ASKED).select_related("team")


def ask(help_request, now):
    """Put the question on the desk; whether this call did it."""
    with transaction.atomic():
        asked = HelpRequest.objects.filter(
            pk=help_request.pk, ask_needed_at=help_request.ask_needed_at, state__in=ASKED
        ).update(ask_needed_at=None, needed_asked_at=now)
        ring(topics.team_requests(help_request.team_id))
    return bool(asked)


def waiting_long(now):
    """Those (QuerySet) that should have gone out by `now`, and nobody has rung back or looked."""
    return HelpRequest.objects.filter(held_alarm_at__lte=now, state=State.HELD).select_related("team")


def call_for_a_look(help_request, now):
    """Ring the alarm for one that waits too long; whether this call did it."""
    with transaction.atomic():
        called = HelpRequest.objects.filter(
            pk=help_request.pk, state=State.HELD, held_alarm_at=help_request.held_alarm_at
        ).update(held_alarm_at=None)
        if called and not help_request.practice:
            raise_alarm(
                help_request.team,
                "held",
                help_request.code,
                text=gettext_noop(
                    "The help request %(subject)s was found in writing and is not out yet: ring back, or look at it."
                ),
            )
        ring(topics.team_requests(help_request.team_id))
    return bool(called)
