"""Where a second factor is asked for: whoever has none is nobody, everywhere, until they have set one up."""

import pytest
from allauth.mfa.models import Authenticator
from channels.db import database_sync_to_async
from django.test import Client
from django.urls import get_resolver

from tests.support.factors import code_of, give_app, secret_on
from tests.support.sockets import open_socket

__all__ = ["open_socket"]

pytestmark = pytest.mark.django_db

LOG_IN, SET_UP = "/accounts/login/", "/accounts/set-up/"
# The pages of the log-in itself know how far one is.
LOGGING_IN = (LOG_IN, SET_UP, "/accounts/second-step/", "/accounts/passkey/")


@pytest.fixture(autouse=True)
def required(settings):
    settings.STAFF_MFA_REQUIRED = True


def begin(person, cast, **more):
    client = Client()
    answer = client.post(LOG_IN, {"username": person.username, "password": cast.password, **more})
    return client, answer


def test_the_log_in_leads_to_setting_up_and_then_where_one_wanted(cast):
    cast.vera.save()
    client, answer = begin(cast.vera, cast, next="/alarms/")
    assert answer.url == SET_UP
    assert "Welcome, Vera" in client.get(SET_UP).content.decode()
    secret = secret_on(client.get(f"{SET_UP}app/"))
    assert client.post(f"{SET_UP}app/", {"code": code_of(secret)}).url == f"{SET_UP}codes/"
    assert client.get("/").status_code == 302, "first the codes are written down"
    assert len(client.get(f"{SET_UP}codes/").context["codes"]) == 10
    assert client.post(f"{SET_UP}codes/").url == "/alarms/"
    assert client.get("/").status_code == 200
    assert Authenticator.objects.get().user == cast.vera


def pages():
    """Every address of the house that takes no parameter."""
    found = []

    def walk(patterns, prefix):
        for one in patterns:
            route = prefix + str(one.pattern)
            if hasattr(one, "url_patterns"):
                walk(one.url_patterns, route)
            elif "<" not in route and "(" not in route:
                found.append("/" + route.lstrip("^"))

    walk(get_resolver().url_patterns, "")
    return found


def answers(client):
    """What a stranger could tell apart: the code of each page, and where it leads."""
    got = {}
    for page in pages():
        if not page.startswith(LOGGING_IN):
            answer = client.get(page)
            got[page] = (answer.status_code, answer.headers.get("Location", ""))
    return got


def test_nobody_anywhere_before_it_is_done(cast):
    """ASVS 6.3.3: byte for byte what a stranger gets, also for the administrator."""
    cast.alice.save()
    client, _answer = begin(cast.alice, cast)
    stranger = answers(Client())
    assert len(stranger) > 20
    assert answers(client) == stranger


def test_whoever_was_logged_in_before_it_was_asked_for_is_nobody_too(cast, as_person, settings):
    settings.STAFF_MFA_REQUIRED = False
    client = as_person(cast.alice)
    assert client.get("/").status_code == 200
    settings.STAFF_MFA_REQUIRED = True
    assert answers(client) == answers(Client())
    answer = client.post(LOG_IN, {"username": "alice", "password": cast.password})
    assert answer.url == SET_UP


def test_whoever_has_one_is_asked_for_it(cast):
    give_app(cast.vera)
    client, answer = begin(cast.vera, cast)
    assert answer.url == "/accounts/second-step/"
    assert client.post(answer.url, {"code": code_of()}).url == "/"
    assert client.get("/").status_code == 200


def test_nobody_sets_up_a_factor_without_a_log_in(client, cast):
    cast.vera.save()
    for page in ("", "app/", "passkey/", "codes/"):
        assert client.get(SET_UP + page).url.startswith(LOG_IN)
    assert client.post(f"{SET_UP}app/", {"code": "000000"}).url.startswith(LOG_IN)


def test_nobody_steps_over_the_second_factor_to_set_up_another(cast):
    """With password alone, of somebody who has one: the pages for setting up are closed."""
    give_app(cast.vera)
    client, _answer = begin(cast.vera, cast)
    for page in ("", "app/", "passkey/", "codes/"):
        assert client.get(SET_UP + page).url.startswith(LOG_IN)


@pytest.mark.django_db(transaction=True)
async def test_nor_on_the_socket(cast, open_socket):
    vera = await database_sync_to_async(getattr)(cast, "vera")
    socket = await open_socket(vera)
    await socket.connect()
    await socket.say(type="hello", rooms={})
    assert await socket.close_code() == 4401
    viktor = await database_sync_to_async(getattr)(cast, "viktor")
    await database_sync_to_async(give_app)(viktor)
    await (await open_socket(viktor)).welcome()
