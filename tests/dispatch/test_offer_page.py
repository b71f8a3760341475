"""`/o/<token>/`: what it shows in each state and to whom, and that opening it changes nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from coordinators.models import Endpoint, LocalCoordinator
from hotline.dispatch.actions import requests
from hotline.dispatch.models import Offer, OfferLink, OfferQuestion
from hotline.dispatch.voice import Voice
from tests.support.offers import Page, state
from tests.support.registry import CONTACT, offer_of, voice_of

BUTTONS = ["accept", "decline", "ask", "going-on", "finish", "hand-back", "contact"]


def test_an_offer_says_what_a_message_says_and_no_more(page, offer):
    answer = page.get()
    assert answer.status_code == 200
    assert "Food · Харків – Kharkiv" in answer.text
    assert offer.reference in answer.text
    for hidden in (CONTACT["phone"], CONTACT["name"], "Second floor.", offer.help_request.code):
        assert hidden not in answer.text


def test_what_a_browser_may_do_with_the_page(page):
    answer = page.get()
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert 'name="robots" content="noindex, nofollow"' in answer.text
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "<script" not in answer.text


def test_only_ready_words_are_said(page):
    assert "<b>" not in page.get(said="<b>hello</b>").text


def test_a_withdrawn_offer_says_so(page, offer, cast):
    help_request = offer.help_request
    requests.cancel(cast.vera, help_request, seen_since=help_request.state_since, reason="rang again")
    shown = page.get().text
    assert "This request was withdrawn. Nothing to do for you." in shown and "Food" not in shown
    assert page.press("accept").status_code == 409


@pytest.mark.parametrize("token", ["x", "a" * 22, "a" * 500, "%00", "..", "привіт"])
def test_a_token_that_is_none_gets_a_kind_page(client, db, token):
    for method, path in (("get", ""), ("post", "accept/"), ("post", "contact/")):
        answer = getattr(client, method)(f"/o/{token}/{path}")
        assert answer.status_code == 404
    assert token == ".." or "/open" in answer.text


def test_a_link_that_has_run_out_opens_nothing(page):
    OfferLink.objects.update(expires_at=timezone.now())
    assert page.get().status_code == 404
    assert page.press("accept").status_code == 404


def test_guessing_is_slowed(client, db, cache_in_memory):
    answers = [client.get(f"/o/guess-{number}/") for number in range(31)]
    assert {answer.status_code for answer in answers[:-1]} == {404}
    assert answers[-1].status_code == 429 and int(answers[-1]["Retry-After"]) > 0


def test_one_whose_link_to_the_coordinator_ended_sees_nothing(page, helper):
    Endpoint.objects.filter(local_coordinator=helper).update(state=Endpoint.State.OFF)
    answer = page.get()
    assert answer.status_code == 403 and "Food" not in answer.text
    assert "not linked" in answer.text
    assert page.press("accept").status_code == 403


def test_a_suspended_coordinator_sees_nothing(page, helper):
    LocalCoordinator.objects.filter(pk=helper.pk).update(state=LocalCoordinator.State.SUSPENDED)
    assert page.get().status_code == 403
    assert "Food" not in page.get().text


def test_a_representatives_link_ends_with_the_right(client, offer, helper, cast):
    speaker = cast.person("speaker", represents=[helper])
    page = Page(client, offer, Voice(Offer.Way.LINK, user=speaker))
    assert page.get().status_code == 200
    speaker.is_active = False
    speaker.save()
    assert page.get().status_code == 403


def test_the_page_speaks_the_language_of_its_holder(client, registry, vera_takes):
    german = registry.coordinator((registry.food, registry.kharkiv), language="de")
    offer = offer_of(vera_takes(registry.food, registry.kharkiv), german)
    assert '<html lang="de"' in Page(client, offer, voice_of(german)).get().text


def test_another_site_presses_no_button(offer, helper, as_person):
    page = Page(as_person(None, enforce_csrf_checks=True), offer, voice_of(helper))
    assert page.press("accept").status_code == 403
    assert state(offer) == "offered"


def test_no_account_is_needed_and_none_is_looked_at(page, cast, as_person, offer):
    """The link alone counts: being logged in as somebody else gives nothing and takes nothing."""
    page.client = as_person(cast.vera)
    assert page.press("accept").status_code == 302
    assert state(offer) == "accepted"


def test_the_page_asks_little_however_many_questions_there_are(page, offer, query_count):
    def ask(number):
        OfferQuestion.objects.create(
            offer=offer, ready="steps", asked_at=timezone.now(), answered_at=timezone.now() + timedelta(seconds=number)
        )

    ask(0)
    page.get()
    with_one = query_count(page.get)
    for number in range(1, 30):
        ask(number)
    assert query_count(page.get) == with_one <= 14
