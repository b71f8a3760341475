"""The plan of a group: what a form that lay open may change, opening, calling off and closing at the same moment, its end."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from chat import group_desk
from chat.actions import group_staff, groups, moderation
from chat.models import Group, Room
from hotline.staff.permissions import Rights
from tests.chat.groups import a_group, opened
from tests.chat.test_queue import race

pytestmark = pytest.mark.django_db
State = Group.State


def read_early(group):
    """The Group as somebody's page has it who opened it before."""
    return Group.objects.select_related("line").get(pk=group.pk)


def test_what_moderators_set_meanwhile_stays(cast, line):
    group = opened(cast.cora, line)
    stale = read_early(group)
    moderation.set_holding(cast.cora, group, True)
    moderation.set_pace(cast.cora, group, 30)
    stale.titles = {"en": "Morning round"}
    saved = groups.save_group(cast.cora, stale, changed=["titles", "moderators"])
    assert (saved.title("en"), saved.holds_messages, saved.slow_seconds) == ("Morning round", True, 30)
    group.refresh_from_db()
    assert (group.title("en"), group.holds_messages, group.slow_seconds) == ("Morning round", True, 30)


def test_what_is_over_or_called_off_is_not_brought_back(cast, line):
    group, planned = opened(cast.cora, line), a_group(cast.cora, line)
    stale, gone = read_early(group), read_early(planned)
    groups.close_group(cast.cora, group)
    groups.call_off(cast.cora, planned)
    for one in (stale, gone):
        with pytest.raises(group_staff.Over):
            groups.save_group(cast.cora, one, changed=["titles"])
    assert Group.objects.get().state == State.CLOSED


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_saved_at_the_moment_of_its_end_it_is_over(cast, line, quiet_connections, _round):
    group = opened(cast.cora, line)
    stale = read_early(group)
    stale.titles = {"en": "Morning round"}
    saved, closed = race(
        quiet_connections,
        lambda: groups.save_group(cast.cora, stale, changed=["titles"]),
        lambda: groups.close_by_house(read_early(group)),
    )
    group.refresh_from_db()
    assert closed is True and group.state == State.CLOSED and group.closed_at
    assert isinstance(saved, group_staff.Over) == (group.title("en") == "Evening round")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_called_off_at_the_moment_of_its_opening_it_is_one_of_the_two(cast, line, quiet_connections, _round):
    now = timezone.now()
    group = a_group(cast.cora, line, starts_at=now)
    stale = read_early(group)
    refused, begun = race(
        quiet_connections,
        lambda: groups.call_off(cast.cora, stale),
        lambda: groups.open_due(now + timedelta(minutes=1)),
    )
    assert isinstance(refused, groups.NotPlanned) == (begun == 1), (refused, begun)
    assert Group.objects.count() == begun and Room.objects.count() == 2 * begun


def test_it_does_not_open_after_its_end(cast, line):
    now = timezone.now()
    group = a_group(cast.cora, line, starts_at=now - timedelta(hours=2), ends_at=now - timedelta(hours=1))
    with pytest.raises(groups.PastItsEnd):
        groups.open_group(cast.cora, group)
    assert not Room.objects.exists()
    group.ends_at = now + timedelta(hours=1)
    groups.save_group(cast.cora, group, changed=["ends_at"])
    groups.open_group(cast.cora, group)
    with pytest.raises(groups.NotPlanned):
        groups.open_group(cast.cora, group)


def test_what_nobody_closes_the_house_closes(cast, line, settings):
    settings.GROUP_HOURS = 5
    group, now = opened(cast.cora, line), timezone.now()
    assert groups.state(group, now + timedelta(hours=4)) == "open" and not groups.close_due(now + timedelta(hours=4))
    assert groups.state(group, now + timedelta(hours=5)) == "closed", "also before the sweep comes"
    assert groups.close_due(now + timedelta(hours=5)) == 1
    group.refresh_from_db()
    assert group.state == State.CLOSED and group.erase_at


def test_no_plan_is_longer_than_the_house_lets_it(line, settings):
    settings.GROUP_HOURS = 5
    now = timezone.now()
    Group(line=line, starts_at=now, ends_at=now + timedelta(hours=5)).clean()
    with pytest.raises(ValidationError, match="at the longest: 5"):
        Group(line=line, starts_at=now, ends_at=now + timedelta(hours=6)).clean()


def test_open_ones_come_first_and_are_never_cut_off(cast, line, monkeypatch):
    earlier, later = opened(cast.cora, line), opened(cast.cora, line)
    for group in (earlier, later):
        groups.close_group(cast.cora, group)
    planned, running = a_group(cast.cora, line), opened(cast.cora, line)
    assert group_desk.groups_of(cast.vera, Rights(cast.vera)) == [running, planned, later, earlier]
    monkeypatch.setattr(group_desk, "MOST", 1)
    assert group_desk.groups_of(cast.vera, Rights(cast.vera)) == [running]
