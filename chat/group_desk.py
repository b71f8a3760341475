"""What the desk shows of groups. Reads alone."""

from dataclasses import dataclass

from django.db.models import F

from chat.actions import group_staff, moderation
from chat.actions.conversations import alias_of
from chat.actions.group_staff import TALK
from chat.models import Group, GroupMember, HeldMessage, Participant
from hotline.live import topics
from hotline.staff.permissions import visible

# Groups that one list shows; those that are emptied stand in the admin alone.
MOST = 50
# Open ones, those to come, those over, the last ones first. Databases differ in where they put what has no time.
ORDER = [F("closed_at").desc(nulls_first=True), F("opened_at").desc(nulls_last=True), "pk"]
# Seconds between two messages that are offered.
PACES = (0, 5, 10, 30, 60, 120, 300)
State = GroupMember.State


@dataclass(frozen=True)
class Someone:
    """A visitor of a group with their name."""

    member: GroupMember
    alias: str


def groups_of(user, rights):
    """[Group] of the lines where `user` (User, with their Rights) works: open, planned, over. Each with `moderates`."""
    rows = Group.objects.exclude(state=Group.State.EMPTIED).filter(line__has_groups=True).select_related("line")
    shown = visible(rights, rows.prefetch_related("moderators"), TALK).order_by(*ORDER)
    found = list(shown[:MOST])
    for one in found:
        one.moderates = group_staff.may_moderate(user, rights, one)
    return found


def panel(group, user, rights):
    """What the panel of a group shows to `user` (User, with their Rights), dict. As many queries for many as for one."""
    moderates = group_staff.may_moderate(user, rights, group)
    found = {"group": group, "moderates": moderates, "topic": topics.groups(group.line_id), "me": None}
    if group.room_id is None:
        return found
    staff = Participant.objects.present().filter(room=group.room, user__isnull=False).select_related("user")
    colleagues = list(staff.order_by("pk"))
    members = GroupMember.objects.filter(group=group, state__in=[State.WAITING, State.IN]).select_related(
        "participant__user", "asked_by"
    )
    people = [
        Someone(one, alias_of(one.participant)) for one in members.prefetch_related("participant__keys").order_by("pk")
    ]
    return found | {
        "me": next((one for one in colleagues if one.user_id == user.pk), None),
        "colleagues": colleagues,
        "inside": [one for one in people if one.member.state == State.IN],
        "at_door": [one for one in people if one.member.state == State.WAITING],
        "held": _held(group) if moderates else [],
        "held_number": _number_held(group),
        "paces": sorted({*PACES, group.slow_seconds}),
    }


def _held(group):
    return [(one, alias_of(one.author), body) for one, body in moderation.held_messages(group.room)]


def _number_held(group):
    return HeldMessage.objects.filter(author__room=group.room, state=HeldMessage.State.WAITING).count()
