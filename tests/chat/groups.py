"""A group with people in it, for tests."""

import secrets
import uuid

from chat.actions import group_staff, group_visitors, groups, messages
from chat.actions.messages import Post
from chat.models import Group, GroupMember


def a_group(actor, line, **given):
    """A saved, planned Group of `line`, without a waiting room unless it is asked for."""
    moderators = given.pop("moderators", ())
    wanted = {"titles": {"en": "Evening round"}, "rules": {"en": "Be kind."}, "has_waiting_room": False, **given}
    return groups.save_group(actor, Group(line=line, **wanted), moderators)


def opened(actor, line, **given):
    """The same, open."""
    group = a_group(actor, line, **given)
    groups.open_group(actor, group)
    return Group.objects.select_related("line", "room", "backroom").get(pk=group.pk)


def comes(group, alias, **given):
    """The GroupMember of a visitor who has just come."""
    wanted = {"alias": alias, "language": "en", **given}
    return group_visitors.enter(group, secrets.token_bytes(16), **wanted).member


def comes_with_token(group, alias, **given):
    """(token, GroupMember) of the same."""
    entered = group_visitors.enter(group, secrets.token_bytes(16), **{"alias": alias, "language": "en", **given})
    return entered.token, entered.member


def say(participant, body="Hello", message_id=None):
    """What messages.post gives for it."""
    return messages.post(Post(participant.pk, message_id or uuid.uuid4(), body))


def again(member):
    """The GroupMember as it stands now."""
    return GroupMember.objects.select_related("participant", "group__line").get(pk=member.pk)


def staff_in(group, person):
    """The Participant of a member of staff who has come in."""
    return group_staff.come_in(person, group)
