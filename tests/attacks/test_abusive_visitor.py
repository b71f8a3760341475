"""Somebody who comes to hurt: the volunteer ends it, and whoever it was is kept out for a time; no row says who. ASVS 14.2."""

import json
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from chat.actions import conversations, queue
from chat.models import Conversation
from hotline.staff.permissions import NotAllowed
from tests.chat.calls import Device, wish
from tests.support.leaks import Cached, Rows, Text

pytestmark = pytest.mark.django_db

HERE, NEIGHBOUR, ELSEWHERE = "203.0.113.9", "203.0.113.77", "198.51.100.7"


def begins(line, network):
    """The answer to somebody of that network who begins a conversation."""
    call = f"/chat/api/lines/{line.slug}/conversations/"
    return Device().client.post(call, json.dumps(wish()), content_type="application/json", REMOTE_ADDR=network)


@pytest.fixture
def ended(line, cast, as_person):
    """The Conversation of somebody at HERE, which Vera took and ended as abuse at her desk."""
    conversation = Conversation.objects.get(code=begins(line, HERE).json()["conversation"])
    queue.take(cast.vera, conversation, uuid.uuid4())
    pressed = as_person(cast.vera).post(f"/desk/chat/{conversation.code}/end/", {"abuse": "yes"})
    assert pressed.status_code == 200
    conversation.refresh_from_db()
    assert conversation.end == "abuse"
    return conversation


def test_they_are_kept_out_of_this_line_and_nobody_else_is(ended, line):
    for network in (HERE, NEIGHBOUR):
        answer = begins(line, network)
        assert (answer.status_code, answer.json()["code"]) == (409, "closed")
        assert "abuse" not in answer.content.decode()
    assert begins(line, ELSEWHERE).status_code == 201


def test_an_hour_later_they_are_somebody_like_others(line, cast, time_machine, cache_in_memory):
    conversation = Conversation.objects.get(code=begins(line, HERE).json()["conversation"])
    queue.take(cast.vera, conversation, uuid.uuid4())
    conversations.end_as_volunteer(cast.vera, conversation, abuse=True)
    assert begins(line, HERE).status_code == 409
    time_machine.move_to(timezone.now() + timedelta(seconds=3601))
    assert begins(line, HERE).status_code == 201


def test_nothing_says_who_it_was(ended, marked, printed):
    for place in (Rows(), Cached(), Text(printed.getvalue())):
        for address in (HERE, HERE.rpartition(".")[0]):
            marked(address).assert_absent(place)


def test_a_line_that_keeps_nobody_out_ends_nothing_as_abuse(cast, line):
    line.can_exclude = False
    line.save()
    conversation = Conversation.objects.get(code=begins(line, HERE).json()["conversation"])
    queue.take(cast.vera, conversation, uuid.uuid4())
    with pytest.raises(NotAllowed):
        conversations.end_as_volunteer(cast.vera, conversation, abuse=True)
    assert Conversation.objects.get(pk=conversation.pk).state == "active"
