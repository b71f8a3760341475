"""Every right and its refusal. The expectations are written out here, not taken from the table under test."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.core.exceptions import ImproperlyConfigured
from guardian.shortcuts import assign_perm, remove_perm

from coordinators.models import LocalCoordinator
from hotline.staff.models import Alarm, AuditEntry, Team, User
from hotline.staff.permissions import (
    NotAllowed,
    NotFound,
    Rights,
    can,
    can_somewhere,
    holders,
    require,
    require_somewhere,
    teams_of,
    visible,
)
from hotline.staff.roles import RIGHTS, SUPERVISE, WORK

pytestmark = pytest.mark.django_db

TAKE = "dispatch.take_request"
LEAD = "dispatch.supervise_requests"
ALARM = "staff.acknowledge_alarm"
LEADING = {LEAD, ALARM, "staff.help_log_in", "staff.plan_calls", "chat.supervise_conversations"}
# Whoever takes requests in a team may talk there and run its lines: which of them a team does is its own affair.
WORKING = {TAKE, "chat.talk", "chat.run_line"}
HOUSE = {
    "chat.manage_lines",
    "coordinators.manage_registry",
    "outbox.manage",
    "staff.manage_people",
    "staff.view_audit",
    "staff.view_data_protection",
    "staff.acknowledge_house_alarm",
    "staff.freeze",
}
IN_TEAM = WORKING | LEADING
# By the role alone, since local coordinators belong to no team.
BY_ROLE = "coordinators.announce"

# (role, relation to the team) → what is held in that team.
HELD = {
    ("volunteer", "work"): WORKING,
    ("volunteer", "supervise"): WORKING,
    ("coordinator", "work"): WORKING,
    ("coordinator", "supervise"): WORKING | LEADING,
    ("administrator", "work"): WORKING,
    ("administrator", "supervise"): WORKING | LEADING,
    ("superuser", "work"): WORKING,
    ("superuser", "supervise"): WORKING | LEADING,
}
EVERY_ROLE = ["none", "volunteer", "coordinator", "administrator", "superuser"]
EVERY_RELATION = ["none", "work", "supervise"]


def somebody(cast, role, relation):
    return cast.person(
        "somebody",
        roles=[] if role in ("none", "superuser") else [role],
        works_in=[cast.phone] if relation == "work" else [],
        supervises=[cast.phone] if relation == "supervise" else [],
        is_superuser=role == "superuser",
    )


def alarm_of(team):
    return Alarm(team=team, kind="test", subject="ABC")


@pytest.fixture
def for_charity(cast):
    """A local coordinator and somebody without any role who acts for it."""
    charity = LocalCoordinator.objects.create(name="Charity")
    return charity, cast.person("representative", represents=[charity])


def test_the_matrix_below_knows_every_right_there_is():
    assert RIGHTS.keys() == HOUSE | IN_TEAM | {BY_ROLE, "coordinators.represent"}


def test_coordinators_and_administrators_may_announce_and_nobody_else(cast):
    root = cast.person("root", is_superuser=True)
    people = [cast.vera, cast.cora, cast.ada, root, cast.person("nothing")]
    assert [person for person in people if can(person, BY_ROLE)] == [cast.cora, cast.ada, root]


@pytest.mark.parametrize("relation", EVERY_RELATION)
@pytest.mark.parametrize("role", EVERY_ROLE)
def test_a_right_in_a_team_needs_role_and_relation_to_that_very_team(cast, role, relation):
    person = somebody(cast, role, relation)
    expected = HELD.get((role, relation), set())
    assert {right for right in IN_TEAM if can(person, right, cast.phone)} == expected
    assert {right for right in IN_TEAM if can(person, right, alarm_of(cast.phone))} == expected
    assert {right for right in IN_TEAM if can(person, right, cast.crawl)} == set()
    assert {right for right in IN_TEAM if can(person, right, alarm_of(cast.crawl))} == set()


@pytest.mark.parametrize("relation", EVERY_RELATION)
@pytest.mark.parametrize("role", EVERY_ROLE)
def test_a_right_for_the_house_needs_the_role_alone(cast, role, relation):
    person = somebody(cast, role, relation)
    expected = HOUSE if role in ("administrator", "superuser") else set()
    assert {right for right in HOUSE if can(person, right)} == expected


@pytest.mark.parametrize("role", EVERY_ROLE)
def test_nobody_acts_for_a_local_coordinator_by_role(cast, role, for_charity):
    charity, _representative = for_charity
    assert not can(somebody(cast, role, "supervise"), "coordinators.represent", charity)


def test_a_representative_acts_for_their_own_and_has_no_other_right(cast, for_charity):
    charity, representative = for_charity
    other = type(charity).objects.create(name="Rival")
    assert can(representative, "coordinators.represent", charity)
    assert not can(representative, "coordinators.represent", other)
    assert list(visible(representative, type(charity).objects.all(), "coordinators.represent")) == [charity]
    assert not any(can_somewhere(representative, right) for right in HOUSE | IN_TEAM)


@pytest.mark.parametrize("nobody", [None, AnonymousUser(), User(username="unsaved")], ids=["none", "guest", "unsaved"])
def test_nobody_has_no_right_at_all(cast, nobody):
    assert not any(can(nobody, right, cast.phone) or can_somewhere(nobody, right) for right in RIGHTS)
    assert not visible(nobody, Team.objects.all(), TAKE).exists()
    assert not teams_of(nobody).exists()


def test_a_right_with_a_scope_is_never_held_for_nothing(cast):
    assert not any(can(cast.alice, right, None) for right in IN_TEAM)


def test_the_house_s_own_alarm_is_for_administrators(cast):
    people = [cast.vera, cast.cora, cast.ada, cast.alice, cast.person("root", is_superuser=True)]
    assert [person.username for person in people if can(person, ALARM, alarm_of(None))] == ["ada", "alice", "root"]


def test_an_administrator_without_a_team_sees_nothing_of_any_team(cast):
    assert not any(can(cast.ada, right, cast.phone) for right in IN_TEAM)
    assert not visible(cast.ada, Team.objects.all(), TAKE).exists()


def test_django_s_own_question_gets_the_same_answer(cast):
    root = cast.person("root", is_superuser=True)
    assert cast.vera.has_perm(TAKE, cast.phone) and not cast.vera.has_perm(TAKE, cast.crawl)
    assert not cast.vera.has_perm(TAKE) and not cast.vera.has_perm(LEAD, cast.phone)
    assert root.has_perm("outbox.manage") and not root.has_perm(TAKE, cast.phone)
    assert cast.ada.get_all_permissions() == root.get_all_permissions() == HOUSE | {BY_ROLE}
    assert cast.vera.has_module_perms("dispatch") and not cast.vera.has_module_perms("outbox")
    assert not any(person.has_perm("staff.delete_user") for person in (root, cast.ada))


def test_a_disabled_account_loses_every_right_at_once(cast):
    person = cast.alice
    assert can(person, TAKE, cast.phone)
    User.objects.filter(pk=person.pk).update(is_active=False)
    # The object in hand still says that it is active, as the one of an open socket would.
    assert person.is_active
    assert not any(can(person, right, cast.phone) or can_somewhere(person, right) for right in RIGHTS)
    assert not visible(person, Team.objects.all(), TAKE).exists()
    assert person not in holders(ALARM, alarm_of(cast.phone))


def test_a_disabled_representative_acts_for_nobody(cast, for_charity):
    charity, representative = for_charity
    User.objects.filter(pk=representative.pk).update(is_active=False)
    assert not can(representative, "coordinators.represent", charity)


def test_a_withdrawn_role_counts_at_the_next_question(cast):
    person = cast.vera
    assert can(person, TAKE, cast.phone)
    person.groups.clear()
    assert not can(person, TAKE, cast.phone)


def test_a_withdrawn_team_counts_at_the_next_question(cast):
    person = cast.vera
    assert can(person, TAKE, cast.phone)
    remove_perm(WORK, person, cast.phone)
    assert not can(person, TAKE, cast.phone)


def test_a_permission_given_past_the_roles_opens_nothing(cast):
    person = cast.person("somebody", works_in=[cast.phone])
    person.user_permissions.set(Permission.objects.all())
    assert not any(can(person, right, cast.phone) for right in HOUSE | IN_TEAM)
    # Nor does a grant to a whole role, which would open one team to everybody.
    assign_perm(WORK, Group.objects.get(name="volunteer"), cast.crawl)
    assert not can(cast.vera, TAKE, cast.crawl)


def test_a_right_that_is_not_in_the_table_is_a_fault_of_the_program(cast):
    with pytest.raises(ImproperlyConfigured, match=r"dispatch\.fly"):
        can(cast.alice, "dispatch.fly")
    with pytest.raises(ImproperlyConfigured, match=r"staff\.Team"):
        visible(cast.alice, Team.objects.all())


@pytest.mark.parametrize(
    ("who", "right", "answer"),
    [
        ("vera", LEAD, NotAllowed),
        ("viktor", LEAD, NotFound),
        ("viktor", TAKE, NotFound),
        ("ada", TAKE, NotFound),
        ("vera", "staff.manage_people", NotAllowed),
        ("cora", "staff.view_audit", NotAllowed),
    ],
)
def test_a_stranger_is_told_that_it_is_not_there_and_a_colleague_that_they_may_not(cast, who, right, answer):
    with pytest.raises(answer):
        require(getattr(cast, who), right, cast.phone)


def test_somebody_without_a_role_is_a_stranger_to_the_house(cast, for_charity):
    charity, representative = for_charity
    grantee = cast.person("somebody", works_in=[cast.phone])
    for person, right, obj in [
        (representative, "staff.manage_people", None),
        (representative, TAKE, cast.phone),
        (grantee, TAKE, cast.phone),
        (cast.vera, "coordinators.represent", charity),
        (AnonymousUser(), TAKE, cast.phone),
    ]:
        with pytest.raises(NotFound):
            require(person, right, obj)
    with pytest.raises(NotFound):
        require_somewhere(representative, TAKE)
    with pytest.raises(NotAllowed):
        require_somewhere(cast.vera, LEAD)


def test_whoever_may_is_let_through(cast):
    require(cast.vera, TAKE, cast.phone)
    require(cast.ada, "staff.manage_people")
    require_somewhere(cast.cora, LEAD)


def test_rows_are_visible_through_their_team_alone(cast):
    own = Alarm.objects.create(team=cast.phone, kind="test", subject="own")
    Alarm.objects.create(team=cast.crawl, kind="test", subject="foreign")
    house = Alarm.objects.create(team=None, kind="test", subject="house")
    everything = Alarm.objects.all()
    assert set(visible(cast.cora, everything, ALARM)) == {own}
    assert set(visible(cast.ada, everything, ALARM)) == {house}
    assert set(visible(cast.alice, everything, ALARM)) == {own, house}
    assert set(visible(cast.vera, everything, ALARM)) == set()
    assert set(visible(cast.viktor, everything, TAKE)) == {Alarm.objects.get(subject="foreign")}


def test_rows_of_the_house_are_visible_with_the_right_or_not_at_all(cast):
    AuditEntry.objects.create(action="test")
    assert visible(cast.ada, AuditEntry.objects.all(), "staff.view_audit").count() == 1
    assert visible(cast.cora, AuditEntry.objects.all(), "staff.view_audit").count() == 0


def test_teams_are_told_by_relation(cast):
    person = cast.person("somebody", roles=["coordinator"], works_in=[cast.crawl], supervises=[cast.phone])
    assert list(teams_of(person, WORK)) == [cast.crawl]
    assert list(teams_of(person, SUPERVISE)) == [cast.phone]
    assert set(teams_of(person)) == {cast.crawl, cast.phone}
    assert not teams_of(cast.person("roleless", works_in=[cast.phone])).exists()


def test_whom_to_tell_are_those_who_hold_the_right(cast):
    assert cast.vera and cast.viktor and cast.ada, "they are there and must not be told"
    assert {cast.cora, cast.alice} == set(holders(ALARM, cast.phone))
    assert set(holders(ALARM, cast.crawl)) == set()
    assert set(holders(ALARM, alarm_of(None))) == {cast.ada, cast.alice}
    root = cast.person("root", is_superuser=True)
    assert set(holders("staff.manage_people")) == {cast.ada, cast.alice, root}
    assert not holders(TAKE).exists()


def test_those_who_act_for_a_local_coordinator_can_be_told(cast, for_charity):
    charity, representative = for_charity
    assert list(holders("coordinators.represent", charity)) == [representative]


def test_all_rights_of_a_page_are_asked_in_two_queries(cast, query_count):
    Rights(cast.alice).can(TAKE, cast.phone)  # content types are remembered by the process
    rights = Rights(cast.alice)

    def ask_everything():
        for right in HOUSE | IN_TEAM:
            rights.can(right, cast.phone)
            rights.somewhere(right)

    assert query_count(ask_everything) == 2


def test_the_rights_of_many_are_asked_together_and_are_those_of_each(cast, query_count):
    Rights(cast.ada).can("chat.talk", cast.phone)  # the content types are known from here on
    people = [cast.vera, cast.viktor, cast.cora, cast.ada, cast.alice]
    User.objects.filter(pk=cast.viktor.pk).update(is_active=False)
    together = {}
    assert query_count(lambda: together.update(Rights.of_many(people))) == 2
    for person in people:
        alone = Rights(person)
        assert (together[person.pk]._held, together[person.pk]._grants) == (alone._held, alone._grants), person
    assert not together[cast.viktor.pk].is_active
    assert together[cast.vera.pk].can("chat.talk", cast.phone) and not together[cast.vera.pk].can(TAKE, cast.crawl)
