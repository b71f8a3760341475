"""Whoever declines as not theirs is asked once, where they declined, whether to be asked for such things at all."""

from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from coordinators.models import Coverage
from hotline.dispatch.actions import coverage, freezing, links, offers
from hotline.dispatch.errors import AnsweredAlready
from hotline.dispatch.models import Offer
from hotline.dispatch.voice import NotLinked
from hotline.outbox.models import Message
from hotline.staff.models import AuditEntry
from tests.support.registry import offer_of, voice_of

ASKED = "Shall we stop asking you for it?"


@pytest.fixture
def wide(registry):
    """A coordinator for any kind in the whole oblast, and for food in Kharkiv."""
    return registry.coordinator((registry.shelter, registry.oblast), (registry.food, registry.kharkiv))


def declined(help_request, coordinator, reason="not_my_area"):
    offers.decline(voice_of(coordinator), offer_of(help_request, coordinator), reason)
    return offer_of(help_request, coordinator)


def test_the_question_is_about_the_entry_the_offer_came_by(wide, registry, vera_takes):
    offer = declined(vera_takes(registry.shelter, registry.izium), wide, "not_my_kind")
    assert (offer.asks_about.category, offer.asks_about.place) == (registry.shelter, registry.oblast)


@pytest.mark.parametrize("reason", ["", "no_capacity", "unsafe"])
def test_other_reasons_ask_nothing(wide, registry, vera_takes, reason):
    assert declined(vera_takes(registry.food, registry.kharkiv), wide, reason).asks_about is None


def test_each_entry_is_asked_about_once(wide, registry, vera_takes):
    assert declined(vera_takes(registry.food, registry.kharkiv), wide).asks_about
    assert declined(vera_takes(registry.food, registry.kharkiv), wide).asks_about is None
    assert declined(vera_takes(registry.shelter, registry.kharkiv), wide).asks_about


def test_practice_asks_nothing(wide, registry, vera_takes):
    assert declined(vera_takes(registry.food, registry.kharkiv, practice=True), wide).asks_about is None


def test_giving_it_up_takes_that_entry_out_and_is_audited(wide, registry, vera_takes):
    offer = declined(vera_takes(registry.food, registry.kharkiv), wide)
    coverage.answer(voice_of(wide), offer, gives_up=True)
    assert [entry.category for entry in Coverage.objects.filter(local_coordinator=wide)] == [registry.shelter]
    line = AuditEntry.objects.get(action="coverage.given_up")
    assert line.subject == wide.code and line.details["category"] == "food"
    assert line.details["person"] == str(wide.endpoints.get().pk)
    with pytest.raises(AnsweredAlready):
        coverage.answer(voice_of(wide), offer, gives_up=True)


def test_leaving_it_changes_nothing_and_is_not_asked_again(wide, registry, vera_takes):
    offer = declined(vera_takes(registry.food, registry.kharkiv), wide)
    coverage.answer(voice_of(wide), offer, gives_up=False)
    assert Coverage.objects.filter(local_coordinator=wide).count() == 2
    assert declined(vera_takes(registry.food, registry.kharkiv), wide).asks_about is None
    assert not AuditEntry.objects.filter(action="coverage.given_up").exists()


def test_nobody_else_answers(wide, registry, vera_takes):
    stranger = registry.coordinator((registry.medicine, registry.lviv))
    offer = declined(vera_takes(registry.food, registry.kharkiv), wide)
    with pytest.raises(NotLinked):
        coverage.answer(voice_of(stranger), offer, gives_up=True)
    assert Coverage.objects.filter(local_coordinator=wide).count() == 2


def test_the_page_asks_and_hears(client, wide, registry, vera_takes):
    offer = offer_of(vera_takes(registry.food, registry.kharkiv), wide)
    address = urlsplit(links.issue(offer, voice_of(wide))).path
    client.post(f"{address}decline/", {"reason": "not_my_area"})
    shown = client.get(address).text
    assert ASKED in shown and "Food" in shown
    answered = client.post(f"{address}coverage/", {"gives_up": "yes"}, follow=True)
    assert "It is noted." in answered.text and ASKED not in answered.text
    assert not Coverage.objects.filter(local_coordinator=wide, category=registry.food).exists()
    again = client.post(f"{address}coverage/", {"gives_up": "yes"})
    assert again.status_code == 409 and "answered already" in again.text


def test_opening_the_page_changes_nothing(client, wide, registry, vera_takes):
    offer = declined(vera_takes(registry.food, registry.kharkiv), wide)
    client.get(f"{urlsplit(links.issue(offer, voice_of(wide))).path}coverage/")
    assert Offer.objects.get(pk=offer.pk).asks_about


@pytest.mark.django_db(transaction=True)
def test_the_bot_asks_under_the_offer_and_hears(telegram, registry, vera_takes):
    phone = telegram.phone("One")
    one = registry.coordinator((registry.food, registry.kharkiv), chat=phone)
    vera_takes(registry.food, registry.kharkiv)
    telegram.run()
    telegram.press(phone, "Decline")
    telegram.press(phone, "Not my area")
    assert ASKED in telegram.last(phone)["text"]
    assert telegram.buttons(phone) == ["Stop asking for this", "Leave it as it is", "Take it after all"]
    assert "no longer asked" in telegram.press(phone, "Stop asking for this")
    assert telegram.buttons(phone) == ["Take it after all"]
    assert not Coverage.objects.filter(local_coordinator=one).exists()


@pytest.fixture
def asked_and_taken(telegram, registry, vera_takes):
    """(phone of whoever was asked about their coverage, their coordinator): somebody else took the request meanwhile."""
    phone, other = telegram.phone("One"), telegram.phone("Other")
    one, winner = (registry.coordinator((registry.food, registry.kharkiv), chat=chat) for chat in (phone, other))
    help_request = vera_takes(registry.food, registry.kharkiv)
    telegram.run()
    telegram.press(phone, "Decline")
    telegram.press(phone, "Not my area")
    offers.accept(voice_of(winner), offer_of(help_request, winner))
    telegram.run()
    return phone, one


@pytest.mark.django_db(transaction=True)
def test_the_question_stays_when_somebody_else_takes_it_and_is_answered_there(telegram, asked_and_taken):
    phone, one = asked_and_taken
    text = telegram.last(phone)["text"]
    assert "is being handled" in text and ASKED in text
    assert telegram.buttons(phone) == ["Stop asking for this", "Leave it as it is"]
    assert "no longer asked" in telegram.press(phone, "Stop asking for this")
    assert not Coverage.objects.filter(local_coordinator=one).exists()
    assert "is being handled" in (text := telegram.last(phone)["text"]) and ASKED not in text
    assert telegram.buttons(phone) == []


@pytest.mark.django_db(transaction=True)
def test_a_freeze_takes_the_question_away(telegram, asked_and_taken, cast):
    phone, one = asked_and_taken
    freezing.freeze(None, timezone.now())
    telegram.run()
    assert ASKED not in telegram.last(phone)["text"] and "Food" not in telegram.last(phone)["text"]
    assert telegram.buttons(phone) == [] and Coverage.objects.filter(local_coordinator=one).exists()


def test_a_letter_is_written_about_neither(registry, vera_takes):
    """Where nothing can be changed, the page asks; answering it there sends no further letter."""
    helper, other = (registry.coordinator((registry.food, registry.kharkiv)) for _one in range(2))
    helper.endpoints.update(channel="email")
    help_request = vera_takes(registry.food, registry.kharkiv)
    offer = declined(help_request, helper)
    offers.accept(voice_of(other), offer_of(help_request, other))
    sent = Message.objects.count()
    coverage.answer(voice_of(helper), offer, gives_up=False)
    assert Message.objects.count() == sent


def test_whoever_takes_it_after_all_may_answer_too(wide, registry, vera_takes):
    offer = declined(vera_takes(registry.food, registry.kharkiv), wide)
    offers.accept(voice_of(wide), offer)
    coverage.answer(voice_of(wide), offer, gives_up=False)
    assert Offer.objects.get().asks_about is None
