"""What somebody may do, where, and why: shown, given and taken on one page, and for many at once."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from coordinators.models import LocalCoordinator
from hotline.staff.actions.rights import rights_given
from hotline.staff.explained import WORDS, explain
from hotline.staff.models import AuditEntry
from hotline.staff.permissions import Rights, can
from hotline.staff.roles import RIGHTS

pytestmark = pytest.mark.django_db

LIST = "admin:staff_user_changelist"


def page_of(person):
    return reverse("admin:staff_user_rights", args=[person.pk])


def seen(client, person):
    """What the page would send if nothing were changed."""
    form = client.get(page_of(person)).context["form"]
    given = {name: form.initial[name] for name in ("roles", "works_in", "supervises", "represents")}
    return {name: [getattr(one, "pk", one) for one in held] for name, held in given.items()} | {
        "seen": form.initial["seen"],
        "more": "",
    }


def rows(person):
    return {
        (held.words, place.where, place.why) for held in explain(person).held for place in held.places
    }  # fmt: skip


def test_every_right_of_the_table_has_words():
    assert WORDS.keys() == RIGHTS.keys()


def test_what_is_explained_is_what_holds(cast, people):
    charity = LocalCoordinator.objects.create(name="Charity")
    for person in [*filter(None, people.values()), cast.person("both", roles=["volunteer"], represents=[charity])]:
        rights, told = Rights(person), explain(person)
        places = {held.words: len(held.places) for held in told.held}
        for perm, right in RIGHTS.items():
            counts = len(rights.scope_pks(perm)) if right.scope else int(rights.can(perm))
            assert places.get(str(WORDS[perm]), 0) == counts, (person, perm)


def test_the_reason_names_role_and_relation(cast):
    take = str(WORDS["dispatch.take_request"])
    assert (take, "Phone", "Volunteer · works there") in rows(cast.vera)
    assert (take, "Phone", "Volunteer, Coordinator, Administrator · works there and supervises it") in rows(cast.alice)
    assert (str(WORDS["staff.view_audit"]), "the whole house", "Administrator") in rows(cast.ada)
    charity = LocalCoordinator.objects.create(name="Charity")
    representative = cast.person("representative", represents=[charity])
    assert rows(representative) == {
        (str(WORDS["coordinators.represent"]), f"{charity.code} · Charity", "represents it")
    }  # fmt: skip


def test_what_is_given_by_half_is_said(cast):
    def why(person):
        return [half.why for half in explain(person).half]

    assert why(cast.person("idle", roles=["volunteer"])) == ["Has the role Volunteer, but stands in no team."]
    (without_role,) = why(cast.person("roleless", works_in=[cast.phone]))
    assert without_role.startswith("Stands in Phone, but has no role")
    assert "Has the role Coordinator, but supervises no team." in why(
        cast.person("clerk", roles=["coordinator"], works_in=[cast.phone])
    )
    (too_little,) = why(cast.person("promoted", roles=["volunteer"], supervises=[cast.phone]))
    assert "Supervises Phone" in too_little and "Coordinator, Administrator" in too_little
    assert why(cast.vera) == why(cast.cora) == why(cast.person("nobody")) == []


def test_a_closed_account_is_told_that_nothing_counts(cast, as_person):
    cast.vera.is_active = False
    cast.vera.save()
    assert explain(cast.vera).held == [] and not explain(cast.vera).is_active
    assert "The account is closed" in as_person(cast.ada).get(page_of(cast.vera)).content.decode()


def test_rights_are_given_and_taken_on_the_page(cast, as_person):
    charity, club = (LocalCoordinator.objects.create(name=name) for name in ("Charity", "Жіночий клуб"))
    client = as_person(cast.ada)
    sent = seen(client, cast.vera) | {"roles": ["coordinator"], "works_in": [], "supervises": [cast.crawl.pk]}
    answer = client.post(page_of(cast.vera), sent | {"more": f"{charity.code.lower()}, жіночий клуб"})
    assert answer.status_code == 302, answer.context["form"].errors
    assert not can(cast.vera, "dispatch.take_request", cast.phone)
    assert can(cast.vera, "dispatch.supervise_requests", cast.crawl)
    assert set(rights_given(cast.vera)["represents"]) == {charity, club}
    html = client.get(page_of(cast.vera)).content.decode()
    assert "supervises it" in html and "Жіночий клуб" in html
    client.post(page_of(cast.vera), seen(client, cast.vera) | {"represents": [club.pk]})
    assert rights_given(cast.vera)["represents"] == [club]
    assert AuditEntry.objects.filter(action="account.rights_given").count() == 2


@pytest.mark.parametrize(
    ("typed", "words"),
    [("NOSUCH", "There is no local coordinator “NOSUCH”"), ("Twin", "Several local coordinators are called “Twin”")],
)
def test_a_coordinator_that_is_not_known_is_named_and_the_rest_is_kept(cast, as_person, typed, words):
    for _twin in range(2):
        LocalCoordinator.objects.create(name="Twin")
    client = as_person(cast.ada)
    answer = client.post(page_of(cast.vera), seen(client, cast.vera) | {"roles": ["administrator"], "more": typed})
    html = answer.content.decode()
    assert answer.status_code == 200 and words in html and f'value="{typed}"' in html
    assert rights_given(cast.vera)["roles"] == ["volunteer"]


def test_a_page_that_is_out_of_date_changes_nothing_and_says_so(cast, as_person):
    client = as_person(cast.ada)
    sent = seen(client, cast.vera) | {"roles": ["volunteer", "coordinator"]}
    cast.vera.groups.clear()
    answer = client.post(page_of(cast.vera), sent)
    assert ["Somebody else changed" in str(message) for message in get_messages(answer.wsgi_request)] == [True]
    assert rights_given(cast.vera)["roles"] == []


def test_the_last_administrator_is_told_why(cast, as_person):
    client = as_person(cast.ada)
    answer = client.post(page_of(cast.ada), seen(client, cast.ada) | {"roles": []})
    assert answer.status_code == 200 and "last administrator" in answer.content.decode()
    assert can(cast.ada, "staff.manage_people")


def test_who_gets_the_page(cast, people, as_person):
    wanted = {"nobody": 302, "roleless": 302, "representative": 404, "vera": 403, "viktor": 403, "cora": 403}
    wanted |= {"ada": 200, "alice": 200, "root": 200}
    assert {name: as_person(who).get(page_of(cast.viktor)).status_code for name, who in people.items()} == wanted
    for name in ("vera", "cora", "representative"):
        sent = {"roles": ["administrator"], "seen": "x"}
        assert as_person(people[name]).post(page_of(people[name]), sent).status_code in (403, 404)
        assert not can(people[name], "staff.manage_people")


@pytest.mark.parametrize(
    ("action", "before", "after"), [("add_to_team", False, True), ("take_out_of_team", True, False)]
)
def test_a_team_is_given_to_many_and_taken_from_many(cast, as_person, action, before, after):
    chosen = [cast.person(f"somebody{n}", roles=["volunteer"], works_in=[cast.crawl] * before) for n in range(3)]
    client = as_person(cast.ada)
    picked = {"action": action, "_selected_action": [person.pk for person in chosen]}
    asked = client.post(reverse(LIST), picked)
    assert asked.status_code == 200 and "Somebody2" in asked.content.decode()
    assert not AuditEntry.objects.exists()
    wrong = client.post(reverse(LIST), picked | {"team": "no team", "relation": "work_in_team"})
    assert wrong.status_code == 200 and wrong.context["form"].errors
    done = client.post(reverse(LIST), picked | {"team": cast.crawl.pk, "relation": "work_in_team"})
    assert done.status_code == 302
    assert [can(person, "dispatch.take_request", cast.crawl) for person in chosen] == [after] * 3
    assert AuditEntry.objects.count() == 3


def test_people_are_found_by_team(cast, people, as_person):
    client = as_person(cast.ada)

    def found(team):
        return sorted(person.username for person in client.get(reverse(LIST), {"team": team}).context["cl"].result_list)

    assert found("phone") == ["alice", "cora", "roleless", "vera"]
    assert found("none") == ["ada", "representative", "root"]
    assert len(found("nonsense")) == 8


def test_everybody_reads_their_own_rights_and_nobody_else_s(cast, people, as_person):
    address = reverse("staff:my_rights")
    assert as_person(None).get(address).status_code == 302
    for name, person in people.items():
        if person is not None:
            html = as_person(person).get(address).content.decode()
            assert ("Phone" in html) == (name in ("vera", "cora", "alice", "roleless"))
            assert "Crawl" not in html or name == "viktor"


def test_the_page_asks_as_often_with_30_teams_as_with_1(cast, as_person, same_queries):
    from guardian.shortcuts import assign_perm

    client = as_person(cast.ada)
    same_queries(
        lambda number: assign_perm("work_in_team", cast.vera, cast.team(f"team{number}")),
        lambda: client.get(page_of(cast.vera)),
    )
