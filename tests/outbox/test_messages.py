"""Writing, changing and calling back messages, before anything is sent."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from hotline.outbox.actions import messages
from hotline.outbox.actions.messages import BodyGone, MayNotResend, NotDead, edit, enqueue, recognise_twin, resend
from hotline.outbox.models import Message, Priority, State
from hotline.outbox.sweeps import erase_old

pytestmark = pytest.mark.django_db


def set_state(message, state, **more):
    Message.objects.filter(pk=message.pk).update(state=state, **more)
    message.refresh_from_db()


def test_the_same_key_again_gives_the_first_message_and_changes_nothing(write):
    first = write(7, "Hello", key="greeting")
    again = write(8, "Something else", key="greeting")
    assert again == first
    assert Message.objects.count() == 1
    assert again.content()["text"] == "Hello"
    assert again.address() == "7"


def test_text_and_address_are_sealed_and_open_again(write, marked):
    text, address = marked("Mother with two children"), marked("4477001122")
    message = write(str(address), str(text))
    with connection.cursor() as cursor:
        cursor.execute("SELECT recipient, sealed, recipient_hash FROM outbox_message")
        stored = b"".join(bytes(column) for column in cursor.fetchone())
    assert str(text).encode() not in stored
    assert str(address).encode() not in stored
    assert message.content()["text"] == str(text)
    assert message.address() == str(address)


def test_a_message_of_a_change_that_is_undone_never_existed(write):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write(7)
        raise ZeroDivisionError
    assert not Message.objects.exists()


def test_nobody_saw_what_still_waits_so_an_edit_cancels_it(write):
    original = write(7)
    assert edit(original, {"text": "taken"}, key="taken") is None
    original.refresh_from_db()
    assert (original.state, original.sealed) == (State.CANCELLED, None)
    assert Message.objects.count() == 1


def test_an_edit_of_what_is_on_its_way_waits_for_its_result(write):
    original = write(7)
    set_state(original, State.LEASED)
    change = edit(original, {"text": "taken"}, key="taken")
    assert change.edits == original
    assert not Message.objects.ready("telegram", timezone.now()).exists()
    set_state(original, State.SENT, external_id="5")
    assert Message.objects.ready("telegram", timezone.now()).get() == change


def test_an_edit_waits_while_an_earlier_one_is_on_its_way(write):
    original = write(7)
    set_state(original, State.SENT, external_id="5")
    first = edit(original, {"text": "taken"}, key="taken")
    set_state(first, State.LEASED)
    edit(original, {"text": "withdrawn"}, key="withdrawn")
    assert not Message.objects.ready("telegram", timezone.now()).exists()


@pytest.mark.parametrize("state", [State.DEAD, State.CANCELLED])
def test_what_never_arrived_cannot_be_changed(write, state):
    original = write(7)
    set_state(original, state)
    assert edit(original, {"text": "taken"}, key="taken") is None


def test_a_later_edit_replaces_one_that_still_waits(write):
    original = write(7)
    set_state(original, State.SENT, external_id="5")
    first = edit(original, {"text": "taken"}, key="taken")
    second = edit(original, {"text": "withdrawn"}, key="withdrawn")
    first.refresh_from_db()
    assert (first.state, first.sealed, second.state) == (State.CANCELLED, None, State.QUEUED)


def test_a_repeated_edit_does_not_undo_the_one_after_it(write):
    original = write(7)
    set_state(original, State.SENT, external_id="5")
    first = edit(original, {"text": "yours"}, key="yours")
    set_state(first, State.SENT)
    second = edit(original, {"text": "done"}, key="done")
    assert edit(original, {"text": "yours"}, key="yours") == first
    second.refresh_from_db()
    assert second.state == State.QUEUED


def test_an_edit_reaches_every_copy(write):
    original = write(7)
    set_state(original, State.SENT, external_id="5", twin_ids=["6"])
    edit(original, {"text": "taken"}, key="taken")
    assert sorted(original.edited_by.values_list("target_id", flat=True)) == ["", "6"]


def test_an_uncertain_message_whose_button_comes_back_is_not_sent_again(write, heard):
    message = write(7)
    set_state(message, State.QUEUED, uncertain=True, doubts=1)
    assert recognise_twin(message, "5")
    message.refresh_from_db()
    assert (message.state, message.external_id, message.sealed) == (State.SENT, "5", None)
    assert heard == [("Hello", "sent", "")]


def test_a_second_copy_is_known_once(write):
    message = write(7)
    set_state(message, State.SENT, external_id="5", uncertain=True)
    assert not recognise_twin(message, "5")
    assert recognise_twin(message, "6")
    assert not recognise_twin(message, "6")
    message.refresh_from_db()
    assert message.twin_ids == ["6"]


def test_a_dead_message_whose_button_comes_back_lives(write):
    message = write(7)
    set_state(message, State.DEAD, error="uncertain")
    assert recognise_twin(message, "5")
    message.refresh_from_db()
    assert (message.state, message.error) == (State.SENT, "")


def test_an_administrator_sends_a_dead_message_again(cast, write):
    message = write(7)
    set_state(message, State.DEAD, error="too_often", attempts=9)
    resend(cast.ada, message)
    message.refresh_from_db()
    assert (message.state, message.attempts, message.error) == (State.QUEUED, 0, "")


@pytest.mark.parametrize("who", ["vera", "viktor", "cora"])
def test_nobody_else_may_send_a_message_again(cast, write, who):
    message = write(7)
    set_state(message, State.DEAD)
    with pytest.raises(MayNotResend):
        resend(getattr(cast, who), message)
    with pytest.raises(MayNotResend):
        resend(None, message)
    message.refresh_from_db()
    assert message.state == State.DEAD


def test_only_a_dead_message_with_a_text_can_be_sent_again(cast, write):
    message = write(7)
    with pytest.raises(NotDead):
        resend(cast.ada, message)
    set_state(message, State.DEAD, sealed=None)
    with pytest.raises(BodyGone):
        resend(cast.ada, message)


def test_a_message_dies_when_its_time_is_over(write, heard):
    message = write(7, keep=timedelta(hours=2))
    erase_old(timezone.now() + timedelta(hours=1))
    message.refresh_from_db()
    assert message.state == State.QUEUED
    after = timezone.now() + timedelta(hours=3)
    erase_old(after)
    erase_old(after)
    message.refresh_from_db()
    assert (message.state, message.error, message.sealed) == (State.DEAD, "expired", None)
    assert heard == [("Hello", "dead", "expired")]


def test_rows_go_after_their_days_and_not_while_they_wait(write, settings):
    settings.OUTBOX_DAYS = 30
    now = timezone.now()
    rows = {state: write(7, state) for state in State}
    for state, message in rows.items():
        set_state(message, state, created_at=now - timedelta(days=31), expires_at=now + timedelta(days=1))
    fresh = write(7, "fresh")
    set_state(fresh, State.SENT)
    erase_old(now)
    left = set(Message.objects.values_list("key", flat=True))
    assert left == {State.QUEUED, State.LEASED, "fresh"}


def test_the_text_of_a_dead_message_goes_when_its_time_is_over(write):
    message = write(7)
    set_state(message, State.DEAD)
    erase_old(timezone.now())
    message.refresh_from_db()
    assert message.sealed is not None
    erase_old(message.expires_at)
    message.refresh_from_db()
    assert message.sealed is None


def test_the_smaller_priority_goes_first_and_the_older_among_equals(write):
    for priority in (Priority.COURTESY, Priority.OFFER, Priority.ANSWER, Priority.URGENT, Priority.NORMAL):
        write(7, f"first {priority}", priority=priority)
        write(8, f"second {priority}", priority=priority)
    found = [message.key for message in Message.objects.ready("telegram", timezone.now())]
    assert found == [f"{number} {priority}" for priority in sorted(Priority) for number in ("first", "second")]


def test_what_is_not_due_or_out_of_time_is_not_ready(write):
    now = timezone.now()
    write(7, "later", not_before=now + timedelta(minutes=1))
    set_state(write(7, "too late"), State.QUEUED, expires_at=now)
    assert not Message.objects.ready("telegram", timezone.now()).exists()


def test_the_bell_rings_after_the_commit_alone(write, monkeypatch, django_capture_on_commit_callbacks):
    rung = []
    monkeypatch.setattr(messages.queued, "ring", lambda: rung.append("rung"))
    with django_capture_on_commit_callbacks() as callbacks:
        write(7)
        write(7)
    assert not rung
    assert len(callbacks) == 1


def test_an_address_too_strange_for_a_channel_is_taken_and_dies_later(heard):
    message = enqueue(channel="telegram", recipient="not a number", content={"text": "x"}, key="k", purpose="test")
    assert message.address() == "not a number"
