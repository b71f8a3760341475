"""In and out: who guesses waits, who owns the account gets in, and nobody learns which accounts there are."""

import datetime
import re

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client, RequestFactory
from django.urls import reverse

from hotline.staff.actions.passwords import change_password
from hotline.staff.actions.people import disable
from hotline.staff.forms.log_in import LogInForm
from hotline.staff.models import User

pytestmark = pytest.mark.django_db

LOG_IN = "/accounts/login/"
OWNER, ATTACKER = "198.51.100.7", "203.0.113.9"
NOW = datetime.datetime(2027, 3, 4, 12, 0, tzinfo=datetime.UTC)


def log_in(username, password, address=OWNER, **more):
    client = Client(REMOTE_ADDR=address)
    return client.post(LOG_IN, {"username": username, "password": password, **more})


def guess(username, address):
    """One wrong try, as the page makes it."""
    request = RequestFactory(REMOTE_ADDR=address).post(LOG_IN)
    return LogInForm(request, data={"username": username, "password": "wrong"}).is_valid()


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


def without_what_differs_by_request(response, username):
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
    text = re.sub(r'"X-CSRFToken": "[^"]+"', "", text)
    return text.replace(username, "NAME")


def test_unknown_disabled_and_wrong_get_the_same_answer(cast):
    gone = cast.person("gone")
    disable(cast.ada, gone)
    tries = {"vera": "wrong", "nobody": "wrong", "gone": cast.password}
    cast.vera.save()
    answers = {}
    with time_machine.travel(NOW, tick=False):
        for number, (username, password) in enumerate(tries.items()):
            response = log_in(username, password, address=f"192.0.{number}.1")
            answers[without_what_differs_by_request(response, username)] = response.status_code
    assert list(answers.values()) == [200], "the pages differ"


def test_unknown_disabled_and_wrong_cost_the_same_work(cast, monkeypatch):
    gone = cast.person("gone")
    disable(cast.ada, gone)
    keyless = cast.person("keyless")
    keyless.set_unusable_password()
    keyless.save()
    cast.vera.save()
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *given: hashed.append(1) or encode(*given))
    work = {}
    for number, username in enumerate(["vera", "nobody", "gone", "keyless"]):
        hashed.clear()
        assert not is_in(log_in(username, "wrong", address=f"192.0.{number}.1"))
        work[username] = len(hashed)
    assert set(work.values()) == {1}, work


def test_after_a_few_wrong_tries_one_waits_and_is_told_how_long(cast, cache_in_memory):
    cast.vera.save()
    with time_machine.travel(NOW, tick=False) as clock:
        answers = [log_in("vera", "wrong", ATTACKER).status_code for _try in range(6)]
        assert answers == [200] * 5 + [429]
        refused = log_in("vera", cast.password, ATTACKER)
        assert refused.status_code == 429
        assert 0 < int(refused["Retry-After"]) <= 60
        assert f"{refused['Retry-After']} seconds" in refused.content.decode()
        clock.shift(datetime.timedelta(seconds=61))
        assert is_in(log_in("vera", cast.password, ATTACKER))


def test_whoever_waits_costs_no_hashing_and_learns_nothing(cast, monkeypatch, cache_in_memory):
    cast.vera.save()
    for username in ("vera", "nobody"):
        for _try in range(5):
            guess(username, ATTACKER)
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *given: pytest.fail("a password was hashed"))
    assert {log_in(username, "wrong", ATTACKER).status_code for username in ("vera", "nobody")} == {429}


@pytest.mark.parametrize("networks", [1, 250])
def test_a_thousand_failures_from_elsewhere_do_not_keep_the_owner_out(cast, networks, cache_in_memory):
    """ASVS 6.3.1: delays, never a lock that an attacker can use."""
    cast.vera.save()
    with time_machine.travel(NOW, tick=False):
        assert not any(guess("vera", f"203.0.{number % networks}.9") for number in range(1000))
        assert log_in("vera", "wrong", "203.0.0.9").status_code == (429 if networks == 1 else 200)
        assert is_in(log_in("vera", cast.password, OWNER))


def test_a_neighbour_who_guesses_does_not_keep_colleagues_out(cast):
    cast.vera.save()
    with time_machine.travel(NOW, tick=False):
        for number in range(30):
            guess(f"somebody{number % 3}", OWNER)
        assert is_in(log_in("vera", cast.password, OWNER))


def test_many_names_from_one_network_wait_too(cast, cache_in_memory):
    with time_machine.travel(NOW, tick=False):
        for number in range(100):
            guess(f"somebody{number}", ATTACKER)
        assert log_in("another", "wrong", ATTACKER).status_code == 429


@pytest.mark.parametrize("name", ["VERA", "ｖｅｒａ", "vera"])
def test_spelling_a_name_differently_wins_no_tries(cast, name, cache_in_memory):
    with time_machine.travel(NOW, tick=False):
        for _try in range(5):
            guess("Vera", ATTACKER)
        assert log_in(name, "wrong", ATTACKER).status_code == 429


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
