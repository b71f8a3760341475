"""Freeze and thaw: who may, what stops at once, what is done again and again until nothing is left."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from hotline.outbox.actions import leases
from hotline.outbox.actions.messages import enqueue
from hotline.staff.actions import freeze as freezing
from hotline.staff.actions.alarms import acknowledge, raise_alarm
from hotline.staff.actions.freeze import NotFrozen, ReasonMissing, carry_on, freeze, is_frozen, thaw
from hotline.staff.models import Alarm, AuditEntry, ChatCode, Freeze, Session
from hotline.staff.permissions import Frozen, NotAllowed, NotFound, Rights, can, require, visible
from hotline.staff.roles import RIGHTS, WHEN_FROZEN
from hotline.staff.sweeps import carry_on_freezing
from tests.staff.test_alarms import at_once

pytestmark = pytest.mark.django_db
WAY = Freeze.Way.PAGE


@pytest.fixture
def quiet(settings):
    """The rooms' steps have tests of their own."""
    settings.FREEZERS = settings.THAWERS = []


@pytest.mark.parametrize(("who", "error"), [("vera", NotAllowed), ("viktor", NotAllowed), ("cora", NotAllowed)])
def test_a_colleague_cannot_stop_the_house_nor_let_it_go_on(cast, quiet, who, error):
    with pytest.raises(error):
        freeze(getattr(cast, who), "", WAY)
    assert not Freeze.objects.exists()
    freeze(cast.ada, "", WAY)
    with pytest.raises(Frozen):
        thaw(getattr(cast, who), "Because")
    assert is_frozen()


def test_a_stranger_cannot(cast, quiet):
    with pytest.raises(NotFound):
        freeze(cast.person("roleless"), "", WAY)


def test_it_is_written_down_and_calls_the_administrators(cast, quiet):
    assert cast.ada
    current = freeze(cast.alice, "Police at the door", WAY)
    line = AuditEntry.objects.get(action="house.frozen")
    assert (line.actor, line.reason, line.subject) == (cast.alice, "Police at the door", str(current.pk))
    assert Alarm.objects.get(kind="frozen").team is None
    acknowledge(cast.ada, Alarm.objects.get())


def test_while_frozen_nobody_holds_more_than_what_lets_the_house_go_on(cast, quiet):
    people = [cast.vera, cast.viktor, cast.cora, cast.ada, cast.alice]
    before = {person.pk: [perm for perm in RIGHTS if Rights(person).somewhere(perm)] for person in people}
    freeze(None, "", WAY)
    for person in people:
        held = {perm for perm in RIGHTS if Rights(person).somewhere(perm)}
        assert held <= WHEN_FROZEN | {"staff.acknowledge_alarm"}, person
        assert Rights.of_many([person])[person.pk].teams() == set() or can(person, "staff.freeze")
        assert not visible(person, type(cast.phone).objects.all(), "dispatch.take_request").exists()
    assert can(cast.ada, "staff.freeze") and not can(cast.ada, "staff.manage_people")
    with pytest.raises(Frozen):
        require(cast.vera, "dispatch.take_request", cast.phone)
    with pytest.raises(Frozen):
        require(cast.ada, "coordinators.manage_registry")
    thaw(cast.ada, "It was a drill")
    assert {person.pk: [perm for perm in RIGHTS if Rights(person).somewhere(perm)] for person in people} == before


def test_rights_cost_no_further_query_for_it(cast, query_count):
    rights = Rights(cast.vera)
    assert query_count(lambda: rights.can("dispatch.take_request", cast.phone)) <= 2


def test_representing_somebody_is_a_right_like_others(cast, quiet):
    from coordinators.models import LocalCoordinator

    charity = LocalCoordinator.objects.create(name="Charity")
    person = cast.person("representative", represents=[charity])
    assert can(person, "coordinators.represent", charity)
    freeze(None, "", WAY)
    assert not can(person, "coordinators.represent", charity)
    with pytest.raises(Frozen):
        require(person, "coordinators.represent", charity)


def test_frozen_twice_it_is_one_freeze(cast, quiet):
    first = freeze(cast.ada, "First", WAY)
    assert freeze(None, "Second", Freeze.Way.COMMAND) == first
    assert Freeze.objects.count() == AuditEntry.objects.filter(action="house.frozen").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_freeze_at_once_one_does_and_all_are_told_the_same(cast, quiet):
    people = [cast.ada, cast.alice]
    results = at_once([lambda who=who: freeze(who, "", WAY) for who in people * 4])
    assert {one.pk for one in results} == {Freeze.objects.get().pk}, results
    assert AuditEntry.objects.filter(action="house.frozen").count() == Alarm.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_thaw_at_once_one_does(cast, quiet):
    assert cast.ada
    freeze(cast.ada, "", WAY)
    results = at_once([lambda: thaw(None, "Over")] * 4)
    assert sorted(type(one).__name__ for one in results) == ["Freeze", "NotFrozen", "NotFrozen", "NotFrozen"], results


def test_thawing_needs_a_reason_and_a_frozen_house(cast, quiet):
    with pytest.raises(NotFrozen):
        thaw(cast.ada, "Because")
    freeze(cast.ada, "", WAY)
    with pytest.raises(ReasonMissing):
        thaw(cast.ada, "  ")
    thaw(cast.ada, "It was a drill")
    assert AuditEntry.objects.get(action="house.thawed").reason == "It was a drill"
    assert freeze(cast.ada, "Again", WAY).is_on, "it can be frozen anew"


def test_everybody_but_administrators_is_logged_out_and_their_codes_are_dead(cast, as_person):
    clients = {name: as_person(getattr(cast, name)) for name in ("vera", "cora", "ada", "alice")}
    for name in ("vera", "ada"):
        ChatCode.objects.create(user=getattr(cast, name), token_hash=name.encode(), expires_at=timezone.now())
    freeze(cast.ada, "", WAY)
    carry_on(timezone.now())
    assert {session.user for session in Session.objects.all()} == {cast.ada, cast.alice}
    assert clients["vera"].get("/").status_code == 302 and clients["ada"].get("/").status_code == 200
    assert [code.user for code in ChatCode.objects.all()] == [cast.ada]


def test_the_steps_go_on_until_nothing_is_left_and_then_it_is_noted_once(cast, settings, monkeypatch):
    left = [3, 1, 0, 0]
    monkeypatch.setattr(freezing, "end_log_ins", lambda frozen, now: left.pop(0))
    settings.FREEZERS = ["hotline.staff.actions.freeze.end_log_ins"]
    freeze(cast.ada, "", WAY)
    assert [carry_on_freezing(timezone.now()) for _round in range(2)] == [3, 1]
    assert Freeze.objects.get().settled_at is None
    assert [carry_on_freezing(timezone.now()) for _round in range(2)] == [0, 0]
    assert Freeze.objects.get().settled_at
    assert AuditEntry.objects.filter(action="house.settled").count() == 1


def test_a_room_that_fails_holds_up_no_other_and_is_tried_again(cast, settings, monkeypatch, caplog):
    called = []

    def fails(frozen, now):
        raise RuntimeError("away")

    monkeypatch.setattr(freezing, "failing", fails, raising=False)
    monkeypatch.setattr(freezing, "working", lambda frozen, now: called.append(1) or 0, raising=False)
    settings.FREEZERS = ["hotline.staff.actions.freeze.failing", "hotline.staff.actions.freeze.working"]
    freeze(cast.ada, "", WAY)
    for _round in range(2):
        carry_on(timezone.now())
    assert len(called) == 2 and Freeze.objects.get().settled_at is None
    assert "it is tried again" in caplog.text


def test_a_house_that_is_not_frozen_is_left_alone():
    assert carry_on(timezone.now()) == 0


def test_only_what_may_leaves_the_outbox(cast, quiet, settings):
    assert cast.ada
    for purpose in ("offer", "account", *settings.LEAVES_WHEN_FROZEN):
        content = {"subject": "x", "text": "x"}
        enqueue(channel="email", recipient=f"{purpose}@example.org", content=content, key=purpose, purpose=purpose)
    freeze(None, "", WAY)
    taken = {letter.purpose for letter in leases.take("email", "me", 20)}
    assert taken == set(settings.LEAVES_WHEN_FROZEN)
    thaw(None, "Over")
    assert {letter.purpose for letter in leases.take("email", "me", 20)} == {"offer", "account"}


def test_an_alarm_still_rings_while_frozen(cast, quiet):
    assert cast.ada
    freeze(None, "", WAY)
    raise_alarm(None, "message_dead", "telegram:blocked")
    assert [letter.purpose for letter in leases.take("email", "me", 20)] == ["alarm", "alarm"]


def test_the_commands(cast, quiet, capsys):
    assert cast.ada
    call_command("freeze", reason="Soldiers")
    assert "Frozen since" in capsys.readouterr().out
    current = Freeze.objects.get()
    assert (current.way, current.reason, current.started_by) == ("command", "Soldiers", None) and current.settled_at
    call_command("thaw", reason="They left")
    assert not is_frozen()
    with pytest.raises(CommandError, match="not frozen"):
        call_command("thaw", reason="Once more")
    with pytest.raises(CommandError, match="few words"):
        call_command("freeze")
        call_command("thaw", reason=" ")


def test_every_page_says_so_to_whoever_is_logged_in(cast, quiet, as_person):
    ada, vera = as_person(cast.ada), as_person(cast.vera)
    assert "has been frozen since" not in ada.get("/").content.decode()
    freeze(cast.ada, "", WAY)
    for client, address in ((ada, "/"), (ada, "/admin/"), (ada, "/emergency/"), (vera, "/")):
        assert "has been frozen since" in client.get(address).content.decode(), address
    assert "/emergency/" in ada.get("/").content.decode()
    assert "/emergency/" not in vera.get("/").content.decode()
    answer = vera.get("/desk/requests/")
    assert answer.status_code in (403, 404)
