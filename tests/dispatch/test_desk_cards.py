"""What the buttons of a card do, and how a refusal is said on it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from hotline.dispatch.actions import contacts, links, offers, questions, requests, work
from hotline.dispatch.models import HelpRequest, Offer, OfferQuestion, RequestNote
from hotline.outbox.models import Message
from hotline.staff.models import AuditEntry
from tests.support.desk import press
from tests.support.registry import CONTACT, offer_of, voice_of


@pytest.fixture
def vera(as_person, cast):
    return as_person(cast.vera)


@pytest.fixture
def helper(registry):
    return registry.coordinator((registry.food, registry.kharkiv))


@pytest.fixture
def offered(helper, registry, vera_takes):
    return vera_takes(registry.food, registry.kharkiv)


def card(client, help_request):
    """The card in the list, as HTML."""
    page = client.get("/desk/requests/cards/").text
    return page.split(f'id="request-{help_request.code}"')[1].split("</article>")[0]


def now(help_request):
    return HelpRequest.objects.get(pk=help_request.pk)


def test_the_card_tells_how_it_goes(vera, offered, helper, time_machine):
    assert "offered <b>1</b>" in card(vera, offered)
    words = offered.details()["spoken_code"].replace("-", " ")
    assert words in card(vera, offered)
    time_machine.move_to(offered.created_at + timedelta(minutes=2, seconds=14), tick=False)
    url = offers.accept(voice_of(helper), offer_of(offered, helper))
    assert "Accepted after 2:14" in card(vera, offered)
    assert "contact not opened yet" in card(vera, offered)
    contacts.open_as_winner(links.find(url.split("/o/")[1].strip("/")), "phone")
    assert "contact opened" in card(vera, offered)
    work.finish(voice_of(helper), Offer.objects.get(), "helped")
    assert "Done · helped" in card(vera, offered)


def test_declines_are_counted_with_their_reasons(vera, registry, helper, vera_takes):
    others = [registry.coordinator((registry.food, registry.kharkiv)) for _one in range(2)]
    help_request = vera_takes(registry.food, registry.kharkiv)
    for one, reason in zip([helper, *others], ["no_capacity", "no_capacity", ""], strict=True):
        offers.decline(voice_of(one), offer_of(help_request, one), reason)
    shown = " ".join(card(vera, help_request).split())
    assert "declined <b>3</b>: no capacity (2)" in shown


def test_silence_is_counted(vera, offered):
    Offer.objects.update(silence_counted=True)
    assert "silent <b>1</b>" in card(vera, offered)


def test_cancelling_withdraws_it_and_writes_down_why(vera, offered):
    answer = press(vera, "cancel", offered, text="Found a bed with friends.")
    assert answer.status_code == 200 and "Cancelled" in answer.text
    assert now(offered).state == "cancelled"
    assert AuditEntry.objects.get(action="help_request.cancelled").reason == "Found a bed with friends."


@pytest.mark.parametrize("text", ["", "  "])
def test_cancelling_needs_a_reason(vera, offered, text):
    answer = press(vera, "cancel", offered, text=text)
    assert answer.status_code == 422 and "Say why" in answer.text
    assert answer["HX-Retarget"] == "find .said"
    assert now(offered).state == "offering"


@pytest.mark.parametrize("name", ["cancel", "again"])
def test_a_stale_card_changes_nothing_and_says_so_on_the_card(vera, offered, helper, name):
    seen = offered.state_since.isoformat()
    offers.accept(voice_of(helper), offer_of(offered, helper))
    answer = press(vera, name, offered, seen=seen, text="found friends")
    assert answer.status_code == 409
    assert "Somebody else has changed this request meanwhile." in answer.text
    assert "Accepted after" in answer.text
    assert now(offered).state == "accepted"


def test_a_card_that_does_not_say_what_it_showed_is_stale(vera, offered):
    assert press(vera, "cancel", offered, seen="", text="found friends").status_code == 409
    assert now(offered).state == "offering"


@pytest.mark.parametrize("name", ["cancel", "again", "correct"])
@pytest.mark.parametrize(
    "seen",
    ["yesterday", "2026-99-99", "2026-02-31T10:00:00+00:00", "2026-02-01T25:00:00Z", "2026-02-01", "\x00", "9" * 5000],
)
def test_a_moment_that_no_page_of_ours_names_is_refused_in_words(vera, offered, seen, name):
    fields = {"category": offered.category_id, "place": offered.place_id, "urgency": "urgent"}
    own = {f"c{offered.code}-{field}": value for field, value in fields.items()}
    answer = press(vera, name, offered, seen=seen, text="found friends", **own)
    assert answer.status_code == 400 and "We could not read that" in answer.text
    assert (now(offered).state, now(offered).urgency) == ("offering", "today")


def test_offering_again_asks_anew(vera, registry, vera_takes):
    help_request = vera_takes(registry.food, registry.lviv)
    assert "nobody could be asked yet" in card(vera, help_request)
    registry.coordinator((registry.food, registry.lviv))
    answer = press(vera, "again", help_request)
    assert answer.status_code == 200 and "offered <b>1</b>" in answer.text


def test_a_note_is_sealed_and_never_shown(vera, offered):
    answer = press(vera, "note", offered, text="The door bell is broken.")
    assert "The note is sealed with the request." in answer.text
    assert "door bell" not in answer.text and "door bell" not in card(vera, offered)
    assert RequestNote.objects.get().help_request == offered


@pytest.mark.parametrize(("text", "words"), [("  ", "Say why"), ("x" * 2001, "At most 2000 characters")])
def test_a_note_that_does_not_fit_is_refused_beside_the_box(vera, offered, text, words):
    answer = press(vera, "note", offered, text=text)
    assert answer.status_code == 422
    assert words in answer.text
    # the dialog with what was typed stays as it is
    assert answer["HX-Retarget"] == "find .said" and answer["HX-Reswap"] == "textContent"
    assert "<" not in answer.text


def test_a_question_is_answered_without_either_learning_who_the_other_is(vera, offered, helper, cast):
    question = questions.ask(voice_of(helper), offer_of(offered, helper), OfferQuestion.Ready.OTHER, "Any dogs?")
    shown = card(vera, offered)
    assert "Any dogs?" in shown and helper.name not in shown
    answer = press(vera, "answer", offered, question.pk, text="One, a small one.")
    assert answer.status_code == 200 and "Any dogs?" not in answer.text
    told = Message.objects.filter(key__contains=f"answer-{question.pk}").get().content()
    assert "One, a small one." in told["text"]
    assert cast.vera.alias not in told["text"]


@pytest.mark.parametrize(("text", "status"), [("", 422), ("   ", 422), ("x" * 501, 422)])
def test_an_answer_that_does_not_fit_leaves_the_question_open(vera, offered, helper, text, status):
    question = questions.ask(voice_of(helper), offer_of(offered, helper), OfferQuestion.Ready.STEPS)
    assert press(vera, "answer", offered, question.pk, text=text).status_code == status
    assert OfferQuestion.objects.get().answered_at is None


def test_the_second_answer_to_a_question_is_refused_on_the_card(vera, offered, helper):
    question = questions.ask(voice_of(helper), offer_of(offered, helper), OfferQuestion.Ready.STEPS)
    press(vera, "answer", offered, question.pk, text="Yes.")
    again = press(vera, "answer", offered, question.pk, text="No.")
    assert again.status_code == 409 and "Somebody else has changed" in again.text


def test_ringing_back_shows_the_contact_once_and_writes_down_why(vera, cast, registry, vera_takes):
    help_request = vera_takes(registry.food, registry.lviv, note="Second floor.")
    answer = press(vera, "ring-back", help_request, text="nobody took it")
    assert CONTACT["phone"] in answer.text and "Second floor." in answer.text
    assert 'href="tel:+380670000021"' in answer.text
    assert answer["HX-Retarget"] == "#opened" and 'data-vanishes="300"' in answer.text
    assert "no-store" in answer["Cache-Control"]
    entry = AuditEntry.objects.get(action="contact.opened_at_desk")
    assert (entry.actor, entry.reason) == (cast.vera, "nobody took it")
    assert CONTACT["phone"] not in vera.get("/desk/requests/").text


def test_ringing_back_needs_a_reason(vera, registry, vera_takes):
    help_request = vera_takes(registry.food, registry.lviv)
    answer = press(vera, "ring-back", help_request, text=" ")
    assert answer.status_code == 422 and CONTACT["phone"] not in answer.text
    assert not AuditEntry.objects.filter(action="contact.opened_at_desk").exists()


def test_a_contact_in_a_coordinators_hands_is_not_opened_at_the_desk(vera, offered):
    assert "Ring back" not in card(vera, offered)
    answer = press(vera, "ring-back", offered, text="curious")
    assert answer.status_code == 409 and CONTACT["phone"] not in answer.text
    assert "cannot be opened any more" in answer.text


def test_what_runs_out_is_kept_at_a_press(vera, offered):
    HelpRequest.objects.update(erasure_asked_at=timezone.now())
    assert "Is it still needed?" in card(vera, offered)
    answer = press(vera, "keep", offered)
    assert answer.status_code == 200 and "Is it still needed?" not in answer.text


def test_what_is_erased_says_so(vera, cast, offered):
    from hotline.dispatch.actions.erasure import erase

    requests.cancel(cast.vera, offered, seen_since=offered.state_since, reason="rang again")
    erase(now(offered), timezone.now())
    shown = card(vera, offered)
    assert "Offer again" not in shown and "Ring back" not in shown
    for name in ("again", "ring-back", "note"):
        answer = press(vera, name, now(offered), text="still needed")
        assert answer.status_code == 409, name
        assert "have been erased" in answer.text


def test_an_unreachable_place_stands_on_the_card(vera, registry, offered):
    registry.kharkiv.reachability = "cut"
    registry.kharkiv.save()
    assert "Road cut: Kharkiv" in card(vera, offered)


def test_who_has_two_teams_sees_whose_card_it_is(as_person, cast, offered):
    both = cast.person("both", roles=["volunteer"], works_in=[cast.phone, cast.crawl])
    assert "<span>Phone</span>" in card(as_person(both), offered)
    assert "<span>Phone</span>" not in card(as_person(cast.vera), offered)
