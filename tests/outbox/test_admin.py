"""What administrators see of the outbox, and what they can do with dead messages."""

import pytest
from django.urls import reverse

from hotline.outbox.models import Message, State
from hotline.staff.models import AuditEntry

pytestmark = pytest.mark.django_db

LIST = "admin:outbox_message_changelist"


@pytest.fixture
def dead(write, marked):
    """A dead message whose text and address can leak: (message, mark of the text, mark of the address)."""
    text, address = marked("Mother with two children"), marked("4477001122")
    message = write(str(address), str(text), key="offer", subject="K7QX2M")
    Message.objects.filter(pk=message.pk).update(state=State.DEAD, error="too_often")
    return message, text, address


def test_an_administrator_sees_states_and_never_a_text_or_an_address(cast, as_person, dead):
    message, text, address = dead
    client = as_person(cast.ada)
    pages = [client.get(reverse(LIST)), client.get(reverse("admin:outbox_message_change", args=[message.pk]))]
    for page in pages:
        shown = page.content.decode()
        assert page.status_code == 200
        assert "K7QX2M" in shown
        assert str(text) not in shown
        assert str(address) not in shown


@pytest.mark.parametrize(("who", "status"), [("vera", 403), ("cora", 403), (None, 302)])
def test_nobody_else_sees_it_or_sends_again(cast, as_person, dead, who, status):
    message, *_marks = dead
    client = as_person(getattr(cast, who) if who else None)
    button = reverse("admin:outbox_message_button", args=[message.pk, "send_again"])
    assert client.get(reverse(LIST)).status_code == status
    assert client.post(button).status_code in (status, 404)
    message.refresh_from_db()
    assert message.state == State.DEAD
    assert not AuditEntry.objects.filter(action="message.resent").exists()


def test_the_button_sends_again_and_is_audited(cast, as_person, dead):
    message, *_marks = dead
    as_person(cast.ada).post(reverse("admin:outbox_message_button", args=[message.pk, "send_again"]))
    message.refresh_from_db()
    assert message.state == State.QUEUED
    entry = AuditEntry.objects.get(action="message.resent")
    assert (entry.actor, entry.subject) == (cast.ada, "K7QX2M")


def test_several_are_sent_again_at_once_after_a_look_at_which(cast, as_person, dead, write):
    message, *_marks = dead
    fresh = write(8, key="fresh")
    client = as_person(cast.ada)
    data = {"action": "send_again", "_selected_action": [message.pk, fresh.pk]}
    asked = client.post(reverse(LIST), data)
    assert (asked.context["fit"], asked.context["left"]) == ([message], [fresh])
    message.refresh_from_db()
    assert message.state == State.DEAD
    page = client.post(reverse(LIST), {**data, "sure": "yes"}, follow=True)
    assert [str(one) for one in page.context["messages"]] == ["Send again: done for 1."]
    message.refresh_from_db()
    assert message.state == State.QUEUED


def test_no_state_can_be_typed(cast, as_person, dead):
    message, *_marks = dead
    client = as_person(cast.ada)
    page = client.post(reverse("admin:outbox_message_change", args=[message.pk]), {"state": "sent"})
    assert page.status_code == 403
    assert client.get(reverse("admin:outbox_message_add")).status_code == 403
    assert client.get(reverse("admin:outbox_message_delete", args=[message.pk])).status_code == 403


def test_the_list_asks_as_often_for_thirty_rows_as_for_one(cast, as_person, write, same_queries):
    client = as_person(cast.ada)
    same_queries(lambda number: write(7, key=str(number)), lambda: client.get(reverse(LIST)))
