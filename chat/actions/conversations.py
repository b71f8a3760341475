"""A conversation from its start to its end. Every way in calls these."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.actions import beside, care, exclusion, figures, lines, rooms, tokens
from chat.actions.held_out import call_back
from chat.models import AuthorKey, Conversation, Event, Line, Participant, Room
from hotline.lib import crypto
from hotline.lib.errors import Refused
from hotline.lib.keyring import KeyGone, keyring
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.audit import record
from hotline.staff.permissions import NotAllowed, require

State, End = Conversation.State, Conversation.End
# How long a visitor's token still opens survey, erasing and what was said, after the end or coming back by code later.
AFTERWARDS = timedelta(minutes=30)


class Closed(Refused):
    code = "closed"
    message = _("This chat is closed now.")


class Paused(Refused):
    code = "paused"
    message = _("This chat takes nobody new at the moment. Please try again later.")


class Full(Refused):
    code = "full"
    message = _("All places are taken at the moment. Please try again in a little while.")


class AlreadyEnded(Refused):
    code = "ended"
    message = _("This conversation has ended.")


class Unknown(Refused):
    code = "unknown"
    message = _("This code is not known, or its conversation is gone.")


REFUSALS = {"closed": Closed, "paused": Paused, "full": Full}


@dataclass(frozen=True)
class Started:
    """What the visitor's device gets. The token is theirs alone; the house keeps its hash."""

    token: str
    conversation: str
    room: str
    resume_code: str


def start(line, secret, *, alias="", answers=None, language, network=""):
    """Put a visitor into the queue of `line` (Line). Returns Started; the same `secret` again gives the same one.

    secret: 16 bytes of the client's making. alias, answers: as `forms.start` has checked them. network: the keyed
    mark of the visitor's network (throttle.network_of), never stored with the conversation.
    Raises Closed, Paused, Full, or exclusion.Excluded.
    """
    token = tokens.visitor_token(secret)
    if again := _started(line, token, secret):
        return again
    try:
        with transaction.atomic():
            # One at a time, so that the last free place is given once.
            line = Line.objects.select_for_update(no_key=True).get(pk=line.pk)
            return _start(line, secret, token, alias, answers or {}, language, network)
    except IntegrityError:  # the same start, sent twice at once
        if again := _started(line, token, secret):
            return again
        raise


def _started(line, token, secret):
    participant = visitor(token)
    if participant is None or participant.room.conversation.entrance_id != line.pk:
        return None
    code = tokens.resume_code(secret) if line.can_resume else ""
    return Started(token, participant.room.conversation.code, participant.room.code, code)


def _start(line, secret, token, alias, answers, language, network):
    now = timezone.now()
    exclusion.refuse(line, network)
    if refusal := REFUSALS.get(lines.state(line, now)):
        raise refusal
    risk = _risk(line, answers)
    raised = timedelta(minutes=line.risk_minutes) if risk else timedelta()
    conversation = Conversation(line=line, language=language, risk=risk, turn_at=now - raised, created_at=now)
    started = admit(conversation, secret, token, alias, answers)
    exclusion.remember(conversation, network)
    ring(topics.queue(line.pk))
    return started


def admit(conversation, secret, token, alias, answers):
    """Save a new Conversation with its room, its visitor and their key, and begin its log. Returns Started.

    In the caller's transaction, which has checked that it may begin. secret: bytes, token: str, as in `tokens`.
    """
    line, now = conversation.line, conversation.created_at
    conversation.entrance = line
    conversation.told_of_reading = line.has_live_view
    room = conversation.room = Room.objects.create(key_due=keyring().due_day(now + line.retention))
    participant = Participant.objects.create(
        room=room, role=Participant.Role.VISITOR, token_hash=tokens.hash_visitor(token), seen_at=now
    )
    key = AuthorKey.make(participant, room.key_due).open()
    code = tokens.resume_code(secret)
    if line.can_resume:
        conversation.resume_hash = tokens.hash_resume(code)
    conversation.sealed_answers = crypto.seal_json(
        key, answers, f"chat_conversation:{conversation.code}:sealed_answers"
    )
    conversation.save()
    participant.sealed_alias = crypto.seal(key, alias.encode(), f"chat_participant:{participant.code}:sealed_alias")
    participant.save(update_fields=["sealed_alias"])
    rooms.add(room, Event.Kind.JOINED, now, participant)
    return Started(token, conversation.code, room.code, code if line.can_resume else "")


def _risk(line, answers):
    """The key of the answer that raises this visitor's place, or an empty text."""
    return next((key for key, value in line.risk_answers.items() if answers.get(key) == value), "")


def resume(line, code):
    """Let the visitor who has this resume code (str, as typed) in from another device. Returns Started; their former
    device is no longer known. Raises Unknown."""
    conversation = (
        Conversation.objects.filter(entrance=line, resume_hash=tokens.hash_resume(code)).select_related("room").first()
    )
    if conversation is None or not line.can_resume:
        raise Unknown
    token = tokens.new_visitor_token()
    with transaction.atomic():
        rooms.lock(conversation.room_id)
        Participant.objects.filter(room=conversation.room, role=Participant.Role.VISITOR).update(
            token_hash=tokens.hash_visitor(token), seen_at=timezone.now()
        )
        ring(topics.room(conversation.room.code))
    return Started(token, conversation.code, conversation.room.code, tokens.normal_resume(code))


def visitor(token):
    """The Participant (with room, conversation and line) of a conversation to whom this token belongs, or None."""
    return (
        Participant.objects.select_related("room__conversation__line", "room__conversation__entrance")
        # Each frame and poll begins here: a line's texts are large, and read when they are asked for.
        .defer(*(f"room__conversation__{line}__{name}" for line in ("line", "entrance") for name in Line.TEXTS))
        .filter(token_hash=tokens.hash_visitor(token), room__kind=Room.Kind.CONVERSATION)
        .first()
    )


def end_as_visitor(participant, *, leaving=False):
    """The visitor ends their conversation; with `leaving` at once and for good: their token opens nothing any more.

    Raises AlreadyEnded.
    """
    with transaction.atomic():
        rooms.lock(participant.room_id)
        if leaving:
            Participant.objects.filter(pk=participant.pk).update(token_hash=None)
        conversation = Conversation.objects.select_related("room", "line", "entrance").get(room=participant.room_id)
        if leaving and conversation.state == State.ENDED:
            return  # what counts is done: the token opens nothing
        _end(conversation, End.EXIT if leaving else End.VISITOR, participant)


def end_as_volunteer(actor, conversation, *, abuse=False):
    """The volunteer who has it ends it; as abuse it also keeps the visitor out for a time, where the line does that.

    Raises AlreadyEnded; NotAllowed or NotFound for anybody else, NotAllowed for abuse where the line keeps nobody out.
    """
    require(actor, "chat.talk", conversation)
    if abuse and not conversation.line.can_exclude:
        raise NotAllowed
    with transaction.atomic():
        rooms.lock(conversation.room_id)
        conversation = Conversation.objects.select_related("room", "line", "entrance").get(pk=conversation.pk)
        if conversation.state != State.ENDED and conversation.volunteer_id != actor.pk:
            raise AlreadyEnded(_("This conversation is no longer yours."))
        participant = Participant.objects.filter(room=conversation.room, user=actor).first()
        _end(conversation, End.ABUSE if abuse else End.VOLUNTEER, participant)
        if abuse:
            exclusion.exclude(conversation)
            record(actor, "conversation.ended_as_abuse", conversation.code)


def end_abandoned(conversation):
    """The house ends one whose visitor has not come back; whether it was still running, bool."""
    return _end_without_people(conversation, End.LEFT)


def end_by_house(conversation):
    """The house ends one because it closes at once; whether it was still running, bool."""
    return _end_without_people(conversation, End.HOUSE)


def _end_without_people(conversation, how):
    try:
        with transaction.atomic():
            rooms.lock(conversation.room_id)
            conversation = Conversation.objects.select_related("room", "line", "entrance").get(pk=conversation.pk)
            _end(conversation, how, None)
    except AlreadyEnded:
        return False
    return True


def _end(conversation, how, participant):
    now = timezone.now()
    erase_at = now + conversation.retention
    ended = Conversation.objects.filter(pk=conversation.pk).exclude(state=State.ENDED)
    # An open flag keeps it so long after its end, and no longer.
    flagged = now + timedelta(days=settings.FLAG_DAYS) if conversation.flagged_until else None
    if not ended.update(state=State.ENDED, end=how, ended_at=now, erase_at=erase_at, flagged_until=flagged):
        raise AlreadyEnded
    call_back(conversation)
    beside.close(conversation)
    rooms.clear(conversation.room, now, *Participant.GUIDES)
    Room.objects.filter(pk=conversation.room_id).update(is_open=False)
    conversation.end, conversation.ended_at = how, now
    why = {"why": "closed"} if how == End.HOUSE else {}
    rooms.add(conversation.room, Event.Kind.ENDED, now, participant, by=_side(participant), **why)
    figures.keep_fact(conversation)
    care.after(conversation, conversation.volunteer_id, now)
    ring(topics.queue(conversation.line_id))


def _side(participant):
    if participant is None:
        return "house"
    return "visitor" if participant.is_visitor else "volunteer"


def answers_before(conversation):
    """What the visitor answered before the chat, dict. Raises KeyGone."""
    sealed, key = conversation.sealed_answers, _visitor_key(conversation.room)
    return crypto.unseal_json(key, bytes(sealed), f"chat_conversation:{conversation.code}:sealed_answers")


def alias_of(participant):
    """The name a participant goes by, str; empty when they gave none or it is gone."""
    if participant.user is not None:
        return participant.user.alias
    key = min(participant.keys.all(), key=lambda one: one.pk, default=None)
    if key is None or participant.sealed_alias is None:
        return ""
    try:
        context = f"chat_participant:{participant.code}:sealed_alias"
        return crypto.unseal(key.open(), bytes(participant.sealed_alias), context).decode()
    except KeyGone:
        return ""


def _visitor_key(room):
    key = AuthorKey.objects.filter(participant__room=room, participant__role=Participant.Role.VISITOR).first()
    if key is None:
        raise KeyGone(room.code)
    return key.open()
