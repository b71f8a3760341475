"""Fixtures for everything that leaves the house."""

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from hotline.outbox import sender
from hotline.outbox.actions.messages import enqueue
from hotline.outbox.models import Message, Pace, Slot
from hotline.telegram import bot
from tests.support.running import another_process, running
from tests.support.simulator import simulator, simulator_server

__all__ = ["another_process", "running", "simulator", "simulator_server"]


class Heard:
    """Stands in settings.OUTBOX_LISTENERS and notes what it is told."""

    def __init__(self):
        self.outcomes = []

    def __call__(self, message, outcome):
        self.outcomes.append((message.key, outcome.state, outcome.reason or outcome.recipient))


heard_now = Heard()


@pytest.fixture
def heard(settings):
    """What a listener was told: [(key of the message, state, reason or new recipient)]. Nobody else listens."""
    settings.OUTBOX_LISTENERS = ["tests.outbox.conftest.heard_now"]
    heard_now.outcomes = []
    return heard_now.outcomes


@pytest.fixture
def write(heard):
    """write(chat, text, **more) -> a message for Telegram; its key is the text unless one is given."""

    def written(chat, text="Hello", **more):
        given = {"key": text, "purpose": "test", "content": {"text": text, "buttons": more.pop("buttons", [])}}
        return enqueue(channel="telegram", recipient=str(chat), **given | more)

    return written


@pytest.fixture
def deliver():
    """deliver() sends all that may be sent, as if every pause were over; gives the number of attempts."""

    def now():
        forward()
        return async_to_sync(sender.send_pending)()

    return now


@pytest.fixture
def later():
    """later() lets every pause pass, those of messages and those of chats, without waiting."""
    return forward


def forward():
    now = timezone.now()
    Message.objects.filter(not_before__gt=now).update(not_before=now)
    for model in (Pace, Slot):
        model.objects.filter(free_at__gt=now).update(free_at=now)


@pytest.fixture
def person(simulator):
    """Somebody who has started the bot; the id of the person is that of the chat. Pauses are skipped, so limits are off."""
    simulator.settings(enabled=False)
    return simulator.person("Olena")


@pytest.fixture
def impatient(monkeypatch):
    """A bot that waits for an answer for a moment only, which is still long enough for one that comes."""
    monkeypatch.setattr(bot, "READ", 1)


@pytest.fixture
def sent(write, deliver, person):
    """A message that has arrived."""
    message = write(person, "Offer", buttons=[[{"text": "Accept", "data": "a.token"}]])
    deliver()
    return fresh(message)


def fresh(message):
    return Message.objects.get(pk=message.pk)


def state_of(message):
    row = fresh(message)
    return row.state, row.error
