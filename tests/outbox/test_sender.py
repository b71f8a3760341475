"""The endless loop: it hears of new messages at once, ends quickly, and goes on after trouble."""

import pytest
from django.db import transaction

from hotline.outbox import sender
from hotline.outbox.actions.messages import queued
from hotline.outbox.models import Channel, Message, State
from tests.support.running import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def at_work(monkeypatch, running):
    """A sender at work that does not look by itself: it must hear the bell."""
    monkeypatch.setattr(sender, "LOOK", 30)
    monkeypatch.setattr(sender.limits, "seconds_to_wait", lambda channel, now, most: most)
    work = running(sender.run)
    assert wait_for(lambda: len(queued._listening) == len(Channel))
    return work


def test_a_message_leaves_as_soon_as_it_is_committed(simulator, write, at_work):
    person = simulator.person("Olena")
    with transaction.atomic():
        write(person)
        assert simulator.seen(person) == []
    simulator.wait_for(lambda sim: sim.seen(person) == ["Hello"])
    assert at_work.end()
    assert Message.objects.get().state == State.SENT


def test_it_finishes_what_is_on_its_way_before_it_ends(simulator, write, at_work):
    person = simulator.person("Olena")
    simulator.fault("slow", method="sendMessage", seconds=1)
    write(person)
    simulator.wait_for(lambda sim: sim.seen(person) == ["Hello"])
    assert at_work.end()
    assert Message.objects.get().state == State.SENT


def test_it_does_not_wait_for_ever_for_an_answer(simulator, write, at_work, monkeypatch):
    monkeypatch.setattr(sender, "PATIENCE", 0.2)
    person = simulator.person("Olena")
    simulator.fault("hang_after", method="sendMessage", seconds=30)
    write(person)
    simulator.wait_for(lambda sim: sim.seen(person) == ["Hello"])
    assert at_work.end()
    assert Message.objects.get().state == State.LEASED
