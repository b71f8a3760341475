"""In and out. Who guesses or wants to lock others out is in tests/attacks/test_password_thief.py."""

import pytest
from django.test import Client
from django.urls import reverse

from hotline.staff.actions.passwords import change_password
from hotline.staff.actions.people import disable
from hotline.staff.models import User

pytestmark = pytest.mark.django_db

LOG_IN = "/accounts/login/"


def log_in(username, password, **more):
    client = Client()
    return client.post(LOG_IN, {"username": username, "password": password, **more})


def is_in(response):
    return response.status_code == 302 and "sessionid" in response.cookies


def test_the_addresses_are_those_of_the_contract():
    assert reverse("account_login") == LOG_IN
    assert reverse("account_logout") == "/accounts/logout/"
    assert reverse("staff:set_language") == "/i18n/setlang/"


def test_in_with_the_password_and_out_by_a_button(cast):
    cast.vera.save()
    client = Client()
    assert client.post(LOG_IN, {"username": "vera", "password": cast.password}).url == "/"
    assert "_auth_user_id" in client.session
    assert client.get("/accounts/logout/").status_code == 405
    assert "_auth_user_id" in client.session
    assert client.post("/accounts/logout/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_a_form_from_elsewhere_logs_nobody_in(cast):
    cast.vera.save()
    client = Client(enforce_csrf_checks=True)
    assert client.post(LOG_IN, {"username": "vera", "password": cast.password}).status_code == 403


def test_a_session_has_a_new_key_after_log_in(cast):
    cast.vera.save()
    client = Client()
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    client.post(LOG_IN, {"username": "vera", "password": cast.password})
    assert client.session.session_key != before


@pytest.mark.parametrize(
    ("wanted", "got"),
    [
        ("/admin/", "/admin/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("https://testserver.evil.example/", "/"),
    ],
)
def test_it_goes_on_to_our_own_pages_only(cast, wanted, got):
    cast.vera.save()
    assert log_in("vera", cast.password, next=wanted).url == got


def test_whoever_is_in_already_is_sent_on(cast, as_person):
    assert as_person(cast.vera).get(LOG_IN).status_code == 302


def test_disabling_ends_a_running_session_at_once(cast, as_person):
    client = as_person(cast.vera)
    assert client.get("/").status_code == 200
    disable(cast.ada, cast.vera)
    answer = client.get("/")
    assert answer.status_code == 302 and answer.url.startswith(LOG_IN)


def test_a_new_password_ends_running_sessions(cast, as_person):
    client = as_person(cast.vera)
    change_password(cast.vera, "another word for calm hands")
    assert client.get("/").status_code == 302


def test_a_name_that_is_far_too_long_is_a_wrong_one(db):
    assert log_in("x" * 5000, "wrong").status_code == 200
    assert not User.objects.exists()
