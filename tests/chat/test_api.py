"""The visitor's interface over HTTP: what each call answers, and that nobody gets in with another's token."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from chat.actions import conversations, erasure
from chat.models import AnswerText, Conversation, Event, GivenAnswers, Line, Participant
from tests.chat.calls import Device, ask, wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def device():
    return Device()


@pytest.fixture
def started(line, device):
    """(Device with its token, what the start answered)."""
    answer = device.post("lines/youth/conversations/", wish()).json()
    device.token = answer["token"]
    return device, answer


# ---- a line ----


def test_a_line_says_how_it_stands_and_what_it_asks(line, device):
    line.questions = ask(
        "before",
        ("age", "number", {"required": True, "maximum": 99}),
        (
            "topic",
            "choice",
            {"choices": [{"value": "home", "label": {"en": "Home"}}, {"value": "school", "label": {}}]},
        ),
        ("more", "text", {"help": {"en": "As you like."}, "maximum": 200}),
    )
    line.alternatives = [{"name": "Emergency", "address": "tel:112"}]
    line.save()
    answer = device.get("lines/youth/")
    assert answer.status_code == 200
    assert answer["Cache-Control"].find("no-store") >= 0
    assert answer.json() == {
        "state": "open",
        "title": "Youth line",
        "languages": ["en", "de", "nb", "uk", "ru"],
        "alias": "optional",
        "questions": [
            {"key": "age", "kind": "number", "label": "Age", "help": "", "required": True, "choices": [], "max": 99},
            {
                "key": "topic",
                "kind": "choice",
                "label": "Topic",
                "help": "",
                "required": False,
                "choices": [{"value": "home", "label": "Home"}, {"value": "school", "label": "school"}],
                "max": None,
            },
            {
                "key": "more",
                "kind": "text",
                "label": "More",
                "help": "As you like.",
                "required": False,
                "choices": [],
                "max": 200,
            },
        ],
        "waiting": 0,
        "wait_seconds": None,
        "opens_at": None,
        "alternatives": [{"name": "Emergency", "address": "tel:112"}],
        "may_be_read_along": True,
        "challenge": None,
    }


def test_a_line_speaks_the_visitors_language_and_no_cookie_is_needed(line):
    line.titles = {"en": "Youth line", "de": "Jugendchat", "nb": "Ungdomschat"}
    line.save()
    assert Device(language="de-AT,en;q=0.5").get("lines/youth/").json()["title"] == "Jugendchat"
    assert Device(language="nn").get("lines/youth/").json()["title"] == "Ungdomschat"
    assert Device(language="xx").get("lines/youth/").json()["title"] == "Youth line"
    assert Device(language="en").get("lines/youth/?language=de").json()["title"] == "Jugendchat"


@pytest.mark.parametrize(
    ("mode", "places", "state"),
    [("open", 5, "open"), ("open", 1, "full"), ("paused", 5, "paused"), ("closed", 5, "closed")],
)
def test_a_line_tells_closed_full_and_paused(line, device, waiting, mode, places, state):
    waiting()
    Line.objects.filter(pk=line.pk).update(mode=mode, maximum_waiting=places)
    assert device.get("lines/youth/").json()["state"] == state


def test_a_line_that_goes_by_hours_says_when_it_opens(line, device, time_machine):
    time_machine.move_to(datetime(2026, 3, 2, 6, tzinfo=UTC), tick=False)
    Line.objects.filter(pk=line.pk).update(mode="hours", hours={"mon": [["12:00", "14:00"]]}, time_zone="UTC")
    answer = device.get("lines/youth/").json()
    assert (answer["state"], answer["opens_at"]) == ("closed", "2026-03-02T12:00:00+00:00")


def test_an_unknown_line_is_told_as_such(line, device):
    assert device.get("lines/nobody/").status_code == 404
    assert device.post("lines/nobody/conversations/", wish()).json()["code"] == "unknown"


# ---- the start ----


def test_a_start_gives_what_the_device_needs(line, device):
    answer = device.post("lines/youth/conversations/", wish(alias="Robin"))
    assert answer.status_code == 201
    assert answer.json().keys() == {"token", "conversation", "room", "resume_code"}
    participant = conversations.visitor(answer.json()["token"])
    assert participant.room.code == answer.json()["room"]
    assert conversations.alias_of(participant) == "Robin"


@pytest.mark.parametrize(
    "secret",
    [
        "0123456789abcdef0123456789abcdef",
        base64.urlsafe_b64encode(b"sixteen bytes, 1").decode().rstrip("="),
        base64.urlsafe_b64encode(b"thirty-two bytes, which is more!").decode().rstrip("="),
    ],
)
def test_the_same_start_again_gives_the_same_answer(line, device, secret):
    first = device.post("lines/youth/conversations/", wish(id=secret))
    again = device.post("lines/youth/conversations/", wish(id=secret))
    assert first.json() == again.json()
    assert again.status_code == 201
    assert Conversation.objects.count() == 1


def test_answers_are_kept_as_they_were_checked(line, device):
    line.questions = ask("before", ("age", "number", {}), ("safe", "yesno", {}), ("more", "text", {}))
    line.save()
    answers = {"age": "15", "safe": False, "more": " at home ", "gone": "of yesterday's form"}
    answer = device.post("lines/youth/conversations/", wish(answers=answers)).json()
    conversation = Conversation.objects.get(code=answer["conversation"])
    assert conversations.answers_before(conversation) == {"age": 15, "safe": False, "more": "at home"}


@pytest.mark.parametrize(
    ("mode", "places", "code"), [("closed", 5, "closed"), ("paused", 5, "paused"), ("open", 1, "full")]
)
def test_whoever_comes_too_late_is_told_why(line, device, waiting, mode, places, code):
    waiting()
    Line.objects.filter(pk=line.pk).update(mode=mode, maximum_waiting=places)
    answer = device.post("lines/youth/conversations/", wish())
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert answer.json()["detail"]


# ---- resume ----


def test_a_resume_code_lets_in_from_another_device(line, started):
    _device, answer = started
    other = Device().post("lines/youth/resume/", {"code": answer["resume_code"].lower().replace("-", " ")})
    assert other.status_code == 200
    assert other.json()["conversation"] == answer["conversation"]
    assert other.json()["token"] != answer["token"]
    assert Device(answer["token"]).get("conversations/").status_code == 401


def test_a_wrong_code_or_that_of_another_line_is_not_known(line, other_line, started):
    _device, answer = started
    for path, code in (("youth", "0000-0000-0000"), ("family", answer["resume_code"]), ("youth", "")):
        refused = Device().post(f"lines/{path}/resume/", {"code": code})
        assert (refused.status_code, refused.json()["code"]) == (404, "unknown")


def test_a_line_without_codes_gives_none_and_takes_none(line, started):
    _device, answer = started
    Line.objects.filter(pk=line.pk).update(can_resume=False)
    assert Device().post("lines/youth/resume/", {"code": answer["resume_code"]}).status_code == 404
    assert Device().post("lines/youth/conversations/", wish()).json()["resume_code"] == ""


# ---- what a token opens ----


def test_a_token_names_its_conversation(started):
    device, answer = started
    assert device.get("conversations/").json() == {
        "conversation": answer["conversation"],
        "room": answer["room"],
        "line": "youth",
        "state": "waiting",
        "kept_until": None,
    }


@pytest.mark.parametrize("token", [None, "", "nobody's", "\u00e4", "x" * 5000])
def test_without_a_good_token_nothing_opens(started, token):
    _device, answer = started
    stranger = Device(token)
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    for method, path in (
        ("GET", "conversations/"),
        ("POST", f"rooms/{answer['room']}/end/"),
        ("POST", f"conversations/{answer['conversation']}/survey/"),
        ("DELETE", f"conversations/{answer['conversation']}/"),
    ):
        refused = stranger.call(method, path, **headers)
        assert (refused.status_code, refused.json()["code"]) == (401, "not_known"), path
    assert Conversation.objects.get().state == "waiting"


def test_a_token_of_another_conversation_opens_nothing_here(line, started, waiting):
    line.survey = ask("after", ("good", "yesno", {}))
    line.save()
    _participant, other = waiting()
    device, _answer = started
    for method, path, code in (
        ("POST", f"rooms/{other.room}/end/", "unknown_room"),
        ("POST", f"conversations/{other.conversation}/survey/", "unknown"),
        ("DELETE", f"conversations/{other.conversation}/", "unknown"),
    ):
        refused = device.call(method, path)
        assert (refused.status_code, refused.json()["code"]) == (404, code), path
    assert Conversation.objects.running().count() == 2


# ---- end ----


def test_the_visitor_ends_it_once(started):
    device, answer = started
    path = f"rooms/{answer['room']}/end/"
    assert device.post(path).status_code == 200
    again = device.post(path)
    assert (again.status_code, again.json()["code"]) == (409, "ended")
    assert Conversation.objects.get().end == "visitor"


def test_whoever_leaves_at_once_has_a_token_that_opens_nothing(started):
    device, answer = started
    assert device.post(f"rooms/{answer['room']}/end/", {"leaving": True}).status_code == 200
    assert Conversation.objects.get().end == "exit"
    assert device.get("conversations/").status_code == 401
    assert Participant.objects.get().token_hash is None


def test_leaving_counts_after_the_end_too(started):
    device, answer = started
    device.post(f"rooms/{answer['room']}/end/")
    assert device.post(f"rooms/{answer['room']}/end/", {"leaving": True}).status_code == 200
    assert device.get("conversations/").status_code == 401


def test_the_volunteer_who_has_it_ends_it_with_session_and_csrf_token(cast, talk, as_person):
    _visitor, _vera, conversation = talk()
    client = as_person(cast.vera, enforce_csrf_checks=True)
    client.cookies["csrftoken"] = token = "a" * 32
    path = f"/chat/api/rooms/{conversation.room.code}/end/"
    assert client.post(path, content_type="application/json").status_code == 403
    conversation.refresh_from_db()
    assert conversation.state == "active"
    assert client.post(path, content_type="application/json", headers={"X-CSRFToken": token}).status_code == 200
    conversation.refresh_from_db()
    assert conversation.end == "volunteer"


def test_a_stranger_on_the_staff_ends_nothing(cast, talk, as_person):
    _visitor, _vera, conversation = talk()
    path = f"/chat/api/rooms/{conversation.room.code}/end/"
    for person, address, status in (
        (cast.viktor, path, 404),
        (cast.cora, path, 409),
        (cast.vera, "/chat/api/rooms/NOSUCHROOM/end/", 404),
        (None, path, 401),
    ):
        assert as_person(person).post(address, content_type="application/json").status_code == status, person
    conversation.refresh_from_db()
    assert conversation.state == "active"


# ---- survey ----


@pytest.fixture
def surveyed(line, started):
    """(Device, path of the survey) of a visitor whose conversation has ended, on a line that asks afterwards."""
    line.survey = ask("after", ("good", "yesno", {"required": True}), ("words", "text", {}))
    line.save()
    device, answer = started
    device.post(f"rooms/{answer['room']}/end/")
    return device, f"conversations/{answer['conversation']}/survey/"


def test_a_survey_is_kept_once_and_without_a_link(surveyed):
    device, path = surveyed
    for _time in range(2):
        assert device.post(path, {"answers": {"good": True, "words": "It helped."}}).status_code == 204
    kept = GivenAnswers.objects.get()
    assert (kept.answers, kept.asked) == ({"good": True}, "survey")
    assert AnswerText.objects.get().text == "It helped."


def test_a_survey_that_misses_something_says_so_and_may_be_sent_again(surveyed):
    device, path = surveyed
    for answers in ({}, {"good": 7}, ["good"], None):
        refused = device.post(path, {"answers": answers})
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid")
    assert GivenAnswers.objects.count() == 0
    assert device.post(path, {"answers": {"good": "no"}}).status_code == 204


def test_a_line_without_survey_takes_none(started):
    device, answer = started
    device.post(f"rooms/{answer['room']}/end/")
    refused = device.post(f"conversations/{answer['conversation']}/survey/", {"answers": {}})
    assert refused.status_code == 404


def test_nobody_is_asked_before_the_end(line, started):
    line.survey = ask("after", ("good", "yesno", {}))
    line.save()
    device, answer = started
    refused = device.post(f"conversations/{answer['conversation']}/survey/", {"answers": {"good": True}})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_ended")


# ---- erasing ----


def test_the_visitor_erases_everything_now(started):
    device, answer = started
    Conversation.objects.update(hold_until=timezone.now() + timedelta(days=3), hold_reason="flagged")
    assert device.delete(f"conversations/{answer['conversation']}/").status_code == 204
    assert not Conversation.objects.exists()
    assert not Event.objects.exists()
    assert device.get("conversations/").status_code == 401


def test_after_half_an_hour_an_ended_conversation_opens_nothing(started):
    device, answer = started
    device.post(f"rooms/{answer['room']}/end/")
    late = timezone.now() - conversations.AFTERWARDS - timedelta(seconds=1)
    Conversation.objects.update(ended_at=late)
    Participant.objects.update(seen_at=late)
    assert device.delete(f"conversations/{answer['conversation']}/").status_code == 401
    erasure.drop_tokens(timezone.now())
    assert device.get("conversations/").status_code == 401


def test_a_call_asks_the_database_a_bounded_number_of_times(started, query_count, waiting, line):
    device, _answer = started
    first = query_count(lambda: device.get("lines/youth/"))
    mine = query_count(lambda: device.get("conversations/"))
    for _number in range(5):
        waiting()
    assert query_count(lambda: device.get("lines/youth/")) == first <= 5
    assert query_count(lambda: device.get("conversations/")) == mine <= 2
