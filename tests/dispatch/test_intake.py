"""The intake form: what it asks, what it takes, and what it keeps when something is wrong with it."""

import uuid

import pytest
from django.http import QueryDict
from django.urls import reverse

from hotline.dispatch.models import HelpRequest
from tests.support.desk import PHONE, intake, send


def test_a_request_is_taken_sealed_and_shown_with_its_spoken_words(vera, registry, asked):
    registry.coordinator((asked, registry.kharkiv), checked_for=[asked])
    answer = send(
        vera,
        asked,
        registry.kharkiv,
        people="3",
        note="Ground floor.",
        languages=["uk", "en"],
        consent="on",
        safe_time="after 18:00",
        **{"n0-q-nights": "2", "n0-q-household": "two children"},
    )
    help_request = HelpRequest.objects.get()
    details = help_request.details()
    assert answer.status_code == 200
    assert (details["people"], details["note"]) == (3, "Ground floor.")
    assert details["answers"] == {"nights": 2, "household": "two children"}
    assert help_request.contact()["phone"] == PHONE
    assert help_request.contact()["safe_time"] == "after 18:00"
    assert details["spoken_code"].replace("-", " ") in answer.text
    assert "One local coordinator is asked now." in answer.text
    assert PHONE not in answer.text and "Ground floor" not in answer.text


def test_needs_of_one_caller_share_one_contact(vera, registry):
    second = {"n3-category": registry.medicine.pk, "n3-place": registry.izium.pk, "n3-urgency": "urgent"}
    send(vera, registry.food, registry.kharkiv, need=["0", "3"], **second)
    food, medicine = HelpRequest.objects.order_by("pk")
    assert (food.category, medicine.category) == (registry.food, registry.medicine)
    assert (food.urgency, medicine.urgency) == ("today", "urgent")
    assert food.bundle == medicine.bundle
    assert food.contact() == medicine.contact()
    assert food.spoken_code_hash != medicine.spoken_code_hash


def test_sending_twice_takes_it_once_and_shows_it_twice(vera, registry):
    once = str(uuid.uuid4())
    answers = [send(vera, registry.food, registry.kharkiv, submission=once) for _time in range(2)]
    words = HelpRequest.objects.get().details()["spoken_code"].replace("-", " ")
    assert [words in answer.text for answer in answers] == [True, True]


def test_a_form_that_was_sent_gives_its_place_to_an_empty_one(vera, registry):
    sent = intake(registry.food, registry.kharkiv)
    answer = vera.post(reverse("dispatch:send"), sent)
    assert sent["submission"] not in answer.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"n0-category": "", "category_text": "Zauberei"}, "Choose a kind of help from the list."),
        ({"n0-category": "999999", "category_text": "Zauberei"}, "Choose a kind of help from the list."),
        ({"n0-category": "9" * 40}, "Choose a kind of help from the list."),
        ({"n0-place": "", "place_text": "Atlantis"}, "Choose a place from the list."),
        ({"n0-place": "999999"}, "Choose a place from the list."),
        ({"n0-place": "²"}, "Choose a place from the list."),
        ({"urgency": ""}, "Say how urgent it is."),
        ({"urgency": "yesterday"}, "not one of the available choices"),
        ({"people": "many"}, "Please write a whole number in digits, such as 3."),
        ({"people": "0"}, "Please write 1 or more."),
        ({"people": "9" * 30}, "Please write 10000 or less."),
        ({"needed_by": "tomorrow-ish"}, "This is no time we can read."),
        ({"needed_by": "24.12.1999"}, "This is over already."),
        ({"note": "x" * 2001}, "This has 2001 characters; at most 2000 fit."),
        ({"phone": "1" * 61}, "This has 61 characters; at most 60 fit."),
        ({"phone": ""}, "Say how the person can be reached"),
        ({"phone": "   "}, "Say how the person can be reached"),
        ({"address": "x" * 301}, "This has 301 characters; at most 300 fit."),
        ({"safe_words": "x" * 201}, "This has 201 characters; at most 200 fit."),
        ({"languages": "tlh"}, "not one of the available choices"),
        ({"spoken_to": None}, "ring back first"),
        ({"team": "5f0d9b4e-0000-4000-8000-000000000000"}, "You no longer take requests for the team"),
        ({"n0-q-nights": ""}, "Please answer this."),
        ({"n0-q-nights": "200"}, "Please write 90 or less."),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_typed_is_lost(vera, registry, asked, changes, words):
    registry.any.ring_back = True
    registry.any.save()
    typed = {"name": "Alice-kept", "safe_time": "kept-time", "n0-q-nights": "2", "n0-q-household": "kept-household"}
    # the questions stand there for this kind, also while another is looked for
    typed["n0-asked"] = asked.pk
    answer = send(vera, asked, registry.kharkiv, **(typed | changes))
    assert answer.status_code == 422
    assert words in answer.text
    assert HelpRequest.objects.count() == 0
    for kept in ["Alice-kept", "kept-time", "kept-household", *_texts(changes)]:
        assert kept in answer.text, kept


def _texts(changes):
    """What was typed into boxes: ids of choices and ticks are no texts."""
    hidden = {"n0-category", "n0-place", "urgency", "languages", "team", "spoken_to"}
    return [value for name, value in changes.items() if value and name not in hidden]


def test_the_submission_stays_so_that_the_next_try_is_still_the_same(vera, registry):
    sent = intake(registry.food, registry.kharkiv, phone="")
    assert sent["submission"] in vera.post(reverse("dispatch:send"), sent).text


def test_somebody_without_a_number_is_reached_otherwise(vera, registry):
    send(vera, registry.food, registry.kharkiv, phone="", other="the neighbour")
    assert HelpRequest.objects.get().contact()["other"] == "the neighbour"


def test_an_unusual_number_is_kept_as_typed_with_a_hint(vera, registry):
    answer = send(vera, registry.food, registry.kharkiv, phone="12 34 at the baker")
    assert HelpRequest.objects.get().contact()["phone"] == "12 34 at the baker"
    assert "no number we know the form of" in answer.text


def test_a_kind_that_was_switched_off_meanwhile_is_refused(vera, registry):
    registry.food.active = False
    registry.food.save()
    assert send(vera, registry.food, registry.kharkiv).status_code == 422


def test_nobody_takes_for_anywhere(vera, registry):
    assert send(vera, registry.food, registry.anywhere).status_code == 422


def test_where_nobody_covers_it_is_taken_all_the_same(vera, registry):
    answer = send(vera, registry.food, registry.lviv)
    assert HelpRequest.objects.get().state == "unanswered"
    assert "those who supervise are told" in answer.text


def test_a_kind_that_needs_no_ringing_back_goes_out_unspoken(vera, registry):
    registry.any.ring_back = False
    registry.any.save()
    send(vera, registry.food, registry.kharkiv, spoken_to=None)
    assert HelpRequest.objects.get().spoken_to is False


def test_who_takes_for_two_teams_says_for_which(cast, as_person, registry):
    both = cast.person("both", roles=["volunteer"], works_in=[cast.phone, cast.crawl])
    send(as_person(both), registry.food, registry.kharkiv, team=cast.crawl.pk)
    assert HelpRequest.objects.get().team == cast.crawl


def test_a_foreign_team_takes_nothing(vera, cast, registry):
    assert send(vera, registry.food, registry.kharkiv, team=cast.crawl.pk).status_code == 422
    assert HelpRequest.objects.count() == 0


@pytest.mark.parametrize(
    ("desk", "spoken", "language"),
    [
        ("en", ["uk", "en"], "en"),
        ("en", ["uk"], "uk"),
        ("en", ["pl"], "en"),
        ("de", ["ru", "pl"], "ru"),
        ("de", [], "de"),
    ],
)
def test_the_spoken_words_are_in_a_language_of_both(cast, as_person, registry, desk, spoken, language):
    from hotline.lib.spoken import word_list

    cast.vera.language = desk
    cast.vera.save()
    send(as_person(cast.vera), registry.food, registry.kharkiv, languages=spoken)
    words = HelpRequest.objects.get().details()["spoken_code"].split("-")
    assert set(words) <= set(word_list(language))


def test_nothing_of_a_form_is_needed_to_show_it(cast):
    from hotline.dispatch.forms.intake import Intake

    odd = QueryDict("need=x&need=1&need=1&submission=no&team=")
    assert [need.number for need in Intake([cast.phone], odd).needs] == [1]
