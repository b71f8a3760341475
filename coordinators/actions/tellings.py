"""An announcement on its way to one local coordinator: by the first way, by the next where that fails, and not at all by one
that is switched off meanwhile."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, TextField, Value
from django.db.models.functions import Cast, Replace, StrIndex
from django.utils.translation import gettext as _
from django.utils.translation import override

from coordinators.actions.reach import first_way
from coordinators.models import Announcement, Endpoint, LocalCoordinator, Telling
from hotline.outbox import content
from hotline.outbox.actions import messages
from hotline.outbox.models import Channel, Message, Priority
from hotline.outbox.models import State as MessageState
from hotline.staff.actions.freeze import is_frozen

PURPOSE = "announcement"
State = Telling.State
# What is unsent after this long, or was not taken so often by a system of their own, takes the next way, if there is one.
UNSENT = timedelta(hours=1)
TRIED_OFTEN = 3
GONE = (MessageState.DEAD, MessageState.CANCELLED)


def begin(announcement, local_coordinator):
    """Tell one coordinator by their first way; there is none: it has failed. Call inside a transaction."""
    telling, new = Telling.objects.get_or_create(announcement=announcement, local_coordinator=local_coordinator)
    if new:
        _send(telling)


def due(now):
    """Tellings (QuerySet) whose message arrived, failed, or is late while there is another way. now: aware datetime."""
    late = Q(message__state=MessageState.QUEUED) & (
        Q(message__created_at__lte=now - UNSENT)
        | Q(message__channel=Channel.WEBHOOK, message__attempts__gte=TRIED_OFTEN)
    )
    # Late ones that can only wait would fill each round, and whoever has another way never had a turn.
    late &= Exists(_untried())
    moved = Q(message=None) | Q(message__state__in=[MessageState.SENT, *GONE]) | late
    return Telling.objects.filter(moved, state=State.WAITING).order_by("pk")


def _untried():
    """Ways (QuerySet) of a telling's coordinator that were not tried, for a subquery. SQLite keeps ids without hyphens."""

    def bare(name):
        return Replace(Cast(name, TextField()), Value("-"))

    ready = Endpoint.objects.ready().filter(local_coordinator=OuterRef("local_coordinator"))
    return ready.annotate(tried_at=StrIndex(bare(OuterRef("tried")), bare("pk"))).filter(tried_at=0)


def came_back(message):
    """A letter with news came back that counted as delivered: another way is to be tried. Call inside a transaction."""
    Telling.objects.filter(message=message, state=State.DELIVERED).update(state=State.WAITING)


def follow(telling, now):
    """Note that one arrived, or send it by the next way of theirs. Whether anything was done. now: aware datetime."""
    if is_frozen():
        return False
    with transaction.atomic():
        telling = Telling.objects.select_for_update(of=("self",)).get(pk=telling.pk)
        if not due(now).filter(pk=telling.pk).exists():
            return False
        message = telling.message
        if message is not None and message.state == MessageState.SENT:
            return _set(telling, State.DELIVERED)
        # News that waited for its whole time is none any more, nor what somebody stopped.
        stale = message is None or message.error == "expired"
        if stale or telling.announcement.state == Announcement.State.STOPPED:
            return _set(telling, State.FAILED)
        following = _next_way(telling)
        if following is not None and (message.state in GONE or messages.cancel(message)):
            _send(telling, following)
            return True
        return message.state in GONE and _set(telling, State.FAILED)


def still_wanted(going):
    """The ids (set) of those of these Messages, all of announcements, whose way is still used at this moment."""
    told = Telling.objects.filter(message__in=[message.pk for message in going])
    used = told.filter(endpoint__in=_used()).values_list("message_id", flat=True)
    # What was on its way before there were tellings is known by its address alone.
    untold = {message.pk for message in going} - set(told.values_list("message_id", flat=True))
    known = {one.pk for one in going if one.pk in untold and _used().at(one.channel, one.address()).exists()}
    return {*used, *known}


def _used():
    return Endpoint.objects.ready().exclude(local_coordinator__state=LocalCoordinator.State.SUSPENDED)


def counts(announcement):
    """How many of those whom it concerned have got it: {"delivered": int, "waiting": int, "failed": int}. One query."""
    found = dict(announcement.tellings.order_by().values_list("state").annotate(Count("pk")))
    return {state: found.get(state, 0) for state in (State.DELIVERED, State.WAITING, State.FAILED)}


def _set(telling, state):
    Telling.objects.filter(pk=telling.pk).update(state=state)
    return True


def _next_way(telling):
    addresses = [one.address for one in Endpoint.objects.filter(pk__in=telling.tried)]
    return first_way(telling.local_coordinator_id, addresses)


def _send(telling, endpoint=None):
    endpoint = endpoint or _next_way(telling)
    if endpoint is None:
        _set(telling, State.FAILED)
        return
    with override(endpoint.language):
        words = _content(endpoint, telling.announcement.text_in(endpoint.language))
    telling.message = messages.enqueue(
        channel=endpoint.channel,
        recipient=endpoint.address,
        content=words,
        key=f"announcement:{telling.announcement_id}:{telling.local_coordinator_id}:{len(telling.tried)}",
        purpose=PURPOSE,
        subject=telling.announcement.code,
        priority=Priority.COURTESY,
    )
    telling.endpoint, telling.state = endpoint, State.WAITING
    telling.tried = [*telling.tried, str(endpoint.pk)]
    telling.save(update_fields=["endpoint", "message", "tried", "state"])


def _content(endpoint, text):
    headline = _("News from %(house)s") % {"house": settings.HOTLINE_NAME}
    if endpoint.channel == Channel.TELEGRAM:
        return content.chat(headline, [text])
    if endpoint.channel == Channel.EMAIL:
        return content.letter(_("news for those who help"), headline, [text])
    return content.event(endpoint.pk, "announcement", {"text": text})


def cancel_waiting(most):
    """Call back what still waits to leave, as when the house is frozen; how many, at most `most`."""
    unsent = Message.objects.filter(purpose=PURPOSE, state=MessageState.QUEUED).order_by("pk")
    with transaction.atomic():
        rows = list(unsent.select_for_update(skip_locked=True).values_list("pk", flat=True)[:most])
        stopped = Message.objects.filter(pk__in=rows).update(state=MessageState.CANCELLED, sealed=None)
    # They go no other way either.
    Telling.objects.filter(message__in=rows, state=State.WAITING).update(state=State.FAILED)
    return stopped
