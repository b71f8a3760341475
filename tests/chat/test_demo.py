"""The demo's lines: in every language, open, and left alone where somebody changed them."""

import pytest

from chat import demo
from chat.models import Line
from hotline.lib.languages import LANGUAGES
from hotline.management.demo import Demo
from hotline.questionnaires.actions.answers import read
from hotline.questionnaires.models import Question
from hotline.staff import demo as staff_demo

pytestmark = pytest.mark.django_db
CODES = {code for code, _own in LANGUAGES}
TEXTS = [
    "titles", "welcome", "danger", "privacy", "when_closed", "when_full", "when_paused", "goodbye", "suggested_aliases",
]  # fmt: skip


@pytest.fixture
def loaded():
    given = Demo.new("a calm demo word")
    staff_demo.load(given)
    demo.load(given)
    return given


def test_both_lines_are_open_and_valid(loaded):
    lines = list(Line.objects.all())
    assert [(line.slug, line.mode, line.team.code) for line in lines] == [
        ("family", "open", "chat"),
        ("youth", "open", "chat"),
    ]
    for line in lines:
        line.full_clean()


def test_every_text_is_there_in_every_language(loaded):
    for line in Line.objects.all():
        for name in TEXTS:
            texts = getattr(line, name)
            assert set(texts) == CODES and all(texts.values()), (line.slug, name)
        assert line.alternatives and all(set(one) == {"name", "address"} for one in line.alternatives)
    for question in Question.objects.all():
        question.full_clean()
        words = [question.label, *([question.help] if question.help else [])]
        words += [choice["label"] for choice in question.choices]
        assert all(set(one) == CODES and all(one.values()) for one in words), question.key


def test_each_line_asks_before_and_after_and_names_the_risk(loaded):
    for line in Line.objects.all():
        assert line.survey.questions.exists() and line.wrap_up.questions.exists()
        asked = {question.key for question in line.questions.questions.all()}
        assert {"age", "about"} <= asked and set(line.risk_answers) <= asked
        assert read(line.questions, line.risk_answers, "en")[0][1] == "Yes"


def test_loading_again_doubles_nothing_keeps_changes_and_opens(loaded):
    Line.objects.filter(slug="youth").update(titles={"en": "Ours"}, mode="closed")
    before = Line.objects.count(), Question.objects.count()
    demo.load(loaded)
    assert (Line.objects.count(), Question.objects.count()) == before
    youth = Line.objects.get(slug="youth")
    assert (youth.titles, youth.mode) == ({"en": "Ours"}, "open")
