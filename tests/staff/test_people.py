"""Accounts and teams are made and changed by whoever may, and each change is audited."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from hotline.staff.actions import invitations, people, rights
from hotline.staff.actions.people import NameTaken
from hotline.staff.actions.rights import LastAdministrator
from hotline.staff.actions.teams import save_team
from hotline.staff.models import AuditEntry, Team, User
from hotline.staff.permissions import NotAllowed, NotFound, can
from hotline.staff.sweeps import erase_left

pytestmark = pytest.mark.django_db

TAKE = "dispatch.take_request"


def line():
    return AuditEntry.objects.first()


def every_change(actor, person, team):
    return {
        "save": lambda: people.save_account(actor, person),
        "rights": lambda: rights.give_rights(actor, person, roles=[], works_in=[], supervises=[]),
        "disable": lambda: people.disable(actor, person),
        "enable": lambda: people.enable(actor, person),
        "password": lambda: invitations.offer_new_password(actor, person),
        "team": lambda: save_team(actor, team),
    }


CHANGES = ["save", "rights", "disable", "enable", "password", "team"]


@pytest.mark.parametrize("change", CHANGES)
def test_whoever_does_not_manage_people_changes_nobody(cast, change):
    for who in (cast.vera, cast.cora):
        with pytest.raises(NotAllowed):
            every_change(who, cast.viktor, cast.phone)[change]()
    with pytest.raises(NotFound):
        every_change(cast.person("roleless"), cast.viktor, cast.phone)[change]()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("change", CHANGES)
def test_an_administrator_may_and_it_is_audited_by_alias_alone(cast, change, marked):
    mark = marked()
    assert people.disable(cast.ada, cast.viktor) is None if change == "enable" else True
    cast.viktor.email = f"{mark}@example.org"
    every_change(cast.ada, cast.viktor, cast.phone)[change]()
    entry = line()
    assert entry.actor == cast.ada
    assert entry.subject in ("Viktor", "phone")
    assert str(mark) not in str(entry.details)


def test_a_new_person_is_made_without_a_password(cast):
    person = people.save_account(cast.ada, User(username="ｎew", alias="New"))
    assert person.username == "new"
    assert not User.objects.get(username="new").has_usable_password()


@pytest.mark.parametrize("same", [{"username": "vera"}, {"alias": "Vera"}, {"email": "VERA@example.org"}])
def test_what_another_account_has_is_refused_in_words(cast, same):
    cast.vera.save()
    with pytest.raises(NameTaken):
        people.save_account(cast.ada, User(**{"username": "new", "alias": "New", **same}))
    assert User.objects.filter(alias__in=["New"]).count() == 0


def test_disabling_and_enabling_twice_is_doing_it_once(cast):
    for _turn in range(2):
        people.disable(cast.ada, cast.vera)
    assert not cast.vera.is_active and cast.vera.left_on == timezone.now().date()
    for _turn in range(2):
        people.enable(cast.ada, cast.vera)
    assert cast.vera.is_active and cast.vera.left_on is None
    assert can(cast.vera, TAKE, cast.phone)
    assert AuditEntry.objects.count() == 2


def test_who_left_is_forgotten_when_the_time_is_up(cast, settings, marked):
    settings.ACCOUNT_DAYS = 30
    now = timezone.now()
    gone, leaving, staying = (cast.person(name) for name in ("gone", "leaving", "staying"))
    User.objects.filter(pk=gone.pk).update(is_active=False, left_on=now.date() - timedelta(days=30))
    User.objects.filter(pk=leaving.pk).update(is_active=False, left_on=now.date() - timedelta(days=29))
    assert erase_left(now) == 1
    assert set(User.objects.all()) == {leaving, staying}
    assert erase_left(now) == 0


def test_a_team_is_made_and_renamed(cast):
    team = save_team(cast.ada, Team(code="night", name="Night"))
    team.name = "By night"
    save_team(cast.ada, team)
    assert Team.objects.get(code="night").name == "By night"
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["team.changed", "team.created"]


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_dismiss_each_other_at_once_leave_one(cast):
    one, other = cast.ada, cast.person("adam", roles=["administrator"])
    start, results = threading.Barrier(2), []

    def dismiss(actor, person):
        try:
            start.wait(timeout=20)
            results.append(people.disable(actor, person))
        except (LastAdministrator, NotAllowed, NotFound) as refusal:
            results.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=dismiss, args=pair) for pair in ((one, other), (other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(results) == 2 and results.count(None) == 1, results
    assert User.objects.active().count() == 1
