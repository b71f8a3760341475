"""What the visitor's interface does with what it cannot take: a clear word in the visitor's language, and no harm."""

import pytest

from chat.actions import conversations
from chat.models import Conversation, Line
from tests.chat.calls import Device, ask, wish

pytestmark = pytest.mark.django_db

START = "lines/youth/conversations/"


def refused(response, status, code):
    """The fields that are wrong (dict) of a response that must be this refusal."""
    answer = response.json()
    assert (response.status_code, answer["code"]) == (status, code)
    assert answer["detail"]
    return answer.get("fields", {})


@pytest.mark.parametrize(
    "secret", [None, "", "short", 7, ["a" * 32], "g" * 32 + "!", "a" * 21, "a" * 65, "\u00e4" * 32, True, {}]
)
def test_an_id_without_128_bits_is_refused(line, secret):
    assert refused(Device().post(START, wish(id=secret)), 400, "invalid").keys() == {"id"}
    assert not Conversation.objects.exists()


@pytest.mark.parametrize("language", [None, "", "xx", 7, ["en"], "en" * 20])
def test_a_language_that_the_line_does_not_speak_is_refused(line, language):
    assert refused(Device().post(START, wish(language=language)), 400, "invalid").keys() == {"language"}


@pytest.mark.parametrize("alias", ["x" * 41, 7, ["Robin"], True])
def test_a_name_that_cannot_be_one_is_refused(line, alias):
    assert refused(Device().post(START, wish(alias=alias)), 400, "invalid").keys() == {"alias"}


@pytest.mark.parametrize("alias", [None, "", "   ", "\u200b\n", "\u3164", "\u115f\uffa0"])
def test_a_line_that_needs_a_name_asks_for_it(line, alias):
    Line.objects.update(alias="required")
    assert refused(Device().post(START, wish(alias=alias)), 400, "invalid").keys() == {"alias"}


def test_a_line_that_asks_for_no_name_takes_none(line):
    Line.objects.update(alias="none")
    assert refused(Device().post(START, wish(alias="Robin")), 400, "invalid").keys() == {"alias"}
    assert Device().post(START, wish(alias="")).status_code == 201


def test_a_name_is_one_line_without_control_characters(line):
    answer = Device().post(START, wish(alias="  <b>Ro\u0000bin\u202e\n Hood</b> ")).json()
    assert conversations.alias_of(conversations.visitor(answer["token"])) == "<b>Ro bin Hood</b>"


QUESTIONS = (
    ("age", "number", {"required": True, "minimum": 6, "maximum": 99}),
    ("topic", "choice", {"choices": [{"value": "home", "label": {}}, {"value": "school", "label": {}}]}),
    ("more", "text", {"maximum": 20}),
    ("day", "date", {}),
    ("safe", "yesno", {}),
)


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        (None, {"age"}),
        ({}, {"age"}),
        ([], {"age", "answers"}),
        ("age", {"age", "answers"}),
        ({"age": "old"}, {"age"}),
        ({"age": 5}, {"age"}),
        ({"age": True}, {"age"}),
        ({"age": 15.5}, {"age"}),
        ({"age": [15]}, {"age"}),
        ({"age": 15, "topic": "moon"}, {"topic"}),
        ({"age": 15, "topic": {"value": "home"}}, {"topic"}),
        ({"age": 15, "more": "x" * 21}, {"more"}),
        ({"age": 15, "more": 7}, {"more"}),
        ({"age": 15, "more": "a\u0000b"}, {"more"}),
        ({"age": 15, "day": "tomorrow"}, {"day"}),
        ({"age": 15, "safe": "perhaps"}, {"safe"}),
        ({"age": 15, "safe": 1}, {"safe"}),
        ({"age": "x", "topic": "moon", "safe": "perhaps"}, {"age", "topic", "safe"}),
    ],
)
def test_answers_that_do_not_fit_are_named_each(line, answers, wrong):
    line.questions = ask("before", *QUESTIONS)
    line.save()
    assert refused(Device().post(START, wish(answers=answers)), 400, "invalid").keys() == wrong
    assert not Conversation.objects.exists()


def test_what_is_wrong_is_said_in_the_language_that_was_chosen(line, waiting):
    line.questions = ask("before", *QUESTIONS)
    line.save()
    for data in (wish(language="de"), wish(language="de", answers={"age": "alt"})):
        said = Device(language="en").post(START, data).json()
        assert (
            said["fields"]["age"]
            != Device(language="en").post(START, data | {"language": "en"}).json()["fields"]["age"]
        )


@pytest.mark.parametrize(
    "body", ["", "null", "[]", '"text"', "7", "{", "{]}", b"\xff\xfe", '{"id": "\\ud800"}', "[" * 60_000]
)
def test_what_is_no_json_object_is_not_understood(line, body):
    response = Device().call("POST", START, body)
    assert response.status_code == 400
    assert response.json()["code"] in ("bad_frame", "invalid")


@pytest.mark.parametrize("size", [70_000, 3_000_000])
def test_what_is_too_large_is_refused(line, size):
    refused(Device().post(START, wish(alias="x" * size)), 413, "too_large")


@pytest.mark.parametrize("body", [{}, {"code": None}, {"code": 7}, {"code": ["a"]}])
def test_a_resume_without_a_code_is_not_understood(line, body):
    refused(Device().post("lines/youth/resume/", body), 400, "bad_frame")


@pytest.mark.parametrize("leaving", [1, "yes", None, {}])
def test_leaving_is_yes_or_no(waiting, leaving):
    _participant, started = waiting()
    refused(Device(started.token).post(f"rooms/{started.room}/end/", {"leaving": leaving}), 400, "bad_frame")
    assert Conversation.objects.get().state == "waiting"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "lines/youth/", "GET"),
        ("GET", START, "POST"),
        ("GET", "lines/youth/resume/", "POST"),
        ("GET", "rooms/X/end/", "POST"),
        ("PUT", "conversations/X/", "DELETE"),
        ("GET", "conversations/X/survey/", "POST"),
    ],
)
def test_another_method_is_named(line, method, path, allowed):
    response = Device().call(method, path)
    assert (response.status_code, response["Allow"]) == (405, allowed)
    assert response.json()["code"] == "bad_frame"


# ---- too often ----


def test_codes_cannot_be_guessed_in_quick_succession(line, cache_in_memory):
    statuses = [
        Device().post("lines/youth/resume/", {"code": f"0000-0000-{number:04}"}).status_code for number in range(12)
    ]
    assert statuses == [404] * 10 + [429] * 2
