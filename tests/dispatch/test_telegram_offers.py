"""Offers on phones: the real bot client against the simulator's HTTP."""

from datetime import timedelta

import pytest
from django.utils import timezone

from coordinators.actions import endpoints
from coordinators.models import Endpoint
from hotline.dispatch import sweeps
from hotline.dispatch.actions import questions, work
from hotline.dispatch.models import HelpRequest, Offer, OfferQuestion
from hotline.outbox.models import Message
from hotline.staff.models import Alarm
from tests.support.registry import CONTACT, offer_of, voice_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def phones(telegram, registry):
    """[(person, coordinator)]: three coordinators for food in Kharkiv, each with a phone."""
    people = [telegram.phone(f"Phone {number}") for number in range(3)]
    return [(person, registry.coordinator((registry.food, registry.kharkiv), chat=person)) for person in people]


@pytest.fixture
def offered(telegram, phones, vera_takes, registry):
    """The HelpRequest that stands on the three phones."""
    help_request = vera_takes(registry.food, registry.kharkiv, note="Ground floor, please.")
    telegram.run()
    return help_request


def test_an_offer_says_kind_place_and_urgency_and_nothing_that_is_sealed(telegram, phones, offered):
    for person, _coordinator in phones:
        text = telegram.last(person)["text"]
        assert "Food" in text and "Харків" in text and "Today" in text and "Somebody has spoken" in text
        assert CONTACT["phone"] not in text and "Ground floor" not in text
        assert telegram.buttons(person) == ["Accept", "Decline", "Ask first", "Open its page"]


def test_one_press_wins_and_every_other_phone_changes_to_taken(telegram, phones, offered):
    (winner, coordinator), *others = phones
    assert "Yours" in telegram.press(winner, "Accept")
    assert telegram.buttons(winner) == ["Open the contact", "Done …", "Hand back"]
    for person, _other in others:
        last = telegram.last(person)
        assert "is being handled" in last["text"]
        assert "Food" not in last["text"] and "Харків" not in last["text"]
        assert telegram.buttons(person) == []
    offered.refresh_from_db()
    assert offered.state == HelpRequest.State.ACCEPTED


def test_each_other_phone_is_told_exactly_once(telegram, phones, offered):
    telegram.press(phones[0][0], "Accept")
    telegram.run()
    for person, _coordinator in phones[1:]:
        assert [len(message["versions"]) for message in telegram.client.messages(person)] == [2]


def test_a_press_that_comes_too_late_is_told_so(telegram, phones, offered):
    (first, _one), (second, _two), _third = phones
    data = telegram.last(second)["buttons"][0][0]["callback_data"]
    telegram.client.press(first, "Accept")
    telegram.client.press(second, data=data)
    telegram.run()
    answers = [query["answer"]["text"] for query in telegram.client.state()["queries"]]
    assert any("Yours" in text for text in answers)
    assert any("already being handled" in text for text in answers)


def test_declining_asks_why_and_offers_the_way_back(telegram, phones, offered):
    person, coordinator = phones[0]
    telegram.press(person, "Decline")
    assert "Take it after all" in telegram.buttons(person)
    telegram.press(person, "No capacity")
    assert offer_of(offered, coordinator).decline_reason == "no_capacity"
    assert telegram.buttons(person) == ["Take it after all"]
    telegram.press(person, "Take it after all")
    assert offer_of(offered, coordinator).state == Offer.State.ACCEPTED


def test_the_outcome_is_chosen_and_the_message_emptied(telegram, phones, offered):
    person, coordinator = phones[0]
    telegram.press(person, "Accept")
    telegram.press(person, "Done …")
    telegram.press(person, "Helped in part")
    offered.refresh_from_db()
    assert (offered.state, offered.outcome) == ("done", "partly")
    assert "Food" not in telegram.last(person)["text"]
    assert telegram.buttons(person) == []


def test_handing_back_asks_the_others_anew(telegram, phones, offered):
    (winner, _one), (other, coordinator), _third = phones
    telegram.press(winner, "Accept")
    telegram.press(winner, "Hand back")
    assert telegram.buttons(winner) == []
    assert telegram.buttons(other) == ["Accept", "Decline", "Ask first", "Open its page"]
    assert offer_of(offered, coordinator).round == 2


def test_a_ready_question_and_its_answer(telegram, phones, offered, cast):
    person, _coordinator = phones[0]
    telegram.press(person, "Ask first")
    telegram.press(person, "Is it still needed?")
    question = OfferQuestion.objects.get()
    questions.answer(cast.vera, question, "Yes, tonight.")
    telegram.run()
    assert "Yes, tonight." in telegram.last(person)["text"]
    assert cast.vera.alias not in telegram.last(person)["text"]


def test_a_question_in_free_words(telegram, phones, offered):
    person, _coordinator = phones[0]
    telegram.press(person, "Ask first")
    telegram.press(person, "something else")
    telegram.write(person, "Is there a lift?")
    assert questions.shown(OfferQuestion.objects.get()) == "Is there a lift?"
    assert "Asked" in telegram.last(person)["text"]


def test_the_message_speaks_the_phones_language(telegram, registry, vera_takes):
    person = telegram.phone("Haus")
    registry.food.names = {"en": "Food", "de": "Essen"}
    registry.food.save()
    registry.coordinator((registry.food, registry.kharkiv), chat=person, language="de")
    vera_takes(registry.food, registry.kharkiv)
    telegram.run()
    assert telegram.last(person)["text"].startswith("Essen · Харків – Charkiw")


def test_many_offers_come_as_one_digest_and_open_shows_them(telegram, phones, vera_takes, registry):
    person, coordinator = phones[0]
    taken = [vera_takes(registry.food, registry.kharkiv) for _number in range(8)]
    telegram.run()
    alone = len(telegram.client.messages(person))
    assert alone == 5
    sweeps.send_digests(taken[0].created_at + timedelta(minutes=2))
    telegram.run()
    assert "3 more requests" in telegram.last(person)["text"]
    assert sweeps.send_digests(taken[0].created_at + timedelta(minutes=9)) == 0
    telegram.write(person, "/open")
    shown = [message for message in telegram.client.messages(person) if message["buttons"]]
    assert len(shown) == 8


def test_urgent_requests_never_wait_for_a_digest(telegram, phones, vera_takes, registry):
    person, _coordinator = phones[0]
    for _number in range(7):
        vera_takes(registry.food, registry.kharkiv, urgency="urgent")
    telegram.run()
    assert len(telegram.client.messages(person)) == 7


def test_a_blocked_bot_switches_the_endpoint_off_and_asks_somebody_else(telegram, registry, vera_takes, cast):
    blocked, other = telegram.phone("Blocked"), telegram.phone("Other")
    registry.any.wave_size = {"today": 1}
    registry.any.save()
    first = registry.coordinator((registry.food, registry.kharkiv), chat=blocked, answer_seconds=1)
    second = registry.coordinator((registry.food, registry.kharkiv), chat=other, answer_seconds=600)
    telegram.client.block(blocked)
    telegram.receive()
    Endpoint.objects.update(state="active")
    help_request = vera_takes(registry.food, registry.kharkiv)
    assert offer_of(help_request, first).state == Offer.State.OFFERED
    telegram.run()
    assert first.endpoints.get().state == Endpoint.State.OFF
    assert Alarm.objects.filter(kind="endpoint_off", subject=first.code).exists()
    assert offer_of(help_request, second).state == Offer.State.OFFERED
    assert telegram.buttons(other) == ["Accept", "Decline", "Ask first", "Open its page"]


def test_the_next_endpoint_is_tried_when_the_first_fails(telegram, registry, vera_takes):
    blocked, spare = telegram.phone("Blocked"), telegram.phone("Spare")
    coordinator = registry.coordinator((registry.food, registry.kharkiv), chat=blocked)
    registry.endpoint(coordinator, chat=spare, position=1)
    telegram.client.block(blocked)
    telegram.receive()
    Endpoint.objects.update(state="active")
    vera_takes(registry.food, registry.kharkiv)
    telegram.run()
    assert telegram.buttons(spare) == ["Accept", "Decline", "Ask first", "Open its page"]


def test_a_group_that_moves_is_followed(telegram, registry, vera_takes):
    member = telegram.phone("Member")
    group = telegram.client.group("Convoy", member)
    coordinator = registry.coordinator((registry.food, registry.kharkiv), chat=group, is_group=True)
    moved = telegram.client.post("migrate", chat=group)["id"]
    help_request = vera_takes(registry.food, registry.kharkiv)
    telegram.run()
    assert coordinator.endpoints.get().address == str(moved)
    assert "Food" in telegram.last(moved)["text"]
    assert offer_of(help_request, coordinator).state == Offer.State.OFFERED


def test_a_copy_that_an_uncertain_answer_left_is_recognised_when_pressed(telegram, phones, vera_takes, registry):
    person, coordinator = phones[0]
    telegram.client.fault("drop_after", method="sendMessage", chat=person, count=1)
    help_request = vera_takes(registry.food, registry.kharkiv)
    telegram.run()
    telegram.run()
    copies = [message for message in telegram.client.messages(person) if message["buttons"]]
    assert len(copies) == 2
    telegram.press(person, "Accept", message=copies[0]["id"])
    telegram.run()
    offer = offer_of(help_request, coordinator)
    assert offer.state == Offer.State.ACCEPTED
    original = Message.objects.get(subject=offer.reference, edits=None)
    assert {original.external_id, *original.twin_ids} == {str(copy["id"]) for copy in copies}
    for message in telegram.client.messages(person):
        words = [button["text"] for row in message["buttons"] for button in row]
        assert "Accept" not in words


def test_the_link_of_a_switched_off_member_no_longer_accepts(telegram, phones, offered):
    person, coordinator = phones[0]
    endpoints.switch_off(coordinator.endpoints.get(), "stopped")
    assert "not valid here" in telegram.press(person, "Accept")
    assert offer_of(offered, coordinator).state == Offer.State.OFFERED


@pytest.mark.parametrize("button", ["something else", "Back", "How many people is it about?"])
def test_a_menu_that_stands_open_does_not_undo_taken(telegram, phones, offered, button):
    (one, _first), (two, _second), _third = phones
    telegram.press(one, "Ask first")
    data = next(
        found["callback_data"] for row in telegram.last(one)["buttons"] for found in row if found["text"] == button
    )
    telegram.client.press(two, "Accept")
    # Decided, and nobody has heard of it; two chats that press at the same moment are handled in either order.
    telegram.receive()
    telegram.client.press(one, data=data)
    telegram.run()
    assert "is being handled" in telegram.last(one)["text"]
    assert telegram.buttons(one) == []


def test_a_group_that_moves_can_answer_what_was_offered_before(telegram, registry, vera_takes):
    member = telegram.phone("Member")
    group = telegram.client.group("Convoy", member)
    coordinator = registry.coordinator((registry.food, registry.kharkiv), chat=group, is_group=True)
    registry.endpoint(coordinator, chat=member, receives_offers=False)
    help_request = vera_takes(registry.food, registry.kharkiv)
    telegram.run()
    moved = telegram.client.post("migrate", chat=group)["id"]
    telegram.run()
    telegram.press(member, "Accept", chat=moved)
    assert offer_of(help_request, coordinator).state == Offer.State.ACCEPTED


def test_the_question_whether_it_goes_on_loses_its_buttons_once_answered(telegram, phones, offered):
    person, coordinator = phones[0]
    telegram.press(person, "Accept")
    sweeps.nudge_silent(timezone.now() + timedelta(hours=5))
    telegram.run()
    assert telegram.buttons(person) == ["Yes, I am on it", "Done …", "Hand back"]
    assert "Thank you" in telegram.press(person, "Yes, I am on it")
    assert "Thank you for saying so" in telegram.last(person)["text"] and telegram.buttons(person) == []
    # what was accepted keeps its own
    assert [words for message in telegram.client.messages(person) for row in message["buttons"] for words in row]
    sweeps.nudge_silent(timezone.now() + timedelta(hours=10))
    telegram.run()
    assert telegram.buttons(person) == ["Yes, I am on it", "Done …", "Hand back"]
    work.sign(voice_of(coordinator), offer_of(offered, coordinator))
    telegram.run()
    assert telegram.buttons(person) == []
