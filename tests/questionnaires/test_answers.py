"""Stored answers: shown in any language, public ones apart, and never a failure when questions have changed since."""

import pytest

from hotline.questionnaires.actions import read, split
from hotline.questionnaires.models import Questionnaire

pytestmark = pytest.mark.django_db

STORED = {"nights": 2, "kind": "quiet", "from": "2026-03-05", "stairs": False, "who": "Оксана & two <b>"}


@pytest.fixture
def stay():
    questionnaire = Questionnaire.objects.create(slug="stay")
    add = questionnaire.questions.create
    add(key="nights", kind="number", public=True, position=0, label={"en": "Nights?", "de": "Nächte?", "uk": "Ночей?"})
    choices = [
        {"value": "quiet", "label": {"en": "quiet", "de": "ruhig", "uk": "тихо"}},
        {"value": "near", "label": {"en": "near", "de": "nah", "uk": "близько"}},
    ]
    add(key="kind", kind="choice", public=True, position=1, choices=choices, label={"en": "How?", "de": "Wie?"})
    add(key="from", kind="date", public=True, position=2, label={"en": "From?", "de": "Ab wann?", "uk": "Відколи?"})
    add(key="stairs", kind="yesno", public=True, position=3, label={"en": "Stairs?", "de": "Treppen?", "uk": "Сходи?"})
    add(key="who", kind="text", position=4, label={"en": "Who?", "de": "Wer?", "uk": "Хто?"})
    return questionnaire


def test_answers_are_read_in_any_language(stay):
    assert read(stay, STORED, "de") == [
        ("Nächte?", "2"), ("Wie?", "ruhig"), ("Ab wann?", "5. März 2026"), ("Treppen?", "Nein"),
        ("Wer?", "Оксана & two <b>"),
    ]  # fmt: skip
    assert read(stay, STORED, "uk")[1:4] == [("How?", "тихо"), ("Відколи?", "05 березня 2026 р."), ("Сходи?", "Ні")]


def test_without_a_language_it_is_the_readers(stay):
    assert read(stay, {"stairs": True}) == [("Stairs?", "Yes")]


def test_only_public_answers_leave_the_house(stay):
    shown = read(stay, STORED, "en", public_only=True)

    assert [label for label, _answer in shown] == ["Nights?", "How?", "From?", "Stairs?"]
    assert "Оксана" not in str(shown)


def test_no_is_shown_and_nothing_said_is_not(stay):
    assert read(stay, {"stairs": False, "kind": "", "nights": None}, "en") == [("Stairs?", "No")]
    assert read(stay, {"nights": 0}, "en") == [("Nights?", "0")]
    assert read(stay, {}, "en") == read(stay, None, "en") == read(None, None, "en") == []


def test_the_answer_to_a_question_that_is_gone_comes_last_under_its_key_and_never_in_public(stay):
    stay.questions.filter(key="nights").delete()

    assert read(stay, STORED, "en")[-1] == ("nights", "2")
    assert "nights" not in str(read(stay, STORED, "en", public_only=True))
    assert read(None, {"a_b": 1}, "en") == [("a b", "1")]


def test_a_choice_that_is_gone_is_shown_as_stored_and_never_in_public(stay):
    stay.questions.filter(key="kind").update(choices=[])

    assert ("How?", "quiet") in read(stay, STORED, "en")
    assert "quiet" not in str(read(stay, STORED, "en", public_only=True))


@pytest.mark.parametrize("kind", ["number", "choice", "date", "yesno"])
def test_an_answer_that_no_longer_fits_its_question_stays_sealed(stay, kind):
    stay.questions.filter(key="who").update(kind=kind, public=True)

    assert "Оксана" not in str(read(stay, STORED, "en", public_only=True))
    assert ("Who?", "Оксана & two <b>") in read(stay, STORED, "en")


@pytest.mark.parametrize("broken", ["2026-02-31", 5, True, ["x"], {"y": 1}])
def test_a_broken_value_is_shown_as_it_is(stay, broken):
    assert read(stay, {"from": broken}, "en") == [("From?", str(broken))]


def test_public_and_sealed_are_told_apart_when_the_answer_is_given(stay):
    public, sealed = split(stay, STORED | {"unasked": "x"})

    assert set(public) == {"nights", "kind", "from", "stairs"}
    assert sealed == {"who": STORED["who"], "unasked": "x"}
    assert split(None, {"a": 1}) == ({}, {"a": 1})


def test_reading_costs_one_query(stay, query_count):
    assert query_count(lambda: read(stay, STORED, "de")) == 1
