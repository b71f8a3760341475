"""Telegram's limits, read off the simulator's log of calls, with several senders at work."""

import asyncio
import threading
from collections import defaultdict
from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from hotline.outbox import limits, sender
from hotline.outbox.actions.messages import edit
from hotline.outbox.models import Message, Pace, Slot, State
from tests.support.running import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

SMALL = limits.Rate(calls=6, period=0.5, recipient_period=0.25, group_calls=3, group_period=1.0)


@pytest.fixture
def small(monkeypatch, simulator):
    """Limits that a test can run into, without those of the simulator beside them."""
    monkeypatch.setitem(limits.RATES, "telegram", SMALL)
    simulator.settings(enabled=False)
    return SMALL


def send_all(senders=2, until=lambda: not Message.objects.filter(state__in=["queued", "leased"]).exists()):
    """Let several senders work until nothing is left, each with a loop and threads of its own."""
    stops = []
    ready = threading.Barrier(senders + 1)

    def work():
        async def go():
            stop = asyncio.Event()
            stops.append((asyncio.get_running_loop(), stop))
            await asyncio.to_thread(ready.wait)
            await sender.run(stop)

        asyncio.run(go())

    threads = [threading.Thread(target=work) for _number in range(senders)]
    for thread in threads:
        thread.start()
    ready.wait()
    wait_for(until)
    for loop, stop in stops:
        loop.call_soon_threadsafe(stop.set)
    for thread in threads:
        thread.join()


def assert_never_more(times, calls, period):
    """No window of `period` seconds holds more than so many of the times."""
    times = sorted(times)
    for first, too_many in zip(times, times[calls:], strict=False):
        assert too_many - first >= period, f"{calls + 1} calls within {too_many - first:.3f} s"


def test_no_limit_is_ever_exceeded_by_several_senders_together(simulator, small, write):
    people = [simulator.person(f"Person {number}") for number in range(8)]
    group = simulator.group("Kharkiv helpers", *people)
    for number in range(5):
        write(group, f"group {number}")
    for number in range(3):
        for person in people:
            write(person, f"{person} {number}")
    send_all(senders=3)

    calls = simulator.calls("sendMessage")
    assert len(calls) == 29
    assert {call["status"] for call in calls} == {200}
    assert_never_more([call["at"] for call in calls], small.calls, small.period)
    of_chat = defaultdict(list)
    for call in calls:
        of_chat[call["chat"]].append(call["at"])
    for times in of_chat.values():
        assert_never_more(times, 1, small.recipient_period)
    assert_never_more(of_chat[group], small.group_calls, small.group_period)


def test_slow_answers_do_not_let_more_through(simulator, small, write):
    people = [simulator.person(f"Person {number}") for number in range(14)]
    simulator.fault("slow", method="sendMessage", seconds=0.2)
    for person in people:
        write(person, key=str(person))
    send_all()
    assert_never_more([call["at"] for call in simulator.calls("sendMessage")], small.calls, small.period)


def test_the_simulator_s_own_limits_are_kept_as_well(simulator, write):
    simulator.settings(enabled=True, leeway=0)
    people = [simulator.person(f"Person {number}") for number in range(45)]
    for person in people:
        write(person, key=str(person))
    write(people[0], "again", key="again")
    send_all()
    assert {call["status"] for call in simulator.calls("sendMessage")} == {200}
    assert sum(len(simulator.seen(person)) for person in people) == 46


def test_all_senders_obey_when_one_is_told_to_wait(simulator, small, write):
    people = [simulator.person(f"Person {number}") for number in range(20)]
    simulator.fault("too_many", method="sendMessage", count=1, retry_after=2)
    for person in people:
        write(person, key=str(person))
    send_all(senders=3)
    calls = simulator.calls("sendMessage")
    refused = next(call for call in calls if call["status"] == 429)
    in_flight = [call for call in calls if call["n"] > refused["n"] and call["at"] < refused["finished"] + 2]
    assert len(in_flight) < 2 * small.calls, "only what was on its way already"
    assert [len(simulator.seen(person)) for person in people] == [1] * 20


def test_offers_overtake_courtesy_and_edits_follow_their_original(simulator, small, write):
    people = [simulator.person(f"Person {number}") for number in range(10)]
    old = [write(person, f"old {person}") for person in people]
    send_all()
    for message in old:
        edit(message, {"text": "taken"}, key=f"taken {message.key}")
    new = [write(person, f"new {person}", priority=20) for person in people]
    seen = len(simulator.calls())
    send_all()
    methods = [call["method"] for call in simulator.calls()[seen:]]
    assert methods[: small.calls] == ["sendMessage"] * small.calls
    assert sorted(methods) == ["editMessageText"] * 10 + ["sendMessage"] * 10
    assert all(simulator.seen(person) == ["taken", f"new {person}"] for person in people)
    assert new


def test_an_edit_never_overtakes_its_original(simulator, small, write):
    person = simulator.person("Olena")
    simulator.fault("slow", method="sendMessage", count=1, seconds=0.4)
    original = write(person, "Offer")

    def edited_on_its_way():
        row = Message.objects.get(pk=original.pk)
        if row.state == State.LEASED and not row.edited_by.exists():
            edit(row, {"text": "taken"}, key="taken", priority=0)
        return row.edited_by.filter(state=State.SENT).exists()

    send_all(until=edited_on_its_way)
    calls = simulator.calls()
    assert [call["method"] for call in calls] == ["sendMessage", "editMessageText"]
    assert all(earlier["finished"] <= later["at"] for earlier, later in pairwise(calls))
    assert simulator.seen(person) == ["taken"]


def test_a_group_s_minute_is_counted_from_the_ends_of_the_calls(write):
    now = timezone.now()
    message = write(-7)
    limits.prepare_slots("telegram", now)
    limits.prepare_recipients("telegram", now, {message.recipient_hash})
    row, slot = Pace.objects.get(), Slot.objects.first()
    for second in range(20):
        ended = now + timedelta(seconds=2 * second)
        limits.take("telegram", [slot.pk], [message.recipient_hash], ended)
        limits.give_back([limits.Call("telegram", slot.pk, message.recipient_hash, True, ended, ended)])
    row.refresh_from_db()
    assert len(row.recent) == 20
    assert abs((row.free_at - now).total_seconds() - 60) < 0.001


def test_a_dead_sender_s_slots_come_back_with_its_lease(db):
    now = timezone.now()
    limits.prepare_slots("telegram", now)
    until = now + timedelta(seconds=60)
    limits.take("telegram", list(Slot.objects.values_list("pk", flat=True)), [], until)
    assert limits.free_slots("telegram", now, 50) == 0
    assert limits.free_slots("telegram", until, 50) == 30


def test_the_pace_of_those_nobody_writes_to_is_forgotten(db):
    now = timezone.now()
    limits.prepare_recipients("telegram", now, {b"somebody"})
    assert limits.forget_idle(now) == 0
    assert limits.forget_idle(now + timedelta(hours=2)) == 1
