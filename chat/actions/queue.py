"""The queue of a line: who is next, how long it takes, and who takes whom. Two who want the same one: one gets them."""

import math
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from chat.actions import beside, duties, rooms
from chat.actions.held_out import call_back
from chat.models import Conversation, Participant
from chat.models.conversation import FRONT
from hotline.lib.errors import Refused
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.alarms import raise_alarm
from hotline.staff.actions.audit import record
from hotline.staff.permissions import require

State = Conversation.State
# What the honest waiting time is taken from: those who were served in the last hour, if there were enough.
WINDOW = timedelta(hours=1)
FEWEST = 3
# Rows of a queue that are looked at or shown: no line has more places.
BOUND = 500


class AlreadyTaken(Refused):
    code = "already_taken"
    message = _("A colleague was faster: this visitor is in good hands.")


class NothingWaiting(Refused):
    code = "nothing_waiting"
    message = _("Nobody is waiting for you at the moment.")


@dataclass(frozen=True)
class Taken:
    """Answer to a take: codes of the conversation and its room."""

    conversation: str
    room: str


def take_next(actor, line, take_id):
    """Give the volunteer the next visitor of `line` who speaks a language of theirs. Returns Taken.

    take_id (UUID) makes it idempotent. Raises NothingWaiting, duties.Away, duties.AtCapacity, NotAllowed, NotFound.
    """
    require(actor, "chat.talk", line)
    if again := _taken(actor, take_id):
        return again
    for conversation in for_volunteer(line, actor):
        try:
            return _take(actor, conversation, take_id)
        except AlreadyTaken:
            continue
    raise NothingWaiting


def take(actor, conversation, take_id):
    """Give the volunteer this very visitor. Returns Taken.

    Raises AlreadyTaken, duties.Away, duties.AtCapacity, NotAllowed, NotFound.
    """
    require(actor, "chat.talk", conversation)
    return _taken(actor, take_id) or _take(actor, conversation, take_id)


def _taken(actor, take_id):
    conversation = Conversation.objects.filter(taken_by_id=take_id, volunteer=actor).select_related("room").first()
    return conversation and Taken(conversation.code, conversation.room.code)


def _take(actor, conversation, take_id):
    now = timezone.now()
    try:
        with transaction.atomic():
            room = rooms.lock(conversation.room_id)
            duties.claim(actor, conversation.line)
            if not Conversation.objects.filter(pk=conversation.pk, state=State.WAITING).update(
                state=State.ACTIVE, volunteer=actor, taken_at=now, taken_by_id=take_id
            ):
                raise AlreadyTaken
            rooms.enter(room, actor, Participant.Role.VOLUNTEER, now, first_seq=conversation.history_from)
            record(actor, "conversation.taken", conversation.code)
            ring(topics.queue(conversation.line_id))
    except IntegrityError:  # the same take, sent twice at once
        if again := _taken(actor, take_id):
            return again
        raise AlreadyTaken from None
    return Taken(conversation.code, room.code)


def give_back(conversation, volunteer):
    """The volunteer (User; None: their account is gone) has left: their visitor stands at the front of the queue again,
    with all that was said. Whether it was still theirs, bool.
    """
    now = timezone.now()
    with transaction.atomic():
        room = rooms.lock(conversation.room_id)
        if not Conversation.objects.filter(pk=conversation.pk, state=State.ACTIVE, volunteer=volunteer).update(
            state=State.WAITING, volunteer=None, taken_by_id=None, turn_at=conversation.created_at - FRONT
        ):
            return False
        staff = Participant.objects.present().filter(room=room).exclude(role=Participant.Role.VISITOR)
        for participant in staff.filter(user=volunteer):
            rooms.leave(room, participant, now, why="gone")
        call_back(conversation)
        beside.leave(conversation, now)
        record(None, "conversation.given_back", conversation.code)
        raise_alarm(
            conversation.line.team,
            "volunteer_gone",
            conversation.code,
            text=gettext_noop("The volunteer of the conversation %(subject)s is gone. The visitor waits at the front."),
        )
        ring(topics.queue(conversation.line_id))
    return True


def for_volunteer(line, user):
    """Waiting Conversations of `line` in the order in which this volunteer should take them.

    Those whose language they speak; then those whose language nobody speaks who is here now.
    """
    spoken = _spoken(user)
    others = {language for duty in duties.present(line) for language in _spoken(duty.user)}
    waiting = Conversation.objects.waiting().filter(line=line).select_related("line", "room")[:BOUND]
    mine, orphaned = [], []
    for conversation in waiting:
        if conversation.language in spoken:
            mine.append(conversation)
        elif conversation.language not in others:
            orphaned.append(conversation)
    return mine + orphaned


def _spoken(user):
    return {user.language, *user.spoken_languages}


def position(conversation):
    """Place of a waiting Conversation in its queue, from 1; 0 when it waits no more."""
    if conversation.state != State.WAITING:
        return 0
    ahead = Q(turn_at__lt=conversation.turn_at) | Q(turn_at=conversation.turn_at, pk__lt=conversation.pk)
    return Conversation.objects.filter(ahead, line=conversation.line_id, state=State.WAITING).count() + 1


def wait_seconds(line, place, now=None):
    """About how long whoever stands at `place` (from 1) waits, in seconds, rounded up to minutes.

    By the pace of the last hour; None when too few were served to say anything honest.
    """
    now = now or timezone.now()
    recent = Conversation.objects.filter(line=line, practice=False, passed_on_at=None, taken_at__gt=now - WINDOW)
    served = recent.count()
    if served < FEWEST:
        return None
    return math.ceil(place * WINDOW.total_seconds() / served / 60) * 60
