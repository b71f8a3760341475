"""The dialog that corrects an open request, as it is posted."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from hotline.dispatch.actions import offers, requests
from hotline.dispatch.models import HelpRequest
from tests.support.desk import press
from tests.support.registry import CONTACT, offer_of, voice_of


@pytest.fixture
def offered(helper, registry, vera_takes):
    return vera_takes(registry.food, registry.kharkiv, note="Second floor.", people=4)


def now(help_request):
    return HelpRequest.objects.get(pk=help_request.pk)


def correct(client, help_request, **fields):
    own = {f"c{help_request.code}-{name}": value for name, value in fields.items() if name != "seen"}
    return press(client, "correct", help_request, **own, **({"seen": fields["seen"]} if "seen" in fields else {}))


@pytest.fixture
def as_it_is(offered):
    return {
        "category": offered.category_id,
        "place": offered.place_id,
        "urgency": "today",
        "needed_by": "",
        "spoken_to": "on",
    }


def test_correcting_asks_those_who_suit_now(vera, registry, offered, as_it_is, helper):
    form = vera.get(f"/desk/requests/{offered.code}/correct/").text
    assert offered.place.label() in form
    elsewhere = registry.coordinator((registry.food, registry.izium))
    answer = correct(vera, offered, **(as_it_is | {"place": registry.izium.pk, "urgency": "urgent"}))
    assert answer.status_code == 200 and "Izium" in answer.text
    assert (now(offered).place, now(offered).urgency) == (registry.izium, "urgent")
    assert offer_of(offered, elsewhere).state == "offered"
    assert offer_of(offered, helper).state == "withdrawn"


def test_correcting_nothing_disturbs_nobody(vera, offered, as_it_is, helper):
    answer = correct(vera, offered, **as_it_is)
    assert "Nothing was changed." in answer.text
    assert offer_of(offered, helper).state == "offered"
    assert now(offered).round == 1


def shown_time(client, help_request):
    """What stands in the box of the time."""
    form = client.get(f"/desk/requests/{help_request.code}/correct/").text
    return form.split(f'name="c{help_request.code}-needed_by" value="')[1].split('"')[0]


def test_a_time_that_is_over_need_not_be_typed_anew(vera, offered, as_it_is):
    HelpRequest.objects.update(needed_by=timezone.now() - timedelta(hours=1))
    before = now(offered).needed_by
    fields = as_it_is | {"urgency": "soon", "needed_by": shown_time(vera, offered)}
    assert correct(vera, offered, **fields).status_code == 200
    assert (now(offered).urgency, now(offered).needed_by) == ("soon", before)


def test_an_emptied_time_is_taken_away(vera, offered, as_it_is):
    HelpRequest.objects.update(needed_by=timezone.now() + timedelta(hours=1))
    assert correct(vera, offered, **as_it_is).status_code == 200
    assert now(offered).needed_by is None


def test_the_dialog_shows_nothing_that_is_sealed(vera, offered):
    form = vera.get(f"/desk/requests/{offered.code}/correct/").text
    assert not [text for text in (*CONTACT.values(), "Second floor") if text and str(text) in form]
    assert f'name="c{offered.code}-people" value' not in form


def test_what_is_typed_takes_the_place_of_what_was_sealed(vera, offered, as_it_is):
    typed = {"phone": "0501234567", "safe_time": "mornings", "consent": "no", "people": "5", "languages": ["uk", "pl"]}
    answer = correct(vera, offered, **as_it_is, **typed)
    assert answer.status_code == 200 and "Corrected." in answer.text
    assert "0501234567" not in answer.text
    contact = CONTACT | {"phone": "+380 50 123 4567", "safe_time": "mornings", "consent": False}
    assert now(offered).contact() == contact
    details = now(offered).details()
    assert (details["people"], details["languages"], details["note"]) == (5, ["uk", "pl"], "Second floor.")


def test_an_odd_number_is_kept_as_typed_and_said_so(vera, offered, as_it_is):
    answer = correct(vera, offered, **as_it_is, phone="12 or 13")
    assert "no number we know the form of" in answer.text
    assert now(offered).contact()["phone"] == "12 or 13"


def test_what_is_taken_away_is_empty(vera, offered, as_it_is):
    assert correct(vera, offered, **as_it_is, take_away=["name", "people", "note"]).status_code == 200
    assert now(offered).contact()["name"] == ""
    assert (now(offered).details()["people"], now(offered).details()["note"]) == (None, "")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"take_away": ["phone"]}, "Say how the person can be reached"),
        ({"people": "many"}, "Please write a whole number"),
        ({"phone": "1" * 61}, "at most 60 fit"),
        ({"take_away": ["everything"]}, "Select a valid choice"),
    ],
)
def test_what_does_not_fit_leaves_the_sealed_as_it_was_and_the_typed_in_its_box(vera, offered, as_it_is, wrong, words):
    answer = correct(vera, offered, **as_it_is, **({"safe_words": "The florist"} | wrong))
    assert answer.status_code == 422 and answer["HX-Retarget"] == "#correct-form"
    assert words in answer.text and "The florist" in answer.text
    assert '<details id="correct-contact" open' in answer.text
    assert now(offered).contact() == CONTACT


def test_a_kind_that_is_rung_back_first_says_so_at_the_box(vera, registry, offered, as_it_is):
    registry.medicine.ring_back = True
    registry.medicine.save()
    del as_it_is["spoken_to"]
    answer = correct(vera, offered, **(as_it_is | {"category": registry.medicine.pk}))
    assert answer.status_code == 422 and "ring back first" in answer.text
    assert now(offered).category == registry.food


def test_another_kind_asks_its_own_questions(vera, registry, offered, as_it_is, asked):
    prefix = f"c{offered.code}"
    moved = as_it_is | {"category": asked.pk}
    fields = {f"{prefix}-{name}": value for name, value in moved.items()}
    part = vera.post(reverse("dispatch:correct-questions", args=[offered.code]), fields).text
    assert "For how many nights?" in part and "Please answer this." not in part
    answer = correct(vera, offered, **moved)
    assert answer.status_code == 422 and "Please answer this." in answer.text
    assert correct(vera, offered, **moved, **{"q-nights": "3"}).status_code == 200
    assert now(offered).details()["answers"] == {"nights": 3}


def test_answers_of_the_same_kind_may_stay_or_be_replaced(vera, registry, asked, vera_takes):
    taken = vera_takes(asked, registry.kharkiv, answers={"nights": 3, "household": "Two sisters"})
    as_it_is = {"category": asked.pk, "place": taken.place_id, "urgency": "today", "spoken_to": "on"}
    assert "Two sisters" not in vera.get(f"/desk/requests/{taken.code}/correct/").text
    assert correct(vera, taken, **as_it_is, **{"q-household": "Three sisters"}).status_code == 200
    assert now(taken).details()["answers"] == {"nights": 3, "household": "Three sisters"}
    correct(vera, now(taken), **as_it_is, take_away=["answers"], **{"q-nights": "2"})
    assert now(taken).details()["answers"] == {"nights": 2}


def test_another_team_finds_nothing_to_correct(as_person, cast, offered, as_it_is):
    viktor = as_person(cast.viktor)
    for answer in (
        viktor.get(f"/desk/requests/{offered.code}/correct/"),
        correct(viktor, offered, **as_it_is, phone="+380501234567"),
        press(viktor, "correct-questions", offered),
    ):
        assert answer.status_code == 404
    assert now(offered).contact() == CONTACT


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"category": "", "category_text": "Zauberei"}, "Choose a kind of help"),
        ({"place": "", "place_text": "Atlantis"}, "Choose a place"),
        ({"needed_by": "later"}, "no time we can read"),
        ({"urgency": ""}, "Say how urgent it is."),
    ],
)
def test_a_correction_that_does_not_fit_comes_back_as_it_was_typed(vera, offered, as_it_is, wrong, words):
    answer = correct(vera, offered, **(as_it_is | wrong))
    assert answer.status_code == 422 and answer["HX-Retarget"] == "#correct-form"
    assert words in answer.text
    assert all(text in answer.text for name, text in wrong.items() if name.endswith("_text"))
    # what the operator saw is still what counts
    assert offered.state_since.isoformat() in answer.text
    assert now(offered).round == 1


def test_a_stale_correction_changes_nothing(vera, registry, offered, as_it_is, helper):
    offers.accept(voice_of(helper), offer_of(offered, helper))
    answer = correct(
        vera, offered, **(as_it_is | {"place": registry.izium.pk, "seen": offered.state_since.isoformat()})
    )
    assert answer.status_code == 409 and "Somebody else has changed" in answer.text
    assert now(offered).place == registry.kharkiv


def test_a_request_that_is_over_is_not_corrected(vera, cast, offered):
    requests.cancel(cast.vera, offered, seen_since=offered.state_since, reason="rang again")
    answer = vera.get(f"/desk/requests/{offered.code}/correct/")
    assert answer.status_code == 409 and answer["HX-Retarget"] == f"#request-{offered.code}"
    assert "Somebody else has changed" in answer.text
