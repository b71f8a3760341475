"""What the buttons of `/o/<token>/` do: accepting, the contact, the end of the work, declining, questions."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from hotline.dispatch.actions import offers, questions
from hotline.dispatch.models import HelpRequest, Offer, OfferQuestion
from hotline.dispatch.views.offers import SHOWN_SECONDS
from hotline.dispatch.voice import Voice
from hotline.staff.models import AuditEntry
from tests.support.offers import Page, state
from tests.support.registry import CONTACT, voice_of


def test_accepting_gives_the_page_of_the_winner(page, offer):
    answer = page.press("accept")
    assert answer.status_code == 302 and answer.url.startswith("/o/")
    assert state(offer) == "accepted"
    assert "The contact is sealed" in page.client.get(answer.url).text


def test_whoever_comes_second_reads_how_it_stands(page, offer, registry):
    second = registry.coordinator((registry.food, registry.kharkiv))
    other = Offer.objects.create(
        help_request=offer.help_request,
        local_coordinator=second,
        wave=offer.wave,
        round=offer.round,
        offered_at=timezone.now(),
    )
    offers.accept(voice_of(second), other)
    late = page.press("accept")
    assert late.status_code == 409
    assert "already being handled by somebody else" in late.text
    shown = page.get().text
    assert "This request is being handled. Thank you." in shown
    assert "Food" not in shown and "Kharkiv" not in shown and second.name not in shown


def test_the_contact_opens_by_a_button_for_a_short_time(won, offer):
    answer = won.press("contact")
    assert answer.status_code == 200
    assert CONTACT["phone"] in answer.text and "Second floor." in answer.text
    assert 'href="tel:+380670000021"' in answer.text
    assert answer["Refresh"] == f"{SHOWN_SECONDS}; url={won.address}"
    assert SHOWN_SECONDS == 300
    assert CONTACT["phone"] not in won.get().text
    assert AuditEntry.objects.filter(action="contact.opened").count() == 1
    won.press("contact")
    assert AuditEntry.objects.filter(action="contact.opened").count() == 2


def test_the_cookie_of_the_device_goes_nowhere_else(won):
    cookie = won.press("contact").cookies["offer_device"]
    assert cookie["path"] == "/o/" and cookie["samesite"] == "Strict"
    assert cookie["httponly"] and cookie["max-age"] == 14 * 86400
    assert bool(cookie["secure"]) == settings.SESSION_COOKIE_SECURE


def test_the_cookie_is_for_https_alone_in_production(won, settings):
    settings.SESSION_COOKIE_SECURE = True
    assert won.press("contact").cookies["offer_device"]["secure"]


def test_another_device_reads_why_it_does_not_open(won, offer, helper, as_person):
    won.press("contact")
    elsewhere = as_person(None)
    answer = elsewhere.post(f"{won.address}contact/")
    assert answer.status_code == 403
    assert "belongs to the device it was first opened on" in answer.text
    assert CONTACT["phone"] not in answer.text
    assert AuditEntry.objects.filter(action="contact.opened").count() == 1


def test_after_its_hours_the_contact_stays_closed(won, offer, time_machine):
    time_machine.move_to(Offer.objects.get(pk=offer.pk).answered_at + timedelta(hours=24, minutes=1))
    answer = won.press("contact")
    assert answer.status_code == 409 and CONTACT["phone"] not in answer.text
    assert "cannot be opened any more" in answer.text


def test_a_colleague_of_the_winner_sees_it_and_opens_nothing(won, offer, helper, registry):
    colleague = Voice(Offer.Way.LINK, endpoint=registry.endpoint(helper, receives_offers=False))
    theirs = Page(won.client, offer, colleague)
    assert "Open the contact" not in theirs.get().text
    assert CONTACT["phone"] not in theirs.press("contact").text


def test_finishing_says_how_it_went(won, offer):
    assert won.press("finish", outcome="").status_code == 422
    assert won.press("finish", outcome="miracle").status_code == 422
    assert state(offer) == "accepted"
    assert won.press("finish", outcome="partly").status_code == 302
    shown = won.get().text
    assert "Finished. Thank you!" in shown and "Food" not in shown
    assert HelpRequest.objects.get().outcome == "partly"
    assert won.press("contact").status_code == 409


def test_handing_back_ends_on_a_kind_page(won, offer):
    answer = won.press("hand-back")
    assert answer.status_code == 200
    assert "Handed back. Thank you for saying so." in answer.text
    assert "Food" not in answer.text
    assert state(offer) == "returned"
    assert CONTACT["phone"] not in won.press("contact").text


def test_a_sign_of_work_is_thanked_for(won, offer):
    answer = won.press("going-on")
    assert answer.url == f"{won.address}?said=going-on"
    assert "It is noted that you are on it." in won.client.get(answer.url).text
    assert Offer.objects.get(pk=offer.pk).last_sign_at is not None


def test_declining_asks_why_and_stays_open_to_a_change_of_mind(page, offer):
    assert page.press("decline", reason="unsafe").status_code == 302
    assert Offer.objects.get(pk=offer.pk).decline_reason == "unsafe"
    assert "Take it after all" in page.get().text
    assert page.press("accept").status_code == 302
    assert state(offer) == "accepted"


def test_a_made_up_reason_is_refused(page, offer):
    assert page.press("decline", reason="boredom").status_code == 422
    assert state(offer) == "offered"


@pytest.mark.parametrize(
    ("ready", "text", "words"),
    [
        ("", "", "This field is required."),
        ("nonsense", "", "not one of the available choices"),
        ("other", "  ", "Write your question here."),
        ("other", "x" * 501, "at most 500"),
    ],
)
def test_a_question_that_does_not_fit_comes_back_as_it_was_typed(page, ready, text, words):
    answer = page.press("ask", ready=ready, text=text)
    assert answer.status_code == 422
    assert words in answer.text and text.strip() in answer.text
    assert "<details open>" in answer.text
    assert OfferQuestion.objects.count() == 0


def test_a_question_and_its_answer_stand_on_the_page(page, offer, cast):
    assert page.press("ask", ready="other", text="Are there dogs?").url.endswith("?said=ask")
    assert "Are there dogs?" in page.get().text and "no answer yet" in page.get().text
    questions.answer(cast.vera, OfferQuestion.objects.get(), "One small one.")
    shown = page.get().text
    assert "One small one." in shown and cast.vera.alias not in shown


def test_the_second_question_waits_for_the_first(page):
    page.press("ask", ready="how_many")
    again = page.press("ask", ready="steps")
    assert again.status_code == 409 and "Wait for the answer" in again.text


@pytest.mark.parametrize("button", ["going-on", "finish", "hand-back", "contact"])
def test_what_only_the_winner_does_is_refused_before(page, offer, button):
    answer = page.press(button, outcome="helped")
    assert answer.status_code in (403, 409)
    assert CONTACT["phone"] not in answer.text
    assert state(offer) == "offered"
