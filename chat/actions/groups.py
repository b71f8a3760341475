"""Groups: planned, opened and closed, by hand or by plan; what a visitor meets who comes now."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.actions import group_staff, rooms
from chat.actions.erasure import wrap_room
from chat.models import Event, Group, GroupMember, HeldMessage, Participant, Room
from hotline.lib.errors import Refused
from hotline.lib.keyring import keyring
from hotline.lib.rows import each
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.audit import record
from hotline.staff.actions.freeze import is_frozen
from hotline.staff.permissions import NotAllowed, require

State = Group.State
SUPERVISE = "chat.supervise_conversations"
BOUND = 100


class NotPlanned(Refused):
    code = "already_changed"
    message = _("This group was opened or is over already.")


class PastItsEnd(Refused):
    code = "already_changed"
    message = _("This group would close at once: its planned end has passed. Set a later one first.")


class NotOpen(Refused):
    code = "already_changed"
    message = _("This group is not open.")


def save_group(actor, group, moderators=(), changed=()):
    """Write a new Group with its moderators (of those who talk at its line), or of one that stands what was `changed` alone
    (names of fields): all else may have been set at the desk since it was read. Returns it as it stands then.

    Raises group_staff.Over, NotAllowed, NotFound.
    """
    require(actor, SUPERVISE, group.line)
    adding = group._state.adding
    with transaction.atomic():
        if adding:
            group.save()
        elif _lock(group, State.PLANNED, State.OPEN) is None:
            raise group_staff.Over
        else:
            group.save(update_fields={*changed} - {"moderators"})
            group.refresh_from_db()
        if adding or "moderators" in changed:
            group.moderators.set(moderators)
        record(actor, "group.created" if adding else "group.changed", group.code)
        _ring(group)
    return group


def call_off(actor, group):
    """It does not take place. Raises NotPlanned, NotAllowed, NotFound."""
    require(actor, SUPERVISE, group.line)
    with transaction.atomic():
        # Django deletes by the key alone: without the lock also what opened a moment ago, and its rooms would be nobody's.
        planned = _lock(group, State.PLANNED)
        if planned is None:
            raise NotPlanned
        planned.delete()
        record(actor, "group.called_off", group.code)
        _ring(group)


def _lock(group, *states):
    """The Group, locked until the transaction ends, or None when it is in none of these states any more."""
    return Group.objects.select_for_update(no_key=True).filter(pk=group.pk, state__in=states).first()


def open_group(actor, group):
    """Open a planned group now. Raises NotPlanned, PastItsEnd, NotAllowed, NotFound."""
    group_staff.require_moderator(actor, group)
    if not group.line.has_groups:
        raise NotAllowed
    with transaction.atomic():
        _open(group, timezone.now())
        record(actor, "group.opened", group.code)


def _open(group, now):
    key_due = keyring().due_day(now + group.line.retention)
    room = Room.objects.create(kind=Room.Kind.GROUP, key_due=key_due)
    backroom = Room.objects.create(kind=Room.Kind.BACKCHANNEL, key_due=key_due)
    planned = Group.objects.filter(pk=group.pk, state=State.PLANNED)
    due = planned.exclude(ends_at__lte=now)
    if not due.update(state=State.OPEN, opened_at=now, room=room, backroom=backroom):
        raise PastItsEnd if planned.exists() else NotPlanned
    group.refresh_from_db(fields=["state", "opened_at", "room", "backroom"])
    _ring(group)


def close_group(actor, group):
    """It is over for everybody, now. Raises NotOpen, NotAllowed, NotFound."""
    group_staff.require_moderator(actor, group)
    with transaction.atomic():
        _close(group, timezone.now())
        record(actor, "group.closed", group.code)


def close_by_house(group):
    """The house closes it: its time is over, or it has to close at once; whether it was open, bool."""
    try:
        with transaction.atomic():
            _close(group, timezone.now())
            record(None, "group.closed", group.code)
    except NotOpen:
        return False
    return True


def _close(group, now):
    opened = group_staff.lock(group)
    retention = group.line.retention
    if not Group.objects.filter(pk=group.pk, state=State.OPEN).update(
        state=State.CLOSED, closed_at=now, erase_at=now + retention
    ):
        raise NotOpen
    at_door = GroupMember.objects.filter(group=group, state=GroupMember.State.WAITING)
    at_door.update(state=GroupMember.State.REFUSED)
    GroupMember.objects.filter(group=group).update(asked_by=None)
    held = HeldMessage.objects.filter(author__room=opened.room, state=HeldMessage.State.WAITING)
    held.update(state=HeldMessage.State.DECLINED, sealed_body=None, key=None)
    for room in (opened.room, rooms.lock(opened.backroom_id)):
        Room.objects.filter(pk=room.pk).update(is_open=False)
        wrap_room(room, keyring().due_day(now + retention))
        rooms.add(room, Event.Kind.ENDED, now, by="house")
        # until it is erased nobody of the staff reads it; visitors may, for as long as their token lives
        rooms.clear(room, now, Participant.Role.VOLUNTEER, Participant.Role.COORDINATOR)
    _ring(group)


def state(group, now, frozen=None):
    """What a visitor who comes now (aware datetime) meets: "planned", "open", "full" or "closed"."""
    frozen = is_frozen() if frozen is None else frozen
    if frozen or not group.line.has_groups or group.state in (State.CLOSED, State.EMPTIED):
        return "closed"
    if (group.ends_at and group.ends_at <= now) or (group.opened_at and group.opened_at <= now - longest_open()):
        return "closed"
    if group.state == State.PLANNED:
        return "planned"
    return "full" if inside(group) >= group.maximum else "open"


def longest_open():
    """After so long (timedelta) the house closes a group that nobody has closed: else it would never be erased."""
    return timedelta(hours=settings.GROUP_HOURS)


def inside(group):
    """How many visitors have a place: those in it and those at its door. int."""
    taking = [GroupMember.State.IN, GroupMember.State.WAITING]
    return GroupMember.objects.filter(group=group, state__in=taking).count()


def open_due(now):
    """Open what is planned to be open at `now` (aware datetime); returns how many."""
    if is_frozen():
        return 0
    planned = Group.objects.filter(state=State.PLANNED, starts_at__lte=now, line__has_groups=True)
    due = planned.exclude(ends_at__lte=now).select_related("line").order_by("starts_at")
    return each(due[:BOUND], open_by_house, now)


def open_by_house(group, now=None):
    """The house opens it: its time has come. Raises NotPlanned, PastItsEnd."""
    with transaction.atomic():
        _open(group, now or timezone.now())
        record(None, "group.opened", group.code)
    return True


def close_due(now):
    """Close what is over by plan at `now`, was open for too long, or whose line has no groups any more; returns how many."""
    over = Q(ends_at__lte=now) | Q(opened_at__lte=now - longest_open()) | Q(line__has_groups=False)
    due = Group.objects.filter(over, state=State.OPEN)
    return each(due.select_related("line").order_by("pk")[:BOUND], close_by_house)


def _ring(group):
    ring(topics.groups(group.line_id))
    if group.room_id:
        ring(topics.room(group.room.code), changed=True)
