"""The survey after a conversation: given once, kept without a link."""

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction

from chat.actions import conversations, wrap_up
from chat.models import AnswerText, Conversation, GivenAnswers
from tests.chat.calls import Device, ask
from tests.chat.conftest import visitor_comes
from tests.chat.test_queue import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def over(line):
    """Started of a visitor whose conversation has ended, on a line that asks afterwards."""
    line.survey = ask("after", ("good", "yesno", {"required": True}), ("words", "text", {}))
    line.save()
    visitor, started = visitor_comes(line)
    conversations.end_as_visitor(visitor)
    return started


def give(started, **answers):
    device = Device(started.token)
    return device.post(f"conversations/{started.conversation}/survey/", {"answers": answers})


def test_a_second_survey_is_answered_as_the_first_and_kept_nowhere(over):
    assert give(over, good=True, words="It helped.").status_code == 204
    cache.clear()
    again = give(over, good=False, words="Or not.")
    assert (again.status_code, again.content) == (204, b"")
    assert GivenAnswers.objects.get().answers == {"good": True}
    assert AnswerText.objects.get().text == "It helped."


def test_whoever_comes_back_by_their_code_later_is_not_counted_twice(line, over):
    give(over, good=True)
    again = conversations.resume(line, over.resume_code)
    assert give(again, good=False).status_code == 204
    assert GivenAnswers.objects.get().answers == {"good": True}


def test_what_is_not_right_does_not_use_up_the_one_time(over):
    assert give(over).status_code == 400
    assert not Conversation.objects.get().survey_given
    assert give(over, good=True).status_code == 204
    assert Conversation.objects.get().survey_given and GivenAnswers.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_of_two_surveys_at_once_one_is_kept(over, quiet_connections, _round):
    seen = [Conversation.objects.select_related("line").get() for _number in range(2)]
    outcomes = race(
        quiet_connections,
        lambda: wrap_up.answer_survey(seen[0], {"good": True}),
        lambda: wrap_up.answer_survey(seen[1], {"good": False}),
    )
    assert sorted(outcomes) == [False, True]
    assert GivenAnswers.objects.get().answers == {"good": outcomes[0]}


def test_nothing_is_given_before_the_end(line, over):
    visitor, _started = visitor_comes(line)
    assert wrap_up.answer_survey(visitor.room.conversation, {"good": True}) is False
    assert not GivenAnswers.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Conversation.objects.filter(pk=visitor.room.conversation.pk).update(survey_given=True)


def test_an_erased_conversation_leaves_no_answers_that_come_late(over):
    gone = Conversation.objects.select_related("line").get()
    gone.room.delete()
    assert wrap_up.answer_survey(gone, {"good": True}) is False
    assert not GivenAnswers.objects.exists()


def test_a_survey_with_no_questions_is_none(line, client, over):
    """Nothing is shown that asks nothing, and what is sent all the same is answered in words."""
    assert 'id="survey"' in client.get(f"/chat/{line.slug}/").content.decode()
    line.survey.questions.all().delete()
    page = client.get(f"/chat/{line.slug}/").content.decode()
    assert 'id="survey"' not in page and "May we ask you something?" not in page
    answer = give(over, good=True)
    assert answer.status_code == 404 and "asks nothing" in answer.json()["detail"]
    assert not Conversation.objects.get().survey_given


def test_a_wrap_up_with_no_questions_is_put_away_at_once(line, cast, as_person, talk):
    line.wrap_up = ask("wrap-up")
    line.save()
    _visitor, _vera, conversation = talk()
    conversations.end_as_volunteer(cast.vera, conversation)
    vera = as_person(cast.vera)
    page = vera.get(f"/desk/chat/{conversation.code}/").content.decode()
    assert "A few questions for you." not in page and "Without answers" not in page
    assert "Put away." in vera.post(f"/desk/chat/{conversation.code}/put-away/").content.decode()
    assert Conversation.objects.get().put_away and not GivenAnswers.objects.exists()


def test_a_survey_that_was_changed_meanwhile_uses_up_no_turn(line, over):
    """An answer whose question is gone is left out; a new question that must be answered is named."""
    line.survey.questions.filter(key="words").delete()
    assert give(over, good=True, words="It helped.").status_code == 204
    assert GivenAnswers.objects.get().answers == {"good": True} and not AnswerText.objects.exists()
    visitor, started = visitor_comes(line)
    conversations.end_as_visitor(visitor)
    line.survey.questions.create(key="age", kind="number", required=True, label={"en": "Age?"})
    refused = give(started, good=True)
    assert refused.status_code == 400 and set(refused.json()["fields"]) == {"age"}
    assert not Conversation.objects.get(code=started.conversation).survey_given
