"""Calls for help found in writing: nothing goes out before somebody rang back or a second person looked, where a kind of help
asks for that, nor after a correction before somebody did so again; and after a while the desk is asked whether it is still
needed.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_noop

from hotline.dispatch import notices
from hotline.dispatch.actions import waves
from hotline.dispatch.errors import (
    NotLookedAt,
    NotSpokenTo,
    OwnCorrection,
    OwnEyes,
    StateChanged,
    TakesCallsOnly,
    TextErased,
)
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
# Where one may wait for a look: before it goes out, and corrected while it is with somebody.
WAITING = (State.HELD, State.ACCEPTED)


def check_reads_channels(team, source, link):
    """Raises TakesCallsOnly for what was found in writing (source, link: as of `submit`) by a team that reads no channels."""
    if (source or link) and not team.crawls:
        raise TakesCallsOnly(team=team.name)


def check_may_go_out(category, spoken_to, source=""):
    """Raises NotSpokenTo where a kind of help is offered only once somebody has spoken to the person, and nobody has.

    What was found in writing is taken all the same, and waits; see HelpRequest.needs_a_look.
    """
    if not source and not spoken_to and category.effective("ring_back"):
        raise NotSpokenTo


def rung_back(actor, help_request, *, seen_since):
    """Somebody has spoken to the person: a call for help that waited for that goes out, or opens to its winner again.

    Raises NotAllowed, NotFound, StateChanged, TextErased.
    """
    require(actor, "dispatch.take_request", help_request)
    _let_out(actor, help_request, seen_since, "help_request.rung_back", spoken_to=True)


def looked_at(actor, help_request, *, seen_since):
    """A second person has read it, and lets it go out, or opens it to its winner again.

    Raises NotAllowed, NotFound, OwnEyes (whoever took it), OwnCorrection (whoever corrected it since the last look),
    NotLookedAt (not opened since it was corrected last), StateChanged, TextErased.
    """
    require(actor, "dispatch.take_request", help_request)
    if help_request.created_by_id == actor.pk:
        raise OwnEyes
    if _corrected_since_the_last_look(actor, help_request):
        raise OwnCorrection
    if not AuditEntry.objects.filter(
        action="contact.opened_at_desk", subject=help_request.code, actor=actor, at__gte=seen_since
    ).exists():
        raise NotLookedAt
    now = timezone.now()
    _let_out(actor, help_request, seen_since, "help_request.looked_at", looked_at=now, looked_by=actor)


def _corrected_since_the_last_look(actor, help_request):
    entries = AuditEntry.objects.filter(subject=help_request.code)
    own = entries.filter(action="help_request.corrected", actor=actor)
    looked = entries.filter(action="help_request.looked_at").aggregate(last=Max("at"))["last"]
    return (own.filter(at__gt=looked) if looked else own).exists()


def _let_out(actor, help_request, seen_since, action, **changes):
    now = timezone.now()
    with transaction.atomic():
        if not help_request.is_sealed:
            raise TextErased
        # With a winner nothing is offered: they open again what was corrected meanwhile.
        kept = help_request.state == State.ACCEPTED and help_request.look_due
        out = HelpRequest.objects.filter(
            pk=help_request.pk, state=State.ACCEPTED if kept else State.HELD, state_since=seen_since
        ).update(
            state=State.ACCEPTED if kept else State.OFFERING,
            state_since=now,
            look_due=False,
            held_alarm_at=None,
            **changes,
        )
        if not out:
            raise StateChanged
        help_request.refresh_from_db()
        settle_alarm("held", help_request.code)
        record(actor, action, help_request.code)
        if kept:
            notices.tell_changed(help_request, now, resealed=True)
        else:
            waves.start_next(help_request, now)
        ring(topics.team_requests(help_request.team_id))


def look_due_at(help_request, now):
    """Until when one that waits for a look may wait without an alarm: as long as the first who are asked have."""
    return now + timedelta(minutes=waves.wave_minutes(help_request))


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
    """Those (QuerySet) that should have been let out by `now`, and nobody has rung back or looked."""
    return HelpRequest.objects.filter(held_alarm_at__lte=now, state__in=WAITING).select_related("team")


def call_for_a_look(help_request, now):
    """Ring the alarm for one that waits too long; whether this call did it."""
    with transaction.atomic():
        called = HelpRequest.objects.filter(
            pk=help_request.pk, state__in=WAITING, held_alarm_at=help_request.held_alarm_at
        ).update(held_alarm_at=None)
        if called and not help_request.practice:
            raise_alarm(
                help_request.team,
                "held",
                help_request.code,
                text=gettext_noop(
                    "The help request %(subject)s was found in writing and waits for a look: ring back, or read it."
                ),
            )
        ring(topics.team_requests(help_request.team_id))
    return bool(called)
