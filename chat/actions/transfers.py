"""Passing a conversation on: it is held out to a colleague or another line, and stays where it is until somebody takes it."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.actions import duties, rooms
from chat.actions.handing_over import hand_over
from chat.actions.messages import Ended
from chat.actions.queue import Taken
from chat.models import Conversation, Duty, Participant, Transfer
from hotline.lib.errors import Refused
from hotline.lib.keyring import KeyGone
from hotline.lib.rows import each
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.audit import record
from hotline.staff.models import User
from hotline.staff.permissions import NotAllowed, NotFound, Rights, can, require

TALK = "chat.talk"
State = Transfer.State
# Whoever was asked is at the desk: an answer that has not come by then does not come, and the visitor is not to wait for it.
TIME = timedelta(minutes=2)
NOTE_LIMIT = 1000
# Colleagues that are shown; no line has as many at one time.
BOUND = 100
LANGUAGES = dict(settings.LANGUAGES)


class NotYours(Refused):
    code = "not_yours"
    message = _("This conversation is no longer yours.")


class OfferedAlready(Refused):
    code = "offered_already"
    message = _("This conversation is held out to somebody already. Take it back first.")


class NotThere(Refused):
    code = "not_there"
    message = _("Whom you chose is no longer at their desk, or has no place free. Choose somebody else.")


class NobodyThere(Refused):
    code = "not_there"
    message = _("Nobody at that line has a place free at the moment. The visitor stays with you.")


class NoteTooLong(Refused):
    code = "too_long"
    message = _("The note is too long: %(limit)s characters at most.")


class NoLongerOffered(Refused):
    code = "already_taken"
    message = _("This visitor is no longer held out to you: taken back, taken by a colleague, or time was up.")


class TakenOver(Refused):
    code = "already_taken"
    message = _("Somebody has just taken over.")


class StillYours(Refused):
    code = "still_yours"
    message = _("Nobody took over in time. The visitor is still with you.")


class NoKey(Refused):
    code = "no_key"
    message = _(
        "The note can no longer be sealed, since a key of this conversation is gone. Pass it on without a note."
    )


@dataclass(frozen=True)
class Colleague:
    """Somebody a conversation could be passed on to. languages: in words."""

    user: User
    has: int
    maximum: int
    languages: tuple
    understands: bool

    @property
    def is_full(self):
        """Whether they have as many conversations as they set."""
        return self.has >= self.maximum


def colleagues(conversation):
    """[Colleague] at the desk of its line, but for its volunteer: those who speak the visitor's language and have the
    fewest conversations first. Four queries."""
    found = _there(conversation, conversation.line)
    return sorted(found, key=lambda one: (not one.understands, one.is_full, one.has, one.user.alias))


def _there(conversation, line):
    """[Colleague] at the desk of `line` but for the volunteer of this conversation."""
    there = [duty for duty in duties.present(line)[:BOUND] if duty.user_id != conversation.volunteer_id]
    rights = Rights.of_many(duty.user for duty in there)
    loads = duties.loads(line)
    return [
        _colleague(duty, loads.get(duty.user_id, 0), duties.limit(duty, line, timezone.now()), conversation.language)
        for duty in there
        if rights[duty.user_id].can(TALK, line)
    ]


def _colleague(duty, has, maximum, language):
    spoken = dict.fromkeys([duty.user.language, *duty.user.spoken_languages])
    names = tuple(str(LANGUAGES.get(code, code)) for code in spoken)
    return Colleague(duty.user, has, maximum, names, language in spoken)


def other_lines(conversation):
    """Lines (QuerySet) that its line passes visitors on to."""
    return conversation.line.passes_on_to.all()


def offer(actor, conversation, *, to_user=None, to_line=None, note=""):
    """Hold the conversation out to a colleague (User) or to another Line. Returns the Transfer.

    note: what whoever takes over should know, at most 1,000 characters; the visitor never sees it.
    Raises NotYours, Ended, OfferedAlready, NotThere, NobodyThere, NoteTooLong, NotAllowed, NotFound.
    """
    require(actor, TALK, conversation)
    note = note.strip()
    if len(note) > NOTE_LIMIT:
        raise NoteTooLong(limit=NOTE_LIMIT)
    now = timezone.now()
    try:
        with transaction.atomic():
            conversation = rooms.lock_conversation(conversation, NotYours)
            if conversation.state == Conversation.State.ENDED:
                raise Ended
            if conversation.state != Conversation.State.ACTIVE or conversation.volunteer_id != actor.pk:
                raise NotYours
            if conversation.practice or not conversation.line.can_transfer:
                raise NotAllowed
            _is_there(conversation, to_user, to_line)
            transfer = Transfer(
                conversation=conversation,
                by=actor,
                from_line=conversation.line,
                to_user=to_user,
                to_line=to_line,
                offered_at=now,
                expires_at=now + TIME,
            )
            if note:
                me = Participant.objects.get(room=conversation.room, user=actor)
                try:
                    transfer.seal_note(me.keys.latest("pk"), note)
                except KeyGone:
                    raise NoKey from None
            transfer.save()
            record(actor, "conversation.transfer_offered", conversation.code)
            _ring(transfer)
    except IntegrityError:
        raise OfferedAlready from None
    return transfer


def _is_there(conversation, to_user, to_line):
    if to_line is not None:
        if not other_lines(conversation).filter(pk=to_line.pk).exists():
            raise NotFound
        if all(one.is_full for one in _there(conversation, to_line)):
            raise NobodyThere
    elif not any(one.user.pk == to_user.pk and not one.is_full for one in colleagues(conversation)):
        raise NotThere


def withdraw(actor, transfer):
    """Whoever holds the conversation out keeps it. Raises TakenOver, StillYours, NotAllowed, NotFound."""
    if transfer.by_id != actor.pk:
        require(actor, TALK, transfer.conversation)
    try:
        _answer(transfer, State.WITHDRAWN, actor, transfer.by_id == actor.pk)
    except NoLongerOffered:
        transfer.refresh_from_db(fields=["state"])
        raise TakenOver if transfer.state == State.ACCEPTED else StillYours from None


def decline(actor, transfer):
    """The colleague who was asked does not take it. Raises NoLongerOffered, NotAllowed, NotFound."""
    require(actor, TALK, transfer.conversation)
    _answer(transfer, State.DECLINED, actor, transfer.to_user_id == actor.pk)


def _answer(transfer, state, actor, may):
    if not may:
        raise NotAllowed
    with transaction.atomic():
        if not Transfer.objects.open().filter(pk=transfer.pk).update(state=state):
            raise NoLongerOffered
        record(actor, "conversation.transfer_ended", transfer.conversation.code, how=str(state))
        _ring(transfer)


def accept(actor, transfer):
    """Take the conversation over: to whoever does it is a new one, with what was said before if its line allows that, and
    whoever had it reads and writes there no more. Returns Taken; the same for whoever presses twice.

    Raises NoLongerOffered, duties.Away, duties.AtCapacity, NotAllowed, NotFound.
    """
    line = transfer.to_line or transfer.conversation.line
    require(actor, TALK, line)
    if transfer.to_user_id not in (None, actor.pk) or transfer.by_id == actor.pk:
        raise NotAllowed
    now = timezone.now()
    with transaction.atomic():
        conversation = rooms.lock_conversation(transfer.conversation, NoLongerOffered)
        taken = Taken(conversation.code, conversation.room.code)
        transfer.refresh_from_db(fields=["state"])
        if transfer.state == State.ACCEPTED and conversation.volunteer_id == actor.pk:
            return taken
        duties.lock_both(actor, line, transfer.by_id, conversation.line)
        duties.claim(actor, line)
        if transfer.expires_at <= now or not Transfer.objects.open().filter(pk=transfer.pk).update(
            state=State.ACCEPTED
        ):
            raise NoLongerOffered
        if not hand_over(conversation, transfer.by_id, actor, line, now):
            raise NoLongerOffered
        record(actor, "conversation.transferred", conversation.code)
        _ring(transfer)
    return taken


def lapse(now):
    """Conversations that nobody took over in time stay with their volunteer, who is told; returns how many."""
    return each(Transfer.objects.overdue(now).select_related("conversation")[:BOUND], _lapse)


def _lapse(transfer):
    with transaction.atomic():
        if not Transfer.objects.open().filter(pk=transfer.pk).update(state=State.LAPSED):
            return False
        _ring(transfer)
    return True


def offered_to(user, now):
    """Transfers (list) that wait for an answer of this volunteer: those for them, and those for a line whose desk they
    are at. Three queries."""
    at_desk = Duty.objects.filter(user=user, away=False).values_list("line", flat=True)
    open_ones = Transfer.objects.open().filter(expires_at__gt=now).exclude(by=user)
    shown = open_ones.select_related("conversation__line", "by", "to_line__team", "from_line", "key")
    found = shown.filter(to_user=user) | shown.filter(to_line__in=list(at_desk))
    rights = Rights.of(user)
    return [one for one in found.order_by("pk")[:BOUND] if rights.can(TALK, one.to_line or one.conversation.line)]


def find(user, code):
    """The Transfer with this code that `user` has made or may answer. Raises NotFound."""
    transfer = (
        Transfer.objects.filter(code=code)
        .select_related("conversation__line", "conversation__room", "to_line", "from_line", "by")
        .first()
    )
    if transfer is None:
        raise NotFound
    if transfer.by_id != user.pk and not can(user, TALK, transfer.to_line or transfer.conversation.line):
        raise NotFound
    return transfer


def _ring(transfer):
    lines = {transfer.from_line_id, transfer.to_line_id} - {None}
    for line in sorted(lines):
        ring(topics.queue(line))
