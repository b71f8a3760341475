"""One message, one sender: leases under a race, after a death, and when an answer comes too late."""

import signal
import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from hotline.outbox import outcome as outcomes
from hotline.outbox.actions.delivery import record, recover_lost
from hotline.outbox.actions.leases import take
from hotline.outbox.actions.messages import edit
from hotline.outbox.models import Message, Pace, Slot, State
from hotline.outbox.outcome import Outcome

pytestmark = pytest.mark.django_db(transaction=True)

SENDER = "from hotline.outbox import sender; asyncio.run(sender.run(asyncio.Event()))"


def fresh(message):
    return Message.objects.get(pk=message.pk)


def run_out(message):
    """The message's lease is over, and with it those of its chat and its slot."""
    past = timezone.now() - timedelta(seconds=1)
    Message.objects.filter(pk=message.pk).update(lease_until=past)
    Pace.objects.update(free_at=past)
    Slot.objects.update(free_at=past)


def test_a_sender_killed_between_sending_and_recording_leaves_one_twin_at_most(
    simulator, another_process, write, deliver
):
    simulator.settings(enabled=False)  # the test skips the pauses that keep them
    person = simulator.person("Olena")
    simulator.fault("hang_after", method="sendMessage", count=1, seconds=30)
    message = write(person)
    process = another_process(SENDER)
    simulator.wait_for(lambda sim: sim.seen(person))
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert fresh(message).state == State.LEASED

    assert deliver() == 0
    run_out(message)
    recover_lost(timezone.now())
    assert (fresh(message).state, fresh(message).uncertain) == (State.QUEUED, True)
    deliver()
    deliver()
    assert fresh(message).state == State.SENT
    assert simulator.seen(person) == ["Hello", "Hello"]


def test_two_processes_send_each_message_once(simulator, another_process, write):
    people = [simulator.person(f"Person {number}") for number in range(40)]
    messages = [write(person, key=f"to {person}") for person in people]
    another_process(SENDER)
    another_process(SENDER)
    simulator.wait_for(lambda sim: all(sim.seen(person) for person in people), seconds=90)
    assert [simulator.seen(person) for person in people] == [["Hello"]] * 40
    assert len(simulator.calls("sendMessage")) == len(messages)
    assert {call["status"] for call in simulator.calls("sendMessage")} == {200}


def test_many_senders_never_lease_the_same_message(write, quiet_connections):
    for number in range(60):
        write(number + 1, key=str(number))
    Slot.objects.all().delete()
    taken, start = [], threading.Barrier(4)

    def hurry(name):
        with quiet_connections():
            start.wait()
            for _round in range(6):
                taken.extend(letter.pk for letter in take("telegram", name, 7))

    threads = [threading.Thread(target=hurry, args=(f"sender {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 30, "as many as there are slots, none twice"
    assert Message.objects.filter(state=State.LEASED).count() == 30


def test_one_chat_is_written_to_by_one_sender_at_a_time(write):
    for number in range(3):
        write(7, key=str(number))
    assert [letter.recipient for letter in take("telegram", "one", 10)] == ["7"]
    assert take("telegram", "two", 10) == []


def test_an_answer_after_the_lease_ran_out_ends_the_matter_without_a_copy(write):
    message = write(7)
    (letter,) = take("telegram", "slow", 1)
    run_out(message)
    recover_lost(timezone.now())
    record(letter, Outcome(outcomes.SENT, external_id="5"))
    row = fresh(message)
    assert (row.state, row.external_id, row.sealed) == (State.SENT, "5", None)


def test_an_answer_after_somebody_else_sent_it_names_a_twin(write, later):
    message = write(7)
    (slow,) = take("telegram", "slow", 1)
    run_out(message)
    recover_lost(timezone.now())
    later()
    (quick,) = take("telegram", "quick", 1)
    record(quick, Outcome(outcomes.SENT, external_id="6"))
    record(slow, Outcome(outcomes.SENT, external_id="5"))
    row = fresh(message)
    assert (row.external_id, row.twin_ids) == ("6", ["5"])


def test_a_late_failure_changes_nothing(write, later):
    message = write(7)
    (slow,) = take("telegram", "slow", 1)
    run_out(message)
    recover_lost(timezone.now())
    later()
    (quick,) = take("telegram", "quick", 1)
    record(quick, Outcome(outcomes.SENT, external_id="6"))
    record(slow, Outcome(outcomes.DEAD, "blocked"))
    assert fresh(message).state == State.SENT


def test_a_lost_edit_is_repeated_as_often_as_it_takes(write, later):
    message = write(7)
    Message.objects.filter(pk=message.pk).update(state=State.SENT, external_id="5")
    change = edit(message, {"text": "taken"}, key="taken")
    for _round in range(3):
        assert take("telegram", "one", 1)
        run_out(change)
        recover_lost(timezone.now())
        later()
    assert (fresh(change).state, fresh(change).doubts) == (State.QUEUED, 0)


def test_a_letter_whose_lease_is_nearly_over_is_not_sent(simulator, write, deliver, monkeypatch):
    from hotline.outbox.actions import leases

    monkeypatch.setitem(leases.LEASE, "telegram", timedelta(seconds=30))
    person = simulator.person("Olena")
    message = write(person)
    deliver()
    assert (fresh(message).state, fresh(message).error) == (State.QUEUED, "late")
    assert simulator.calls("sendMessage") == []


def test_several_outcomes_are_recorded_although_one_cannot_be(write, monkeypatch):
    from hotline.outbox.actions import delivery

    messages = [write(number, key=str(number)) for number in (1, 2, 3)]
    letters = take("telegram", "one", 3)
    conclude = delivery._conclude

    def stumble(row, outcome):
        if row.key == "2":
            raise ZeroDivisionError
        return conclude(row, outcome)

    monkeypatch.setattr(delivery, "_conclude", stumble)
    delivery.record_all([(letter, Outcome(outcomes.SENT, external_id="5")) for letter in letters])
    assert [fresh(message).state for message in messages] == [State.SENT, State.LEASED, State.SENT]
