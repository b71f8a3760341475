"""What was said is sealed while it is kept, and gone when its time is up or the visitor says so."""

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from chat import sweeps
from chat.actions import conversations, erasure, figures, log, messages, presence
from chat.actions.messages import Post
from chat.models import AnswerText, AuthorKey, Conversation, ConversationFact, Event, GivenAnswers, Participant, Room
from hotline.lib.keyring import KeyGone
from hotline.questionnaires.models import Questionnaire
from tests.support.leaks import Cached, Folder, Rows, Text

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def say(participant, body):
    return messages.post(Post(participant.pk, uuid.uuid4(), body))


def places(printed):
    found = [Rows(), Cached(), Text(printed.getvalue())]
    if connection.vendor == "sqlite":
        found.append(Folder(Path(connection.settings_dict["NAME"]).parent))
    return found


def test_nothing_of_a_conversation_lies_anywhere_in_the_clear(line, cast, waiting, marked, printed):
    alias, answer, said, code = marked(), marked(), marked(), marked()
    visitor, started = waiting(alias=alias.text, answers={"who": answer.text})
    say(visitor, said.text)
    token, code = marked(started.token), marked(started.resume_code)
    for place in places(printed):
        for mark in (alias, answer, said, token, code):
            mark.assert_absent(place)
    room = Room.objects.get()
    assert log.read(room)[-1]["body"] == said.text
    assert conversations.alias_of(visitor) == alias.text
    assert conversations.answers_before(Conversation.objects.get()) == {"who": answer.text}


@pytest.mark.parametrize("way", ["visitor", "due"])
def test_an_erased_conversation_leaves_no_sealed_byte_either(talk, marked, printed, way):
    visitor, vera, conversation = talk()
    say(visitor, "Nobody must know." * 20)
    sealed = bytes(Event.objects.exclude(sealed_body=None).get().sealed_body)
    # its middle, since a page of the database may cut it
    trace = sealed[40:80].decode("latin-1")

    def lies_there():
        if connection.vendor != "sqlite":
            return Event.objects.exists()
        folder = Folder(Path(connection.settings_dict["NAME"]).parent)
        return any(trace.encode("latin-1") in content for _path, content in folder.pieces())

    assert lies_there(), "the search finds it while it is there"
    if way == "visitor":
        erasure.erase_for_visitor(conversation)
    else:
        conversations.end_as_visitor(visitor)
        Conversation.objects.update(erase_at=timezone.now())
        assert sweeps.erase_due(timezone.now()) == 1
    assert not lies_there()
    for model in (Conversation, Room, Participant, AuthorKey, Event):
        assert not model.objects.exists()


def test_a_conversation_goes_when_its_line_says(line, talk, noon):
    visitor, _vera, conversation = talk()
    conversations.end_as_visitor(visitor)
    assert sweeps.erase_due(NOON + line.retention - timedelta(seconds=1)) == 0
    assert sweeps.erase_due(NOON + line.retention) == 1
    assert ConversationFact.objects.count() == 1, "the figures stay"


def test_what_is_held_stays_until_the_hold_ends_and_goes_at_once_if_the_visitor_erases(line, talk, noon):
    visitor, _vera, conversation = talk()
    until = NOON + timedelta(days=20)
    Conversation.objects.update(hold_until=until, hold_reason="complaint")
    conversations.end_as_visitor(visitor)
    assert sweeps.erase_due(until - timedelta(seconds=1)) == 0
    erasure.erase_for_visitor(conversation)
    assert not Room.objects.exists()


def test_the_day_key_takes_every_copy_along(line, talk, noon, own_keyring):
    visitor, _vera, conversation = talk()
    say(visitor, "Nobody must know.")
    assert log.read(conversation.room)[-1]["body"] == "Nobody must know."
    day = conversation.room.key_due
    noon.move_to(datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=UTC))
    own_keyring.destroy_due(timezone.now())
    # the rows are all there, as in a copy that was made in time
    assert Event.objects.filter(sealed_body__isnull=False).count() == 1
    assert [event["kind"] for event in log.read(conversation.room)][-1] == "redacted"
    with pytest.raises(KeyGone):
        conversations.answers_before(conversation)
    with pytest.raises(messages.Ended):
        say(visitor, "Still here?")


def test_keys_move_forward_while_a_conversation_runs_and_no_further(line, talk, noon):
    visitor, _vera, conversation = talk()
    say(visitor, "Hello?")
    due = conversation.room.key_due
    assert due == (NOON + line.retention).date()
    assert sweeps.forward_keys(NOON) == 0
    late = datetime.combine(due, datetime.min.time(), tzinfo=UTC) - timedelta(hours=2)
    noon.move_to(late)
    assert sweeps.forward_keys(late) == 1
    assert Room.objects.get().key_due == (late + line.retention).date()
    noon.move_to(late + timedelta(days=2))
    assert log.read(conversation.room)[-1]["body"] == "Hello?"
    conversations.end_as_visitor(visitor)
    later = late + timedelta(days=6)
    noon.move_to(later)
    assert sweeps.forward_keys(later) == 0, "what has ended is not prolonged"


def test_a_short_retention_never_meets_the_end_of_its_key(line, talk, noon):
    """A line that keeps for minutes, at five to midnight: the key lives longer than the conversation."""
    line.retention_minutes = 10
    line.save()
    noon.move_to(NOON.replace(hour=23, minute=55))
    visitor, _vera, conversation = talk()
    say(visitor, "Hello?")
    noon.move_to(NOON.replace(hour=23, minute=59) + timedelta(hours=3))
    sweeps.forward_keys(timezone.now())
    assert log.read(conversation.room)[-1]["body"] == "Hello?"


def test_tokens_are_forgotten_after_the_end(talk, noon):
    visitor, _vera, _conversation = talk()
    conversations.end_as_visitor(visitor)
    assert sweeps.drop_tokens(NOON + conversations.AFTERWARDS) == 0
    assert sweeps.drop_tokens(NOON + conversations.AFTERWARDS + timedelta(seconds=1)) == 1
    assert Participant.objects.get(pk=visitor.pk).token_hash is None


def test_whoever_comes_back_by_code_after_the_end_has_the_same_time(line, waiting, noon):
    _visitor, started = waiting()
    conversations.end_as_visitor(conversations.visitor(started.token))
    later = NOON + timedelta(days=2)
    noon.move_to(later)
    again = conversations.resume(line, started.resume_code)
    back = conversations.visitor(again.token)
    presence.touch({back.pk}, set(), later + timedelta(minutes=20))
    assert sweeps.drop_tokens(later + conversations.AFTERWARDS) == 0
    assert sweeps.drop_tokens(later + conversations.AFTERWARDS + timedelta(seconds=1)) == 1


def test_figures_have_no_way_back_and_no_exact_time(line, talk, noon):
    noon.move_to(NOON + timedelta(minutes=17, seconds=33))
    visitor, _vera, conversation = talk()
    say(visitor, "Hello?")
    line.survey = Questionnaire.objects.create(slug="after")
    line.survey.questions.create(key="helped", kind="yesno", label={"en": "Did it help?"})
    line.survey.questions.create(key="more", kind="text", label={"en": "Anything else?"})
    line.save()
    conversation.line.refresh_from_db()
    conversations.end_as_visitor(visitor)
    figures.keep_answers(conversation, GivenAnswers.Asked.VISITOR, {"helped": True, "more": "Thank you, Vera"})
    fact, answers, words = ConversationFact.objects.get(), GivenAnswers.objects.get(), AnswerText.objects.get()
    assert (fact.hour, answers.hour, words.day) == (NOON, NOON, NOON.date())
    assert (fact.taken, fact.messages, fact.end) == (True, 1, "visitor")
    assert answers.answers == {"helped": True} and words.text == "Thank you, Vera"
    for row in (fact, answers, words):
        assert conversation.code not in str(vars(row)) and not any("conversation" in name for name in vars(row))


def test_practice_stays_out_of_the_figures(line, talk):
    visitor, _vera, conversation = talk()
    Conversation.objects.update(practice=True)
    conversations.end_as_visitor(visitor)
    conversation.refresh_from_db()
    figures.keep_answers(conversation, GivenAnswers.Asked.VISITOR, {"helped": True})
    assert not ConversationFact.objects.exists() and not GivenAnswers.objects.exists()


def test_old_figures_go_and_words_much_earlier(line, noon, settings):
    ConversationFact.objects.create(
        line=line, hour=NOON, language="en", end="visitor", taken=True, wait_minutes=1, talk_minutes=1, messages=1
    )
    AnswerText.objects.create(line=line, asked="survey", day=NOON.date(), question="more", text="Thank you")
    assert sweeps.drop_old_figures(NOON + timedelta(days=settings.ANSWER_TEXT_DAYS)) == 0
    assert sweeps.drop_old_figures(NOON + timedelta(days=settings.ANSWER_TEXT_DAYS + 1)) == 1
    assert sweeps.drop_old_figures(NOON + timedelta(days=settings.FIGURE_DAYS, seconds=1)) == 1


def test_a_resumed_conversation_knows_the_former_device_no_more(line, waiting):
    _visitor, started = waiting()
    again = conversations.resume(line, started.resume_code.lower().replace("-", " "))
    assert (again.conversation, again.room, again.resume_code) == (
        started.conversation,
        started.room,
        started.resume_code,
    )
    assert conversations.visitor(started.token) is None
    assert conversations.visitor(again.token).room.code == started.room
    for wrong in ("", "AAAA-BBBB-CCCC", started.resume_code[:-1]):
        with pytest.raises(conversations.Unknown):
            conversations.resume(line, wrong)
    line.can_resume = False
    line.save()
    with pytest.raises(conversations.Unknown):
        conversations.resume(line, started.resume_code)
