"""The page where a person says how they are reached, and the page behind the link of an alarm's e-mail."""

import re

import pytest

from hotline.outbox.models import Message
from hotline.staff.actions.alarms import acknowledge, raise_alarm
from hotline.staff.models import Alarm, AlarmCall, ChatCode, LinkedChat
from tests.support.leaks import Text

pytestmark = pytest.mark.django_db
PAGE = "/accounts/reached/"
POSTS = ["code", "try", "unlink", "first"]


@pytest.mark.parametrize("name", ["", *POSTS])
def test_nobody_is_sent_to_log_in_and_who_has_no_role_finds_nothing(client, as_person, cast, name):
    address = f"{PAGE}{name}/" if name else PAGE
    call = "post" if name else "get"
    assert getattr(client, call)(address).status_code == 302
    assert getattr(as_person(cast.person("roleless")), call)(address).status_code == 404


@pytest.mark.parametrize("name", POSTS)
def test_a_link_changes_nothing(as_person, cast, name):
    assert as_person(cast.vera).get(f"{PAGE}{name}/").status_code == 405


def test_it_shows_one_s_own_address_only_as_far_as_needed(as_person, cast, marked):
    html = as_person(cast.cora).get(PAGE).content.decode()
    assert "c…@example.org" in html
    marked("cora@example.org").assert_absent(Text(html))


def test_a_code_is_shown_once(as_person, cast):
    client = as_person(cast.cora)
    html = client.post(f"{PAGE}code/").content.decode()
    [code] = re.findall(r"/start (staff_[\w-]+)", html)
    assert code not in client.get(PAGE).content.decode()
    assert ChatCode.objects.get().user == cast.cora


def test_which_way_rings_first_is_one_s_own_to_say(as_person, cast):
    for who, chat in ((cast.cora, "1"), (cast.ada, "2")):
        LinkedChat.objects.create(user=who, address=chat)
    client = as_person(cast.cora)
    client.post(f"{PAGE}first/", {"first": "email"})
    assert not LinkedChat.objects.get(user=cast.cora).rings_first
    assert LinkedChat.objects.get(user=cast.ada).rings_first
    client.post(f"{PAGE}first/", {"first": "telegram"})
    assert LinkedChat.objects.get(user=cast.cora).rings_first
    client.post(f"{PAGE}unlink/")
    assert list(LinkedChat.objects.values_list("user", flat=True)) == [cast.ada.pk]


def test_ring_me_now_rings_and_says_so(as_person, cast, cache_in_memory):
    response = as_person(cast.cora).post(f"{PAGE}try/", follow=True)
    assert "It rings now" in response.content.decode()
    assert Message.objects.get().address() == "cora@example.org"


@pytest.fixture
def rung(cast):
    """The address behind the link in Cora's e-mail."""
    assert cast.cora
    raise_alarm(cast.phone, "nobody_took", "K7QX2M", text="Nobody took %(subject)s.")
    [link] = re.findall(r"https?://\S+(/alarms/call/\S+)", Message.objects.get().content()["text"])
    return link


def test_opening_the_link_changes_nothing_and_its_button_stops_the_alarm(client, cast, rung):
    for _scanner in range(2):
        html = client.get(rung).content.decode()
        assert "K7QX2M" in html and "I see to it" in html
    assert Alarm.objects.open().exists()
    assert "You see to it" in client.post(rung).content.decode()
    assert Alarm.objects.get().acknowledged_by == cast.cora


def test_the_second_learns_who_was_faster(client, cast, rung):
    acknowledge(cast.alice, Alarm.objects.get())
    assert "Alice sees to it" in client.get(rung).content.decode()
    response = client.post(rung)
    assert response.status_code == 409 and "Alice" in response.content.decode()


@pytest.mark.parametrize("wrong", ["x", "A" * 43, "%00", "ü"])
def test_a_made_up_link_is_none(client, rung, wrong):
    assert client.get(f"/alarms/call/{wrong}/").status_code == 404
    assert client.post(f"/alarms/call/{wrong}/").status_code == 404


def test_whoever_lost_the_right_or_left_silences_nothing(client, cast, rung):
    cast.cora.groups.clear()
    assert client.post(rung).status_code == 409
    type(cast.cora).objects.filter(pk=cast.cora.pk).update(is_active=False)
    assert client.post(rung).status_code == client.get(rung).status_code == 404
    assert Alarm.objects.open().exists()


def test_it_is_kept_by_no_cache_and_no_index(client, rung):
    response = client.get(rung)
    assert "no-store" in response["Cache-Control"] and "noindex" in response["X-Robots-Tag"]
    assert AlarmCall.objects.count() == 1
