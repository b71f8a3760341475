"""Invitations and ways to a new password: once, in time, changed by nobody who merely opens them (ASVS 6.4.1, 6.4.6)."""

import datetime
import re
import threading

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from hotline.outbox.models import Message
from hotline.staff.actions import invitations, one_time_codes
from hotline.staff.actions.invitations import AlreadyIn, NotYetIn, WayGone
from hotline.staff.models import AuditEntry, Kind, OneTimeCode, User
from hotline.staff.permissions import NotAllowed, NotFound

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2027, 3, 4, 12, 0, tzinfo=datetime.UTC)
WORDS = "a river under seven moons"


@pytest.fixture(autouse=True)
def no_address_in_the_library():
    yield
    assert not EmailAddress.objects.exists()


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


@pytest.fixture
def newcomer(cast):
    """Somebody with an account and no password."""
    person = cast.person("nina", language="en")
    person.set_unusable_password()
    person.save()
    return person


def letter():
    """The last letter of the outbox: its address and text."""
    message = Message.objects.filter(purpose="account").latest("created_at")
    return message.address(), message.content()["text"]


def link():
    return re.search(r"https?://[^/]+(/\S+)", letter()[1])[1]


def choose(client, address, password=WORDS, again=None):
    return client.post(address, {"password": password, "again": password if again is None else again})


def test_a_new_person_gets_a_letter_chooses_a_password_and_is_in(cast, as_person, newcomer):
    invitations.invite(cast.ada, newcomer)
    address, text = letter()
    assert address == "nina@example.org" and "nina" in text
    client = Client()
    page = client.get(link()).content.decode()
    assert "Nina" in page and "At least 12 characters" in page
    assert choose(client, link()).url == "/"
    assert client.get("/").status_code == 200
    assert User.objects.get(pk=newcomer.pk).check_password(WORDS)
    told = AuditEntry.objects.filter(subject="Nina").values_list("action", flat=True)
    assert set(told) == {"account.invited", "account.invitation_accepted"}


def test_where_a_second_factor_is_asked_for_it_is_set_up_before_anything_else(cast, newcomer, settings):
    settings.STAFF_MFA_REQUIRED = True
    invitations.invite(cast.ada, newcomer)
    client = Client()
    assert choose(client, link()).url == "/accounts/set-up/"
    assert client.get("/").status_code == 302
    assert client.get("/accounts/set-up/").status_code == 200


def test_opening_the_link_changes_nothing(cast, newcomer):
    """Link scanners in mail and messengers open it before the person does."""
    invitations.invite(cast.ada, newcomer)
    before = list(OneTimeCode.objects.values()), list(User.objects.order_by("pk").values("pk", "password"))
    for _scan in range(3):
        assert Client().get(link()).status_code == 200
        assert Client().head(link()).status_code == 405
    assert (list(OneTimeCode.objects.values()), list(User.objects.order_by("pk").values("pk", "password"))) == before


def test_it_works_once(cast, newcomer):
    invitations.invite(cast.ada, newcomer)
    address = link()
    choose(Client(), address)
    again = choose(Client(), address, "another river under moons")
    assert again.status_code == 404 and "used already" in again.content.decode()
    assert User.objects.get(pk=newcomer.pk).check_password(WORDS)


def test_late_it_says_so_and_nothing_is_lost(cast, newcomer, clock, settings):
    invitations.invite(cast.ada, newcomer)
    address = link()
    clock.shift(datetime.timedelta(hours=settings.INVITATION_HOURS, seconds=1))
    for answer in (Client().get(address), choose(Client(), address)):
        assert answer.status_code == 404 and "has run out" in answer.content.decode()
    invitations.invite(cast.ada, newcomer)
    assert choose(Client(), link()).status_code == 302


def test_withdrawn_or_replaced_it_opens_nothing(cast, newcomer):
    invitations.invite(cast.ada, newcomer)
    old = link()
    invitations.invite(cast.ada, newcomer)
    assert choose(Client(), old).status_code == 404
    invitations.withdraw_invitation(cast.ada, newcomer)
    assert choose(Client(), link()).status_code == 404
    assert not User.objects.get(pk=newcomer.pk).has_usable_password()


@pytest.mark.parametrize("wrong", ["x", "A" * 43, "../admin", "K7QX2-M4T9Z", "%00", "ключ"])
def test_a_wrong_link_is_told_in_words(client, wrong):
    answer = client.get(f"/invitation/{wrong}/")
    assert answer.status_code == 404


def test_a_disabled_account_is_invited_nowhere(cast, newcomer):
    invitations.invite(cast.ada, newcomer)
    newcomer.is_active = False
    newcomer.save()
    assert Client().get(link()).status_code == 404


def test_opened_by_somebody_else_it_stays_good(cast, as_person, newcomer):
    invitations.invite(cast.ada, newcomer)
    client = as_person(cast.ada)
    answer = client.get(link())
    assert answer.status_code == 409 and "Ada is logged in" in answer.content.decode()
    assert choose(client, link()).status_code == 409
    out = client.post("/accounts/logout/", {"next": link()})
    assert out.url == link()
    assert choose(client, link()).url == "/"


@pytest.mark.parametrize(
    ("password", "again"),
    [("short", None), ("password1234", None), (WORDS, "another one entirely")],
)
def test_a_password_that_does_not_do_is_said_and_the_link_stays_good(cast, newcomer, password, again):
    invitations.invite(cast.ada, newcomer)
    answer = choose(Client(), link(), password, again)
    assert answer.status_code == 200 and 'aria-invalid="true"' in answer.content.decode()
    assert choose(Client(), link()).status_code == 302


def test_without_an_address_a_code_is_handed_over(cast, as_person):
    answer = as_person(cast.ada).post(
        reverse("admin:staff_user_add"), {"username": "nina", "alias": "Nina", "language": "en", "roles": ["volunteer"]}
    )
    code = re.search(r'class="secret">([0-9A-Z-]+)<', answer.content.decode())[1]
    assert not Message.objects.exists()
    client = Client()
    found = client.post("/invitation/", {"code": code.lower().replace("-", " ")})
    assert choose(client, found.url).url == "/"
    assert User.objects.get(username="nina").check_password(WORDS)


def test_a_wrong_code_is_said_beside_its_field(client):
    answer = client.post("/invitation/", {"code": "K7QX2-M4T9Z"})
    assert answer.status_code == 200 and "opens nothing" in answer.content.decode()


def test_guessing_codes_waits(client, cache_in_memory, settings):
    settings.LIMITS = {**settings.LIMITS, "one-time-code": [(3, 300)]}
    answers = [client.post("/invitation/", {"code": f"K7QX2-M4T9{number}"}).status_code for number in range(4)]
    assert answers == [200] * 3 + [429]


def test_links_are_kept_as_hashes(cast, newcomer):
    invitations.invite(cast.ada, newcomer)
    row, address = OneTimeCode.objects.get(), link()
    assert address.split("/")[-2].encode() not in bytes(row.code_hash)


def test_the_list_shows_who_has_not_come_yet(cast, as_person, newcomer, clock, settings):
    client, page = as_person(cast.ada), reverse("admin:staff_user_changelist")
    assert "not invited" in client.get(page).content.decode()
    invitations.invite(cast.ada, newcomer)
    assert "invited until" in client.get(page).content.decode()
    clock.shift(datetime.timedelta(hours=settings.INVITATION_HOURS + 1))
    client = as_person(cast.ada)
    assert "has run out" in client.get(page).content.decode()
    rows = client.get(page, {"state": "invited"}).context["cl"].result_list
    assert [person.alias for person in rows] == ["Nina"]


def test_buttons_invite_again_and_withdraw(cast, as_person, newcomer):
    client = as_person(cast.ada)
    page = reverse("admin:staff_user_change", args=[newcomer.pk])
    assert "Invite again" in client.get(page).content.decode()
    client.post(reverse("admin:staff_user_button", args=[newcomer.pk, "invite"]))
    address = link()
    assert Client().get(address).status_code == 200
    client.post(reverse("admin:staff_user_button", args=[newcomer.pk, "withdraw_invitation"]))
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize("action", ["invite", "withdraw_invitation", "offer_new_password"])
def test_only_who_keeps_people_opens_ways(cast, newcomer, action):
    for who in (cast.vera, cast.cora):
        with pytest.raises(NotAllowed):
            getattr(invitations, action)(who, newcomer)
    with pytest.raises(NotFound):
        getattr(invitations, action)(cast.person("roleless"), newcomer)
    assert not OneTimeCode.objects.exists() and not AuditEntry.objects.exists()


def test_who_is_in_is_not_invited_and_who_is_not_needs_no_new_password(cast, newcomer):
    with pytest.raises(AlreadyIn):
        invitations.invite(cast.ada, cast.vera)
    with pytest.raises(NotYetIn):
        invitations.offer_new_password(cast.ada, newcomer)


def race(call, times):
    start, results = threading.Barrier(times), []

    def run():
        try:
            start.wait(timeout=20)
            results.append(call())
        except WayGone as refusal:
            results.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _time in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


@pytest.mark.django_db(transaction=True)
def test_of_many_who_use_one_link_at_once_one_chooses_the_password(cast, newcomer):
    invitations.invite(cast.ada, newcomer)
    code = link().split("/")[-2]
    ways = [invitations.find(Kind.INVITATION, code) for _time in range(6)]
    results = race(lambda: invitations.take_way(ways.pop(), WORDS), 6)
    assert sum(not isinstance(one, WayGone) for one in results) == 1, results


def test_an_administrator_opens_a_way_and_never_knows_the_password(cast, as_person):
    silent = cast.person("silent", email="")
    client = as_person(cast.ada)
    client.post(reverse("admin:staff_user_button", args=[cast.vera.pk, "new_password"]))
    assert letter()[0] == "vera@example.org"
    answer = client.post(reverse("admin:staff_user_button", args=[silent.pk, "new_password"]))
    code = re.search(r'class="secret">([0-9A-Z-]+)<', answer.content.decode())[1]
    found = Client().post("/invitation/", {"code": code})
    assert found.url.startswith("/accounts/new-password/")
    choose(Client(), found.url)
    assert User.objects.get(pk=silent.pk).check_password(WORDS)


def test_a_letter_that_cannot_be_delivered_leaves_everything_as_it_was(cast, newcomer):
    """The administrator sees the invitation as open, and can make another or hand over a code."""
    invitations.invite(cast.ada, newcomer)
    Message.objects.update(state="dead")
    assert OneTimeCode.objects.count() == 1
    invitations.invite(cast.ada, newcomer)
    assert Message.objects.count() == 2 and not mail.outbox


def test_where_the_address_cannot_be_read_a_code_is_handed_over(cast, newcomer):
    """A damaged row keeps nobody out."""
    User.objects.filter(pk=newcomer.pk).update(email_hash=None)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE staff_user SET email = %s WHERE username = 'nina'", [b"damaged"])
    way = invitations.invite(cast.ada, User.objects.get(pk=newcomer.pk))
    assert way.code and not Message.objects.exists()
    assert choose(Client(), f"/invitation/{way.code}/").status_code == 302


def test_old_codes_are_swept_away(cast, newcomer, clock, settings):
    invitations.invite(cast.ada, newcomer)
    over = NOW + datetime.timedelta(hours=settings.INVITATION_HOURS)
    assert one_time_codes.forget_old(over + datetime.timedelta(days=13)) == 0
    assert one_time_codes.forget_old(over + datetime.timedelta(days=15)) == 1
