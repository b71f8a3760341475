"""Somebody closes their own account: at once everywhere, never the last administrator's, forgotten later or now."""

import threading

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import connection

from hotline.staff.actions.leaving import leave
from hotline.staff.actions.people import enable
from hotline.staff.actions.rights import LastAdministrator
from hotline.staff.models import AuditEntry, Session, User
from hotline.staff.permissions import holders

pytestmark = pytest.mark.django_db

LEAVE = "/accounts/leave/"


def test_every_log_in_ends_and_the_account_can_be_opened_again(as_person, cast):
    here, elsewhere, neighbour = as_person(cast.vera), as_person(cast.vera), as_person(cast.viktor)
    response = here.post(LEAVE, {"forgotten": "later"})

    assert "Your account is closed." in response.content.decode()
    assert SESSION_KEY not in here.session
    assert elsewhere.get("/").status_code == 302 and neighbour.get("/").status_code == 200
    assert not Session.objects.filter(user=cast.vera).exists()
    assert not User.objects.get(username="vera").is_active
    enable(cast.ada, cast.vera)
    assert User.objects.get(username="vera").is_active


def test_forgotten_at_once_leaves_the_audit_alone_under_the_alias(as_person, cast):
    client = as_person(cast.vera)
    response = client.post(LEAVE, {"forgotten": "now"})

    assert "closed and forgotten" in response.content.decode()
    assert not User.objects.filter(username="vera").exists()
    lines = AuditEntry.objects.order_by("id").values_list("action", "actor", "actor_alias", "subject")
    assert list(lines) == [("account.left", None, "Vera", "Vera"), ("account.forgotten", None, "", "Vera")]


def test_whoever_only_represents_a_local_coordinator_leaves_too(as_person, people):
    as_person(people["representative"]).post(LEAVE, {"forgotten": "now"})
    assert not User.objects.filter(username="representative").exists()


@pytest.mark.parametrize("forgotten", ["later", "now"])
def test_the_last_administrator_is_refused_in_words_and_nothing_changes(as_person, cast, forgotten):
    client = as_person(cast.ada)
    response = client.post(LEAVE, {"forgotten": forgotten})

    assert response.status_code == 409
    assert "This is the last administrator. Make somebody else one first." in response.content.decode()
    assert User.objects.get(username="ada").is_active and client.get("/").status_code == 200
    assert not AuditEntry.objects.exists()


def test_an_administrator_leaves_when_another_stays(as_person, cast):
    assert cast.alice
    as_person(cast.ada).post(LEAVE, {"forgotten": "later"})
    assert [person.username for person in holders("staff.manage_people")] == ["alice"]


def test_what_stays_and_for_how_long_is_said_before(as_person, cast, settings):
    settings.ACCOUNT_DAYS, settings.OUTBOX_DAYS = 11, 9
    text = as_person(cast.vera).get(LEAVE).content.decode()

    assert "In 11 days. Until then an administrator can open it again." in text
    assert "with your address sealed, for at most 9 days." in text
    assert "Lines of the audit, under your alias" in text


def test_whoever_says_nothing_is_asked_again(as_person, cast):
    response = as_person(cast.vera).post(LEAVE, {})

    assert "This field is required." in response.content.decode()
    assert User.objects.get(username="vera").is_active


def test_a_second_wish_changes_nothing(cast):
    assert leave(cast.vera, at_once=False) is True
    assert leave(cast.vera, at_once=True) is False
    assert User.objects.filter(username="vera", is_active=False).exists()
    assert AuditEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_who_leave_at_once_one_stays(cast):
    pair, start, said = [cast.ada, cast.alice], threading.Barrier(2), []

    def go(person):
        start.wait()
        try:
            said.append(leave(person, at_once=True))
        except LastAdministrator:
            said.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=[person]) for person in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(map(str, said)) == ["True", "refused"]
    assert holders("staff.manage_people").count() == 1
