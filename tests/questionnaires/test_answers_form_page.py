"""Questions on a page: nothing typed is lost, the reader's language, what each box carries."""

from html.parser import HTMLParser

import pytest
from django.utils.translation import override

from hotline.questionnaires.forms import answers_form
from tests.support.questions import COLOURS, shown

pytestmark = pytest.mark.django_db


class Boxes(HTMLParser):
    """The inputs of a page: [(tag, attributes)]."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag in ("input", "select", "textarea", "fieldset", "label"):
            self.found.append((tag, dict(attrs)))


def test_everything_typed_comes_back_when_one_answer_is_wrong(ask):
    questionnaire = ask("number", minimum=1)
    add = questionnaire.questions.create
    add(key="colour", kind="choice", choices=COLOURS, label={"en": "Colour?"}, position=1)
    add(key="note", kind="text", label={"en": "Note?"}, position=2)
    add(key="cold", kind="yesno", label={"en": "Cold?"}, position=3)

    form = answers_form(questionnaire, {"q": "many", "colour": "blue", "note": "by <hand>", "cold": "no"})

    assert not form.is_valid()
    html = shown(form)
    checked = [
        attributes["value"] for tag, attributes in Boxes(html).found if tag == "input" and "checked" in attributes
    ]
    assert checked == ["blue", "no"]
    assert 'value="many"' in html
    assert "by &lt;hand&gt;" in html


def test_stored_answers_are_shown_for_correction(ask):
    questionnaire = ask("yesno")
    questionnaire.questions.create(key="colour", kind="choice", choices=COLOURS, label={"en": "Colour?"}, position=1)

    html = shown(answers_form(questionnaire, initial={"q": False, "colour": "red"}))

    checked = [
        attributes["value"] for tag, attributes in Boxes(html).found if tag == "input" and "checked" in attributes
    ]
    assert checked == ["no", "red"]


def test_questions_errors_and_choices_are_in_the_readers_language(ask):
    questionnaire = ask("choice", choices=COLOURS, required=True)

    with override("uk"):
        form = answers_form(questionnaire)
        assert form["q"].label == "Які?"
        assert form.fields["q"].choices[0] == ("red", "червоний")
    with override("nb"):  # not there yet: English
        assert answers_form(questionnaire)["q"].label == "Which?"


def test_all_questions_cost_one_query(ask, query_count):
    questionnaire = ask("number")
    for number in range(8):
        questionnaire.questions.create(key=f"more{number}", kind="yesno", label={"en": "?"}, position=number)

    assert query_count(lambda: shown(answers_form(questionnaire))) == 1


def test_every_box_has_a_label_remembers_nothing_and_tells_what_is_wrong(ask):
    questionnaire = ask("number", help={"en": "In digits."}, required=True, minimum=0)
    questionnaire.questions.create(
        key="cold", kind="yesno", label={"en": "Cold?"}, help={"en": "Below 8°."}, position=1
    )
    questionnaire.questions.create(key="day", kind="date", label={"en": "Day?"}, position=2)
    questionnaire.questions.create(key="note", kind="text", label={"en": "Note?"}, position=3)

    form = answers_form(questionnaire, {"q": "x"})
    form.is_valid()
    html = shown(form)
    boxes = Boxes(html).found
    labelled = {attributes["for"] for tag, attributes in boxes if tag == "label" and "for" in attributes}

    for tag, attributes in boxes:
        if tag in ("input", "textarea", "select"):
            assert attributes["id"] in labelled, attributes
            assert attributes.get("type") == "radio" or attributes["autocomplete"] == "off"
            assert "maxlength" not in attributes
            assert "required" not in attributes  # the browser would complain in its own language
    number = next(attributes for tag, attributes in boxes if attributes.get("name") == "q")
    assert number["inputmode"] == "numeric"
    assert number["aria-invalid"] == "true"
    assert number["aria-required"] == "true"
    for identity in number["aria-describedby"].split():
        assert f'id="{identity}"' in html
    assert next(a for t, a in boxes if t == "fieldset")["aria-describedby"] == "id_cold_helptext"
    assert "style=" not in html


def test_many_choices_are_a_list_and_few_a_strip(ask):
    many = [{"value": f"v{number}", "label": {"en": f"{number}"}} for number in range(9)]
    questionnaire = ask("choice", choices=many)
    questionnaire.questions.create(key="few", kind="choice", choices=COLOURS, label={"en": "?"}, position=1)

    tags = [tag for tag, _attributes in Boxes(shown(answers_form(questionnaire))).found]

    assert tags.count("select") == 1
    assert tags.count("input") == 3  # two and "not said"
