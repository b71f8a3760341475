"""Flags for follow-up: who sets and sees them, what they keep and for how long, and two who take care at once."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from chat import sweeps
from chat.actions import conversations, duties, erasure, flags, log, messages, transfers
from chat.actions.messages import Post
from chat.models import Conversation, Duty, Flag, Line
from hotline.staff.models import AuditEntry
from hotline.staff.permissions import NotAllowed, NotFound
from tests.chat.test_queue import race

pytestmark = pytest.mark.django_db
State = Flag.State
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WHY = "Says that somebody waits at school. Ring the school's counsellor?"


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def says(participant, words):
    return messages.post(Post(participant.pk, uuid.uuid4(), words))


@pytest.fixture
def flagged(talk, cast):
    """(Flag of Vera's, visitor, conversation)."""
    visitor, _vera, conversation = talk()
    says(visitor, "Hello?")
    return flags.flag(cast.vera, conversation, f"  {WHY} "), visitor, conversation


def test_it_is_set_followed_up_and_says_what_came_of_it(flagged, cast):
    flag, _visitor, conversation = flagged
    assert flag.reason == WHY and WHY.encode() not in bytes(flag.sealed_reason)
    assert (flag.first_seq, flag.last_seq) == (1, 3)
    flags.take_care(cast.cora, flag)
    flag.refresh_from_db()
    assert (flag.state, flag.carer) == (State.CARED_FOR, cast.cora)
    flags.let_go(cast.cora, flag)
    flags.finish(cast.cora, flag, "The counsellor knows.")
    flag.refresh_from_db()
    assert (flag.state, flag.read("outcome")) == (State.DONE, "The counsellor knows.")
    assert WHY not in str(list(AuditEntry.objects.values()))
    with pytest.raises(flags.Changed):
        flags.finish(cast.cora, flag, "Again")


def test_it_is_about_some_messages_where_that_was_said(talk, cast):
    visitor, _vera, conversation = talk()
    for number in range(8):
        says(visitor, f"Message {number}")
    conversation.room.refresh_from_db()
    some = flags.flag(cast.vera, conversation, WHY, last=5)
    assert (some.first_seq, some.last_seq) == (conversation.room.head - 4, conversation.room.head)
    none = talk()[2]
    assert flags.flag(cast.vera, none, WHY, last=5).first_seq <= none.room.head


def test_an_open_flag_keeps_the_conversation_and_a_done_one_does_not(noon, flagged, cast, line):
    flag, visitor, conversation = flagged
    noon.shift(timedelta(hours=1))
    conversations.end_as_visitor(visitor)
    conversation.refresh_from_db()
    until = NOON + timedelta(hours=1, days=30)
    assert conversation.flagged_until == until == conversation.kept_until(timezone.now())
    noon.move_to(until - timedelta(seconds=1))
    sweeps.forward_keys(timezone.now())
    assert sweeps.erase_due(timezone.now()) == 0
    assert log.read(Conversation.objects.get(pk=conversation.pk).room)[-2]["body"] == "Hello?"
    flags.finish(cast.cora, flag, "Seen to")
    assert sweeps.erase_due(timezone.now()) == 1
    assert not Flag.objects.exists()


def test_no_flag_keeps_it_longer_than_the_house_allows(noon, flagged, cast):
    _flag, visitor, _conversation = flagged
    conversations.end_as_visitor(visitor)
    noon.shift(timedelta(days=30, seconds=1))
    assert sweeps.erase_due(timezone.now()) == 1


def test_with_another_flag_open_it_stays(flagged, cast):
    first, _visitor, conversation = flagged
    flags.flag(cast.vera, conversation, "Another thing")
    flags.finish(cast.cora, first, "Done")
    conversation.refresh_from_db()
    assert conversation.flagged_until is not None


def test_the_visitor_s_own_erasing_wins(flagged):
    _flag, _visitor, conversation = flagged
    erasure.erase_for_visitor(conversation)
    assert not Flag.objects.exists()


def test_the_visitor_sees_until_when_and_nothing_else(flagged, client):
    _flag, visitor, conversation = flagged
    conversation.refresh_from_db()
    assert conversation.kept_longer_until == conversation.flagged_until


def test_who_may_not(flagged, cast, talk):
    flag, _visitor, conversation = flagged
    for person, refusal in ((cast.vera, NotAllowed), (cast.viktor, NotFound), (cast.ada, NotFound)):
        for call in (
            lambda who: flags.take_care(who, flag),
            lambda who: flags.let_go(who, flag),
            lambda who: flags.finish(who, flag, "x"),
        ):
            with pytest.raises(refusal):
                call(person)
    with pytest.raises(flags.NotYours):
        flags.flag(cast.alice, conversation, WHY)
    with pytest.raises(NotFound):
        flags.flag(cast.viktor, conversation, WHY)
    with pytest.raises(flags.Changed):
        flags.let_go(cast.cora, flag)
    Line.objects.update(can_flag=False)
    with pytest.raises(NotAllowed):
        flags.flag(cast.vera, Conversation.objects.get(pk=conversation.pk), WHY)


def test_bad_input_is_refused_in_words(flagged, cast):
    flag, _visitor, conversation = flagged
    with pytest.raises(flags.ReasonMissing):
        flags.flag(cast.vera, conversation, " \n ")
    with pytest.raises(flags.TooLong):
        flags.flag(cast.vera, conversation, "x" * 501)
    with pytest.raises(flags.ReasonMissing):
        flags.finish(cast.cora, flag, "")
    for number in range(flags.MOST - 1):
        flags.flag(cast.vera, conversation, f"Another {number}")
    with pytest.raises(flags.TooMany):
        flags.flag(cast.vera, conversation, "One more")


def test_at_the_desk(flagged, cast, as_person):
    _flag, _visitor, conversation = flagged
    vera, address = as_person(cast.vera), f"/desk/chat/{conversation.code}/flag/"
    page = vera.post(address, {"reason": "<b>Marked</b>", "range": "few"}).content.decode()
    assert "&lt;b&gt;Marked" in page and "Nobody has seen to it yet." in page
    refused = vera.post(address, {"reason": "y" * 501, "range": "few"})
    assert refused.status_code == 409
    assert "y" * 501 in refused.content.decode() and "500 characters at most" in refused.content.decode()
    Line.objects.update(can_flag=False)
    assert vera.post(address, {"reason": "x"}).status_code == 403
    assert "flagging" not in vera.get(f"/desk/chat/{conversation.code}/").content.decode()


def test_in_the_admin(flagged, cast, as_person):
    flag, *_rest = flagged
    cora = as_person(cast.cora)
    assert flag.code in cora.get("/admin/chat/flag/").content.decode()
    page = cora.get(f"/admin/chat/flag/{flag.pk}/change/").content.decode()
    assert "somebody waits at school" in page and "Hello?" not in page
    assert as_person(cast.vera).get("/admin/chat/flag/").status_code == 403


def test_whoever_follows_it_up_reads_that_part_and_each_look_is_written_down(talk, cast, as_person):
    visitor, vera, conversation = talk()
    says(visitor, "Said before")
    for who, words in ((visitor, "<b>He waits</b>\nat school"), (vera, "Since when?")):
        says(who, words)
    flag = flags.flag(cast.vera, conversation, WHY, last=2)
    says(visitor, "Said after")
    page = as_person(cast.cora).post(f"/admin/chat/flag/{flag.pk}/do/read/").content.decode()
    assert "&lt;b&gt;He waits&lt;/b&gt;<br>at school" in page and "Since when?" in page and "Vera" in page
    assert "Said before" not in page and "Said after" not in page
    looked = AuditEntry.objects.get(action="conversation.read")
    assert (looked.actor_alias, looked.subject) == ("Cora", conversation.code)
    for person, refusal in ((cast.vera, NotAllowed), (cast.viktor, NotFound), (cast.ada, NotFound)):
        with pytest.raises(refusal):
            flags.read(person, flag)
    vera.keys.all().delete()
    assert [event.get("body") for _author, event in flags.read(cast.cora, flag)] == ["<b>He waits</b>\nat school", None]
    erasure.erase_for_visitor(conversation)
    with pytest.raises(conversations.Unknown):
        flags.read(cast.cora, flag)


def test_whoever_is_gone_takes_care_of_nothing(flagged, cast):
    flag, *_rest = flagged
    flags.take_care(cast.cora, flag)
    assert not Flag.objects.unattended().exists()
    cast.cora.is_active = False
    cast.cora.save()
    assert Flag.objects.unattended().get() == flag
    flag.refresh_from_db()
    flags.let_go(cast.alice, flag)
    flags.take_care(cast.alice, flag)


def test_it_stays_with_the_line_where_it_was_set_and_with_whoever_set_it(flagged, cast, line, other_line, as_person):
    flag, _visitor, conversation = flagged
    line.passes_on_to.add(other_line)
    duties.lock(cast.viktor, other_line)
    Duty.objects.filter(user=cast.viktor).update(seen_at=timezone.now())
    transfers.accept(cast.viktor, transfers.offer(cast.vera, conversation, to_line=other_line))
    about = as_person(cast.viktor).get(f"/desk/chat/{conversation.code}/").content.decode()
    assert "waits at school" not in about
    flag.refresh_from_db()
    flags.finish(cast.cora, flag, "Seen to")


def test_without_its_key_it_is_finished_without_words(flagged, cast):
    flag, _visitor, conversation = flagged
    flag.key.delete()
    flags.finish(cast.cora, flag, "Nothing can be written down")
    flag.refresh_from_db()
    assert (flag.state, flag.read("outcome")) == (State.DONE, "")
    conversation.refresh_from_db()
    assert conversation.flagged_until is None


def test_a_shorter_bound_than_the_line_s_time_tells_nobody_a_wrong_day(noon, flagged, settings):
    _flag, visitor, conversation = flagged
    settings.FLAG_DAYS = 1
    conversations.end_as_visitor(visitor)
    conversation.refresh_from_db()
    assert conversation.kept_longer_until is None


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_care_at_once_one_does(talk, cast, quiet_connections):
    _visitor, _vera, conversation = talk()
    flag, people = flags.flag(cast.vera, conversation, WHY), (cast.cora, cast.alice)
    plays = [lambda who=who: flags.take_care(who, Flag.objects.get(pk=flag.pk)) for who in people]
    outcomes = race(quiet_connections, *plays)
    flag.refresh_from_db()
    assert [type(outcome) for outcome in outcomes].count(flags.SomebodyElse) == 1
    assert outcomes[people.index(flag.carer)] is None


@pytest.mark.django_db(transaction=True)
def test_a_flag_that_is_set_while_it_is_erased_keeps_it_or_finds_nothing(talk, cast, quiet_connections):
    visitor, _vera, conversation = talk()
    conversations.end_as_visitor(visitor)
    Conversation.objects.update(erase_at=timezone.now() - timedelta(seconds=1))
    flag, erased = race(
        quiet_connections,
        lambda: flags.flag(cast.vera, conversation, WHY),
        lambda: sweeps.erase_due(timezone.now()),
    )
    assert isinstance(flag, Flag) != bool(erased)
    assert Conversation.objects.exists() == isinstance(flag, Flag)
