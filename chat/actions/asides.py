"""Out of a group into a conversation of two: a volunteer asks, the visitor decides, and goes on under the same alias."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.actions import conversations, duties, exclusion, group_staff, rooms, tokens
from chat.actions.conversations import Started
from chat.actions.group_visitors import DecidedAlready, go
from chat.models import Conversation, GroupMember, Participant
from hotline.lib.errors import Refused
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.audit import record
from hotline.staff.permissions import Rights, require

TALK = "chat.talk"
State = GroupMember.State


class AskedAlready(Refused):
    code = "already_changed"
    message = _("They are asked already, or are no longer there.")


class NotAsked(Refused):
    code = "not_asked"
    message = _("Nobody asks you into a conversation at the moment.")


class NoTime(Refused):
    code = "at_capacity"
    message = _("They have no time just now. You stay here in the group; try again in a little while.")


def ask(actor, member):
    """A volunteer in the group who has room for one more asks a visitor into a conversation of two.

    Raises AskedAlready, Over, NotAllowed, NotFound, duties.Away, duties.AtCapacity.
    """
    require(actor, TALK, member.group)
    with transaction.atomic():
        group = group_staff.lock_open(member.group)
        if not Participant.objects.present().filter(room=group.room, user=actor).exists():
            raise AskedAlready(_("Come into the group first."))
        free = GroupMember.objects.filter(pk=member.pk, state=State.IN, asked_by=None)
        if not free.update(asked_by=actor):
            raise AskedAlready
        duties.claim(actor, group.line)
        record(actor, "group.asked_aside", group.code, visitor=member.participant.code)
        _tell(group)


def take_back(actor, member):
    """They are asked no more. Raises DecidedAlready."""
    require(actor, TALK, member.group)
    with transaction.atomic():
        group = group_staff.lock_open(member.group)
        if not GroupMember.objects.filter(pk=member.pk, asked_by=actor).update(asked_by=None):
            raise DecidedAlready
        record(actor, "group.asked_no_more", group.code, visitor=member.participant.code)
        _tell(group)


def stay(participant):
    """The visitor does not want to. Raises NotAsked."""
    with transaction.atomic():
        group = group_staff.lock_open(participant.member.group)
        if not GroupMember.objects.filter(participant=participant, asked_by__isnull=False).update(asked_by=None):
            raise NotAsked
        _tell(group)


def accept(participant, secret, network=""):
    """The visitor goes out of the group into a conversation with whoever asked. Returns Started; the same for the same
    `secret` (16 bytes of the client's making). network: as in `conversations.start`.

    Raises NotAsked, NoTime, Over.
    """
    token = tokens.visitor_token(secret)
    with transaction.atomic():
        group = group_staff.lock(participant.member.group)
        if again := conversations.visitor(token):
            return _started(group.line, again.room, token, secret)
        member = GroupMember.objects.select_related("asked_by", "participant", "group").get(participant=participant)
        actor, now = member.asked_by, timezone.now()
        if actor is None or member.state != State.IN or not Rights(actor).can(TALK, group):
            raise NotAsked
        try:
            duties.claim(actor, group.line)
        except (duties.Away, duties.AtCapacity):
            raise NoTime from None
        alias = conversations.alias_of(participant)
        conversation = Conversation(
            line=group.line,
            language=member.language,
            state=Conversation.State.ACTIVE,
            volunteer=actor,
            taken_at=now,
            turn_at=now,
            created_at=now,
        )
        started = conversations.admit(conversation, secret, token, alias, {})
        exclusion.remember(conversation, network)
        rooms.enter(conversation.room, actor, Participant.Role.VOLUNTEER, now)
        go(group.room, member, now)
        record(actor, "group.went_aside", group.code, visitor=participant.code)
        record(actor, "conversation.taken", conversation.code)
        ring(topics.queue(group.line_id))
    return started


def _started(line, room, token, secret):
    return Started(token, room.conversation.code, room.code, tokens.resume_code(secret) if line.can_resume else "")


def _tell(group):
    ring(topics.room(group.room.code), changed=True)
    ring(topics.groups(group.line_id))
