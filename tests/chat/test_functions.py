"""Each function of a line, on and off: off, no page shows a control of it, and the server refuses it."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from chat.actions import conversations, duties
from chat.models import AnswerText, Conversation, GivenAnswers, Line
from tests.chat.calls import Device, ask, wish

pytestmark = pytest.mark.django_db
START = "lines/youth/conversations/"

# What switches a function off, and what of the visitor's page goes with it. The scripts offer nothing that has no mark.
ON_THE_PAGE = [
    ({"shows_typing": False}, ["data-typing"]),
    ({"shows_read": False}, ["data-read"]),
    ({"can_resume": False}, ['id="return"', 'id="resume"', 'id="code-card"']),
    ({"can_keep_transcript": False}, ["data-transcript", 'id="transcript"', 'id="transcript-log"']),
    ({"survey": None}, ['id="survey"', 'id="thanks"', 'name="good"']),
    ({"alias": "none"}, ['id="alias"', 'id="alias-help"', 'data-alias="']),
    ({"questions": None}, ['name="age"']),
]


@pytest.fixture
def full(line):
    """`line` with every function."""
    line.suggested_aliases = {"en": ["Robin"]}
    line.questions = ask("before", ("age", "number", {"required": True}))
    line.survey = ask("after", ("good", "yesno", {"required": True}))
    line.wrap_up = ask("wrap-up", ("theme", "text", {"required": True}))
    line.save()
    return line


@pytest.fixture
def desk(cast):
    """Vera's browser, as htmx asks."""
    client = Client(headers={"HX-Request": "true"})
    client.force_login(cast.vera)
    return client


def markup(client):
    """The visitor's page without the words that stand in `data-` attributes for its scripts."""
    html = client.get("/chat/youth/").content.decode()
    return re.sub(r'<div id="texts".*?</div>', "", html, flags=re.DOTALL)


@pytest.mark.parametrize(("off", "controls"), ON_THE_PAGE)
def test_the_visitors_page_shows_what_is_on_and_not_what_is_off(full, client, off, controls):
    html = markup(client)
    assert [control for control in controls if control not in html] == []
    Line.objects.update(**off)
    html = markup(client)
    assert [control for control in controls if control in html] == []


@pytest.mark.parametrize(("alias", "required", "words"), [("optional", 0, 1), ("required", 1, 0)])
def test_whether_a_name_must_be_given_is_said(full, client, alias, required, words):
    Line.objects.update(alias=alias, questions=None)
    html = markup(client)
    assert (html.count('aria-required="true"'), html.count('class="optional"')) == (required, words)


@pytest.mark.parametrize(("function", "mark"), [("shows_typing", "data-typing"), ("shows_read", "data-read")])
def test_the_desk_shows_marks_where_the_line_has_them(full, talk, desk, function, mark):
    talk()
    item = re.compile(r'<button class="person[^>]*>')
    assert mark in item.search(desk.get("/desk/chat/").content.decode())[0]
    Line.objects.update(**{function: False})
    assert mark not in item.search(desk.get("/desk/chat/").content.decode())[0]


def test_keeping_visitors_out_is_a_button_of_the_desk_and_refused_when_off(full, talk, desk):
    _visitor, _vera, conversation = talk()
    about, end = (reverse(f"chat:desk-{name}", args=[conversation.code]) for name in ("about", "end"))
    assert 'name="abuse"' in desk.get(about).content.decode()
    Line.objects.update(can_exclude=False)
    html = desk.get(about).content.decode()
    assert "abuse" not in html
    assert desk.post(end, {"abuse": "yes"}).status_code == 403
    assert Conversation.objects.get().state == "active"


def test_questions_to_the_volunteer_are_asked_or_not_and_answers_nobody_asked_for_are_not_kept(full, talk, desk, cast):
    _visitor, _vera, conversation = talk()
    conversations.end_as_volunteer(cast.vera, conversation)
    about, put_away = (reverse(f"chat:desk-{name}", args=[conversation.code]) for name in ("about", "put-away"))
    field = f"{conversation.code}-theme"
    assert field in desk.get(about).content.decode()
    Line.objects.update(wrap_up=None)
    html = desk.get(about).content.decode()
    assert field not in html and 'name="skip"' not in html
    assert desk.post(put_away, {field: "home"}).status_code == 200
    assert not GivenAnswers.objects.exists() and not AnswerText.objects.exists()


def test_practice_needs_the_code_and_is_neither_offered_nor_begun_without(full, desk):
    address = reverse("chat:desk-practice", args=["youth"])
    assert address in desk.get("/desk/chat/").content.decode()
    Line.objects.update(can_resume=False)
    assert address not in desk.get("/desk/chat/").content.decode()
    assert desk.post(address).status_code == 409
    assert not Conversation.objects.exists()


def test_a_code_is_given_and_taken_only_where_the_line_has_it(full):
    given = Device().post(START, wish(answers={"age": 15})).json()
    assert given["resume_code"]
    assert Device().post("lines/youth/resume/", {"code": given["resume_code"]}).status_code == 200
    Line.objects.update(can_resume=False)
    assert Device().post("lines/youth/resume/", {"code": given["resume_code"]}).status_code == 404
    assert Device().post(START, wish(answers={"age": 15})).json()["resume_code"] == ""


@pytest.mark.parametrize(
    ("alias", "named", "nameless"), [("none", 400, 201), ("optional", 201, 201), ("required", 201, 400)]
)
def test_a_name_is_taken_as_the_line_asks_for_it(full, alias, named, nameless):
    Line.objects.update(alias=alias, questions=None)
    assert Device().post(START, wish(alias="Robin")).status_code == named
    assert Device().post(START, wish()).status_code == nameless


def test_questions_before_are_asked_for_and_answers_nobody_asked_for_are_not_kept(full):
    assert Device().post(START, wish()).json()["fields"].keys() == {"age"}
    Line.objects.update(questions=None)
    assert Device().post(START, wish(answers={"age": 15})).status_code == 201
    assert conversations.answers_before(Conversation.objects.get()) == {}


def test_a_survey_is_taken_only_where_the_line_asks(full, waiting):
    _visitor, started = waiting()
    device = Device(started.token)
    device.post(f"rooms/{started.room}/end/", {})
    address = f"conversations/{started.conversation}/survey/"
    Line.objects.update(survey=None)
    refused = device.post(address, {"answers": {"good": True}})
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown")
    assert not GivenAnswers.objects.exists()
    Line.objects.update(survey=full.survey)
    assert device.post(address, {"answers": {"good": True}}).status_code == 204
    assert GivenAnswers.objects.exists()


def test_the_number_of_conversations_has_no_button_where_there_is_no_choice(full, cast, desk):
    Line.objects.update(least_conversations=2, most_conversations=2)
    duties.set_maximum(cast.vera, Line.objects.get(), 2)
    html = desk.get("/desk/chat/").content.decode()
    buttons = re.findall(r'<button class="button square"[^>]*name="number"[^>]*>', html)
    assert [button.endswith("disabled>") for button in buttons] == [True, True]
    number = reverse("chat:desk-number", args=["youth"])
    assert desk.post(number, {"number": "3"}).status_code == 409
