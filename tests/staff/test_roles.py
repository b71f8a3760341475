"""The table and what is made of it."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management.sql import emit_post_migrate_signal

from hotline.staff import signals
from hotline.staff.permissions import Rights, holders
from hotline.staff.roles import ADMINISTRATOR, COORDINATOR, RIGHTS, ROLES, VOLUNTEER, rights_of_role

pytestmark = pytest.mark.django_db


def held_by(role):
    rows = Permission.objects.filter(group__name=role).values_list("content_type__app_label", "codename")
    return {f"{label}.{codename}" for label, codename in rows}


@pytest.mark.parametrize("role", ROLES)
def test_after_migrating_each_role_holds_exactly_its_rights_of_the_table(role):
    assert held_by(role) == rights_of_role(role)


def test_roles_grow_from_volunteer_to_administrator():
    assert rights_of_role(VOLUNTEER) < rights_of_role(COORDINATOR) < rights_of_role(ADMINISTRATOR)


def test_migrating_again_takes_back_what_is_not_in_the_table():
    group = Group.objects.get(name=VOLUNTEER)
    group.permissions.add(Permission.objects.get(content_type__app_label="staff", codename="manage_people"))
    group.permissions.remove(*Permission.objects.filter(content_type__app_label="dispatch"))
    emit_post_migrate_signal(0, False, "default")
    assert held_by(VOLUNTEER) == rights_of_role(VOLUNTEER)


def test_an_upgrade_leaves_nothing_of_older_tables(cast):
    """A right that the table dropped, a role that was renamed, a permission somebody gave by hand in the database."""
    kind = ContentType.objects.get(app_label="staff", model="team")
    dropped = Permission.objects.create(content_type=kind, codename="see_everything", name="Of an older version")
    foreign = Permission.objects.filter(content_type__app_label="auth").first()
    Group.objects.get(name=VOLUNTEER).permissions.add(dropped, foreign)
    renamed = Group.objects.create(name="dispatcher")
    renamed.permissions.add(*Permission.objects.filter(group__name=ADMINISTRATOR), foreign)
    person = cast.person("left over", works_in=[cast.phone])
    person.groups.add(renamed)
    person.user_permissions.add(*Permission.objects.filter(group__name=ADMINISTRATOR))
    # Even before anything is migrated, what is no role of the table gives nothing.
    assert not Rights(person).is_staff and person not in holders("staff.manage_people")
    emit_post_migrate_signal(0, False, "default")
    for role in ROLES:
        assert held_by(role) == rights_of_role(role)
    assert held_by("dispatcher") == set()
    assert not Rights(person).is_staff


def test_a_room_whose_rights_are_all_dropped_loses_them(monkeypatch):
    kept = {name: right for name, right in RIGHTS.items() if not name.startswith("outbox.")}
    monkeypatch.setattr(signals, "RIGHTS", kept)
    monkeypatch.setattr(signals, "rights_of_role", lambda role: rights_of_role(role) & kept.keys())
    emit_post_migrate_signal(0, False, "default")
    assert held_by(ADMINISTRATOR) == rights_of_role(ADMINISTRATOR) & kept.keys()


def test_migrating_brings_back_a_role_that_was_deleted():
    Group.objects.all().delete()
    emit_post_migrate_signal(0, False, "default")
    assert {group.name for group in Group.objects.all()} == set(ROLES)


def test_every_right_that_needs_no_role_has_a_scope():
    assert all(right.scope for right in RIGHTS.values() if right.roles is None)


def test_what_stands_in_for_a_missing_team_needs_no_team():
    stand_ins = {right.without_team for right in RIGHTS.values() if right.without_team}
    assert all(RIGHTS[name].scope is None for name in stand_ins)
