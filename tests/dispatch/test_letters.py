"""Offers by e-mail: a real SMTP server, letters with one link, and a page with buttons."""

import email.policy
from email.parser import BytesParser

import pytest

from coordinators.models import Endpoint
from hotline.dispatch.actions import offers, questions, requests, work
from hotline.dispatch.models import Offer, OfferQuestion
from hotline.outbox.models import Message
from tests.support.offers import state
from tests.support.postbox import link_in, postbox, text_of
from tests.support.registry import CONTACT, offer_of, voice_of

__all__ = ["postbox"]

pytestmark = pytest.mark.django_db(transaction=True)


def mailbox(local_coordinator, address, **fields):
    return Endpoint.objects.create(
        local_coordinator=local_coordinator, channel=Endpoint.Channel.EMAIL, address=address, **fields
    )


@pytest.fixture
def helpers(registry):
    """Two coordinators for food in Kharkiv whose one way is a mailbox."""
    found = []
    for name, language in (("one", "en"), ("two", "uk")):
        coordinator = registry.coordinator((registry.food, registry.kharkiv))
        coordinator.endpoints.all().delete()
        mailbox(coordinator, f"{name}@example.org", language=language)
        found.append(coordinator)
    return found


@pytest.fixture
def offered(postbox, helpers, registry, vera_takes, deliver):
    """The HelpRequest that lies in both mailboxes."""
    help_request = vera_takes(registry.food, registry.kharkiv, note="Second floor.", people=4)
    deliver()
    return help_request


def letters(postbox, address):
    return [letter for letter in postbox.received if letter["To"] == address]


def test_an_offer_says_what_is_needed_and_nothing_that_is_sealed(postbox, offered, helpers):
    (letter,) = letters(postbox, "one@example.org")
    offer = offer_of(offered, helpers[0])
    assert letter["Subject"] == f"Hotline: request {offer.reference}"
    plain, html = (part.get_payload(decode=True).decode() for part in letter.get_payload())
    for text in (plain, html):
        assert "Food" in text and "Харків" in text and "Today" in text and "Somebody has spoken" in text
        assert offer.reference in text and link_in(letter) in text
        for sealed in (*CONTACT.values(), "Second floor", offered.code):
            assert not isinstance(sealed, str) or not sealed or sealed not in text
    assert letter["Auto-Submitted"] == "auto-generated" and letter["List-Unsubscribe"] is None
    assert "Потрібно" in text_of(letters(postbox, "two@example.org")[0]) or 'lang="uk"' in str(
        letters(postbox, "two@example.org")[0].get_payload()[1].get_payload(decode=True).decode()
    )


def test_opening_the_link_changes_nothing_and_a_button_accepts(postbox, offered, helpers, deliver, client):
    address = link_in(letters(postbox, "one@example.org")[0])
    offer = offer_of(offered, helpers[0])
    for headers in ({}, {"sec-purpose": "prefetch"}, {"user-agent": "Link scanner"}):
        assert client.get(address, headers=headers).status_code == 200
        assert client.head(address, headers=headers).status_code == 200
    for button in ("accept", "decline"):
        assert client.get(f"{address}{button}/").status_code == 405
        assert client.head(f"{address}{button}/").status_code == 405
    assert state(offer) == Offer.State.OFFERED
    assert client.post(f"{address}accept/").status_code == 302
    deliver()
    first, second = letters(postbox, "one@example.org")
    assert "Yours" in text_of(second) and link_in(second) == address
    assert second["In-Reply-To"] == second["References"] == first["Message-ID"]
    assert second["Subject"] == first["Subject"]
    opened = client.post(f"{address}contact/")
    assert CONTACT["phone"] in opened.content.decode()
    assert CONTACT["phone"] not in text_of(second)


def test_everybody_else_is_told_by_an_answer_to_the_first_letter(postbox, offered, helpers, deliver):
    offers.accept(voice_of(helpers[0]), offer_of(offered, helpers[0]))
    deliver()
    first, taken = letters(postbox, "two@example.org")
    assert taken["References"] == first["Message-ID"] and "http" not in text_of(taken)
    assert "Food" not in text_of(taken) and "Харків" not in text_of(taken)
    deliver()
    assert len(postbox.received) == 4


def test_a_withdrawn_request_is_told_too_and_what_one_did_oneself_is_not(postbox, offered, helpers, deliver, cast):
    offers.decline(voice_of(helpers[0]), offer_of(offered, helpers[0]))
    offered.refresh_from_db()
    deliver()
    assert len(letters(postbox, "one@example.org")) == 1
    requests.cancel(cast.vera, offered, seen_since=offered.state_since, reason="found a bed")
    deliver()
    assert len(letters(postbox, "one@example.org")) == len(letters(postbox, "two@example.org")) == 2


def test_what_the_winner_ends_needs_no_letter(postbox, offered, helpers, deliver):
    voice, offer = voice_of(helpers[0]), offer_of(offered, helpers[0])
    offers.accept(voice, offer)
    deliver()
    work.finish(voice, offer, "helped")
    deliver()
    assert len(letters(postbox, "one@example.org")) == 2


def test_the_desk_s_answer_comes_as_an_answer_to_the_offer(postbox, offered, helpers, deliver, cast):
    offer = offer_of(offered, helpers[0])
    question = questions.ask(voice_of(helpers[0]), offer, OfferQuestion.Ready.HOW_MANY)
    questions.answer(cast.vera, question, "4")
    deliver()
    first, answer = letters(postbox, "one@example.org")
    assert "4–6" in text_of(answer) and link_in(answer) == link_in(first)
    assert answer["References"] == first["Message-ID"]
    offers.accept(voice_of(helpers[1]), offer_of(offered, helpers[1]))
    deliver()
    assert len(letters(postbox, "one@example.org")) == 3


def test_a_letter_that_may_have_arrived_is_closed_as_well(postbox, helpers, registry, vera_takes, deliver):
    postbox.answers["hang after"] = ""
    help_request = vera_takes(registry.food, registry.kharkiv)
    for _attempt in range(3):
        deliver()
    postbox.answers.clear()
    assert {row.error for row in Message.objects.filter(purpose="offer")} == {"uncertain"}
    assert len(letters(postbox, "one@example.org")) == 2
    offers.accept(voice_of(helpers[1]), offer_of(help_request, helpers[1]))
    deliver()
    *twins, taken = letters(postbox, "one@example.org")
    assert {twin["Message-ID"] for twin in twins} == {taken["References"]}


def test_headers_hold_what_mail_programs_and_servers_want(postbox, offered):
    for letter in postbox.received:
        parsed = BytesParser(policy=email.policy.SMTP).parsebytes(letter.as_bytes())
        assert parsed["Date"] and parsed["MIME-Version"] and not parsed.defects
        assert parsed["From"] == "Hotline <hotline@example.org>"
