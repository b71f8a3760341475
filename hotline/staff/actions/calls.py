"""On call: who is rung for an alarm now, by which way, and who comes next when that fails."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from html import escape

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from hotline.lib.crypto import Unreadable
from hotline.outbox.actions import messages
from hotline.outbox.models import Channel, Message, Priority, State
from hotline.staff.models import Alarm, AlarmCall, CallPlan, LinkedChat
from hotline.staff.permissions import Rights, holders

log = logging.getLogger(__name__)

PURPOSE = "alarm"
TRIAL = "alarm_trial"
# How long it is quiet after each ring at everybody; the last pause repeats.
PAUSES = (timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=15), timedelta(minutes=30))
# A ring that has not left the house after this long takes the person's other way, or the next person.
UNSENT = timedelta(seconds=30)
# Messages of one alarm that are changed when somebody sees to it: the newest, at most so many.
MOST_CHANGED = 200
NOT_THERE = (State.DEAD, State.CANCELLED)


@dataclass(frozen=True)
class Round:
    """Who is rung together (list of User), whether that is one person of a plan, and the pause (timedelta) after it."""

    people: list
    alone: bool
    pause: timedelta


def round_of(alarm, now):
    """The Round that comes next for `alarm`: the plan's people one by one, then everybody who may see to it, and again.

    Without a plan that fits at `now` (aware datetime): everybody at once.
    """
    everybody = list(holders("staff.acknowledge_alarm", alarm))
    plan = plan_for(alarm, now)
    if plan is None:
        return Round(everybody, False, PAUSES[min(alarm.rings, len(PAUSES) - 1)])
    may = {person.pk: person for person in everybody}
    planned = [may[step.person_id] for step in plan.steps.all() if step.person_id in may]
    # Whoever cannot be reached at all would only be a pause in which nothing rings.
    steps = [person for person in planned if ways(person)]
    place, pause = alarm.rings % (len(steps) + 1), timedelta(minutes=plan.minutes)
    return Round([steps[place]], True, pause) if place < len(steps) else Round(everybody, False, pause)


def plan_for(alarm, now):
    """The CallPlan that counts for `alarm` at `now`, or None."""
    plans = CallPlan.objects.filter(team=alarm.team_id).order_by("position", "pk").prefetch_related("steps")[:50]
    return next((plan for plan in plans if plan.fits(alarm.kind, now)), None)


def ways(person):
    """[(channel, address)] by which `person` is rung, the one they want first before the other; empty: by none."""
    found = []
    try:
        if person.email:
            found.append((Channel.EMAIL, person.email))
        chat = LinkedChat.objects.filter(user=person, is_reachable=True).first()
        if chat is not None and settings.TELEGRAM_BOT_TOKEN:
            found.insert(0 if chat.rings_first else len(found), (Channel.TELEGRAM, chat.address))
    except Unreadable:
        # One damaged row must not keep the others from hearing the alarm.
        log.error("An address of account %s cannot be read; no alarm goes there.", person.pk)
    return found


def call(alarm, person, number, *, alone, besides=()):
    """Ring `person` for `alarm` by their first way that is not in `besides` (channels). Returns whether there was one.

    number: of the ring. alone: whether nobody else is rung with it. In the caller's transaction.
    """
    channel, address = next((way for way in ways(person) if way[0] not in besides), (None, None))
    if channel is None:
        return False
    ringing = AlarmCall(alarm=alarm, person=person, ring=number, alone=alone, channel=channel)
    with override(person.language):
        content = _mail(alarm, ringing) if channel == Channel.EMAIL else _chat(alarm, ringing)
    ringing.message = messages.enqueue(
        channel=channel,
        recipient=address,
        content=content,
        key=f"alarm:{alarm.pk}:{number}:{person.pk}:{channel}",
        purpose=PURPOSE,
        subject=str(alarm.pk),
        priority=Priority.URGENT,
    )
    ringing.save(force_insert=True)
    return True


def _mail(alarm, ringing):
    words = alarm.words()
    link = settings.BASE_URL + reverse("staff:call", args=[ringing.token])
    asks = _("Open it, and say that you are seeing to it. Until then it rings again.")
    return {"subject": _("Alarm: %(words)s") % {"words": words}, "text": "\n\n".join([words, asks, link])}


def _chat(alarm, ringing):
    text = f"<b>{escape(_('Alarm'))}</b>\n{escape(alarm.words())}"
    return {"text": text, "buttons": [[{"text": _("I see to it"), "data": f"alarm.{ringing.token}"}]]}


def failed(now):
    """Calls (QuerySet) of open alarms that did not arrive, or have not left the house in time."""
    late = Q(message__state=State.QUEUED, message__created_at__lte=now - UNSENT)
    return AlarmCall.objects.filter(
        late | Q(message__state__in=NOT_THERE), passed_on_at=None, alarm__acknowledged_at=None
    ).order_by("pk")


def pass_on(ringing, now):
    """A call failed: ring the person's other way; there is none: the alarm's next ring is due at once.

    Returns the Alarm that is to ring now, or None. Two workers never do it twice.
    """
    with transaction.atomic():
        alarm = Alarm.objects.select_for_update(no_key=True).get(pk=ringing.alarm_id)
        if AlarmCall.objects.filter(pk=ringing.pk, passed_on_at=None).update(passed_on_at=now) != 1:
            return None
        message = Message.objects.get(pk=ringing.message_id)
        if message.state not in NOT_THERE and not messages.cancel(message):
            return None  # it is just leaving
        if alarm.acknowledged_at is not None or alarm.rings != ringing.ring:
            return None
        same = AlarmCall.objects.filter(alarm=alarm, ring=ringing.ring, person=ringing.person_id)
        tried = list(same.values_list("channel", flat=True))
        if call(alarm, ringing.person, ringing.ring, alone=ringing.alone, besides=tried) or not ringing.alone:
            return None
        Alarm.objects.filter(pk=alarm.pk).update(next_ring_at=now)
        return alarm


def call_back(person):
    """`person` has lost rights: rings for alarms that are theirs no more, and have not left the house, are called back.

    The ring then counts as one that did not arrive, so that the next person is rung at once. In the caller's transaction.
    """
    waiting = AlarmCall.objects.filter(person=person, alarm__acknowledged_at=None, message__state=State.QUEUED)
    rights = Rights(person)
    for ringing in waiting.select_related("alarm", "message").order_by("message_id"):
        if not rights.can("staff.acknowledge_alarm", ringing.alarm):
            messages.cancel(ringing.message)


def quieten(alarm, by=None):
    """`alarm` is over: what has not left is called back, and on every phone its button gives way to who sees to it.

    by: the User who does, None when it has settled itself. In the caller's transaction.
    """
    calls = list(alarm.calls.select_related("message", "person").order_by("-message__created_at")[:MOST_CHANGED])
    # The outbox records in the order of primary keys; another order might wait for it in a circle.
    for ringing in sorted(calls, key=lambda one: one.message_id):
        if ringing.channel == Channel.EMAIL:
            messages.cancel(ringing.message)
            continue
        with override(ringing.person.language):
            content = {"text": f"{escape(alarm.words())}\n{escape(_over(ringing.person, by))}", "buttons": []}
        key = f"alarm:{alarm.pk}:over:{ringing.message_id}"
        messages.edit(ringing.message, content, key=key, priority=Priority.URGENT)


def _over(reader, by):
    if by is None:
        return _("This has settled itself.")
    if by.pk == reader.pk:
        return _("You see to it. Thank you.")
    return _("%(alias)s sees to it.") % {"alias": by.alias}


def ring_for_trial(person):
    """Ring `person` by each of their ways, so that they see that it works. Returns how many ways there are."""
    known = ways(person)
    with override(person.language):
        words = _("This is a trial. By this way you are rung when an alarm is yours to see to. Nothing to do now.")
        subject = _("Trial of an alarm")
    for channel, address in known:
        mail = {"subject": subject, "text": words}
        content = mail if channel == Channel.EMAIL else {"text": escape(words), "buttons": []}
        messages.enqueue(
            channel=channel,
            recipient=address,
            content=content,
            key=f"{TRIAL}:{person.pk}:{channel}:{timezone.now().isoformat()}",
            purpose=TRIAL,
            priority=Priority.URGENT,
        )
    return len(known)
