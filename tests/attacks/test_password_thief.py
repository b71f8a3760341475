"""Somebody guesses, tries stolen passwords, or wants to lock others out: they wait, and the owner still gets in.

Delays, never locks. ASVS 6.3.1, 6.3.8. How one gets in at all is in tests/staff/test_log_in.py and test_factors.py.
"""

import datetime
import re

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client, RequestFactory

from hotline.staff.actions.people import disable
from hotline.staff.forms.log_in import LogInForm
from tests.support.factors import code_of, give_app

pytestmark = pytest.mark.django_db

LOG_IN, STEP = "/accounts/login/", "/accounts/second-step/"
OWNER, ATTACKER = "198.51.100.7", "203.0.113.9"
NOW = datetime.datetime(2027, 3, 4, 12, 0, tzinfo=datetime.UTC)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


def log_in(username, password, address=OWNER):
    return Client(REMOTE_ADDR=address).post(LOG_IN, {"username": username, "password": password})


def is_in(response):
    return response.status_code == 302 and "sessionid" in response.cookies


def begin(person, cast):
    """A client that has typed user name and password."""
    client = Client()
    return client, client.post(LOG_IN, {"username": person.username, "password": cast.password})


def guess(username, address):
    """One wrong try, as the page makes it."""
    request = RequestFactory(REMOTE_ADDR=address).post(LOG_IN)
    return LogInForm(request, data={"username": username, "password": "wrong"}).is_valid()


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


def test_guessing_waits(cast, clock, cache_in_memory):
    """ASVS 6.3.1."""
    give_app(cast.vera)
    client, _answer = begin(cast.vera, cast)
    answers = [client.post(STEP, {"code": "000000"}) for _try in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert "seconds" in answers[-1].content.decode() and 0 < int(answers[-1]["Retry-After"]) <= 60
    clock.shift(datetime.timedelta(seconds=61))
    assert client.post(STEP, {"code": code_of()}).status_code == 302


def test_a_stolen_password_alone_opens_nothing_and_the_owner_goes_on_working(cast, as_person, clock, cache_in_memory):
    """Guesses at the second step, from many places: whoever is in already is not disturbed."""
    give_app(cast.vera)
    working = as_person(cast.vera)
    thief, answer = begin(cast.vera, cast)
    assert answer.url == STEP
    answers = [thief.post(STEP, {"code": f"{guess:06}"}, REMOTE_ADDR=f"203.{guess}.1.9") for guess in range(40)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429] * 10
    assert [thief.get(page).status_code for page in ("/", "/desk/requests/", "/accounts/")] == [302] * 3
    assert working.get("/").status_code == 200
    # nor does whoever is slowed learn that a code was right
    assert thief.post(STEP, {"code": code_of()}, REMOTE_ADDR="203.0.113.9").status_code == 429
    clock.shift(datetime.timedelta(hours=1, seconds=1))
    owner, _answer = begin(cast.vera, cast)
    assert owner.post(STEP, {"code": code_of()}).url == "/"
