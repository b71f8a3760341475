"""That something waits for a look is noted when it begins to: a kind that asks later locks nobody out and rings no alarm."""

import importlib
from datetime import timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from hotline.dispatch import sweeps
from hotline.dispatch.actions import contacts, links, offers, work
from hotline.dispatch.actions.correct import correct
from hotline.dispatch.errors import BeingLookedAt, ContactClosed
from hotline.dispatch.models import HelpRequest
from hotline.outbox.models import Message
from hotline.staff.models import Alarm
from tests.dispatch.test_crawled import second
from tests.support.registry import CONTACT, offer_of, voice_of

__all__ = ["second"]
OTHER = {"phone": "+380 50 000 00 77"}


@pytest.fixture
def easy(registry, helper, cast):
    """A call for help found in writing, of a kind that asks for no look; `helper` has accepted it."""
    return registry.take(cast.viktor, cast.crawl, registry.food, registry.kharkiv, spoken_to=False, source="forum")


@pytest.fixture
def link(easy, helper):
    """The winner's."""
    url = offers.accept(voice_of(helper), offer_of(easy, helper))
    easy.refresh_from_db()
    return links.find(url.split("/o/")[1].strip("/"))


def asks_for_a_look(registry, asks):
    registry.any.ring_back = asks
    registry.any.save()


@pytest.fixture
def asked_later(registry, link):
    """The kind asks for a look, from now on."""
    asks_for_a_look(registry, True)


@pytest.fixture
def corrected(asked_later, easy, cast):
    """Something else stands with the contact, of which nobody has looked at anything."""
    corrects(cast.viktor, easy, contact=OTHER)
    return easy


def corrects(actor, help_request, **changes):
    again = HelpRequest.objects.get(pk=help_request.pk)
    correct(actor, again, seen_since=again.state_since, **changes)
    help_request.refresh_from_db()


def later():
    return timezone.now() + timedelta(hours=1)


def test_a_kind_that_asks_later_leaves_the_winner_what_they_have(asked_later, easy, link, as_person, second, client):
    assert contacts.open_as_winner(links.find(link.token), "device").contact == CONTACT
    page, desk = client.get(link.address), as_person(second).get("/desk/requests/")
    assert "is being checked" not in page.text and "Corrected since" not in desk.text
    with pytest.raises(ContactClosed):
        contacts.open_at_desk(second, HelpRequest.objects.get(), "to read it")
    assert sweeps.call_for_looks(later()) == 0


def test_what_is_not_sealed_changes_without_a_look(asked_later, easy, link, cast):
    corrects(cast.viktor, easy, urgency="urgent")
    assert Message.objects.filter(key__contains=":changed-").exists()
    assert contacts.open_as_winner(links.find(link.token), "device").contact == CONTACT


def test_what_is_corrected_then_waits_whatever_the_kind_asks_afterwards(corrected, registry, link):
    for asks in (True, False):
        asks_for_a_look(registry, asks)
        with pytest.raises(BeingLookedAt):
            contacts.open_as_winner(links.find(link.token), "device")


@pytest.mark.parametrize("rung", [False, True])
def test_what_comes_back_and_waits_rings_anew(corrected, link, helper, rung):
    if rung:
        assert sweeps.call_for_looks(later()) == 1
        Alarm.objects.filter(kind="held").update(acknowledged_at=timezone.now())
    work.hand_back(voice_of(helper), link.offer)
    corrected.refresh_from_db()
    assert corrected.state == "held" and corrected.held_alarm_at > timezone.now()
    assert sweeps.call_for_looks(later()) == 1
    assert Alarm.objects.open().filter(kind="held").exists()


@pytest.mark.parametrize("rung", [False, True])
def test_an_alarm_ends_once_somebody_has_spoken_to_the_person(corrected, link, cast, rung):
    assert not rung or sweeps.call_for_looks(later()) == 1
    corrects(cast.viktor, corrected, spoken_to=True)
    assert sweeps.call_for_looks(later()) == 0 and not Alarm.objects.open().filter(kind="held").exists()
    told = Message.objects.get(key__contains=":changed-").content()["text"]
    assert "Open it once more" in told
    assert contacts.open_as_winner(links.find(link.token), "device").contact["phone"] == OTHER["phone"]


@pytest.mark.parametrize("rung", [False, True])
def test_an_alarm_ends_with_what_comes_back_and_waits_no_more(corrected, registry, link, helper, rung):
    assert not rung or sweeps.call_for_looks(later()) == 1
    asks_for_a_look(registry, False)
    work.hand_back(voice_of(helper), link.offer)
    corrected.refresh_from_db()
    assert (corrected.state, corrected.look_due) == ("unanswered", False)
    assert sweeps.call_for_looks(later()) == 0 and not Alarm.objects.open().filter(kind="held").exists()


@pytest.mark.parametrize("rung", [False, True])
def test_what_waits_already_keeps_its_alarm_when_it_is_corrected(registry, helper, cast, rung):
    asks_for_a_look(registry, True)
    found = registry.take(cast.viktor, cast.crawl, registry.food, registry.kharkiv, spoken_to=False, source="forum")
    assert not rung or sweeps.call_for_looks(later()) == 1
    asks_for_a_look(registry, False)
    corrects(cast.viktor, found, contact=OTHER)
    assert (found.state, found.look_due) == ("held", True)
    sweeps.call_for_looks(later())
    assert Alarm.objects.open().filter(kind="held").exists()


@pytest.mark.parametrize(
    ("before", "waits"),
    [
        ({"state": "held"}, True),
        ({"held_alarm_at": timezone.now()}, True),
        ({"rang": True}, True),
        ({}, False),
        ({"held_alarm_at": timezone.now(), "spoken_to": True}, False),
        ({"held_alarm_at": timezone.now(), "looked_at": timezone.now()}, False),
        ({"held_alarm_at": timezone.now(), "asks": False}, False),
    ],
)
def test_what_waited_before_this_was_noted_waits_on_and_nothing_else(asked_later, registry, easy, cast, before, waits):
    before = dict(before)
    asks_for_a_look(registry, before.pop("asks", True))
    if before.pop("rang", False):
        Alarm.objects.create(team=cast.crawl, kind="held", subject=easy.code)
    HelpRequest.objects.update(look_due=False, **before)
    importlib.import_module("hotline.dispatch.migrations.0010_look_due").note_what_waits(apps, None)
    easy.refresh_from_db()
    assert easy.look_due == waits
    assert waits or easy.held_alarm_at is None
