"""The demo's lines: in every language, open, and left alone where somebody changed them."""

import re

import pytest

from chat import demo
from chat.actions.standard_messages import normal_code, normal_texts
from chat.models import Line, StandardMessage
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


def test_every_line_and_the_house_have_standard_messages_in_every_language(loaded):
    for one in StandardMessage.objects.all():
        assert normal_code(one.short_code) == one.short_code and normal_texts(one.texts) == one.texts
        assert set(one.texts) == CODES, one.short_code
        placeholders = {tuple(sorted(re.findall(r"\{\w+\}", text))) for text in one.texts.values()}
        assert len(placeholders) == 1, one.short_code
    codes = {"hello", "take-your-time", "safe-now", "are-you-there", "numbers", "goodbye"}
    for line in Line.objects.all():
        assert {one.short_code for one in StandardMessage.objects.filter(line=line)} == codes
        assert "{opens}" in StandardMessage.objects.get(line=line, short_code="goodbye").text("en")
    assert StandardMessage.objects.filter(owner="house").count() == 2


def test_german_addresses_visitors_as_the_line_does_and_the_house_as_nobody(loaded):
    familiar, formal = re.compile(r"\b(?:du|dich|dir|dein\w*)\b", re.I), re.compile(r"\b(?:Sie|Ihnen|Ihre?n?)\b")
    for one in StandardMessage.objects.select_related("line"):
        polite = one.line and one.line.formal_address
        assert not (familiar.search(one.texts["de"]) and (polite or not one.line)), one.short_code
        assert not (formal.search(one.texts["de"]) and not polite), one.short_code


def test_loading_again_doubles_nothing_keeps_changes_and_opens(loaded):
    Line.objects.filter(slug="youth").update(titles={"en": "Ours"}, mode="closed")
    StandardMessage.objects.filter(line__slug="youth").exclude(short_code="hello").delete()
    before = Line.objects.count(), Question.objects.count(), StandardMessage.objects.count()
    demo.load(loaded)
    assert (Line.objects.count(), Question.objects.count(), StandardMessage.objects.count()) == before
    youth = Line.objects.get(slug="youth")
    assert (youth.titles, youth.mode) == ({"en": "Ours"}, "open")


def test_each_line_passes_on_to_the_other(loaded):
    youth, family = Line.objects.get(slug="youth"), Line.objects.get(slug="family")
    assert list(family.passes_on_to.all()) == [youth]
    family.passes_on_to.clear()
    demo.load(None)
    assert not family.passes_on_to.exists(), "what was changed in it stays"
