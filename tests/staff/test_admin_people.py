"""One page a person: who they are, their role and teams; states change by buttons."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from hotline.staff.models import AuditEntry, User
from hotline.staff.permissions import can

pytestmark = pytest.mark.django_db


def a_person(**changes):
    fields = {"username": "new", "alias": "New", "email": "new@example.org", "language": "de"}
    return {**fields, "spoken_languages": ["uk", "de"], **changes}


def test_role_and_teams_are_given_on_one_page(cast, as_person):
    answer = as_person(cast.ada).post(
        reverse("admin:staff_user_add"),
        a_person(roles=["coordinator"], works_in=[], supervises=[cast.phone.pk]),
    )
    assert "New is invited" in answer.content.decode()
    person = User.objects.get(username="new")
    assert (person.email, person.language, person.spoken_languages) == ("new@example.org", "de", ["uk", "de"])
    assert not person.has_usable_password()
    assert can(person, "dispatch.supervise_requests", cast.phone)
    assert not can(person, "dispatch.supervise_requests", cast.crawl)
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {
        "account.created",
        "account.rights_given",
        "account.invited",
    }


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"username": "vera"}, "username"),
        ({"alias": "Vera"}, "alias"),
        ({"email": "VERA@example.org"}, "email"),
        ({"email": "no address"}, "email"),
        ({"username": ""}, "username"),
        ({"username": "no spaces"}, "username"),
        ({"alias": "x" * 61}, "alias"),
        ({"language": "xx"}, "language"),
        ({"spoken_languages": ["xx"]}, "spoken_languages"),
        ({"roles": ["emperor"]}, "roles"),
        ({"works_in": ["no team"]}, "works_in"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_the_rest_is_kept(cast, as_person, wrong, field):
    cast.vera.save()
    typed = a_person() | wrong
    answer = as_person(cast.ada).post(reverse("admin:staff_user_add"), typed)
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == [field]
    if field != "alias":
        assert 'value="New"' in answer.content.decode()
    assert not User.objects.filter(username="new").exists()


def test_nobody_makes_themselves_more_by_typing_more_fields(cast, as_person):
    page = reverse("admin:staff_user_change", args=[cast.vera.pk])
    more = {"is_superuser": "on", "is_active": "", "user_permissions": ["1"], "last_login_day": "2020-01-01"}
    changed = a_person(username="vera", alias="Vera", email="", roles=["volunteer"], works_in=[cast.phone.pk], **more)
    assert as_person(cast.ada).post(page, changed).status_code == 302
    person = User.objects.get(pk=cast.vera.pk)
    assert (person.is_superuser, person.is_active, person.last_login_day) == (False, True, None)
    assert as_person(cast.vera).post(page, changed | {"roles": ["administrator"]}).status_code == 403


def test_buttons_close_and_open_an_account(cast, as_person):
    client, page = as_person(cast.ada), reverse("admin:staff_user_change", args=[cast.vera.pk])
    for name, active in (("disable", False), ("enable", True)):
        address = reverse("admin:staff_user_button", args=[cast.vera.pk, name])
        assert address in client.get(page).content.decode()
        assert client.get(address).status_code == 200
        assert User.objects.get(pk=cast.vera.pk).is_active is not active, "it asks first"
        assert client.post(address).url == page
        assert User.objects.get(pk=cast.vera.pk).is_active is active


@pytest.mark.parametrize(
    "name", ["disable", "enable", "new_password", "help_log_in", "invite", "withdraw_invitation", "delete"]
)
def test_nobody_else_presses_a_button_by_its_address(cast, people, as_person, name):
    address = reverse("admin:staff_user_button", args=[cast.viktor.pk, name])
    for who in ("vera", "cora"):
        assert as_person(people[who]).post(address).status_code == 403

    assert User.objects.get(pk=cast.viktor.pk).check_password(cast.password)


def test_what_is_no_button_is_not_found(cast, as_person):
    for name in ("delete", "__init__", "save_model", "roles"):
        address = reverse("admin:staff_user_button", args=[cast.viktor.pk, name])
        assert as_person(cast.ada).post(address).status_code == 404


def test_a_list_of_people_shows_no_address(cast, as_person):
    html = as_person(cast.ada).get(reverse("admin:staff_user_changelist")).content.decode()
    assert "ada@example.org" not in html and "Ada" in html


def test_people_are_found_by_role(cast, people, as_person):
    page = reverse("admin:staff_user_changelist")

    def found(role):
        rows = as_person(cast.ada).get(page, {"role": role}).context["cl"].result_list
        return sorted(person.username for person in rows)

    assert found("volunteer") == ["alice", "vera", "viktor"]
    assert found("none") == ["representative", "roleless", "root"]
    assert len(found("nonsense")) == 8


def test_django_s_own_log_stays_empty(cast, as_person):
    client = as_person(cast.ada)
    client.post(reverse("admin:staff_team_add"), {"code": "night", "name": "Night"})
    page = reverse("admin:staff_user_change", args=[cast.vera.pk])
    client.post(page, a_person(username="vera", alias="Vera", roles=[]))
    assert AuditEntry.objects.count() == 2
    assert not LogEntry.objects.exists()
