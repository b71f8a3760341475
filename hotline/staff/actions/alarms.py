"""Alarms: raised once, rung again and again, until one person says that they see to it."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from hotline.lib.crypto import Unreadable
from hotline.lib.errors import Refused
from hotline.live import doorbell, topics
from hotline.outbox.actions.messages import enqueue
from hotline.outbox.models import Priority
from hotline.staff.actions.audit import record
from hotline.staff.models import Alarm
from hotline.staff.permissions import holders, require

log = logging.getLogger(__name__)

MAIL_PURPOSE = "alarm"
NOBODY_SUPERVISES = "team_unsupervised"
UNSUPERVISED = gettext_noop("An alarm rings for the team %(name)s, and nobody supervises it. Please appoint somebody.")

# How long it is quiet after each ring; the last pause repeats.
PAUSES = (timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=15), timedelta(minutes=30))


class AlreadySeenTo(Refused):
    """Somebody else was faster. Parameter: alias."""

    code = "already_seen_to"
    message = _("%(alias)s is already seeing to this.")


def raise_alarm(team, kind, subject="", /, *, text="", **params):
    """Raise an alarm, in the caller's transaction; while the same one is open nothing happens. Returns the open Alarm.

    team: whose supervisors are called, None for the administrators. kind and subject (a public code): what it is about;
    one alarm of each pair is open at a time. text: the English sentence, marked by `gettext_noop`, with %(name)s places
    for `params`, `kind` and `subject`; codes and numbers only, since it leaves the house by e-mail.
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
    """Call everybody who may see to `alarm`: e-mail and doorbell; sets the next ring. Whether it rang, bool.

    Two workers never ring the same one twice; one that was seen to is silent.
    """
    pause = PAUSES[min(alarm.rings, len(PAUSES) - 1)]
    with transaction.atomic():
        rang = (
            Alarm.objects.open()
            .filter(pk=alarm.pk, rings=alarm.rings)
            .update(rings=F("rings") + 1, next_ring_at=timezone.now() + pause)
        )
        if not rang:
            return False
        people = list(holders("staff.acknowledge_alarm", alarm))
        for person in people:
            _send_mail(alarm, person)
        doorbell.ring(topics.alarms(alarm.team_id))
        if not people and alarm.team is not None:
            raise_alarm(None, NOBODY_SUPERVISES, alarm.team.code, text=UNSUPERVISED, name=alarm.team.name)
    return True


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
            doorbell.ring(topics.alarms(alarm.team_id))
    return bool(settled)


def _send_mail(alarm, person):
    try:
        address = person.email
    except Unreadable:
        # One damaged row must not keep the others from hearing the alarm.
        log.error("The e-mail address of account %s cannot be read; no alarm goes there.", person.pk)
        return
    if not address:
        return
    with translation.override(person.language):
        words = alarm.words()
        link = settings.BASE_URL + reverse("admin:staff_alarm_change", args=[alarm.pk])
        content = {
            "subject": gettext("Alarm: %(words)s") % {"words": words},
            "text": "\n\n".join(
                [words, gettext("Open it, and say that you are seeing to it. Until then it rings again."), link]
            ),
        }
    enqueue(
        channel="email",
        recipient=address,
        content=content,
        key=f"alarm:{alarm.pk}:{alarm.rings}:{person.pk}",
        purpose=MAIL_PURPOSE,
        subject=str(alarm.pk),
        priority=Priority.URGENT,
    )
