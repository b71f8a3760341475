"""Who is rung for an alarm: one after the other, each by their own way, until somebody sees to it."""

import re
from datetime import UTC, timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from hotline.outbox.listeners import tell
from hotline.outbox.models import Message, State
from hotline.outbox.outcome import DEAD, Outcome
from hotline.staff.actions.alarms import acknowledge, pass_on_failed, raise_alarm, settle_alarm
from hotline.staff.alarm_kinds import KINDS
from hotline.staff.models import Alarm, AlarmCall, CallPlan, CallStep, LinkedChat
from hotline.staff.sweeps import ring_alarms
from tests.staff.test_alarms import at_once

pytestmark = pytest.mark.django_db
NIGHTS = {day: [["22:00", "06:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


def plan_of(team, *people, **fields):
    plan = CallPlan.objects.create(team=team, name="Nights", **fields)
    CallStep.objects.bulk_create(CallStep(plan=plan, position=number, person=who) for number, who in enumerate(people))
    return plan


def rung():
    """[(alias, channel)] in the order of ringing."""
    calls = AlarmCall.objects.select_related("person").order_by("message__created_at")
    return [(call.person.alias, call.channel) for call in calls]


def next_ring():
    """As if the pause were over."""
    now = timezone.now()
    Alarm.objects.open().update(next_ring_at=now)
    return ring_alarms(now)


def die(message, reason="too_often"):
    Message.objects.filter(pk=message.pk).update(state=State.DEAD, error=reason)
    tell([(Message.objects.get(pk=message.pk), Outcome(DEAD, reason))])


@pytest.fixture
def supervisors(cast):
    """Cora, Clara and Alice, who supervise the phone team."""
    clara = cast.person("clara", roles=["coordinator"], supervises=[cast.phone])
    return cast.cora, clara, cast.alice


def test_the_plan_s_people_are_rung_one_by_one_then_everybody_and_round_again(cast, supervisors):
    cora, clara, alice = supervisors
    plan_of(cast.phone, clara, cora, minutes=3)
    raise_alarm(cast.phone, "nobody_took", "K7QX2M")
    assert rung() == [("Clara", "email")]
    pause = Alarm.objects.get().next_ring_at - timezone.now()
    assert timedelta(minutes=2) < pause <= timedelta(minutes=3)
    assert ring_alarms(timezone.now()) == 0
    next_ring()
    assert rung()[1:] == [("Cora", "email")]
    next_ring()
    assert sorted(rung()[2:]) == [("Alice", "email"), ("Clara", "email"), ("Cora", "email")]
    next_ring()
    assert rung()[5:] == [("Clara", "email")]
    acknowledge(cora, Alarm.objects.get())
    assert next_ring() == 0


def test_without_a_plan_everybody_is_rung_at_once(cast, supervisors):
    raise_alarm(cast.phone, "nobody_took", "K7QX2M")
    assert sorted(alias for alias, _channel in rung()) == ["Alice", "Clara", "Cora"]


@pytest.mark.parametrize(("at", "count"), [("23:30", 1), ("02:00", 1), ("12:00", 3)])
def test_a_plan_counts_in_its_hours_alone(cast, supervisors, settings, at, count):
    settings.TIME_ZONE = "UTC"
    plan_of(cast.phone, supervisors[0], hours=NIGHTS)
    hour, minute = map(int, at.split(":"))
    moment = timezone.now().astimezone(UTC).replace(hour=hour, minute=minute) + timedelta(days=1)
    with time_machine.travel(moment):
        raise_alarm(cast.phone, "nobody_took", "K7QX2M")
    assert len(rung()) == count


def test_a_plan_counts_for_its_kinds_and_its_team_and_the_first_that_fits_wins(cast, supervisors):
    cora, clara, alice = supervisors
    plan_of(cast.phone, cora, kinds=["running_out"])
    plan_of(cast.phone, clara, position=1)
    plan_of(None, cast.ada)
    plan_of(cast.crawl, alice)
    raise_alarm(cast.phone, "nobody_took", "ONE")
    raise_alarm(cast.phone, "running_out", "TWO")
    raise_alarm(None, "message_dead", "THREE")
    assert [alias for alias, _channel in rung()] == ["Clara", "Cora", "Ada"]


def test_whoever_lost_the_right_is_not_rung_and_costs_no_pause(cast, supervisors):
    cora, clara, _alice = supervisors
    plan_of(cast.phone, cora, clara)
    cora.groups.clear()
    raise_alarm(cast.phone, "nobody_took", "K7QX2M")
    assert rung() == [("Clara", "email")]


def test_whoever_has_no_way_to_be_reached_costs_no_pause(cast, supervisors):
    mute = cast.person("mute", roles=["coordinator"], supervises=[cast.phone], email="")
    plan_of(cast.phone, mute, supervisors[0])
    raise_alarm(cast.phone, "nobody_took", "K7QX2M")
    assert rung() == [("Cora", "email")]


@pytest.mark.parametrize(("first", "order"), [(True, ["telegram", "email"]), (False, ["email", "telegram"])])
def test_each_is_rung_by_the_way_they_chose_and_by_the_other_when_that_fails(
    cast, supervisors, first, order, django_capture_on_commit_callbacks
):
    cora, clara, _alice = supervisors
    LinkedChat.objects.create(user=cora, address="4711", rings_first=first)
    plan_of(cast.phone, cora, clara)
    raise_alarm(cast.phone, "nobody_took", "K7QX2M")
    assert rung() == [("Cora", order[0])]
    with django_capture_on_commit_callbacks(execute=True):
        die(Message.objects.get())
    assert rung() == [("Cora", channel) for channel in order]
    assert Alarm.objects.get(subject="K7QX2M").rings == 1
    with django_capture_on_commit_callbacks(execute=True):
        die(Message.objects.get(channel=order[1]))
    assert rung()[2:] == [("Clara", "email")], "nothing is left of Cora: the next one at once"


def test_an_alarm_s_own_failures_raise_no_further_alarm(cast, supervisors, django_capture_on_commit_callbacks):
    plan_of(cast.phone, supervisors[0])
    raise_alarm(cast.phone, "nobody_took", "K7QX2M")
    with django_capture_on_commit_callbacks(execute=True):
        die(Message.objects.get())
    assert Alarm.objects.count() == 1


def test_when_everybody_s_ring_fails_it_waits_for_the_next_and_does_not_race(
    cast, supervisors, django_capture_on_commit_callbacks
):
    raise_alarm(cast.phone, "nobody_took", "K7QX2M")
    with django_capture_on_commit_callbacks(execute=True):
        for message in Message.objects.all():
            die(message)
    assert len(rung()) == 3 and Alarm.objects.get().rings == 1
    assert next_ring() == 1


def test_what_does_not_leave_the_house_goes_another_way_and_is_called_back(cast, supervisors):
    cora, clara, _alice = supervisors
    LinkedChat.objects.create(user=cora, address="4711")
    plan_of(cast.phone, cora, clara)
    raise_alarm(cast.phone, "nobody_took", "K7QX2M")
    now = timezone.now()
    assert pass_on_failed(now) == 0
    assert pass_on_failed(now + timedelta(seconds=31)) == 1
    assert rung() == [("Cora", "telegram"), ("Cora", "email")]
    assert Message.objects.get(channel="telegram").state == State.CANCELLED
    assert pass_on_failed(now) == 0


def test_a_blocked_bot_is_remembered_until_it_is_linked_again(cast, supervisors, django_capture_on_commit_callbacks):
    cora, *_others = supervisors
    LinkedChat.objects.create(user=cora, address="4711")
    plan_of(cast.phone, cora)
    raise_alarm(cast.phone, "nobody_took", "ONE")
    with django_capture_on_commit_callbacks(execute=True):
        die(Message.objects.get(), "blocked")
    assert not LinkedChat.objects.get().is_reachable
    raise_alarm(cast.phone, "nobody_took", "TWO")
    assert rung() == [("Cora", "telegram"), ("Cora", "email"), ("Cora", "email")]


def test_seen_to_by_one_the_others_phones_say_who(cast, supervisors):
    cora, clara, _alice = supervisors
    for number, who in enumerate((cora, clara)):
        LinkedChat.objects.create(user=who, address=str(4711 + number))
    raise_alarm(cast.phone, "nobody_took", "K7QX2M", text="Nobody took %(subject)s.")
    Message.objects.filter(channel="telegram").update(state=State.SENT, external_id="7", sealed=None)
    acknowledge(cora, Alarm.objects.get())
    said = {message.address(): message.content() for message in Message.objects.exclude(edits=None)}
    assert said["4711"]["text"].endswith("You see to it. Thank you.")
    assert said["4712"] == {"text": "Nobody took K7QX2M.\nCora sees to it.", "buttons": []}
    assert Message.objects.get(channel="email").state == State.CANCELLED, "Alice sleeps on"


def test_what_settles_itself_says_so_on_the_phones(cast, supervisors):
    LinkedChat.objects.create(user=supervisors[0], address="4711")
    raise_alarm(cast.phone, "nobody_took", "K7QX2M")
    Message.objects.filter(channel="telegram").update(state=State.SENT, external_id="7", sealed=None)
    settle_alarm("nobody_took", "K7QX2M")
    assert "settled itself" in Message.objects.exclude(edits=None).get().content()["text"]


def test_a_ring_by_telegram_carries_codes_in_the_person_s_language_and_a_button_of_its_own(cast, supervisors):
    for number, who in enumerate(supervisors):
        LinkedChat.objects.create(user=who, address=str(4711 + number))
    raise_alarm(cast.phone, "nobody_took", "K7QX2M", text="Nobody took %(subject)s.")
    buttons = set()
    for message in Message.objects.filter(channel="telegram"):
        content = message.content()
        assert content["text"] == "<b>Alarm</b>\nNobody took K7QX2M."
        [[button]] = content["buttons"]
        buttons.add(button["data"])
        assert len(button["data"]) <= 64
    assert len(buttons) == 3


def test_a_button_s_token_is_its_own_and_no_other_opens_anything(cast, supervisors):
    raise_alarm(cast.phone, "nobody_took", "K7QX2M")
    one, other, _third = AlarmCall.objects.all()
    assert AlarmCall.by_token(one.token).get() == one
    for wrong in ("", "x", one.token[:-4] + "AAAA", one.token[:22] + other.token[22:], "ü" * 43, one.token + "A"):
        assert not AlarmCall.by_token(wrong).exists(), wrong


@pytest.mark.django_db(transaction=True)
def test_several_workers_pass_a_failed_ring_on_once(cast, supervisors):
    cora, clara, _alice = supervisors
    plan_of(cast.phone, cora, clara)
    raise_alarm(cast.phone, "nobody_took", "K7QX2M")
    Message.objects.update(state=State.DEAD)
    results = at_once([lambda: pass_on_failed(timezone.now())] * 6)
    assert not [one for one in results if isinstance(one, Exception)], results
    assert rung() == [("Cora", "email"), ("Clara", "email")]
    assert Alarm.objects.get().rings == 2


@pytest.mark.django_db(transaction=True)
def test_a_ring_that_fails_while_somebody_sees_to_it_rings_nobody_else(cast, supervisors):
    cora, clara, _alice = supervisors
    plan_of(cast.phone, cora, clara)
    for turn in range(5):
        alarm = raise_alarm(cast.phone, "nobody_took", f"CODE{turn}")
        Message.objects.filter(subject=str(alarm.pk)).update(state=State.DEAD)
        seen = [lambda pk=alarm.pk: acknowledge(cora, Alarm.objects.get(pk=pk))]
        results = at_once([*seen, lambda: pass_on_failed(timezone.now())])
        assert not [one for one in results if isinstance(one, Exception)], results
        assert not AlarmCall.objects.filter(alarm=alarm, message__state=State.QUEUED).exists()


def test_every_kind_of_alarm_of_the_house_has_words_for_the_plan():
    root = Path(__file__).resolve().parent.parent.parent
    source = "".join(
        path.read_text() for room in ("hotline", "coordinators", "chat") for path in (root / room).rglob("*.py")
    )
    raised = set(re.findall(r'raise_alarm\(\s*[\w.]+,\s*"(\w+)"', source)) | {"team_unsupervised"}
    assert raised >= {"nobody_took", "message_dead"}
    assert raised - set(KINDS) == set()


def test_nothing_but_this_way_sends_an_alarm():
    """Whoever wants to wake somebody raises an alarm: no other place writes messages of this purpose."""
    root = Path(__file__).resolve().parent.parent.parent
    senders = []
    for room in ("hotline", "coordinators", "chat"):
        for path in (root / room).rglob("*.py"):
            source = path.read_text()
            own = 'PURPOSE = "alarm"' in source and "purpose=PURPOSE" in source
            senders += [path.name] * bool(own or re.search(r'purpose=calls\.PURPOSE|purpose="alarm"', source))
    assert senders == ["calls.py"]
