"""What an offer says: coarse, public, in the reader's language."""

import pytest

from hotline.dispatch import wording
from hotline.questionnaires.models import Question, Questionnaire
from tests.support.registry import offer_of


@pytest.fixture
def asked(registry):
    """Food has a public and a sealed question."""
    questionnaire = Questionnaire.objects.create(slug="food", names={"en": "Food"})
    common = {"questionnaire": questionnaire, "kind": "number", "required": False}
    Question.objects.create(**common, key="meals", label={"en": "How many meals?"}, public=True, position=1)
    Question.objects.create(**common, key="floor", label={"en": "Which floor?"}, public=False, position=2)
    registry.food.questionnaire = questionnaire
    registry.food.save()
    return questionnaire


def lines(help_request, coordinator, language="en"):
    return wording.summary(offer_of(help_request, coordinator), language)


def test_only_answers_to_public_questions_leave_before_acceptance(registry, vera_takes, asked):
    one = registry.coordinator((registry.food, registry.kharkiv))
    text = "\n".join(lines(vera_takes(registry.food, registry.kharkiv, answers={"meals": 4, "floor": 7}), one))
    assert "How many meals?: 4" in text
    assert "floor" not in text and "7" not in text


def test_a_question_made_public_later_opens_no_answer_given_before(registry, vera_takes, asked):
    one = registry.coordinator((registry.food, registry.kharkiv))
    help_request = vera_takes(registry.food, registry.kharkiv, answers={"meals": 4, "floor": 7})
    Question.objects.update(public=True)
    assert "7" not in "\n".join(lines(help_request, one))
    Question.objects.update(public=False)
    assert "4" not in "\n".join(lines(help_request, one))


def test_a_small_place_is_named_by_what_it_lies_in(registry, vera_takes):
    one = registry.coordinator((registry.food, registry.oblast))
    text = "\n".join(lines(vera_takes(registry.food, registry.hamlet), one))
    assert "Гракове" not in text and "Харківська" in text


def test_the_number_of_people_never_leaves(registry, vera_takes):
    one = registry.coordinator((registry.food, registry.kharkiv))
    assert "37" not in "\n".join(lines(vera_takes(registry.food, registry.kharkiv, people=37), one))


def test_an_offer_says_whether_somebody_has_spoken_to_the_person_and_practice(registry, cast):
    one = registry.coordinator((registry.food, registry.kharkiv))
    taken = registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv, spoken_to=False, practice=True)
    text = "\n".join(lines(taken, one))
    assert "Nobody has spoken to the person yet." in text and "Practice" in text


def test_buttons_fit_into_telegrams_64_bytes(registry, vera_takes):
    one = registry.coordinator((registry.food, registry.kharkiv), chat=-1001234567890123)
    offer = offer_of(vera_takes(registry.food, registry.kharkiv), one)
    for content in (
        wording.offered(offer, one.endpoints.get()),
        wording.declined(offer, one.endpoints.get()),
        wording.outcomes(offer, one.endpoints.get()),
        wording.ready_questions(offer, one.endpoints.get()),
    ):
        for row in content["buttons"]:
            assert all(len(button["data"].encode()) <= 64 for button in row)


def test_markup_in_names_stays_text(registry, vera_takes):
    registry.food.names = {"en": "<b>Food & more</b>"}
    registry.food.save()
    one = registry.coordinator((registry.food, registry.kharkiv))
    offer = offer_of(vera_takes(registry.food, registry.kharkiv), one)
    assert "&lt;b&gt;Food &amp; more" in wording.offered(offer, one.endpoints.get())["text"]
