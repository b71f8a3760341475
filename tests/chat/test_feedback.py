"""Feedback: between two and nobody else, with messages that outlive the conversation and not its visitor's erasing."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone
from guardian.shortcuts import remove_perm

from chat import sweeps
from chat.actions import conversations, erasure, feedback, reading, transfers
from chat.models import Conversation, Duty, Event, Feedback, FeedbackAnswer, Line
from hotline.lib.keyring import keyring
from hotline.staff.actions import people
from hotline.staff.models import AuditEntry
from hotline.staff.permissions import NotAllowed, NotFound
from tests.chat.test_flags import says
from tests.support.leaks import Rows

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
GOOD = "You let them finish."
LIST = "/desk/chat/feedback/"


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def seqs(conversation):
    found = Event.objects.filter(room=conversation.room_id, kind="message").order_by("seq")
    return list(found.values_list("seq", flat=True))


def writes(actor, conversation, words=None, quotes=(), seat=None, form_id=None):
    seat = seat or conversation.room.participants.filter(role="volunteer").last()
    words = words or {"good": GOOD}
    return feedback.write(
        actor, conversation, seat.code if seat else "gone", words, quotes, form_id=form_id or uuid.uuid4()
    )


@pytest.fixture
def said(talk, cast):
    """(conversation, visitor): Vera's, in which two messages stand."""
    visitor, vera, conversation = talk()
    says(visitor, "He waits at school")
    says(vera, "Since when?")
    return conversation, visitor


@pytest.fixture
def given(said, cast):
    """Cora's Feedback to Vera, with both messages."""
    conversation, _visitor = said
    words = {"good": f" {GOOD} ", "better": "Ask sooner.", "content": "", "course": " "}
    return writes(cast.cora, conversation, words, seqs(conversation))


def test_what_is_written_is_sealed_and_read_by_both(given, cast, line):
    assert (given.line, given.by, given.volunteer) == (line, cast.cora, cast.vera)
    found = feedback.find(cast.vera, given.code)
    assert found.words == {"good": GOOD, "better": "Ask sooner."}
    assert [(one["who"], one["alias"], one["body"]) for one in found.quotes] == [
        ("visitor", "", "He waits at school"),
        ("volunteer", "Vera", "Since when?"),
    ]
    assert GOOD.encode() not in bytes(found.sealed_words) and b"school" not in bytes(found.sealed_quotes)
    assert feedback.find(cast.cora, given.code) == found


def test_each_answers_and_sees_what_the_other_has_read(given, cast):
    assert list(Feedback.objects.unread(cast.vera)) == [given] and not Feedback.objects.unread(cast.cora).exists()
    feedback.note_read(cast.vera, given)
    feedback.note_read(cast.vera, given)
    assert not Feedback.objects.unread(cast.vera).exists()
    feedback.answer(cast.vera, given, " Thank you. ", 1)
    assert list(Feedback.objects.unread(cast.cora)) == [given] and not Feedback.objects.unread(cast.vera).exists()
    feedback.answer(cast.cora, given, "See you tomorrow.", 2)
    given.refresh_from_db()
    assert [(one.number, one.from_volunteer) for one in given.answers.all()] == [(2, True), (3, False)]
    assert (given.head, given.read_by_volunteer, given.read_by_writer) == (3, 2, 3)
    done = list(AuditEntry.objects.filter(subject=given.code).order_by("pk").values_list("action", "actor_alias"))
    assert done == [
        ("feedback.written", "Cora"),
        ("feedback.read", "Vera"),
        ("feedback.answered", "Vera"),
        ("feedback.answered", "Cora"),
    ]
    assert "Thank you" not in str(list(AuditEntry.objects.values()))


def test_the_same_form_or_answer_twice_is_one(said, cast):
    form, (conversation, _visitor) = uuid.uuid4(), said
    first = writes(cast.cora, conversation, form_id=form)
    assert writes(cast.cora, conversation, form_id=form) == first
    with pytest.raises(feedback.Changed):
        writes(cast.alice, conversation, form_id=form)
    answer = feedback.answer(cast.vera, first, "Thank you.", 1)
    assert feedback.answer(cast.vera, first, "Thank you.", 1) == answer
    with pytest.raises(feedback.Changed):
        feedback.answer(cast.cora, first, "One more thing.", 1)
    assert FeedbackAnswer.objects.count() == 1


# ---- how long ----


def test_it_is_read_when_the_conversation_has_run_out(noon, said, cast, line):
    conversation, visitor = said
    given = writes(cast.cora, conversation, quotes=seqs(conversation))
    conversations.end_as_visitor(visitor)
    noon.shift(line.retention + timedelta(hours=1))
    keyring().destroy_due(timezone.now())
    assert sweeps.erase_due(timezone.now()) == 1 and not Conversation.objects.exists()
    found = feedback.find(cast.vera, given.code)
    assert found.conversation is None and found.quotes[0]["body"] == "He waits at school"
    feedback.answer(cast.vera, found, "I remember.", 1)


def test_it_goes_at_its_time_and_its_key_with_it(noon, given, cast, settings):
    Feedback.objects.all().delete()
    settings.FEEDBACK_DAYS = 5
    given = writes(cast.cora, Conversation.objects.get())
    feedback.answer(cast.vera, given, "Thank you.", 1)
    noon.move_to(NOON + timedelta(days=5, seconds=-1))
    assert sweeps.erase_feedback(timezone.now()) == 0
    assert feedback.find(cast.vera, given.code).words == {"good": GOOD}
    noon.shift(timedelta(days=1))
    assert feedback.find(cast.vera, given.code).words is None
    with pytest.raises(feedback.Gone):
        feedback.answer(cast.vera, given, "Too late.", 2)
    assert sweeps.erase_feedback(timezone.now()) == 1
    assert not Feedback.objects.exists() and not FeedbackAnswer.objects.exists()
    assert AuditEntry.objects.filter(action="feedback.erased", subject=given.code).exists()


@pytest.mark.django_db(transaction=True)
def test_the_visitor_s_erasing_takes_the_quotes_along_and_nothing_else(talk, cast, marked):
    mark = marked()
    visitor, _vera, conversation = talk()
    says(visitor, mark.text)
    given = writes(cast.cora, conversation, {"good": GOOD}, seqs(conversation))
    feedback.answer(cast.vera, given, "Thank you.", 1)
    assert mark.text in str(feedback.find(cast.vera, given.code).quotes)
    sealed = bytes(Feedback.objects.get().sealed_quotes)
    erasure.erase_for_visitor(conversation)
    found = feedback.find(cast.vera, given.code)
    assert (found.quotes, found.quoted, found.words) == (None, 1, {"good": GOOD})
    assert found.answers.count() == 1
    mark.assert_absent(Rows())
    assert sealed not in [bytes(one.sealed_words) for one in Feedback.objects.all()]


def test_a_backup_brings_the_quotes_of_an_erased_one_back_to_nobody(own_keyring, talk, cast):
    visitor, _vera, conversation = talk()
    says(visitor, "He waits at school")
    writes(cast.cora, conversation, quotes=seqs(conversation))
    # What is written down when they erase; the rows are as the backup has them.
    erasure.ledger.note(erasure.LEDGER_OF_VISITORS, conversation.code)
    erasure.ledger.note(erasure.LEDGER, conversation.code)
    assert Feedback.objects.get().quotes
    assert erasure.erase_again() == 1
    assert Feedback.objects.get().quotes is None and not Conversation.objects.exists()


# ---- who ----


def test_nobody_else_finds_it_and_no_other_guide_of_the_line(given, cast):
    second = cast.person("second", roles=["coordinator"], supervises=[cast.phone])
    foreign = cast.person("foreign", roles=["coordinator"], supervises=[cast.crawl])
    granted = cast.person("granted", roles=["administrator"], supervises=[cast.phone])
    colleague = cast.person("colleague", roles=["volunteer"], works_in=[cast.phone])
    for person in (second, foreign, granted, colleague, cast.alice, cast.ada, cast.viktor):
        with pytest.raises(NotFound):
            feedback.find(person, given.code)
        with pytest.raises(NotFound):
            feedback.answer(person, given, "Me too.", 1)
    assert not FeedbackAnswer.objects.exists()


def test_whoever_leaves_the_line_reads_it_no_more(given, cast):
    remove_perm("supervise_team", cast.cora, cast.phone)
    with pytest.raises(NotFound):
        feedback.find(cast.cora, given.code)
    remove_perm("work_in_team", cast.vera, cast.phone)
    with pytest.raises(NotFound):
        feedback.find(cast.vera, given.code)


def test_only_who_guides_the_line_writes(said, cast):
    conversation, _visitor = said
    foreign = cast.person("foreign", roles=["coordinator"], supervises=[cast.crawl])
    for person, refusal in (
        (cast.vera, NotAllowed),
        (cast.viktor, NotFound),
        (cast.ada, NotFound),
        (foreign, NotFound),
    ):
        with pytest.raises(refusal):
            writes(person, conversation)
    writes(cast.person("granted", roles=["administrator"], supervises=[cast.phone]), conversation)
    Line.objects.update(has_feedback=False)
    with pytest.raises(NotAllowed):
        writes(cast.cora, Conversation.objects.select_related("line").get())


def test_where_the_line_has_none_what_is_there_is_read_and_not_added_to(given, cast, as_person):
    Line.objects.update(has_feedback=False)
    with pytest.raises(NotAllowed):
        feedback.answer(cast.vera, given, "Thank you.", 1)
    page = as_person(cast.vera).get(f"{LIST}{given.code}/").content.decode()
    assert GOOD in page and 'id="answer"' not in page
    assert "chat/feedback" not in as_person(cast.cora).get("/desk/chat/").content.decode()


def test_nobody_writes_to_themself_or_to_somebody_who_left(talk, cast):
    _visitor, _seat, conversation = talk(cast.alice)
    with pytest.raises(feedback.NobodyToTell):
        writes(cast.alice, conversation)
    people.disable(cast.ada, cast.alice)
    assert feedback.recipients(cast.cora, conversation) == []
    with pytest.raises(feedback.NobodyToTell):
        writes(cast.cora, conversation)
    with pytest.raises(IntegrityError), transaction.atomic():
        Feedback(
            line=conversation.line, by=cast.cora, volunteer=cast.cora, form_id=uuid.uuid4(), wrapped_key=b"x",
            key_due=NOON, sealed_words=b"x", created_at=NOON, changed_at=NOON, erase_at=NOON,
        ).save()  # fmt: skip


def test_a_volunteer_is_sent_no_message_that_they_never_read(said, cast, line):
    conversation, visitor = said
    Duty.objects.create(line=line, user=cast.alice, maximum=3, seen_at=timezone.now())
    line.passes_history = False
    line.save()
    transfers.accept(cast.alice, transfers.offer(cast.vera, conversation, to_user=cast.alice))
    conversation.refresh_from_db()
    says(visitor, "Said to Alice")
    first, last = seqs(conversation)[0], seqs(conversation)[-1]
    seats = {one.user_id: one for one in conversation.room.participants.filter(role="volunteer")}
    assert [one.person for one in feedback.recipients(cast.cora, conversation)] == [cast.alice, cast.vera]
    for person, wanted in ((cast.vera, last), (cast.alice, first)):
        with pytest.raises(feedback.NotTheirs):
            writes(cast.cora, conversation, quotes=[wanted], seat=seats[person.pk])
    writes(cast.cora, conversation, quotes=[last], seat=seats[cast.alice.pk])


def test_it_goes_with_the_volunteer_and_stays_without_its_writer(given, said, cast, as_person):
    people.disable(cast.alice, cast.cora)
    people.forget(cast.cora)
    page = as_person(cast.vera).get(f"{LIST}{given.code}/").content.decode()
    assert GOOD in page and "somebody who has left" in page and 'id="answer"' not in page
    people.forget(cast.vera)
    assert not Feedback.objects.exists()


def test_the_first_message_of_a_long_conversation_can_be_quoted(said, cast, monkeypatch):
    monkeypatch.setattr(reading, "AT_ONCE", 1)
    monkeypatch.setattr(reading, "MOST_READ", 1)
    conversation, _visitor = said
    given = writes(cast.cora, conversation, quotes=seqs(conversation))
    assert [quote["body"] for quote in given.quotes] == ["He waits at school", "Since when?"]


# ---- bad input ----


def test_bad_input_is_refused_in_words(said, cast, monkeypatch):
    conversation, visitor = said
    for words in ({"good": " \n"}, {"nonsense": "x"}):
        with pytest.raises(feedback.WordsMissing):
            writes(cast.cora, conversation, words)
    with pytest.raises(feedback.TooLong):
        writes(cast.cora, conversation, {"course": "x" * 2001})
    for wrong in ([999], [-1], [1]):
        with pytest.raises(feedback.NotTheirs):
            writes(cast.cora, conversation, quotes=wrong)
    with pytest.raises(feedback.TooManyQuotes):
        writes(cast.cora, conversation, quotes=range(21))
    with pytest.raises(feedback.NobodyToTell):
        writes(cast.cora, conversation, seat=visitor)
    monkeypatch.setattr(feedback, "MOST", 1)
    given = writes(cast.cora, conversation)
    with pytest.raises(feedback.TooMany):
        writes(cast.cora, conversation)
    with pytest.raises(feedback.TooLong):
        feedback.answer(cast.vera, given, "x" * 2001, 1)
    monkeypatch.setattr(feedback, "MOST_ANSWERS", 1)
    feedback.answer(cast.vera, given, "One", 1)
    with pytest.raises(feedback.TooManyAnswers):
        feedback.answer(cast.vera, given, "Two", 2)
    erasure.erase_for_visitor(conversation)
    with pytest.raises(conversations.Unknown):
        writes(cast.cora, conversation)
