"""Flags for follow-up: set by the volunteer, seen to by whoever supervises the line. An open one keeps its conversation."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.actions import care, erasure, reading, rooms
from chat.actions.conversations import Unknown
from chat.actions.holds import SUPERVISE, Changed
from chat.models import Conversation, Event, Flag, Participant
from hotline.lib.errors import Refused
from hotline.lib.keyring import KeyGone
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.audit import record
from hotline.staff.permissions import NotAllowed, require

State = Flag.State
REASON_LIMIT = 500
# Of one conversation: more are one that says more.
MOST = 10


class ReasonMissing(Refused):
    code = "reason_missing"
    message = _("Say in a few words what has to be followed up.")


class TooLong(Refused):
    code = "too_long"
    message = _("That is too long: %(limit)s characters at most.")


class TooMany(Refused):
    code = "too_many"
    message = _("This conversation has as many flags as fit.")


class NotYours(Refused):
    code = "not_yours"
    message = _("This conversation is no longer yours.")


class NoKey(Refused):
    code = "no_key"
    message = _("Nothing can be written down about this conversation any more: its key is gone.")


class StillRunning(Refused):
    code = "not_ended"
    message = _("This conversation has not ended yet.")


class SomebodyElse(Refused):
    code = "already_taken"
    message = _("Somebody else takes care of it already.")


def open_ones(conversation):
    """Flags (QuerySet) of a conversation that are not done."""
    return conversation.flags.exclude(state=State.DONE)


def flag(actor, conversation, reason, last=None):
    """Its volunteer asks for a follow-up. Returns the Flag.

    reason: str, at most 500 characters. last: about so many last messages (int), None for all of it.
    Raises ReasonMissing, TooLong, TooMany, NotYours, NotAllowed, NotFound.
    """
    require(actor, "chat.talk", conversation)
    reason = _clean(reason)
    with transaction.atomic():
        conversation = rooms.lock_conversation(conversation, NotYours)
        if conversation.volunteer_id != actor.pk or conversation.put_away:
            raise NotYours
        if conversation.practice or not conversation.line.can_flag:
            raise NotAllowed
        if conversation.flags.count() >= MOST:
            raise TooMany
        me = Participant.objects.get(room=conversation.room, user=actor)
        first, until = _range(conversation.room, last)
        made = Flag(
            conversation=conversation,
            line=conversation.line,
            by=actor,
            key=me.keys.latest("pk"),
            first_seq=max(first, me.first_seq),
            last_seq=until,
            created_at=timezone.now(),
        )
        try:
            made.sealed_reason = made.seal("reason", reason)
        except KeyGone:
            raise NoKey from None
        made.save()
        keep(conversation)
        if conversation.ended_at:
            care.after(conversation, actor.pk, made.created_at)
        record(actor, "conversation.flagged", conversation.code)
    return made


def complain(participant, reason):
    """The visitor (Participant) complains about a conversation that has ended: somebody else than its volunteer reads what
    was said. Once; what is said a second time is not kept, and answered the same.

    Raises ReasonMissing, TooLong, StillRunning, NotAllowed where the line takes none, Unknown (it is erased).
    """
    reason = _clean(reason)
    with transaction.atomic():
        conversation = rooms.lock_conversation(participant.room.conversation, Unknown)
        if not conversation.entrance.takes_complaints:
            raise NotAllowed
        if conversation.state != Conversation.State.ENDED:
            raise StillRunning
        if conversation.flags.filter(from_visitor=True).exists():
            return
        made = Flag(
            conversation=conversation,
            line=conversation.line,
            from_visitor=True,
            key=participant.keys.latest("pk"),
            # What an earlier line kept back from this one stays with it.
            first_seq=conversation.history_from,
            last_seq=conversation.room.head,
            created_at=timezone.now(),
        )
        try:
            made.sealed_reason = made.seal("reason", reason)
        except KeyGone:
            raise NoKey from None
        made.save()
        keep(conversation)
        record(None, "conversation.complained", conversation.code)


def _clean(text):
    text = text.strip()
    if not text:
        raise ReasonMissing
    if len(text) > REASON_LIMIT:
        raise TooLong(limit=REASON_LIMIT)
    return text


def _range(room, last):
    if last is None:
        return 1, room.head
    seqs = Event.objects.filter(room=room, kind=Event.Kind.MESSAGE).order_by("-seq").values_list("seq", flat=True)
    return min(seqs[:last], default=room.head), room.head


def read(actor, flag):
    """What was written in the part of the conversation that a flag is about. Each look is audited.

    Returns as `reading.messages`. Raises Unknown (it is erased), NotAllowed, NotFound.
    """
    require(actor, SUPERVISE, flag)
    with transaction.atomic():
        room = rooms.lock_conversation(flag.conversation, Unknown).room
        record(actor, "conversation.read", flag.conversation.code, flag=flag.code)
    return reading.messages(room, flag.first_seq, flag.last_seq)


def take_care(actor, flag):
    """Somebody who supervises the line follows it up. Raises SomebodyElse, NotAllowed, NotFound."""
    require(actor, SUPERVISE, flag)
    with transaction.atomic():
        if not Flag.objects.filter(pk=flag.pk, state=State.OPEN).update(state=State.CARED_FOR, carer=actor):
            raise SomebodyElse
        record(actor, "flag.cared_for", flag.code)
        _ring(flag)


def let_go(actor, flag):
    """Whoever follows it up no longer does, or has gone: it is everybody's again. Raises Changed, NotAllowed, NotFound."""
    require(actor, SUPERVISE, flag)
    with transaction.atomic():
        cared_for = Flag.objects.filter(pk=flag.pk, state=State.CARED_FOR, carer=flag.carer_id)
        if not cared_for.update(state=State.OPEN, carer=None):
            raise Changed
        record(actor, "flag.let_go", flag.code)
        _ring(flag)


def finish(actor, flag, outcome):
    """It is followed up; what became of it (str, at most 500 characters) is kept with it. With the last open flag the
    line's time counts again.

    Raises ReasonMissing, TooLong, Changed, Unknown (it is erased), NotAllowed, NotFound.
    """
    require(actor, SUPERVISE, flag)
    outcome = _clean(outcome)
    with transaction.atomic():
        conversation = rooms.lock_conversation(flag.conversation, Unknown)
        # Its key moves with the conversation's time.
        flag, now = Flag.objects.select_related("key").get(pk=flag.pk), timezone.now()
        try:
            sealed = flag.seal("outcome", outcome)
        except KeyGone:
            # It can be written down no more, and must not keep the conversation for that.
            sealed = None
        undone = Flag.objects.filter(pk=flag.pk).exclude(state=State.DONE)
        if not undone.update(state=State.DONE, carer=actor, sealed_outcome=sealed, done_at=now):
            raise Changed
        keep(conversation)
        record(actor, "flag.done", flag.code)


def keep(conversation):
    """Keep a locked conversation as long as its open flags ask for: at most so long after its end (or now, while it runs).

    In the caller's transaction.
    """
    now = timezone.now()
    until = None
    if open_ones(conversation).exists():
        until = (conversation.ended_at or now) + timedelta(days=settings.FLAG_DAYS)
    Conversation.objects.filter(pk=conversation.pk).update(flagged_until=until)
    conversation.flagged_until = until
    erasure.wrap_keys(conversation, now)
    for line in {conversation.line_id, *conversation.flags.values_list("line", flat=True)}:
        ring(topics.queue(line))


def _ring(flag):
    ring(topics.queue(flag.line_id))
