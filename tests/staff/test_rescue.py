"""The phone is lost at night: a colleague with the right reads out a code, and a new second key takes the lost one's place."""

import datetime
import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from hotline.outbox.models import Message
from hotline.staff.actions import factors, rescue
from hotline.staff.actions.rescue import NothingLost
from hotline.staff.models import AuditEntry, OneTimeCode
from hotline.staff.permissions import NotAllowed, NotFound
from tests.support.factors import SECRET, code_of, give_app, secret_on

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2027, 3, 4, 3, 0, tzinfo=datetime.UTC)
STEP, SET_UP = "/accounts/second-step/", "/accounts/set-up/"


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


def begin(person, cast):
    client = Client()
    client.post("/accounts/login/", {"username": person.username, "password": cast.password})
    return client


def is_in(client):
    return client.get("/").status_code == 200


def test_the_code_opens_once_and_a_new_key_replaces_the_lost_one(cast):
    give_app(cast.vera)
    (old_code, *_others) = factors.new_recovery_codes(cast.vera)
    code = rescue.make_code(cast.cora, cast.vera)
    client = begin(cast.vera, cast)
    assert client.post(STEP, {"code": code.lower()}).url == SET_UP
    assert not is_in(client), "nobody, until the new key stands"
    assert "in place of the lost one" in client.get(SET_UP).content.decode()
    assert Authenticator.objects.get().data["secret"], "the old one stands until then"
    secret = secret_on(client.get(f"{SET_UP}app/"))
    assert client.post(f"{SET_UP}app/", {"code": code_of(secret)}).url == f"{SET_UP}codes/"
    assert client.post(f"{SET_UP}codes/").url == "/"
    assert is_in(client)
    assert factors.use_code(cast.vera, code_of(SECRET)) is None
    assert factors.use_code(cast.vera, old_code) is None
    assert begin(cast.vera, cast).post(STEP, {"code": code}).status_code == 200, "once"


def test_without_a_new_key_the_old_one_still_opens(cast):
    give_app(cast.vera)
    client = begin(cast.vera, cast)
    client.post(STEP, {"code": rescue.make_code(cast.cora, cast.vera)})
    other = begin(cast.vera, cast)
    assert other.post(STEP, {"code": code_of()}).url == "/"


def test_it_is_nothing_without_the_password(cast, client):
    give_app(cast.vera)
    code = rescue.make_code(cast.cora, cast.vera)
    assert client.post(STEP, {"code": code}).url == "/accounts/login/"
    assert OneTimeCode.objects.filter(kind="rescue").exists()


def test_it_is_good_for_a_quarter_of_an_hour(cast, clock):
    give_app(cast.vera)
    code = rescue.make_code(cast.cora, cast.vera)
    clock.shift(datetime.timedelta(minutes=15, seconds=1))
    assert begin(cast.vera, cast).post(STEP, {"code": code}).status_code == 200


def test_it_is_for_one_person_and_for_the_log_in_alone(cast, as_person, clock):
    give_app(cast.vera)
    alex = cast.person("alex", roles=["volunteer"], works_in=[cast.phone])
    give_app(alex, SECRET[::-1])
    code = rescue.make_code(cast.cora, cast.vera)
    assert begin(alex, cast).post(STEP, {"code": code}).status_code == 200
    client = as_person(cast.vera)
    assert client.post("/accounts/again/code/", {"code": code}).status_code == 200


def test_a_new_code_ends_the_one_before(cast):
    give_app(cast.vera)
    old = rescue.make_code(cast.cora, cast.vera)
    new = rescue.make_code(cast.ada, cast.vera)
    assert begin(cast.vera, cast).post(STEP, {"code": old}).status_code == 200
    assert begin(cast.vera, cast).post(STEP, {"code": new}).url == SET_UP


def test_it_is_audited_and_the_person_is_told(cast):
    give_app(cast.vera)
    Message.objects.all().delete()
    code = rescue.make_code(cast.cora, cast.vera)
    line = AuditEntry.objects.filter(action="account.rescue_code_made").get()
    assert (line.actor, line.subject) == (cast.cora, "Vera") and code not in str(line.details)
    letter = Message.objects.get()
    assert letter.address() == "vera@example.org" and code not in letter.content()["text"]


def test_who_may_help_whom(cast, people):
    """Coordinators those of their teams, administrators everybody; nobody themselves, nor one who may more than they."""
    for person in (cast.vera, cast.viktor, cast.cora, cast.ada, cast.alice):
        give_app(person)
    helped = {
        "vera": set(),
        "roleless": set(),
        "representative": set(),
        "cora": {"Vera", "Roleless"},
        "alice": set(["Vera", "Viktor", "Cora", "Ada", "Roleless", "Representative", "Root"]),
        "ada": set(["Vera", "Viktor", "Cora", "Alice", "Roleless", "Representative", "Root"]),
    }
    for name, aliases in helped.items():
        assert {person.alias for person in rescue.whom(people[name])} == aliases, name


@pytest.mark.parametrize(
    ("actor", "person", "refusal"),
    [
        ("vera", "vera", NotAllowed),
        ("cora", "cora", NotAllowed),
        ("ada", "ada", NotAllowed),
        ("cora", "viktor", NotAllowed),
        ("cora", "alice", NotAllowed),
        ("vera", "cora", NotAllowed),
        ("roleless", "vera", NotFound),
        ("representative", "vera", NotFound),
    ],
)
def test_nobody_else_does(people, as_person, actor, person, refusal):
    for one in people.values():
        if one is not None and one.alias != "Root":
            give_app(one)
    before = OneTimeCode.objects.count()
    with pytest.raises(refusal):
        rescue.make_code(people[actor], people[person])
    answer = as_person(people[actor]).post(f"/accounts/help/{people[person].pk}/code/")
    assert answer.status_code == (404 if refusal is NotFound else 403)
    assert OneTimeCode.objects.count() == before


def test_there_must_be_something_lost(cast, as_person):
    with pytest.raises(NothingLost):
        rescue.make_code(cast.cora, cast.vera)
    answer = as_person(cast.cora).post(f"/accounts/help/{cast.vera.pk}/code/", follow=True)
    assert "no second key that could be lost" in answer.content.decode()


def test_the_page_names_aliases_alone_and_the_button_is_dangerous(cast, as_person, clock):
    give_app(cast.vera)
    client = as_person(cast.cora)
    page = client.get("/accounts/help/").content.decode()
    assert "Vera" in page and "vera@example.org" not in page and "Viktor" not in page
    clock.shift(datetime.timedelta(minutes=6))
    address = f"/accounts/help/{cast.vera.pk}/code/"
    assert client.get(address).status_code == 405
    asked = client.post(address)
    assert asked.url.startswith("/accounts/again/") and not OneTimeCode.objects.exists()
    shown = client.post(asked.url, {"password": cast.password})
    assert re.search(r'class="secret">[0-9A-Z]{5}-[0-9A-Z]{5}<', shown.content.decode())


def test_whoever_helps_nobody_has_no_such_page(cast, people, as_person):
    assert as_person(cast.vera).get("/accounts/help/").status_code == 403
    assert as_person(people["representative"]).get("/accounts/help/").status_code == 404


def test_administrators_do_it_on_the_person_s_page(cast, as_person):
    give_app(cast.vera)
    answer = as_person(cast.ada).post(reverse("admin:staff_user_button", args=[cast.vera.pk, "help_log_in"]))
    code = re.search(r'class="secret">([0-9A-Z-]+)<', answer.content.decode())[1]
    assert begin(cast.vera, cast).post(STEP, {"code": code}).url == SET_UP


def test_the_list_of_people_asks_as_often_for_many_as_for_one(cast, as_person, same_queries):
    client = as_person(cast.cora)
    same_queries(
        lambda number: cast.person(f"p{number}", roles=["volunteer"], works_in=[cast.phone]),
        lambda: client.get("/accounts/help/"),
    )
