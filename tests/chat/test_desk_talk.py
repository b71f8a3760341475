"""One conversation at the desk: what was told before it, its end, the questions after it."""

import threading

import pytest
from django.db import connection
from django.urls import reverse

from chat.actions import conversations, queue, wrap_up
from chat.actions.wrap_up import NotOnYourDesk
from chat.models import AnswerText, Conversation, GivenAnswers, Line
from hotline.questionnaires.models import Questionnaire
from hotline.staff.permissions import NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def vera(cast, as_person):
    return as_person(cast.vera)


@pytest.fixture
def asking(line):
    """The line asks before and after."""
    before = Questionnaire.objects.create(slug="before")
    before.questions.create(key="age", kind="number", label={"en": "How old are you?", "de": "Wie alt bist du?"})
    after = Questionnaire.objects.create(slug="after")
    after.questions.create(key="theme", kind="text", required=True, label={"en": "What was it about?"})
    after.questions.create(key="count", kind="number", label={"en": "How often?"})
    Line.objects.update(questions=before, wrap_up=after)
    line.refresh_from_db()
    return line


@pytest.fixture
def ended(asking, cast, talk):
    """An ended conversation on Vera's desk."""
    _visitor, _vera, conversation = talk()
    conversations.end_as_volunteer(cast.vera, conversation)
    conversation.refresh_from_db()
    return conversation


def address(name, conversation):
    return reverse(f"chat:desk-{name}", args=[conversation.code])


def answers(conversation, **given):
    return {f"{conversation.code}-{key}": value for key, value in given.items()}


def test_it_shows_what_was_told_before(asking, vera, cast, waiting):
    _visitor, started = waiting(alias="<b>Robin</b>", answers={"age": 15}, language="uk")
    conversation = Conversation.objects.get(code=started.conversation)
    queue.take(cast.vera, conversation, "11111111-1111-4111-8111-111111111111")
    page = vera.get(address("about", conversation)).content.decode()
    assert "&lt;b&gt;Robin&lt;/b&gt;" in page and "<b>Robin" not in page
    assert "How old are you?" in page and "<dd>15</dd>" in page and "Українська" in page


def test_it_ends_and_asks_then(asking, vera, talk):
    _visitor, _vera, conversation = talk()
    assert "What was it about?" not in vera.get(address("about", conversation)).content.decode()
    page = vera.post(address("end", conversation)).content.decode()
    assert "What was it about?" in page and "End as abuse" not in page
    conversation.refresh_from_db()
    assert (conversation.state, conversation.end) == ("ended", "volunteer")


def test_it_ends_as_abuse_where_the_line_allows_it(asking, vera, talk):
    _visitor, _vera, conversation = talk()
    Line.objects.update(can_exclude=False)
    assert "End as abuse" not in vera.get(address("about", conversation)).content.decode()
    assert vera.post(address("end", conversation), {"abuse": "yes"}).status_code == 403
    Line.objects.update(can_exclude=True)
    assert "End as abuse" in vera.get(address("about", conversation)).content.decode()
    vera.post(address("end", conversation), {"abuse": "yes"})
    conversation.refresh_from_db()
    assert conversation.end == "abuse"


def test_an_end_that_came_too_late_is_said(asking, vera, talk):
    visitor, _vera, conversation = talk()
    conversations.end_as_visitor(visitor)
    answer = vera.post(address("end", conversation))
    assert answer.status_code == 409
    assert "This conversation has ended." in answer.content.decode()
    assert Conversation.objects.get().end == "visitor"


def test_it_stays_on_the_desk_until_it_is_put_away(ended, vera):
    assert f'id="talk-{ended.code}"' in vera.get("/desk/chat/").content.decode()
    answer = vera.post(address("put-away", ended), answers(ended, theme="home", count="3"))
    assert answer.status_code == 200 and "Put away. Thank you." in answer.content.decode()
    assert f'id="talk-{ended.code}"' not in vera.get("/desk/chat/").content.decode()
    assert GivenAnswers.objects.get().answers == {"count": 3}
    assert AnswerText.objects.get().text == "home"


def test_answers_are_optional(ended, vera):
    assert vera.post(address("put-away", ended), {"skip": "yes"}).status_code == 200
    assert not GivenAnswers.objects.exists()
    ended.refresh_from_db()
    assert ended.put_away


def test_what_is_wrong_is_said_and_what_was_typed_stays(ended, vera):
    answer = vera.post(address("put-away", ended), answers(ended, theme="", count="<many>"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Please answer this." in page and 'value="&lt;many&gt;"' in page
    ended.refresh_from_db()
    assert not ended.put_away and not GivenAnswers.objects.exists()


def test_a_second_tab_keeps_the_answers_once(ended, vera):
    sent = answers(ended, theme="home")
    assert vera.post(address("put-away", ended), sent).status_code == 200
    again = vera.post(address("put-away", ended), sent)
    assert again.status_code == 409 and "no longer on your desk" in again.content.decode()
    assert GivenAnswers.objects.count() == 1


def test_nothing_is_put_away_while_it_runs(asking, cast, vera, talk):
    _visitor, _vera, conversation = talk()
    answer = vera.post(address("put-away", conversation), answers(conversation, theme="home"))
    assert answer.status_code == 409
    assert not GivenAnswers.objects.exists()


def test_nobody_else_puts_it_away(ended, cast):
    with pytest.raises(NotOnYourDesk):
        wrap_up.put_away(cast.alice, ended, {"count": 3})
    for stranger in (cast.viktor, cast.person("nobody", works_in=[cast.phone])):
        with pytest.raises(NotFound):
            wrap_up.put_away(stranger, ended, {"count": 3})
    assert not GivenAnswers.objects.exists()


def test_practice_leaves_no_answers(ended, vera):
    Conversation.objects.update(practice=True)
    vera.post(address("put-away", ended), answers(ended, theme="home", count="3"))
    assert not GivenAnswers.objects.exists() and not AnswerText.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_presses_at_once_one_keeps_the_answers(ended, cast):
    start, outcomes = threading.Barrier(2), []

    def race():
        try:
            start.wait()
            wrap_up.put_away(cast.vera, ended, {"count": 3})
            outcomes.append("kept")
        except NotOnYourDesk:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=race) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["kept", "refused"]
    assert GivenAnswers.objects.count() == 1
