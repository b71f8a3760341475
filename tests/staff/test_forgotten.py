"""A forgotten password: a letter if there is such an account, and nobody learns whether there is (ASVS 6.3.8, 6.4.3)."""

import datetime
import re
import threading

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hotline.outbox.models import Message
from hotline.staff.actions import invitations
from hotline.staff.models import ForgottenPassword, Session, User
from tests.support.factors import give_app

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2027, 3, 4, 12, 0, tzinfo=datetime.UTC)
WORDS = "a river under seven moons"


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


def raw(model, field):
    """What the database holds of a field, list of bytes."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {field} FROM {model._meta.db_table}")
        return [row[0] for row in cursor.fetchall()]


def letter():
    """The last letter of the outbox: its address and text."""
    message = Message.objects.filter(purpose="account").latest("created_at")
    return message.address(), message.content()["text"]


def link():
    return re.search(r"https?://[^/]+(/\S+)", letter()[1])[1]


def choose(client, address):
    return client.post(address, {"password": WORDS, "again": WORDS})


def race(*calls):
    start = threading.Barrier(len(calls))

    def run(call):
        try:
            start.wait(timeout=20)
            call()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)


def letter_for(name):
    """The page is asked, then the worker comes by."""
    answer = forget(name)
    invitations.send_forgotten()
    return answer


def forget(name):
    return Client().post("/accounts/forgotten/", {"name": name})


@pytest.mark.parametrize("name", ["vera", "VERA@example.org", "ｖｅｒａ"])
def test_a_forgotten_password_is_replaced_by_letter(cast, as_person, name):
    client = as_person(cast.vera)
    letter_for(name)
    assert letter()[0] == "vera@example.org"
    assert User.objects.get(pk=cast.vera.pk).check_password(cast.password), "nothing changes before it is used"
    address = link()
    assert choose(Client(), address).url == "/accounts/login/"
    assert User.objects.get(pk=cast.vera.pk).check_password(WORDS)
    assert client.get("/").status_code == 302, "whoever else was in is out"
    assert choose(Client(), address).status_code == 404
    assert not Session.objects.filter(user=cast.vera).exists()


def test_nobody_learns_which_accounts_there_are(cast, clock):
    cast.vera.save()
    cast.person("silent", email="")
    cast.person("gone", is_active=False)
    shown = {}
    for name in ("vera", "nobody", "silent", "gone", "nobody@example.org"):
        shown[re.sub(r'(value="[^"]+"|"X-CSRFToken": "[^"]+")', "", letter_for(name).content.decode())] = name
    assert len(shown) == 1
    assert Message.objects.count() == 1


def test_the_answer_asks_for_no_account_whoever_it_is(cast, client):
    """What takes no time for anybody tells nothing by the clock."""
    cast.vera.save()
    asked = {}
    for name in ("vera", "vera@example.org", "nobody"):
        with CaptureQueriesContext(connection) as queries:
            forget(name)
        asked[name] = [re.sub(r"'[^']*'|X'[^']*'|[0-9a-f]{32}", "", one["sql"]) for one in queries]
    assert asked["vera"] == asked["vera@example.org"] == asked["nobody"]
    assert not any("staff_user" in sql for sql in asked["vera"])


def test_what_was_typed_is_sealed_and_gone_when_it_was_looked_at(cast):
    cast.vera.save()
    for name in ("vera", "nobody@example.org"):
        forget(name)
    stored = b" ".join(map(bytes, raw(ForgottenPassword, "name")))
    assert stored and b"vera" not in stored and b"nobody" not in stored
    assert invitations.send_forgotten() == 2
    assert not ForgottenPassword.objects.exists() and Message.objects.count() == 1


def test_a_damaged_row_holds_up_nobody(cast):
    cast.vera.save()
    forget("vera")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE staff_forgottenpassword SET name = %s", [b"damaged"])
    forget("vera")
    assert (invitations.send_forgotten(), Message.objects.count()) == (2, 1)


@pytest.mark.django_db(transaction=True)
def test_of_several_workers_one_sends_the_letter(cast):
    cast.vera.save()
    forget("vera")
    race(*[invitations.send_forgotten] * 4)
    assert Message.objects.count() == 1


def test_a_letter_that_cannot_be_delivered_leaves_the_old_password(cast):
    cast.vera.save()
    letter_for("vera")
    Message.objects.update(state="dead")
    assert User.objects.get(pk=cast.vera.pk).check_password(cast.password)
    letter_for("vera")
    assert Message.objects.count() == 2, "whoever asks again gets another"


def test_nobody_is_flooded_with_letters(cast, cache_in_memory):
    cast.vera.save()
    for network in range(6):
        Client(REMOTE_ADDR=f"198.51.{network}.1").post("/accounts/forgotten/", {"name": "vera"})
    invitations.send_forgotten()
    assert Message.objects.count() == 3
    answers = [forget("somebody").status_code for _try in range(11)]
    assert answers[-1] == 429


def test_late_the_old_password_stays(cast, clock, settings):
    cast.vera.save()
    letter_for("vera")
    address = link()
    clock.shift(datetime.timedelta(minutes=settings.PASSWORD_LETTER_MINUTES, seconds=1))
    assert choose(Client(), address).status_code == 404
    assert User.objects.get(pk=cast.vera.pk).check_password(cast.password)


def test_the_second_factor_stays_asked_for(cast):
    give_app(cast.vera)
    letter_for("vera")
    choose(Client(), link())
    client = Client()
    assert client.post("/accounts/login/", {"username": "vera", "password": WORDS}).url == "/accounts/second-step/"
