"""Before a dangerous step one proves again that it is oneself; what was being done goes on afterwards (ASVS 7.5.1)."""

import datetime

import pytest
import time_machine
from django.urls import reverse

from hotline.staff.models import User

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2027, 3, 4, 12, 0, tzinfo=datetime.UTC)
AGAIN = "/accounts/again/"


@pytest.fixture
def later():
    """The time stands still; later(minutes) moves it on."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield lambda minutes: clock.shift(datetime.timedelta(minutes=minutes))


def button(person, name):
    return reverse("admin:staff_user_button", args=[person.pk, name])


def test_just_after_the_log_in_nothing_is_asked(cast, as_person, later):
    client = as_person(cast.ada)
    later(4)
    client.post(button(cast.vera, "disable"))
    assert not User.objects.get(pk=cast.vera.pk).is_active


def test_a_pressed_button_waits_for_the_password_and_is_carried_out_then(cast, as_person, later):
    client = as_person(cast.ada)
    later(6)
    asked = client.post(button(cast.vera, "disable"))
    assert asked.url.startswith(AGAIN)
    assert User.objects.get(pk=cast.vera.pk).is_active
    assert "Is it you?" in client.get(asked.url).content.decode()
    wrong = client.post(asked.url, {"password": "wrong"})
    assert wrong.status_code == 200 and User.objects.get(pk=cast.vera.pk).is_active
    done = client.post(asked.url, {"password": cast.password})
    assert done.url == reverse("admin:staff_user_change", args=[cast.vera.pk])
    assert not User.objects.get(pk=cast.vera.pk).is_active
    client.post(button(cast.vera, "enable"))
    assert User.objects.get(pk=cast.vera.pk).is_active, "the proof holds for a while"


def test_what_was_typed_is_not_lost(cast, as_person, later):
    client = as_person(cast.ada)
    later(6)
    typed = {"username": "vera", "alias": "Verena", "language": "de", "roles": ["volunteer"]}
    page = reverse("admin:staff_user_change", args=[cast.vera.pk]) + "?_changelist_filters=language%3Dde"
    asked = client.post(page, typed)
    assert asked.url.startswith(AGAIN)
    client.post(asked.url, {"password": cast.password})
    assert User.objects.get(pk=cast.vera.pk).alias == "Verena"


def test_a_page_that_asks_first_asks_who_sits_there_before_anything_is_typed(cast, as_person, later):
    client = as_person(cast.ada)
    later(6)
    asked = client.get(button(cast.vera, "new_password"))
    assert asked.url.startswith(AGAIN)
    assert client.post(asked.url, {"password": cast.password}).url == button(cast.vera, "new_password")


def test_what_is_not_dangerous_asks_nothing(cast, as_person, later):
    client = as_person(cast.ada)
    later(60)
    assert client.get(reverse("admin:staff_user_change", args=[cast.vera.pk])).status_code == 200


def test_who_may_not_is_refused_before_anything_is_asked(cast, as_person, later):
    client = as_person(cast.cora)
    later(6)
    assert client.post(button(cast.vera, "disable")).status_code == 403


def test_a_right_that_went_meanwhile_is_asked_for_once_more(cast, as_person, later):
    client = as_person(cast.ada)
    later(6)
    asked = client.post(button(cast.vera, "disable"))
    cast.ada.groups.set(cast.cora.groups.all())
    assert client.post(asked.url, {"password": cast.password}).status_code == 403
    assert User.objects.get(pk=cast.vera.pk).is_active


def test_it_leads_nowhere_else(cast, as_person, later):
    client = as_person(cast.ada)
    assert client.post(f"{AGAIN}?next=https://evil.example/", {"password": cast.password}).url == "/"


def test_guessing_waits(cast, as_person, cache_in_memory, later):
    client = as_person(cast.ada)
    assert [client.post(AGAIN, {"password": "wrong"}).status_code for _try in range(6)] == [200] * 5 + [429]
    refused = client.post(AGAIN, {"password": cast.password})
    assert refused.status_code == 429 and int(refused["Retry-After"]) <= 60
    later(2)
    assert client.post(AGAIN, {"password": cast.password}).status_code == 302


def test_nobody_is_asked_who_is_not_logged_in(client):
    assert client.get(AGAIN).url.startswith("/accounts/login/")
