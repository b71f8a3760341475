"""Alarms on the first page and as a fragment of the desk."""

import pytest
from django.urls import reverse

from hotline.staff.actions.alarms import raise_alarm
from hotline.staff.home import cards
from hotline.staff.models import Alarm

pytestmark = pytest.mark.django_db

OPEN = "/alarms/"
TEXT = "Nobody took the help request %(subject)s."


@pytest.fixture
def alarm(cast):
    assert cast.cora
    return raise_alarm(cast.phone, "nobody_took", "K7QX2M", text=TEXT)


def card(rf, user):
    request = rf.get("/")
    request.user = user
    return cards(request)


@pytest.mark.parametrize(
    ("who", "status"), [("vera", 403), ("viktor", 403), ("cora", 200), ("ada", 200), ("alice", 200)]
)
def test_who_may_see_to_alarms_sees_them(cast, as_person, who, status):
    assert as_person(getattr(cast, who)).get(OPEN).status_code == status


def test_nobody_is_sent_to_log_in(client, alarm):
    assert client.get(OPEN).status_code == 302
    assert client.post(reverse("staff:see_to_alarm", args=[alarm.pk])).status_code == 302
    assert Alarm.objects.open().exists()


def test_somebody_without_a_role_finds_nothing(cast, as_person, alarm):
    assert as_person(cast.person("roleless", supervises=[cast.phone])).get(OPEN).status_code == 404


def test_it_shows_one_s_own_and_is_rung_awake_by_their_topics(cast, as_person, alarm):
    raise_alarm(cast.crawl, "nobody_took", "FOREIGN", text=TEXT)
    html = as_person(cast.cora).get(OPEN).content.decode()
    assert "K7QX2M" in html and "FOREIGN" not in html
    assert f'data-ring="team.{cast.phone.pk}.alarms"' in html


def test_a_button_silences_it_and_a_link_does_not(cast, as_person, alarm):
    client, address = as_person(cast.cora), reverse("staff:see_to_alarm", args=[alarm.pk])
    assert client.get(address).status_code == 405
    assert Alarm.objects.open().exists()
    answer = client.post(address, headers={"hx-request": "true"})
    assert answer.status_code == 200 and "K7QX2M" not in answer.content.decode()
    assert not Alarm.objects.open().exists()
    assert client.post(address).url == "/"


@pytest.mark.parametrize("who", ["vera", "viktor", "ada"])
def test_nobody_else_silences_it(cast, as_person, alarm, who):
    address = reverse("staff:see_to_alarm", args=[alarm.pk])
    assert as_person(getattr(cast, who)).post(address).status_code == 404
    assert Alarm.objects.open().filter(pk=alarm.pk).exists()


def test_the_first_page_shows_them_to_whoever_may_see_to_them(cast, rf, alarm):
    [shown] = card(rf, cast.cora)
    assert (shown["count"], shown["tone"]) == (1, "urgent")
    assert shown["rows"][0]["text"] == "Nobody took the help request K7QX2M."
    assert shown["rows"][0]["url"] == reverse("admin:staff_alarm_change", args=[alarm.pk])
    assert shown["topics"] == [f"team.{cast.phone.pk}.alarms"]
    assert card(rf, cast.vera) == card(rf, cast.viktor) == []
    [quiet] = card(rf, cast.person("clara", roles=["coordinator"], supervises=[cast.crawl]))
    assert (quiet["count"], quiet["tone"], quiet["rows"]) == (0, "", [])


def test_fragment_and_first_page_ask_as_often_with_30_as_with_1(cast, as_person, same_queries):
    client = as_person(cast.alice)

    def add(number):
        Alarm.objects.create(team=cast.phone, kind="test", subject=f"CODE{number}")

    same_queries(add, lambda: client.get(OPEN))


def test_many_are_bounded(cast, as_person, rf):
    Alarm.objects.bulk_create(Alarm(team=cast.phone, kind="test", subject=f"CODE{number}") for number in range(80))
    assert as_person(cast.cora).get(OPEN).content.decode().count("CODE") == 50
    [shown] = card(rf, cast.cora)
    assert shown["count"] == 80 and len(shown["rows"]) == 5
