"""Guidance: whoever supervises a line stands by a volunteer in a room of their own; the volunteer can call for it, and
whoever guides can step into the conversation or take it over."""

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from chat.actions import beside, duties, live_view, rooms
from chat.actions.conversations import Unknown
from chat.actions.handing_over import hand_over
from chat.actions.held_out import call_back
from chat.actions.holds import SUPERVISE
from chat.actions.live_view import NobodyYet, YourOwn
from chat.actions.messages import Ended
from chat.actions.queue import Taken
from chat.models import Conversation, Danger, Event, Guidance, HelpCall, Participant, Room
from hotline.lib.errors import Refused
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.alarms import raise_alarm, settle_alarm
from hotline.staff.actions.audit import record
from hotline.staff.permissions import NotAllowed, NotFound, Rights, require, visible

TALK = "chat.talk"
Role, State = Participant.Role, HelpCall.State
# Calls that are shown at once; no line has as many volunteers.
MOST = 100


class NotYours(Refused):
    code = "not_yours"
    message = _("This conversation is no longer yours.")


class AlreadyAnswered(Refused):
    """Somebody was faster. Parameter: alias."""

    code = "already_answered"
    message = _("%(alias)s is already there.")


class NoLongerCalled(Refused):
    code = "no_longer_called"
    message = _("Nobody needs to come any more: the call was taken back, or the conversation is over.")


class SomebodyElse(Refused):
    code = "already_taken"
    message = _("Somebody else has this conversation by now. Look at it again.")


def begin(actor, conversation):
    """The volunteer of a conversation, or whoever supervises its line, begins the guidance beside it, or comes into it.

    Returns their Participant there. Raises Ended, NobodyYet, YourOwn, Unknown (it is erased), NotAllowed, NotFound.
    """
    require(actor, TALK, conversation)
    with transaction.atomic():
        conversation = _running(conversation)
        me = _enter(actor, conversation)
        if me.role == Role.COORDINATOR:
            _has_come(actor, conversation)
        return me


def _has_come(actor, conversation):
    """Whoever supervises the line is there, however they came: it rings no more, and they are told what they must know.
    Whether it rang, bool."""
    rang = conversation.calls.open().update(state=State.ANSWERED, answerer=actor)
    if rang:
        settle_alarm(beside.ALARM, conversation.code)
        record(actor, "conversation.help_answered", conversation.code)
    # It rings in a danger until somebody has come, whatever became of the call.
    settle_alarm(beside.DANGER, conversation.code)
    beside.inform(actor, conversation)
    return bool(rang)


def _running(conversation):
    """It, locked, while a volunteer has it and its line has guidance."""
    conversation = rooms.lock_conversation(conversation, Unknown)
    if conversation.state == Conversation.State.ENDED:
        raise Ended
    if conversation.practice or not conversation.line.has_guidance:
        raise NotAllowed
    if _is_nobody_s(conversation):
        raise NobodyYet
    return conversation


def _is_nobody_s(conversation):
    # An account may be gone a moment before its visitor stands in the queue again.
    return conversation.state == Conversation.State.WAITING or conversation.volunteer_id is None


def _enter(actor, conversation):
    if conversation.volunteer_id != actor.pk:
        require(actor, SUPERVISE, conversation)
    now = timezone.now()
    guidance = conversation.guidances.filter(volunteer=conversation.volunteer_id).first()
    if guidance is None:
        made = Room.objects.create(kind=Room.Kind.GUIDANCE, key_due=conversation.room.key_due)
        guidance = Guidance.objects.create(
            conversation=conversation, volunteer_id=conversation.volunteer_id, room=made, begun_at=now
        )
        record(actor, "conversation.guidance_begun", conversation.code)
    room = rooms.lock(guidance.room_id)
    if not room.is_open:
        # the visitor was with somebody else meanwhile, and is theirs again
        Room.objects.filter(pk=room.pk).update(is_open=True)
    volunteer = _there(room, conversation.volunteer) or rooms.enter(room, conversation.volunteer, Role.VOLUNTEER, now)
    ring(topics.queue(conversation.line_id))
    if conversation.volunteer_id == actor.pk:
        return volunteer
    me = _there(room, actor)
    if me is None:
        me = rooms.enter(room, actor, Role.COORDINATOR, now, first_seq=_since(room, volunteer))
        record(actor, "conversation.guidance_joined", conversation.code)
    return me


def _there(room, user):
    return Participant.objects.present().filter(room=room, user=user).first()


def _since(room, volunteer):
    """The seq at which its volunteer came in, the last time: what was said before, when they had the visitor once already,
    was maybe said to another team."""
    came = Event.objects.filter(room=room, kind=Event.Kind.JOINED, author=volunteer)
    return came.order_by("-seq").values_list("seq", flat=True).first() or room.head + 1


# ---- the call ----


def call(actor, conversation):
    """Its volunteer calls for help: it rings at everybody who supervises the line. Returns the HelpCall; one rings at a time.

    Raises NotYours, and what `begin` raises.
    """
    require(actor, TALK, conversation)
    with transaction.atomic():
        conversation = _running(conversation)
        if conversation.volunteer_id != actor.pk:
            raise NotYours
        return make_ring(actor, conversation)


def make_ring(actor, conversation):
    """Ring at everybody who supervises the line of this locked conversation, unless it rings already. Returns the HelpCall.

    In the caller's transaction.
    """
    made = conversation.calls.open().first()
    if made is None:
        made = HelpCall.objects.create(conversation=conversation, by=actor, called_at=timezone.now())
        record(actor, "conversation.help_called", conversation.code)
        raise_alarm(
            conversation.line.team,
            beside.ALARM,
            conversation.code,
            text=gettext_noop("A volunteer calls for help with the conversation %(subject)s. Answer at the chat."),
        )
    _enter(actor, conversation)
    return made


def answer(actor, call):
    """Whoever supervises the line comes: it stops ringing, and they stand in the guidance. Returns their Participant, for
    whoever answers twice the one they are there as; None while no volunteer has the conversation, or they have gone again.

    Raises AlreadyAnswered, NoLongerCalled, YourOwn, NotAllowed, NotFound.
    """
    require(actor, SUPERVISE, call.conversation)
    with transaction.atomic():
        conversation = rooms.lock_conversation(call.conversation, NoLongerCalled)
        require(actor, SUPERVISE, conversation)
        if conversation.state == Conversation.State.ENDED:
            raise NoLongerCalled
        if conversation.volunteer_id == actor.pk:
            raise YourOwn
        call.refresh_from_db(fields=["state", "answerer"])
        if call.state == State.OPEN and _has_come(actor, conversation):
            return _enter(actor, conversation) if conversation.volunteer_id else None
        _too_late(actor, call)
        guided = Participant.objects.present().filter(room__guidance__conversation=conversation)
        return guided.filter(user=actor, role=Role.COORDINATOR).first()


def _too_late(actor, call):
    if call.state == State.OVER:
        raise NoLongerCalled
    if call.answerer is not None and call.answerer_id != actor.pk:
        raise AlreadyAnswered(alias=call.answerer.alias)


def take_back(actor, conversation):
    """The volunteer needs nobody any more; nothing happens when nobody is called. Raises NotYours, Unknown, NotAllowed."""
    require(actor, TALK, conversation)
    with transaction.atomic():
        conversation = rooms.lock_conversation(conversation, Unknown)
        if conversation.volunteer_id != actor.pk:
            raise NotYours
        if conversation.calls.open().update(state=State.OVER):
            settle_alarm(beside.ALARM, conversation.code)
            record(actor, "conversation.help_taken_back", conversation.code)
            ring(topics.queue(conversation.line_id))


def calls_for(user):
    """HelpCalls (list) that ring for this person, those with danger first (`in_danger`), then the oldest. Three queries."""
    rows = HelpCall.objects.open().exclude(by=user).exclude(conversation__volunteer=user)
    rows = rows.select_related("by", "conversation__line")
    rows = rows.annotate(in_danger=Exists(Danger.objects.open().filter(conversation=OuterRef("conversation"))))
    return list(visible(Rights.of(user), rows, SUPERVISE).order_by("-in_danger", "called_at")[:MOST])


def find_call(user, code):
    """The HelpCall with this code that `user` may answer. Raises NotFound, NotAllowed."""
    found = HelpCall.objects.filter(code=code).select_related("conversation__line", "conversation__room").first()
    if found is None:
        raise NotFound
    require(user, SUPERVISE, found.conversation)
    return found


# ---- in the conversation ----


def step_in(actor, conversation):
    """Whoever supervises the line speaks in the conversation too, by name; the visitor is told kindly. Returns their
    Participant; twice is once. Who was not announced to the visitor beforehand reads from now on alone.

    Raises YourOwn, Ended, NobodyYet, Unknown, NotAllowed, NotFound.
    """
    require(actor, SUPERVISE, conversation)
    with transaction.atomic():
        conversation = _to_step_into(actor, conversation)
        room, now = conversation.room, timezone.now()
        me = live_view.guiding(room, actor)
        if me is None or me.role == Role.OBSERVER:
            first = conversation.history_from if conversation.told_of_reading else room.head + 1
            me = rooms.enter(room, actor, Role.COORDINATOR, now, first_seq=first)
            record(actor, "conversation.stepped_in", conversation.code)
            ring(topics.queue(conversation.line_id))
        _has_come(actor, conversation)
    return me


def _to_step_into(actor, conversation):
    conversation = rooms.lock_conversation(conversation, Unknown)
    require(actor, SUPERVISE, conversation)
    if conversation.state == Conversation.State.ENDED:
        raise Ended
    if conversation.practice or not conversation.line.can_step_in:
        raise NotAllowed
    if _is_nobody_s(conversation):
        raise NobodyYet
    if conversation.volunteer_id == actor.pk:
        raise YourOwn
    return conversation


def code_of_volunteer(conversation):
    """The code of the Participant as whom its volunteer has this conversation, None while nobody has it."""
    mine = Participant.objects.filter(room=conversation.room_id, user__isnull=False, user=conversation.volunteer_id)
    return mine.values_list("code", flat=True).first()


def take_over(actor, conversation, seen):
    """Whoever supervises the line goes on with the visitor in place of the volunteer whom they saw have it, who is told.
    Returns Taken. seen: the code of that volunteer's Participant.

    Raises SomebodyElse, YourOwn, Ended, NobodyYet, Unknown, NotAllowed, NotFound.
    """
    require(actor, SUPERVISE, conversation)
    now = timezone.now()
    with transaction.atomic():
        conversation = _to_step_into(actor, conversation)
        former = conversation.volunteer_id
        if code_of_volunteer(conversation) != seen:
            raise SomebodyElse
        # It stands on their desk from now on, whatever number they had set.
        duties.lock_both(actor, conversation.line, former, conversation.line)
        _has_come(actor, conversation)
        call_back(conversation)
        if not hand_over(conversation, former, actor, conversation.line, now, taken=True):
            raise SomebodyElse
        record(actor, "conversation.taken_over", conversation.code)
        ring(topics.queue(conversation.line_id))
    return Taken(conversation.code, conversation.room.code)
