"""Volunteers and moderators of a group: who may moderate, who comes in, who goes."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.actions import rooms
from chat.models import Group, GroupMember, Participant, Room
from hotline.lib.errors import Refused
from hotline.lib.rows import each
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.audit import record
from hotline.staff.permissions import NotAllowed, Rights, require

TALK, SUPERVISE = "chat.talk", "chat.supervise_conversations"
Role = Participant.Role
# Whoever was not heard of for so long is out.
GONE = timedelta(minutes=10)
BOUND = 500


class Over(Refused):
    code = "ended"
    message = _("This group is over.")


def may_moderate(user, rights, group):
    """Whether `user` (User, with their Rights) moderates the Group: supervises its line, or works there and was named."""
    if rights.can(SUPERVISE, group):
        return True
    return rights.can(TALK, group) and any(one.pk == user.pk for one in group.moderators.all())


def require_moderator(actor, group):
    """Returns when `actor` moderates the Group. Raises NotAllowed, or NotFound for a stranger to its team."""
    rights = Rights(actor)
    require(rights, TALK, group)
    if not may_moderate(actor, rights, group):
        raise NotAllowed


def lock(group):
    """The Group as it stands now, with line and room; the room is locked until the transaction ends. Raises Over."""
    current = Group.objects.select_related("line").get(pk=group.pk)
    if current.room_id is None:
        raise Over
    try:
        current.room = rooms.lock(current.room_id)
    except Room.DoesNotExist:
        raise Over from None
    # it may have closed while the lock was waited for
    current.state = Group.objects.values_list("state", flat=True).get(pk=group.pk)
    return current


def lock_open(group):
    """The same while it is open. Raises Over."""
    current = lock(group)
    if current.state != Group.State.OPEN:
        raise Over
    return current


def come_in(actor, group):
    """The volunteer or moderator is in the group and in the internal chat beside it. Returns their Participant in the group.

    Raises Over, NotAllowed, NotFound.
    """
    require(actor, TALK, group)
    role = Role.COORDINATOR if may_moderate(actor, Rights(actor), group) else Role.VOLUNTEER
    now = timezone.now()
    with transaction.atomic():
        current = lock_open(group)
        here = Participant.objects.present().filter(room=current.room, user=actor, role=role).first()
        if here is not None:
            return here
        me = rooms.enter(current.room, actor, role, now)
        rooms.enter(rooms.lock(current.backroom_id), actor, role, now)
        record(actor, "group.entered", group.code)
        ring(topics.groups(group.line_id))
    return me


def go_out(actor, group):
    """They are in neither any more; a second time changes nothing. Raises Over."""
    _go_out(group, actor, timezone.now(), by="self")


def _go_out(group, user, now, by):
    with transaction.atomic():
        current = lock(group)
        were_here = False
        for room in (current.room, rooms.lock(current.backroom_id)):
            for me in Participant.objects.present().filter(room=room, user=user):
                rooms.leave(room, me, now)
                were_here = True
        # whom they asked aside, a colleague may ask now
        if GroupMember.objects.filter(group=current, asked_by=user).update(asked_by=None):
            ring(topics.room(current.room.code), changed=True)
        if were_here:
            record(user, "group.left", group.code, by=by)
            ring(topics.groups(group.line_id))
    return were_here


def drop_absent(now):
    """Volunteers and moderators who were not heard of for long are out; returns how many."""
    here = Participant.objects.present().filter(room__kind=Room.Kind.GROUP, room__is_open=True, user__isnull=False)
    absent = here.filter(seen_at__lt=now - GONE).select_related("room__group__line", "user").order_by("pk")[:BOUND]
    return each(absent, lambda one: _go_out(one.room.group, one.user, now, by="house"))
