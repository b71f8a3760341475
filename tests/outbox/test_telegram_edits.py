"""Changing messages in Telegram: repeated until it is done, and never undone by an older change."""

import pytest
from telegram.error import ChatMigrated

from hotline.outbox.actions.delivery import record
from hotline.outbox.actions.leases import take
from hotline.outbox.actions.messages import edit
from hotline.outbox.drivers.telegram import read
from hotline.outbox.models import State
from tests.outbox.conftest import state_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_edit_does_not_follow_a_group_that_moved(sent, heard, later):
    change = edit(sent, {"text": "taken"}, key="taken")
    later()
    (letter,) = take("telegram", "this test", 1)
    record(letter, read(ChatMigrated(-1001), is_edit=True))
    assert state_of(change) == (State.CANCELLED, "gone")
    assert heard[-1] == ("taken", "migrated", "-1001")


def test_a_message_that_says_so_already_counts_as_changed(simulator, person, sent, deliver):
    change = edit(sent, {"text": "Offer", "buttons": [[{"text": "Accept", "data": "a.token"}]]}, key="same")
    deliver()
    assert state_of(change) == (State.SENT, "")
    assert "not modified" in simulator.calls("editMessageText")[-1]["error"]


def test_a_message_that_was_deleted_needs_no_edit(simulator, person, sent, deliver, heard):
    simulator.post("delete", chat=person, message=int(sent.external_id))
    change = edit(sent, {"text": "taken"}, key="taken")
    deliver()
    assert state_of(change) == (State.CANCELLED, "gone")
    assert heard[-1] == ("taken", "cancelled", "gone")


@pytest.mark.parametrize("fault", ["hang_before", "hang_after", "drop_after", "server_error"])
def test_an_uncertain_edit_is_simply_repeated(simulator, impatient, person, sent, deliver, fault):
    simulator.fault(fault, method="editMessageText", count=3, seconds=30)
    change = edit(sent, {"text": "taken"}, key="taken")
    for _attempt in range(4):
        deliver()
    assert state_of(change) == (State.SENT, "")
    assert simulator.seen(person) == ["taken"]


def test_an_edit_that_failed_does_not_come_back_over_a_later_one(simulator, person, sent, deliver, later):
    simulator.fault("server_error", method="editMessageText", count=1)
    first = edit(sent, {"text": "taken"}, key="taken")
    deliver()
    second = edit(sent, {"text": "withdrawn"}, key="withdrawn")
    deliver()
    deliver()
    assert simulator.seen(person) == ["withdrawn"]
    assert [state_of(first)[0], state_of(second)[0]] == [State.CANCELLED, State.SENT]
