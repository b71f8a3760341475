"""Alarms: raised once, rung again and again, until one person says that they see to it."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from hotline.lib.errors import Refused
from hotline.live import doorbell, topics
from hotline.staff.actions import calls
from hotline.staff.actions.audit import record
from hotline.staff.models import Alarm
from hotline.staff.permissions import require

NOBODY_SUPERVISES = "team_unsupervised"
UNSUPERVISED = gettext_noop(
    "An alarm rings for the team %(subject)s, and nobody supervises it. Please appoint somebody."
)


# Failed rings that are passed on in one go; the rest waits for the next round, a few seconds later.
AT_ONCE = 100


class AlreadySeenTo(Refused):
    """Somebody else was faster. Parameter: alias."""

    code = "already_seen_to"
    message = _("%(alias)s is already seeing to this.")


def raise_alarm(team, kind, subject="", /, *, text="", **params):
    """Raise an alarm, in the caller's transaction; while the same one is open nothing happens. Returns the open Alarm.

    team: whose supervisors are called, None for the administrators. kind and subject (a public code): what it is about;
    one alarm of each pair is open at a time. text: the English sentence, marked by `gettext_noop`, with %(name)s places
    for `params`, `kind` and `subject`; codes and numbers only, since it leaves the house by e-mail and Telegram.
    """
    fresh = Alarm(team=team, kind=kind, subject=str(subject), text=text, params=params)
    with transaction.atomic():
        Alarm.objects.bulk_create([fresh], ignore_conflicts=True)
        alarm = Alarm.objects.open().filter(kind=fresh.kind, subject=fresh.subject).select_related("team").first()
        if alarm is None:  # the open one was seen to in this moment, and now it happened again
            return raise_alarm(team, kind, subject, text=text, **params)
        if alarm.pk == fresh.pk:
            record(None, "alarm.raised", alarm.subject, kind=kind, team=team.code if team else None)
            ring(alarm)
    return alarm


def ring(alarm):
    """Ring `alarm` once more: whoever is on call for it, or everybody; sets the next ring. Whether it rang, bool.

    Two workers never ring the same one twice; one that was seen to is silent.
    """
    now = timezone.now()
    with transaction.atomic():
        following = calls.round_of(alarm, now)
        rang = (
            Alarm.objects.open()
            .filter(pk=alarm.pk, rings=alarm.rings)
            .update(rings=F("rings") + 1, next_ring_at=now + following.pause)
        )
        if not rang:
            return False
        for person in following.people:
            calls.call(alarm, person, alarm.rings + 1, alone=following.alone)
        doorbell.ring(topics.alarms(alarm.team_id))
        if not following.people and alarm.team is not None:
            raise_alarm(None, NOBODY_SUPERVISES, alarm.team.code, text=UNSUPERVISED)
    return True


def pass_on_failed(now, among=None):
    """Rings that did not arrive go another way at once, or to the next person. How many, int.

    now: aware datetime. among: only these AlarmCalls (QuerySet).
    """
    failed = calls.failed(now) if among is None else calls.failed(now).filter(pk__in=among)
    found = list(failed.select_related("person")[:AT_ONCE])
    for ringing in found:
        alarm = calls.pass_on(ringing, now)
        if alarm is not None:
            ring(alarm)
    return len(found)


def acknowledge(actor, alarm):
    """`actor` sees to `alarm`: it stops ringing. Returns the Alarm as it is now.

    Raises AlreadySeenTo when somebody else was faster, NotFound or NotAllowed without the right.
    """
    require(actor, "staff.acknowledge_alarm", alarm)
    with transaction.atomic():
        first = (
            Alarm.objects.open().filter(pk=alarm.pk).update(acknowledged_at=timezone.now(), acknowledged_by=actor) == 1
        )
        if first:
            record(actor, "alarm.acknowledged", alarm.subject, kind=alarm.kind)
            calls.quieten(alarm, by=actor)
            doorbell.ring(topics.alarms(alarm.team_id))
    alarm.refresh_from_db()
    if not first:
        seen_to_by = alarm.acknowledged_by
        raise AlreadySeenTo(alias=seen_to_by.alias) if seen_to_by else AlreadySeenTo(_("This has settled itself."))
    return alarm


def settle_alarm(kind, subject):
    """The reason of an alarm has gone by itself, as when somebody took the request after all: it stops ringing.

    Returns whether one was open.
    """
    with transaction.atomic():
        alarm = Alarm.objects.open().filter(kind=kind, subject=str(subject)).first()
        settled = alarm and Alarm.objects.open().filter(pk=alarm.pk).update(acknowledged_at=timezone.now())
        if settled:
            record(None, "alarm.settled", alarm.subject, kind=kind)
            calls.quieten(alarm)
            doorbell.ring(topics.alarms(alarm.team_id))
    return bool(settled)
