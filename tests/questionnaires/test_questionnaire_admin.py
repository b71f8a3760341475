"""The page on which administrators write questions: boxes and a table in place of JSON, each change audited."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from hotline.lib.languages import LANGUAGES
from hotline.questionnaires.actions.questionnaires import save_questionnaire, save_questions
from hotline.questionnaires.models import Question, Questionnaire
from hotline.staff.models import AuditEntry
from hotline.staff.permissions import NotAllowed, NotFound

pytestmark = pytest.mark.django_db
LIST = "admin:questionnaires_questionnaire_changelist"
PAGE = "admin:questionnaires_questionnaire_change"
CHOICES = [
    {"value": "red", "label": {"en": "red", "de": "rot"}},
    {"value": "blue", "label": {"en": "blue", "de": "blau"}},
]


@pytest.fixture
def ada(cast, as_person):
    return as_person(cast.ada)


@pytest.fixture
def colours():
    questionnaire = Questionnaire.objects.create(slug="colours", names={"en": "Colours"})
    questionnaire.questions.create(
        key="colour", kind="choice", choices=CHOICES, label={"en": "Colour?", "de": "Farbe?"}
    )
    return questionnaire


def question(number, pk="", questionnaire="", choices=(), **fields):
    """What the page sends for one question."""
    start = f"questions-{number}"
    sent = {f"{start}-{name}": "" for name in ("key", "kind", "minimum", "maximum")}
    sent |= {f"{start}-id": pk, f"{start}-questionnaire": questionnaire, f"{start}-position": number}
    for code, _own in LANGUAGES:
        sent |= {f"{start}-label-{code}": "", f"{start}-help-{code}": ""}
    for row, choice in enumerate([*choices, {}, {}, {}]):
        sent[f"{start}-choices-{row}-value"] = choice.get("value", "")
        for code, _own in LANGUAGES:
            sent[f"{start}-choices-{row}-{code}"] = choice.get("label", {}).get(code, "")
    return sent | {f"{start}-{name.replace('__', '-')}": value for name, value in fields.items()}


def page_of(*questions, initial=0, **fields):
    sent = {"questions-TOTAL_FORMS": len(questions), "questions-INITIAL_FORMS": initial, "names-en": "Colours"}
    for each in questions:
        sent |= each
    return sent | fields


def test_the_page_shows_boxes_and_a_table_and_no_json(ada, colours):
    page = ada.get(reverse(PAGE, args=[colours.pk])).content.decode()

    assert 'name="questions-0-label-uk"' in page
    assert 'name="questions-0-choices-0-de" value="rot"' in page
    assert 'name="questions-0-choices-4-value"' in page  # two filled rows and three spare ones
    assert 'name="questions-__prefix__-label-en"' in page  # the row that "add another" copies
    assert "{&quot;en" not in page
    assert "style=" not in page


def test_questions_are_changed_added_and_removed_and_the_audit_names_their_keys(ada, cast, colours):
    old = colours.questions.get()
    stored = Question.objects.create(questionnaire=colours, key="gone", kind="yesno", label={"en": "?"}, position=1)

    answer = ada.post(
        reverse(PAGE, args=[colours.pk]),
        page_of(
            question(0, old.pk, colours.pk, CHOICES, key="colour", kind="choice", label__en="Which colour?", public="on"),
            question(1, stored.pk, colours.pk, key="gone", kind="yesno", label__en="?", DELETE="on"),
            question(
                2, "", colours.pk, [{"label": {"de": "Groß & weit"}}, {"label": {"uk": "Малий"}}],
                key="size", kind="choice", label__de="Größe?", help__de="Ungefähr", required="on",
            ),
            initial=2,
        ),
    )  # fmt: skip

    assert answer.status_code == 302, answer.context["errors"]
    old.refresh_from_db()
    assert old.label == {"en": "Which colour?"}
    assert old.public
    assert old.choices == CHOICES
    size = colours.questions.get(key="size")
    assert (size.label, size.help, size.required) == ({"de": "Größe?"}, {"de": "Ungefähr"}, True)
    assert [choice["value"] for choice in size.choices] == ["gross-weit", "maliy"]
    assert not colours.questions.filter(key="gone").exists()
    line = AuditEntry.objects.get(action="questionnaire.questions")
    assert line.actor == cast.ada
    assert line.details == {"changed": ["colour", "size"], "removed": ["gone"], "public": ["colour"]}


@pytest.mark.parametrize(
    ("fields", "choices", "says"),
    [
        ({"key": "Größe"}, CHOICES, "Use small Latin letters, digits and _ only"),
        ({"label__en": ""}, CHOICES, "Please write this in one language at least."),
        ({"label__en": "x" * 201}, CHOICES, "English: this has 201 characters; at most 200 fit."),
        ({}, [], "Give at least two choices."),
        ({}, [{"value": "a", "label": {}}, CHOICES[0]], "Give “a” a text."),
        ({}, [{"value": "no spaces", "label": {"en": "x"}}, CHOICES[0]], "“no spaces” cannot be a value"),
        ({}, [CHOICES[0], CHOICES[0]], "Each choice needs a value of its own."),
        ({"kind": "number", "minimum": "5", "maximum": "3"}, [], "The largest cannot lie below the smallest."),
        ({"kind": "riddle"}, CHOICES, "riddle is not one of the available choices."),
    ],
)
def test_bad_input_is_answered_in_words_and_keeps_what_was_typed(ada, colours, fields, choices, says):
    sent = {"key": "fresh", "kind": "choice", "label__en": "Fresh?", "help__uk": "лишається"} | fields

    answer = ada.post(reverse(PAGE, args=[colours.pk]), page_of(question(0, "", colours.pk, choices, **sent)))

    assert answer.status_code == 200
    page = answer.content.decode()
    assert says in page
    assert "лишається" in page
    for choice in choices:
        assert choice["value"] in page


def test_saving_without_a_change_leaves_the_questions_as_they_were(ada, colours):
    old = colours.questions.get()
    before = Question.objects.filter(pk=old.pk).values().get()

    ada.post(
        reverse(PAGE, args=[colours.pk]),
        page_of(
            question(
                0, old.pk, colours.pk, CHOICES, key="colour", kind="choice", label__en="Colour?", label__de="Farbe?"
            ),
            initial=1,
        ),
    )

    assert Question.objects.filter(pk=old.pk).values().get() == before


def test_the_list_is_searched_in_any_language(ada, colours):
    Questionnaire.objects.create(slug="other", names={"uk": "Розміри"})

    found = ada.get(reverse(LIST), {"q": "РОЗМІР"}).context["cl"].result_list

    assert [one.slug for one in found] == ["other"]


def test_the_list_asks_the_same_number_of_queries_with_1_and_30_rows(ada, same_queries):
    def add(number):
        questionnaire = Questionnaire.objects.create(slug=f"q{number}", names={"en": f"Q {number}"})
        questionnaire.questions.create(key="a", kind="yesno", label={"en": "?"}, public=True)

    same_queries(add, lambda: ada.get(reverse(LIST)))


def test_nobody_deletes_a_questionnaire(ada, colours):
    answer = ada.post(reverse("admin:questionnaires_questionnaire_delete", args=[colours.pk]), {"post": "yes"})

    assert answer.status_code == 403
    assert Questionnaire.objects.filter(pk=colours.pk).exists()


@pytest.mark.parametrize("person", ["vera", "cora"])
def test_colleagues_without_the_right_are_refused(cast, as_person, colours, person):
    client = as_person(getattr(cast, person))

    assert client.get(reverse(LIST)).status_code == 403
    assert client.get(reverse(PAGE, args=[colours.pk])).status_code in (403, 404)
    assert client.post(reverse(PAGE, args=[colours.pk]), page_of()).status_code in (403, 404)


def test_the_actions_ask_for_the_right_themselves(cast, colours):
    with pytest.raises(NotAllowed):
        save_questionnaire(cast.vera, colours)
    with pytest.raises(NotFound):
        save_questions(None, colours, [], list(colours.questions.all()))
    assert colours.questions.count() == 1
    assert not AuditEntry.objects.exists()


def test_a_key_stands_once_in_a_questionnaire(colours):
    with pytest.raises(ValidationError):
        Question(questionnaire=colours, key="colour", kind="yesno", label={"en": "?"}).full_clean()
