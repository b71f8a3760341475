"""The admin's pages of people, teams, audit and alarms: who sees which, and what their buttons do."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from hotline.staff.actions.alarms import raise_alarm
from hotline.staff.actions.audit import record
from hotline.staff.models import Alarm, AuditEntry, Team, User

pytestmark = pytest.mark.django_db

EVERYBODY = ["nobody", "roleless", "representative", "vera", "viktor", "cora", "ada", "alice", "root"]
LOG_IN = 302


@pytest.fixture
def pages(cast, people):
    alarm = Alarm.objects.create(team=cast.phone, kind="test", subject="OWN")
    house = Alarm.objects.create(team=None, kind="test", subject="HOUSE")
    entry = record(cast.vera, "test.done", "K7QX2M")
    return {
        "index": reverse("admin:index"),
        "people": reverse("admin:staff_user_changelist"),
        "new person": reverse("admin:staff_user_add"),
        "person": reverse("admin:staff_user_change", args=[cast.viktor.pk]),
        "password": reverse("admin:staff_user_button", args=[cast.viktor.pk, "new_password"]),
        "teams": reverse("admin:staff_team_changelist"),
        "new team": reverse("admin:staff_team_add"),
        "team": reverse("admin:staff_team_change", args=[cast.crawl.pk]),
        "audit": reverse("admin:staff_auditentry_changelist"),
        "new line": reverse("admin:staff_auditentry_add"),
        "line": reverse("admin:staff_auditentry_change", args=[entry.pk]),
        "alarms": reverse("admin:staff_alarm_changelist"),
        "new alarm": reverse("admin:staff_alarm_add"),
        "alarm of phone": reverse("admin:staff_alarm_change", args=[alarm.pk]),
        "alarm of the house": reverse("admin:staff_alarm_change", args=[house.pk]),
        "history": reverse("admin:staff_user_history", args=[cast.viktor.pk]),
        "delete person": reverse("admin:staff_user_delete", args=[cast.viktor.pk]),
        "delete line": reverse("admin:staff_auditentry_delete", args=[entry.pk]),
        "groups": "/admin/auth/group/",
    }


# What each gets, in the order of EVERYBODY.
MATRIX = {
    "index": [LOG_IN, 403, 200, 200, 200, 200, 200, 200, 200],
    "people": [LOG_IN, 403, 403, 403, 403, 403, 200, 200, 200],
    "new person": [LOG_IN, 403, 403, 403, 403, 403, 200, 200, 200],
    "person": [LOG_IN, 403, 404, 403, 403, 403, 200, 200, 200],
    "password": [LOG_IN, 403, 404, 403, 403, 403, 200, 200, 200],
    "teams": [LOG_IN, 403, 403, 403, 403, 403, 200, 200, 200],
    "new team": [LOG_IN, 403, 403, 403, 403, 403, 200, 200, 200],
    "team": [LOG_IN, 403, 404, 403, 403, 403, 200, 200, 200],
    "audit": [LOG_IN, 403, 403, 403, 403, 403, 200, 200, 200],
    "new line": [LOG_IN, 403, 403, 403, 403, 403, 403, 403, 403],
    "line": [LOG_IN, 403, 404, 403, 403, 403, 200, 200, 200],
    "alarms": [LOG_IN, 403, 403, 403, 403, 200, 200, 200, 200],
    "new alarm": [LOG_IN, 403, 403, 403, 403, 403, 403, 403, 403],
    "alarm of phone": [LOG_IN, 403, 404, 403, 404, 200, 404, 200, 404],
    "alarm of the house": [LOG_IN, 403, 404, 404, 404, 404, 200, 200, 200],
    # It leads to the lines of the audit.
    "history": [LOG_IN, 403, 404, 403, 403, 403, 302, 302, 302],
    "delete person": [LOG_IN, 403, 404, 403, 403, 403, 403, 403, 403],
    "delete line": [LOG_IN, 403, 404, 403, 403, 403, 403, 403, 403],
    "groups": [LOG_IN, 403, 404, 404, 404, 404, 404, 404, 404],
}


@pytest.mark.parametrize("page", MATRIX)
def test_who_gets_which_page(people, pages, as_person, page):
    got = {name: as_person(people[name]).get(pages[page], follow=False).status_code for name in EVERYBODY}
    # Whoever is logged in and has no business in the admin is sent to its log-in, which says so.
    if got["roleless"] == 302:
        got["roleless"] = as_person(people["roleless"]).get(pages[page], follow=True).status_code
    assert got == dict(zip(EVERYBODY, MATRIX[page], strict=True))


def test_log_in_is_our_own_page_and_leads_back(client):
    answer = client.get("/admin/staff/user/", follow=True)
    assert answer.redirect_chain[-1][0] == "/accounts/login/?next=/admin/staff/user/"


def test_admin_s_own_log_in_does_not_exist_beside_ours(client, cast):
    answer = client.post("/admin/login/", {"username": cast.ada.username, "password": cast.password})
    assert answer.url.startswith("/accounts/login/")
    assert "_auth_user_id" not in client.session


def test_a_representative_sees_the_admin_and_nothing_of_the_staff(people, pages, as_person):
    html = as_person(people["representative"]).get(pages["index"]).content.decode()
    assert "/admin/staff/" not in html


def test_the_index_lists_what_one_may_see(people, pages, as_person):
    seen = {name: as_person(people[name]).get(pages["index"]).content.decode() for name in ("vera", "cora", "ada")}
    assert "/admin/staff/" not in seen["vera"]
    assert "/admin/staff/alarm/" in seen["cora"] and "/admin/staff/user/" not in seen["cora"]
    assert all(f"/admin/staff/{page}/" in seen["ada"] for page in ("user", "team", "alarm", "auditentry"))


def test_disabling_shuts_the_admin_at_once(people, pages, as_person):
    client = as_person(people["ada"])
    assert client.get(pages["people"]).status_code == 200
    User.objects.filter(pk=people["ada"].pk).update(is_active=False)
    assert client.get(pages["people"]).status_code == 302


def test_a_row_of_another_team_is_in_no_list(cast, people, as_person):
    Alarm.objects.create(team=cast.crawl, kind="test", subject="FOREIGN")
    Alarm.objects.create(team=cast.phone, kind="test", subject="OWN")
    html = as_person(people["cora"]).get(reverse("admin:staff_alarm_changelist")).content.decode()
    assert "OWN" in html and "FOREIGN" not in html


def test_a_team_is_made_and_shows_who_belongs_to_it(cast, as_person):
    client = as_person(cast.ada)
    made = client.post(reverse("admin:staff_team_add"), {"code": "night", "name": "Night", "takes_requests": "on"})
    assert made.status_code == 302 and Team.objects.get(code="night").takes_requests
    assert cast.vera and cast.cora
    html = client.get(reverse("admin:staff_team_change", args=[cast.phone.pk])).content.decode()
    assert "Vera" in html and "Cora" in html and "Viktor" not in html


def test_the_audit_is_found_by_code_and_changed_by_nobody(cast, as_person):
    entry = record(cast.vera, "help_request.cancelled", "K7QX2M")
    record(cast.vera, "help_request.cancelled", "ANOTHER")
    client, page = as_person(cast.ada), reverse("admin:staff_auditentry_changelist")
    assert [line for line, _words in client.get(page, {"q": "k7qx2m"}).context["lines"]] == [entry]
    assert client.post(reverse("admin:staff_auditentry_change", args=[entry.pk]), {"reason": "x"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"}
    client.post(page, chosen)
    assert AuditEntry.objects.filter(subject="K7QX2M").count() == 1


def test_an_alarm_is_silenced_by_its_button_once(cast, as_person):
    alarm = raise_alarm(cast.phone, "nobody_took", "K7QX2M")
    page = reverse("admin:staff_alarm_change", args=[alarm.pk])
    address = reverse("admin:staff_alarm_button", args=[alarm.pk, "acknowledge"])
    assert address in as_person(cast.cora).get(page).content.decode()
    assert as_person(cast.cora).post(address).url == page
    assert Alarm.objects.get(pk=alarm.pk).acknowledged_by == cast.cora
    late = as_person(cast.alice).post(address)
    assert ["Cora" in str(message) for message in get_messages(late.wsgi_request)] == [True]
    assert address not in as_person(cast.cora).get(page).content.decode()


def test_alarms_that_still_ring_are_told_from_the_others(cast, as_person):
    assert cast.cora
    ringing = raise_alarm(cast.phone, "nobody_took", "K7QX2M")
    silent = Alarm.objects.create(team=cast.phone, kind="test", acknowledged_at=ringing.raised_at)
    client, page = as_person(cast.cora), reverse("admin:staff_alarm_changelist")

    def found(state):
        return set(client.get(page, {"state": state}).context["cl"].result_list)

    assert (found("open"), found("done"), found("nonsense")) == ({ringing}, {silent}, {ringing, silent})


@pytest.mark.parametrize(("who", "status"), [("vera", 403), ("viktor", 404), ("ada", 404)])
def test_nobody_else_silences_it_by_its_address(cast, as_person, who, status):
    alarm = raise_alarm(cast.phone, "nobody_took", "K7QX2M")
    address = reverse("admin:staff_alarm_button", args=[alarm.pk, "acknowledge"])
    assert as_person(getattr(cast, who)).post(address).status_code == status
    assert Alarm.objects.open().filter(pk=alarm.pk).exists()


@pytest.mark.parametrize("model", ["user", "team", "auditentry", "alarm"])
def test_a_list_asks_as_often_with_30_rows_as_with_1(cast, as_person, same_queries, model):
    client, page = as_person(cast.alice), reverse(f"admin:staff_{model}_changelist")
    add = {
        "user": lambda number: cast.person(f"somebody{number}", roles=["volunteer"], works_in=[cast.phone]),
        "team": lambda number: cast.team(f"team{number}"),
        "auditentry": lambda number: record(cast.vera, "test.done", f"CODE{number}"),
        "alarm": lambda number: Alarm.objects.create(
            team=cast.phone, kind="test", subject=f"CODE{number}", acknowledged_by=cast.cora
        ),
    }[model]
    same_queries(add, lambda: client.get(page))
