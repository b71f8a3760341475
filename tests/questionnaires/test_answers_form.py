"""Asking: each kind of question, what counts as an answer, what is said about what does not."""

import json

import pytest
import time_machine
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from hotline.questionnaires.forms import answers_form
from hotline.questionnaires.models import Question, Questionnaire
from tests.support.questions import COLOURS, shown

pytestmark = pytest.mark.django_db
NO_NUMBER = "Please write a whole number in digits, such as 3."
NO_DATE = "This is not a date. Please write it as day.month.year."


def answer(questionnaire, typed):
    form = answers_form(questionnaire, {"q": typed})
    return form.answers.get("q") if form.is_valid() else str(form.errors["q"][0])


@pytest.mark.parametrize(("typed", "is_"), [("3", 3), (" 3 ", 3), ("007", 7), ("1", 1), ("9", 9)])
def test_a_number_becomes_a_whole_number(ask, typed, is_):
    assert answer(ask("number", minimum=1, maximum=9), typed) == is_


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("three", NO_NUMBER), ("2,5", NO_NUMBER),
        ("1e3", NO_NUMBER), ("9" * 5000, NO_NUMBER),
        ("0", "Please write 1 or more."), ("-2", "Please write 1 or more."), ("10", "Please write 9 or less."),
        ("9" * 40, "Please write 9 or less."), ("\x003", NO_NUMBER),
    ],
)  # fmt: skip
def test_what_is_no_number_or_out_of_bounds_is_answered_in_words(ask, typed, says):
    assert answer(ask("number", minimum=1, maximum=9), typed) == says


def test_a_number_without_bounds_still_has_the_bounds_of_reason(ask):
    assert answer(ask("number"), "-5") == -5
    assert "or less" in answer(Questionnaire.objects.get(), "9" * 30)


def test_a_choice_takes_one_of_its_values_and_nothing_else(ask):
    questionnaire = ask("choice", choices=COLOURS)

    assert answer(questionnaire, "red") == "red"
    assert answer(questionnaire, "green") == "Please choose one of these."
    assert answer(questionnaire, "rot") == "Please choose one of these."
    assert answer(questionnaire, "") is None


def test_yes_and_no_become_true_and_false(ask):
    questionnaire = ask("yesno")

    assert answer(questionnaire, "yes") is True
    assert answer(questionnaire, "no") is False
    assert answer(questionnaire, "") is None
    assert (answer(questionnaire, True), answer(questionnaire, False)) == (True, False)  # out of JSON
    assert answer(questionnaire, "perhaps") == "Please choose one of these."


def test_no_is_an_answer_where_one_is_required(ask):
    questionnaire = ask("yesno", required=True)

    assert answer(questionnaire, "no") is False
    assert answer(questionnaire, "") == "Please answer this."


@time_machine.travel("2026-03-10 12:00+00:00", tick=False)
@pytest.mark.parametrize(
    ("typed", "is_"),
    [
        ("2026-03-10", "2026-03-10"),
        ("12.03.2026", "2026-03-12"),
        ("12/03/2026", "2026-03-12"),
        (" 2026-03-20 ", "2026-03-20"),
    ],
)
def test_a_date_becomes_iso_text(ask, typed, is_):
    assert answer(ask("date", minimum=0, maximum=10), typed) == is_


@time_machine.travel("2026-03-10 12:00+00:00", tick=False)
@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("2026-03-09", "Please choose March 10, 2026 or later."), ("2026-03-21", "Please choose March 20, 2026 or earlier."),
        ("2026-02-30", NO_DATE),
        ("tomorrow", NO_DATE), ("99999-01-01", NO_DATE),
    ],
)  # fmt: skip
def test_what_is_no_date_or_too_early_or_too_late_is_answered_in_words(ask, typed, says):
    assert answer(ask("date", minimum=0, maximum=10), typed) == says


def test_a_text_is_kept_as_it_was_typed_but_for_its_edges(ask):
    assert answer(ask("text"), "  „Їжа“ & <b>two</b>\r\nlines ") == "„Їжа“ & <b>two</b>\nlines"


def test_an_over_long_text_is_refused_with_its_length_and_shown_again_whole(ask):
    questionnaire = ask("text", maximum=10)
    form = answers_form(questionnaire, {"q": "x" * 25})

    assert not form.is_valid()
    assert form.errors["q"] == ["This has 25 characters; at most 10 fit."]
    assert "x" * 25 in shown(form)
    assert answer(questionnaire, "1234\r\n6789") == "1234\n6789"  # a line break is one character


def test_a_text_can_be_as_long_as_500_unless_the_question_says_otherwise(ask):
    questionnaire = ask("text")

    assert answer(questionnaire, "x" * 500) == "x" * 500
    assert "at most 500" in answer(questionnaire, "x" * 501)


def test_a_text_with_a_null_is_refused(ask):
    assert "Null characters" in answer(ask("text"), "a\x00b")


def test_what_is_required_must_be_said_and_the_rest_may_stay_open(ask):
    questionnaire = ask("text", required=True)
    Question.objects.create(questionnaire=questionnaire, key="more", kind="number", label={"en": "More?"}, position=1)

    form = answers_form(questionnaire, {"q": "   ", "more": ""})

    assert form.errors == {"q": ["Please answer this."]}
    form = answers_form(questionnaire, {"q": "yes"})
    assert form.is_valid()
    assert form.answers == {"q": "yes"}


def test_prefixes_tell_two_forms_on_one_page_apart(ask):
    questionnaire = ask("number")
    data = QueryDict("one-q=1&two-q=2")

    first, second = answers_form(questionnaire, data, "one"), answers_form(questionnaire, data, "two")

    assert first.is_valid()
    assert second.is_valid()
    assert (first.answers, second.answers) == ({"q": 1}, {"q": 2})


def test_no_questionnaire_is_a_form_without_questions():
    form = answers_form(None, {"q": "1"})

    assert form.is_valid()
    assert form.answers == {}


def test_what_was_not_asked_is_not_taken(ask):
    form = answers_form(ask("number"), {"q": "1", "phone": "+49"})

    assert form.is_valid()
    assert form.answers == {"q": 1}


@pytest.mark.parametrize("kind", Question.Kind.values)
def test_whatever_is_typed_the_form_answers_and_its_answers_are_json(kind):
    question = Question(key="q", kind=kind, label={"en": "?"}, choices=COLOURS if kind == "choice" else [])

    @given(st.text(max_size=60))
    def check(typed):
        form = answers_form(Asked([question]), {"q": typed})
        if form.is_valid():
            assert json.loads(json.dumps(form.answers)) == form.answers

    check()


class Asked:
    """A questionnaire that needs no database."""

    def __init__(self, questions):
        self.questions = self
        self._all = questions

    def all(self):
        return self._all
