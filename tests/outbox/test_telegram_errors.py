"""Every way in which sending to Telegram can fail, tried at the simulator over HTTP."""

from datetime import timedelta

import pytest
from django.utils import timezone

from hotline.outbox import limits, listeners
from hotline.outbox.actions.messages import edit, recognise_twin
from hotline.outbox.models import Message, Pace, State
from tests.outbox.conftest import fresh, state_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_message_arrives_with_its_buttons_and_its_text_is_erased(simulator, person, sent, heard):
    (shown,) = simulator.messages(person)
    assert shown["text"] == "Offer"
    assert (sent.state, sent.external_id, sent.sealed) == (State.SENT, str(shown["id"]), None)
    assert simulator.press(person, "Accept")["data"] == "a.token"
    assert heard == [("Offer", "sent", "")]


def test_nothing_the_bot_api_does_not_know_is_sent(simulator, sent, deliver):
    edit(sent, {"text": "taken"}, key="taken")
    deliver()
    calls = simulator.calls()
    assert [call["method"] for call in calls] == ["sendMessage", "editMessageText"]
    assert not [call["unknown"] for call in calls if call["unknown"]]


def test_a_refused_connection_means_never_sent(simulator, person, write, deliver):
    message, before = write(person), timezone.now()
    with simulator.refusing():
        deliver()
    row = fresh(message)
    assert (row.state, row.error, row.uncertain) == (State.QUEUED, "ConnectError", False)
    assert row.not_before > before + timedelta(seconds=1)
    deliver()
    assert simulator.seen(person) == ["Hello"]
    assert fresh(message).state == State.SENT


def test_any_number_of_refused_connections_lose_nothing(simulator, person, write, deliver):
    message = write(person)
    with simulator.refusing():
        for _attempt in range(5):
            deliver()
    assert fresh(message).attempts == 5
    deliver()
    assert simulator.seen(person) == ["Hello"]


def test_pauses_grow(simulator, person, write, deliver):
    message, pauses = write(person), []
    with simulator.refusing():
        for _attempt in range(4):
            before = timezone.now()
            deliver()
            pauses.append((fresh(message).not_before - before).total_seconds())
    assert pauses == sorted(pauses)
    assert pauses[0] >= 1.5
    assert pauses[-1] >= 12


@pytest.mark.parametrize("fault", ["hang_before", "drop_before", "server_error"])
def test_an_uncertain_message_that_did_not_arrive_is_sent_once_more(
    simulator, impatient, person, write, deliver, fault
):
    simulator.fault(fault, method="sendMessage", count=1, seconds=30)
    message = write(person)
    deliver()
    row = fresh(message)
    assert (row.state, row.uncertain) == (State.QUEUED, True)
    deliver()
    assert fresh(message).state == State.SENT
    assert simulator.seen(person) == ["Hello"]


@pytest.mark.parametrize("fault", ["hang_after", "drop_after", "server_error_after"])
def test_an_uncertain_message_that_arrived_leaves_one_twin_at_most(
    simulator, impatient, person, write, deliver, heard, fault
):
    simulator.fault(fault, method="sendMessage", seconds=30)
    message = write(person)
    for _attempt in range(4):
        deliver()
    assert simulator.seen(person) == ["Hello", "Hello"]
    assert state_of(message) == (State.DEAD, "uncertain")
    assert heard == [("Hello", "dead", "uncertain")]


def test_the_one_more_attempt_waits_until_telegram_answers_at_all(simulator, person, write, deliver):
    fault = simulator.fault("server_error")
    message = write(person)
    for _attempt in range(4):
        deliver()
    assert state_of(message)[0] == State.QUEUED
    assert len(simulator.calls("sendMessage")) == 1
    assert fault
    simulator.clear_faults()
    deliver()
    assert simulator.seen(person) == ["Hello"]


def test_a_twin_is_recognised_by_its_button_and_changed_with_the_other(simulator, person, write, deliver):
    simulator.fault("drop_after", method="sendMessage", count=1)
    message = write(person, "Offer", buttons=[[{"text": "Accept", "data": "a.token"}]])
    deliver()
    deliver()
    first, second = simulator.messages(person)
    assert fresh(message).external_id == str(second["id"])
    pressed = simulator.press(person, "Accept", message=first["id"])
    assert recognise_twin(message, str(pressed["message"]))
    edit(message, {"text": "taken"}, key="taken")
    deliver()
    deliver()
    assert simulator.seen(person) == ["taken", "taken"]
    assert not simulator.messages(person)[0]["buttons"]


def test_a_button_that_is_faster_than_the_record_keeps_the_second_copy_away(simulator, person, write, deliver):
    simulator.fault("drop_after", method="sendMessage", count=1)
    message = write(person, "Offer", buttons=[[{"text": "Accept", "data": "a.token"}]])
    deliver()
    pressed = simulator.press(person, "Accept")
    recognise_twin(message, str(pressed["message"]))
    deliver()
    assert simulator.seen(person) == ["Offer"]
    assert state_of(message) == (State.SENT, "")


def test_who_blocked_the_bot_is_not_tried_again(simulator, person, write, deliver, heard):
    simulator.block(person)
    message = write(person)
    deliver()
    deliver()
    assert state_of(message) == (State.DEAD, "blocked")
    assert heard == [("Hello", "dead", "blocked")]
    assert len(simulator.calls("sendMessage")) == 1


def test_who_never_started_the_bot_counts_as_blocked(simulator, write, deliver):
    message = write(simulator.person("Taras", started=False))
    unknown = write(424242, "to nobody")
    deliver()
    assert state_of(message) == state_of(unknown) == (State.DEAD, "blocked")


def test_a_text_that_telegram_does_not_take_is_rejected_once(simulator, person, write, deliver, heard):
    message = write(person, "<b>unfinished")
    too_long = write(person, "x" * 4097, key="long")
    wrong = write("nobody", "no chat")
    deliver()
    deliver()
    assert {state_of(one) for one in (message, too_long, wrong)} == {(State.DEAD, "rejected")}
    assert len(simulator.calls("sendMessage")) == 2


def test_a_group_that_moved_gets_the_message_at_its_new_address(simulator, person, write, deliver, heard):
    group = simulator.group("Kharkiv helpers", person)
    moved = simulator.post("migrate", chat=group)["id"]
    message = write(group)
    deliver()
    assert simulator.seen(moved) == ["Hello"]
    assert fresh(message).address() == str(moved)
    assert heard == [("Hello", "migrated", str(moved)), ("Hello", "sent", "")]


def test_a_wrong_token_waits_for_a_person_and_loses_nothing(simulator, person, write, deliver, settings):
    settings.TELEGRAM_BOT_TOKEN = "1:other"
    message = write(person)
    deliver()
    assert state_of(message) == (State.QUEUED, "InvalidToken")
    settings.TELEGRAM_BOT_TOKEN = simulator.token
    deliver()
    assert simulator.seen(person) == ["Hello"]


def test_a_text_whose_key_is_gone_expires(own_keyring, simulator, person, write, deliver, heard):
    message = write(person)
    (own_keyring.folder / f"{fresh(message).due.isoformat()}.key").unlink()
    deliver()
    assert state_of(message) == (State.DEAD, "expired")
    assert simulator.seen(person) == []


def test_without_a_bot_messages_wait(write, deliver, settings):
    settings.TELEGRAM_BOT_TOKEN = ""
    message = write(7)
    assert deliver() == 0
    assert state_of(message) == (State.QUEUED, "")


def test_too_many_requests_hold_back_everybody_and_cost_no_attempt(simulator, write, deliver, later):
    people = [simulator.person(name) for name in ("Olena", "Taras", "Iryna")]
    simulator.fault("too_many", method="sendMessage", chat=people[0], count=1, retry_after=5)
    first, before = write(people[0], "first"), timezone.now()
    deliver()
    row, held = fresh(first), Pace.objects.get(recipient_hash=Pace.EVERYBODY)
    assert (row.state, row.error, row.attempts) == (State.QUEUED, "RetryAfter", 0)
    for moment in (row.not_before, held.free_at):
        assert before < moment - timedelta(seconds=5) < timezone.now()
    write(people[1], "second")
    assert limits.free_slots("telegram", timezone.now(), 30) == 0
    later()
    assert deliver() == 2
    assert [simulator.seen(one) for one in people] == [["first"], ["second"], []]


def test_a_group_s_own_slow_mode_does_not_silence_the_house(simulator, person, write, deliver):
    group = simulator.group("Kharkiv helpers", person)
    simulator.fault("too_many", method="sendMessage", chat=group, count=1, retry_after=3600)
    slow = write(group, "to the group", priority=0)
    write(person, "to a person")
    deliver()
    assert simulator.seen(person) == ["to a person"]
    assert fresh(slow).state == State.QUEUED


def test_a_listener_that_fails_does_not_make_the_house_forget(simulator, person, write, deliver, settings, monkeypatch):
    said = []
    monkeypatch.setattr(listeners.logger, "error", lambda text, *given: said.append(text % given))
    settings.OUTBOX_LISTENERS = ["tests.outbox.test_telegram_errors.broken", "tests.outbox.conftest.heard_now"]
    message = write(person)
    deliver()
    assert fresh(message).state == State.SENT
    assert any("ZeroDivisionError" in line for line in said)


def broken(message, outcome):
    Message.objects.filter(pk=message.pk).update(purpose="spoilt")
    raise ZeroDivisionError
