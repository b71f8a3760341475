"""Sessions: a thief of the database takes over nothing, and each ends on time (ASVS 7.1.1, 7.3.1, 7.3.2)."""

import datetime

import pytest
import time_machine
from django.conf import settings as house
from django.db import connection
from django.test import Client

from hotline.staff.models import Session
from hotline.staff.sessions import ENDED, SessionStore
from hotline.staff.sweeps import forget_sessions

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2027, 3, 4, 12, 10, tzinfo=datetime.UTC)
HOME = "/"


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


def pass_time(clock, **time):
    clock.shift(datetime.timedelta(**time))


def is_in(client):
    return client.get(HOME).status_code == 200


def cells():
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM staff_session")
        rows = cursor.fetchall()
    return [bytes(one) if isinstance(one, (bytes, memoryview)) else str(one).encode() for row in rows for one in row]


def test_the_database_holds_neither_the_key_nor_what_is_in_it(cast, as_person):
    client = as_person(cast.vera)
    session = client.session
    session["draft_key"] = "a-key-that-opens-drafts"
    session.save()
    key = client.cookies[house.SESSION_COOKIE_NAME].value
    found = b"|".join(cells())
    assert b"draft" not in found and key.encode() not in found
    assert is_in(client) and client.session["draft_key"] == "a-key-that-opens-drafts"


def test_what_stands_in_the_database_is_no_key(cast, as_person):
    as_person(cast.vera)
    row = Session.objects.get()
    for stolen in (bytes(row.key_hash).hex(), str(row.pk)):
        thief = Client()
        thief.cookies[house.SESSION_COOKIE_NAME] = stolen
        assert not is_in(thief)


def test_what_is_sealed_for_one_session_opens_in_no_other(cast, as_person):
    as_person(cast.ada)
    client = as_person(cast.vera)
    hers, adas = Session.objects.get(user=cast.vera), Session.objects.get(user=cast.ada)
    Session.objects.filter(pk=hers.pk).update(sealed_data=adas.sealed_data, user=cast.ada)
    assert not is_in(client)


def test_times_are_kept_coarsely(cast, as_person, clock):
    as_person(cast.vera)
    row = Session.objects.get()
    assert (row.begun_at, row.used_at) == (NOW.replace(hour=13, minute=0), NOW)
    pass_time(clock, minutes=13, seconds=7)
    as_person(cast.viktor)
    assert Session.objects.get(user=cast.viktor).used_at == NOW.replace(minute=20)


def test_it_ends_when_it_is_left_alone_and_the_log_in_page_says_so(cast, as_person, clock, settings):
    settings.SESSION_IDLE_MINUTES = 30
    client = as_person(cast.vera)
    for _use in range(4):
        pass_time(clock, minutes=29)
        assert is_in(client), "whoever works is not logged out"
    pass_time(clock, minutes=41)
    asked = client.get(HOME)
    assert asked.status_code == 302
    assert "not used for a while" in client.get(asked.url).content.decode()
    assert not is_in(client), "nothing brings it back"


def test_it_ends_after_its_hours_however_much_it_is_used(cast, as_person, clock, settings):
    settings.SESSION_HOURS = 2
    client = as_person(cast.vera)
    for _use in range(16):
        assert is_in(client)
        pass_time(clock, minutes=10)
    pass_time(clock, minutes=11)
    asked = client.get(HOME)
    assert asked.status_code == 302
    assert "had lasted long enough" in client.get(asked.url).content.decode()


def test_it_says_nothing_of_the_kind_to_whoever_was_never_in(client):
    assert "not used for a while" not in client.get("/accounts/login/").content.decode()


def log_in(client, person, cast):
    return client.post("/accounts/login/", {"username": person.username, "password": cast.password})


def test_what_was_unfinished_is_there_for_the_same_person_again(cast, as_person, clock, settings):
    settings.SESSION_IDLE_MINUTES = 30
    client = as_person(cast.vera)
    session = client.session
    session["draft_key"] = "opens"
    session.save()
    pass_time(clock, minutes=45)
    assert not is_in(client)
    log_in(client, cast.vera, cast)
    assert client.session["draft_key"] == "opens" and ENDED not in client.session


def test_but_for_nobody_else(cast, as_person, clock, settings):
    settings.SESSION_IDLE_MINUTES = 30
    client = as_person(cast.vera)
    session = client.session
    session["draft_key"] = "opens"
    session.save()
    pass_time(clock, minutes=45)
    log_in(client, cast.viktor, cast)
    assert is_in(client) and "draft_key" not in client.session


def test_old_rows_are_swept_away(cast, as_person, clock, settings):
    settings.SESSION_HOURS = 2
    as_person(cast.vera)
    pass_time(clock, hours=4)
    as_person(cast.viktor)
    assert forget_sessions(NOW + datetime.timedelta(hours=4)) == 0
    assert forget_sessions(NOW + datetime.timedelta(hours=5)) == 1
    assert Session.objects.get().user == cast.viktor


def test_logging_out_leaves_nothing(cast, as_person):
    as_person(cast.vera).post("/accounts/logout/")
    assert not Session.objects.filter(user=cast.vera).exists()


def test_reading_a_page_writes_nothing_but_now_and_then(cast, as_person, query_count, clock):
    client = as_person(cast.vera)
    client.get(HOME)
    calm = query_count(lambda: client.get(HOME))
    pass_time(clock, minutes=11)
    assert query_count(lambda: client.get(HOME)) == calm + 1
    assert query_count(lambda: client.get(HOME)) == calm


def test_a_nonsense_key_is_nobody(client):
    for nonsense in ("", "x", "ключ" * 10, "x" * 5000):
        assert not SessionStore(nonsense).load()
