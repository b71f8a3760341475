"""Chats of a house that stands still."""

import uuid

import pytest
from django.utils import timezone

from chat.actions import conversations, lines, messages
from chat.actions.conversations import Closed
from chat.actions.messages import Ended, Post
from chat.models import Conversation, Line
from hotline.lib.errors import Refused
from hotline.staff.actions.freeze import carry_on, freeze, thaw
from hotline.staff.models import Freeze
from tests.chat.calls import Device, wish
from tests.staff.test_alarms import at_once

pytestmark = pytest.mark.django_db
WAY = Freeze.Way.COMMAND


def stand_still():
    freeze(None, "", WAY)
    while carry_on(timezone.now()):
        pass


def test_who_waits_and_who_talks_is_told_kindly_and_everything_ends(talk, waiting, line):
    visitor, _vera, conversation = talk()
    waiting()
    stand_still()
    assert set(Conversation.objects.values_list("state", "end")) == {("ended", "house")}
    last = conversation.room.events.latest("seq")
    assert (last.kind, last.data) == ("ended", {"by": "house", "why": "closed"})
    with pytest.raises(Ended):
        messages.post(Post(visitor.pk, uuid.uuid4(), "Are you there?"))


def test_nobody_is_let_in_and_each_line_opens_as_it_was_set(line, other_line, waiting):
    Line.objects.filter(pk=other_line.pk).update(mode=Line.Mode.PAUSED)
    stand_still()
    for one in (line, other_line):
        one.refresh_from_db()
        assert lines.state(one, timezone.now()) == "closed"
    with pytest.raises(Closed):
        waiting()
    answer = Device().post("lines/youth/conversations/", wish())
    assert (answer.status_code, answer.json()["code"]) == (409, "closed")
    assert Device().get("lines/youth/").json()["state"] == "closed"
    thaw(None, "Over")
    assert [lines.state(one, timezone.now()) for one in (line, other_line)] == ["open", "paused"]
    waiting()


def test_the_visitor_may_still_delete_everything(waiting, line):
    _visitor, started = waiting()
    stand_still()
    answer = Device(started.token).delete(f"conversations/{started.conversation}/")
    assert answer.status_code == 204
    assert not Conversation.objects.exists()


def test_staff_see_no_conversation(talk, as_person, cast):
    talk()
    client = as_person(cast.vera)
    freeze(None, "", WAY)
    assert client.get("/desk/chat/").status_code in (302, 403, 404)


@pytest.mark.django_db(transaction=True)
def test_freeze_against_a_start_and_a_message(line, talk, waiting):
    for _turn in range(4):
        visitor, _vera, _conversation = talk()
        results = at_once(
            [
                lambda: freeze(None, "", WAY),
                lambda visitor=visitor: messages.post(Post(visitor.pk, uuid.uuid4(), "Hello")),
                lambda: waiting(),
                lambda: carry_on(timezone.now()),
            ]
        )
        assert not [one for one in results if isinstance(one, Exception) and not isinstance(one, Refused)], results
        while carry_on(timezone.now()):
            pass
        assert not Conversation.objects.running().exists()
        with pytest.raises(Ended):
            messages.post(Post(visitor.pk, uuid.uuid4(), "Still there?"))
        thaw(None, "Next")


def test_ending_is_bounded_and_carried_on(waiting, line, monkeypatch):
    from chat.actions import freezing

    monkeypatch.setattr(freezing, "BATCH", 2)
    for _number in range(5):
        waiting()
    freeze(None, "", WAY)
    ended = []
    while count := carry_on(timezone.now()):
        ended.append(count)
    assert not Conversation.objects.running().exists() and max(ended) <= 3
    assert not conversations.end_by_house(Conversation.objects.first())
