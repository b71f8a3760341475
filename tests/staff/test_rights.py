"""Rights are given and taken as one, by whoever may, and each change is audited."""

import threading

import pytest
from django.db import connection

from coordinators.models import LocalCoordinator
from hotline.staff.actions import people, rights
from hotline.staff.actions.rights import ChangedMeanwhile, LastAdministrator, fingerprint, rights_given
from hotline.staff.models import AuditEntry, User
from hotline.staff.permissions import NotAllowed, NotFound, can
from hotline.staff.roles import SUPERVISE, WORK

pytestmark = pytest.mark.django_db

TAKE = "dispatch.take_request"
NOTHING = {"roles": [], "works_in": [], "supervises": []}


def line():
    return AuditEntry.objects.first()


@pytest.fixture
def charity():
    return LocalCoordinator.objects.create(name="Charity")


def test_rights_are_given_as_one_and_withdrawn_as_one(cast, charity):
    wanted = {"roles": ["volunteer"], "works_in": [cast.phone, cast.crawl], "supervises": [], "represents": [charity]}
    person = cast.person("somebody")
    rights.give_rights(cast.ada, person, **wanted)
    assert can(person, TAKE, cast.phone) and can(person, TAKE, cast.crawl)
    assert can(person, "coordinators.represent", charity)
    given = rights_given(person)
    assert given["roles"] == ["volunteer"] and set(given["works_in"]) == {cast.phone, cast.crawl}
    assert line().details == {
        "roles": ["volunteer"],
        "works_in": ["crawl", "phone"],
        "supervises": [],
        "represents": [charity.code],
    }
    rights.give_rights(cast.ada, person, **{**wanted, "works_in": [cast.crawl], "represents": []})
    assert not can(person, TAKE, cast.phone) and can(person, TAKE, cast.crawl)
    assert not can(person, "coordinators.represent", charity)
    assert line().details["taken"] == sorted(["phone", charity.code])


def test_giving_rights_leaves_what_somebody_represents_when_it_is_not_named(cast, charity):
    person = cast.person("somebody", represents=[charity])
    rights.give_rights(cast.ada, person, **NOTHING)
    assert can(person, "coordinators.represent", charity)


def test_what_changes_nothing_leaves_no_line(cast):
    rights.give_rights(cast.ada, cast.vera, roles=["volunteer"], works_in=[cast.phone], supervises=[])
    assert not AuditEntry.objects.exists()


def test_an_unknown_role_gives_nothing(cast):
    rights.give_rights(cast.ada, cast.viktor, **{**NOTHING, "roles": ["emperor"]})
    assert rights_given(cast.viktor) == {**NOTHING, "represents": []}


def test_what_was_shown_before_somebody_else_changed_it_is_not_saved(cast):
    seen = fingerprint(rights_given(cast.vera))
    rights.give_rights(cast.ada, cast.vera, **NOTHING, seen=seen)
    with pytest.raises(ChangedMeanwhile):
        rights.give_rights(
            cast.alice, cast.vera, roles=["volunteer"], works_in=[cast.phone], supervises=[cast.phone], seen=seen
        )
    assert rights_given(cast.vera) == {**NOTHING, "represents": []}


def test_the_last_administrator_stays(cast):
    with pytest.raises(LastAdministrator):
        people.disable(cast.ada, cast.ada)
    with pytest.raises(LastAdministrator):
        rights.give_rights(cast.ada, cast.ada, **{**NOTHING, "roles": ["volunteer"]})
    assert can(cast.ada, "staff.manage_people")
    assert not AuditEntry.objects.exists()
    assert cast.alice
    people.disable(cast.ada, cast.ada)


def test_many_are_added_to_a_team_and_taken_out_of_it(cast):
    chosen = [cast.vera, cast.viktor]
    assert rights.add_to_team(cast.ada, chosen, cast.phone, WORK) == 1  # Vera works there already
    assert can(cast.viktor, TAKE, cast.phone) and can(cast.viktor, TAKE, cast.crawl)
    assert rights.add_to_team(cast.ada, chosen, cast.phone, SUPERVISE) == 2
    assert rights.take_out_of_team(cast.ada, chosen, cast.phone, WORK) == 2
    assert rights_given(cast.vera)["supervises"] == [cast.phone] and rights_given(cast.vera)["works_in"] == []
    assert rights.take_out_of_team(cast.ada, chosen, cast.phone, WORK) == 0
    assert AuditEntry.objects.filter(action="account.rights_given").count() == 5


@pytest.mark.parametrize("change", [rights.add_to_team, rights.take_out_of_team])
def test_nobody_else_adds_or_takes_out(cast, change):
    for who, refusal in ((cast.vera, NotAllowed), (cast.cora, NotAllowed), (cast.person("roleless"), NotFound)):
        with pytest.raises(refusal):
            change(who, [cast.viktor], cast.crawl, WORK)
    assert rights_given(cast.viktor)["works_in"] == [cast.crawl]
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_who_take_each_other_s_rights_at_once_one_keeps_them(cast):
    """A third is there, so neither is the last: the second must be refused because they are no administrator any more."""
    assert cast.alice
    one, other = cast.ada, cast.person("adam", roles=["administrator"])
    start, results = threading.Barrier(2), []

    def take(actor, person):
        try:
            start.wait(timeout=20)
            results.append(rights.give_rights(actor, person, **NOTHING))
        except (NotAllowed, NotFound) as refusal:
            results.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=pair) for pair in ((one, other), (other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(results) == 2 and results.count(None) == 1, results
    assert User.objects.filter(groups__name="administrator").count() == 2  # Alice, and one of the two
    assert AuditEntry.objects.filter(action="account.rights_given").count() == 1
