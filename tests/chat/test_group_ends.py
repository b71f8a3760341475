"""Who learns what of a group when somebody goes: from its door, out of it, or with its end."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.actions import group_erasure, group_staff, group_visitors, groups, log, messages, moderation
from chat.consumers import seats
from chat.models import Event, Group, GroupMember, Participant
from hotline.staff.models import AuditEntry
from tests.chat.groups import again, comes, comes_with_token, opened, say, staff_in

pytestmark = pytest.mark.django_db
Member = GroupMember.State


def named(person, group):
    """The aliases of all whom this Guest or User sees in the group."""
    return {one["alias"] for one in seats.view(person, group.room.code).participants.values()}


def test_nobody_of_the_staff_reads_a_group_that_is_over(cast, line):
    group = opened(cast.cora, line)
    token, _robin = comes_with_token(group, "Robin")
    for person in (cast.vera, cast.cora):
        staff_in(group, person)
    groups.close_group(cast.cora, group)
    for person in (cast.vera, cast.cora):
        for room in (group.room, group.backroom):
            with pytest.raises(messages.NotInRoom):
                seats.view(person, room.code)
    assert log.read(group.room)[-1]["kind"] == "ended", "that somebody went with it says the end"
    assert named(seats.guest(token), group) >= {"Robin"}, "visitors still read what they took part in"


def test_whoever_only_stood_at_the_door_is_nobody_in_the_room(cast, line):
    group = opened(cast.cora, line, has_waiting_room=True)
    (token, robin), (others, kim) = [comes_with_token(group, name) for name in ("Robin", "Kim")]
    sam = comes(group, "Sam")
    group_visitors.let_in(cast.cora, kim)
    head = Event.objects.filter(room=group.room).count()
    group_visitors.leave(robin.participant)
    group_visitors.heard_of(kim.participant, timezone.now() + timedelta(minutes=5))
    group_visitors.drop_absent(timezone.now() + timedelta(minutes=11))
    assert [again(one).state for one in (robin, sam, kim)] == [Member.LEFT, Member.LEFT, Member.IN]
    group_erasure.erase_for_visitor(group_visitors.visitor(token))
    assert again(robin).state == Member.LEFT
    assert Event.objects.filter(room=group.room).count() == head, "nobody hears that somebody has left"
    staff_in(group, cast.vera)
    assert named(seats.guest(others), group) == {"Kim", cast.vera.alias}
    assert named(cast.vera, group) == {"Kim", cast.vera.alias}


def test_a_visitor_learns_the_names_of_those_whom_they_meet(cast, line):
    group = opened(cast.cora, line)
    robin, lou = comes(group, "Robin"), comes(group, "Lou")
    comes(group, "Sam")
    moderation.hold(cast.cora, lou, True)
    say(robin.participant, "Before"), say(lou.participant, "Later")
    for person in (cast.vera, cast.cora):
        staff_in(group, person)
    for one in (robin, lou):
        group_visitors.leave(one.participant)
    group_staff.go_out(cast.vera, group)
    token, _kim = comes_with_token(group, "Kim")
    assert named(seats.guest(token), group) == {"Sam", "Kim", cast.cora.alias}
    ((held, _body),) = moderation.held_messages(group.room)
    moderation.approve(cast.cora, group, held)
    group_staff.go_out(cast.cora, group)
    assert named(seats.guest(token), group) == {"Sam", "Kim", "Lou", cast.cora.alias}
    staff_in(group, cast.vera)
    assert {"Robin", "Lou"} <= named(cast.vera, group)


@pytest.mark.parametrize("act", [group_visitors.leave, group_erasure.erase_for_visitor])
def test_leaving_or_erasing_what_was_emptied_meanwhile_is_done(cast, line, act):
    group = opened(cast.cora, line)
    token, _robin = comes_with_token(group, "Robin")
    participant = group_visitors.visitor(token)
    groups.close_group(cast.cora, group)
    assert group_erasure.erase_due(Group.objects.get(pk=group.pk).erase_at) == 1
    act(participant)
    assert not Participant.objects.exists()


def test_going_out_is_in_the_audit(cast, line):
    group = opened(cast.cora, line)
    for person in (cast.vera, cast.cora):
        staff_in(group, person)
    for _twice in range(2):
        group_staff.go_out(cast.vera, group)
    assert group_staff.drop_absent(timezone.now() + timedelta(hours=1)) == 1
    gone = AuditEntry.objects.filter(action="group.left", subject=group.code).order_by("pk")
    assert [(one.actor, one.details) for one in gone] == [(cast.vera, {"by": "self"}), (cast.cora, {"by": "house"})]
