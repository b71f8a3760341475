"""Passing a conversation on: to a colleague or another line, who may, what each side reads, and two at once."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from chat import sweeps
from chat.actions import conversations, duties, erasure, log, messages, queue, transfers
from chat.actions.messages import NotInRoom, Post
from chat.consumers import seats
from chat.models import Conversation, ConversationFact, Line, Transfer
from hotline.staff.actions import rights
from hotline.staff.models import AuditEntry
from hotline.staff.permissions import NotAllowed, NotFound
from tests.chat.test_queue import race

pytestmark = pytest.mark.django_db
State = Transfer.State
NOTE = "Ask about the sister. <b>Slowly.</b>"


@pytest.fixture
def cora(cast, line):
    """Cora is at the desk of the line, with two places."""
    line.most_conversations = 4
    line.save()
    duties.set_maximum(cast.cora, line, 2)
    at_desk(cast.cora, line)
    return cast.cora


def at_desk(person, line, **more):
    with transaction.atomic():
        duties.lock(person, line)
    duties.Duty.objects.filter(user=person, line=line).update(seen_at=timezone.now(), **more)


def says(participant, words):
    return messages.post(Post(participant.pk, uuid.uuid4(), words))


@pytest.fixture
def offered(talk, cast, cora):
    """(Transfer to Cora, the visitor's Participant, Vera's)."""
    visitor, vera, conversation = talk()
    says(visitor, "I am afraid.")
    return transfers.offer(cast.vera, conversation, to_user=cora, note=NOTE), visitor, vera


def test_a_colleague_takes_over_with_what_was_said(offered, cast, line):
    transfer, visitor, vera = offered
    assert [one for one in transfers.offered_to(cast.cora, timezone.now())] == [transfer]
    taken = transfers.accept(cast.cora, transfer)
    conversation = Conversation.objects.get(code=taken.conversation)
    assert conversation.volunteer == cast.cora and conversation.state == "active"
    events = log.read(seats.view(cast.cora, taken.room).room, 0)
    assert [event["kind"] for event in events][-3:] == ["message", "transferred", "joined"]
    assert events[-2]["from"] == vera.code and events[-2]["data"] == {"history": True}
    assert transfer.note == NOTE and NOTE not in str(events)
    says(visitor, "Are you new?")
    cora = conversation.room.participants.get(user=cast.cora)
    assert says(cora, "Yes. I have read what you wrote.").is_new
    conversations.end_as_volunteer(cast.cora, conversation)


def test_whoever_passed_it_on_reads_and_writes_there_no_more(offered, cast):
    transfer, visitor, vera = offered
    taken = transfers.accept(cast.cora, transfer)
    with pytest.raises(NotInRoom):
        seats.view(cast.vera, taken.room)
    with pytest.raises(NotInRoom):
        says(vera, "One more thing")
    with pytest.raises(conversations.AlreadyEnded):
        conversations.end_as_volunteer(cast.vera, Conversation.objects.get(code=taken.conversation))
    assert seats.withdrawn([(vera.pk, cast.vera)]) == [True]


def test_the_note_stays_when_the_new_volunteer_s_own_offer_comes_to_nothing(offered, cast, line, as_person):
    transfer, *_people = offered
    taken = transfers.accept(cast.cora, transfer)
    at_desk(cast.alice, line)
    again = transfers.offer(cast.cora, Conversation.objects.get(code=taken.conversation), to_user=cast.alice)
    transfers.decline(cast.alice, again)
    page = as_person(cast.cora).get(reverse("chat:desk-about", args=[taken.conversation])).content.decode()
    assert "Ask about the sister." in page and "Alice cannot take over now." in page
    queue.give_back(Conversation.objects.select_related("line__team").get(code=taken.conversation), cast.cora)
    queue.take(cast.alice, Conversation.objects.get(code=taken.conversation), uuid.uuid4())
    page = as_person(cast.alice).get(reverse("chat:desk-about", args=[taken.conversation])).content.decode()
    assert "Passed on by" not in page


def test_whoever_takes_it_back_too_late_reads_how_it_stands(offered, cast):
    transfer, *_people = offered
    Transfer.objects.update(state=State.LAPSED)
    with pytest.raises(transfers.StillYours):
        transfers.withdraw(cast.vera, transfer)
    Transfer.objects.update(state=State.ACCEPTED)
    with pytest.raises(transfers.TakenOver):
        transfers.withdraw(cast.vera, transfer)


def test_without_its_key_it_can_be_passed_on_without_a_note(talk, cast, cora):
    _visitor, vera, conversation = talk()
    vera.keys.update(wrapped_key=b"x" * 60)
    with pytest.raises(transfers.NoKey):
        transfers.offer(cast.vera, conversation, to_user=cora, note=NOTE)
    assert transfers.offer(cast.vera, conversation, to_user=cora).note == ""


def test_each_of_two_stretches_counts_its_own_messages(offered, cast):
    transfer, visitor, _vera = offered
    transfers.accept(cast.cora, transfer)
    says(visitor, "One")
    says(visitor, "Two")
    conversations.end_as_volunteer(cast.cora, transfer.conversation)
    facts = ConversationFact.objects.order_by("pk")
    assert [(fact.end, fact.messages, fact.wait_minutes) for fact in facts] == [
        ("passed_on", 1, 0),
        ("volunteer", 2, None),
    ]


def test_declined_or_not_answered_the_visitor_stays(offered, cast):
    transfer, visitor, vera = offered
    transfers.decline(cast.cora, transfer)
    transfer.refresh_from_db()
    assert transfer.state == State.DECLINED
    again = transfers.offer(cast.vera, transfer.conversation, to_user=cast.cora)
    late = again.expires_at + timedelta(seconds=1)
    assert transfers.offered_to(cast.cora, late) == []
    assert sweeps.lapse_transfers(again.expires_at - timedelta(seconds=1)) == 0
    assert sweeps.lapse_transfers(late) == 1
    again.refresh_from_db()
    assert again.state == State.LAPSED
    assert says(vera, "I am still here").is_new
    with pytest.raises(transfers.NoLongerOffered):
        transfers.accept(cast.cora, again)


def test_too_late_is_too_late_before_the_sweep_came(offered, cast):
    transfer, *_people = offered
    Transfer.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    transfer.refresh_from_db()
    with pytest.raises(transfers.NoLongerOffered):
        transfers.accept(cast.cora, transfer)


@pytest.mark.parametrize("end", ["ends", "erases", "given back"])
def test_what_is_over_is_offered_no_more(offered, cast, end):
    transfer, visitor, _vera = offered
    conversation = Conversation.objects.select_related("line__team", "volunteer").get(pk=transfer.conversation_id)
    if end == "ends":
        conversations.end_as_visitor(visitor)
    elif end == "erases":
        erasure.erase_for_visitor(conversation)
    else:
        queue.give_back(conversation, cast.vera)
    assert transfers.offered_to(cast.cora, timezone.now()) == []
    with pytest.raises(transfers.NoLongerOffered):
        transfers.accept(cast.cora, transfer)


def test_the_note_goes_with_its_key(offered, cast):
    transfer, _visitor, vera = offered
    assert NOTE.encode() not in bytes(transfer.sealed_note)
    vera.keys.all().delete()
    assert Transfer.objects.get(pk=transfer.pk).note == ""


def test_nobody_else_passes_it_on_or_takes_it(offered, cast, talk, other_line):
    transfer, *_people = offered
    assert transfers.offered_to(cast.alice, timezone.now()) == []
    with pytest.raises(NotAllowed):
        transfers.accept(cast.alice, transfer)
    with pytest.raises(NotAllowed):
        transfers.accept(cast.vera, transfer)
    with pytest.raises(NotAllowed):
        transfers.decline(cast.alice, transfer)
    with pytest.raises(NotAllowed):
        transfers.withdraw(cast.cora, transfer)
    for action in (transfers.accept, transfers.decline, transfers.withdraw):
        with pytest.raises(NotFound):
            action(cast.viktor, transfer)
    with pytest.raises(NotFound):
        transfers.find(cast.viktor, transfer.code)
    with pytest.raises(transfers.NotYours):
        transfers.offer(cast.alice, transfer.conversation, to_user=cast.cora)


def test_a_line_without_it_passes_nobody_on(talk, cast, cora, line):
    _visitor, _vera, conversation = talk()
    Line.objects.update(can_transfer=False)
    with pytest.raises(NotAllowed):
        transfers.offer(cast.vera, conversation, to_user=cora)


def test_only_to_somebody_who_is_there_with_a_place_free(talk, cast, cora, line, other_line):
    _visitor, _vera, conversation = talk()
    line.passes_on_to.add(other_line)
    with pytest.raises(transfers.NobodyThere):
        transfers.offer(cast.vera, conversation, to_line=other_line)
    with pytest.raises(transfers.NotThere):
        transfers.offer(cast.vera, conversation, to_user=cast.alice)
    at_desk(cora, line, away=True)
    with pytest.raises(transfers.NotThere):
        transfers.offer(cast.vera, conversation, to_user=cora)
    at_desk(cora, line, away=False, maximum=0)
    assert transfers.colleagues(conversation)[0].is_full
    with pytest.raises(transfers.NotThere):
        transfers.offer(cast.vera, conversation, to_user=cora)
    at_desk(cora, line, maximum=2)
    with pytest.raises(transfers.NoteTooLong):
        transfers.offer(cast.vera, conversation, to_user=cora, note="x" * 1001)
    assert not Transfer.objects.exists()


def test_who_left_the_team_is_no_colleague(talk, cast, cora):
    _visitor, _vera, conversation = talk()
    rights.give_rights(cast.ada, cora, roles=[], works_in=[], supervises=[])
    assert transfers.colleagues(conversation) == []


def test_a_full_desk_takes_nobody_over(offered, cast, line):
    transfer, *_people = offered
    at_desk(cast.cora, line, maximum=0)
    with pytest.raises(duties.AtCapacity):
        transfers.accept(cast.cora, transfer)
    transfer.refresh_from_db()
    assert transfer.state == State.OFFERED


def test_it_is_held_out_once_at_a_time(offered, cast):
    transfer, *_people = offered
    with pytest.raises(transfers.OfferedAlready):
        transfers.offer(cast.vera, transfer.conversation, to_user=cast.cora)
    with pytest.raises(IntegrityError), transaction.atomic():
        transfer.pk, transfer.code = None, "another"
        transfer.save()


def test_pressed_twice_it_is_taken_once(offered, cast):
    transfer, *_people = offered
    first = transfers.accept(cast.cora, transfer)
    assert transfers.accept(cast.cora, transfer) == first
    assert AuditEntry.objects.filter(action="conversation.transferred").count() == 1
    assert ConversationFact.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rival", ["accept", "withdraw", "decline", "end"])
def test_of_two_at_once_one_holds(talk, cast, line, rival, quiet_connections):
    visitor, _vera, conversation = talk()
    line.passes_on_to.add(line)
    for one in (cast.cora, cast.alice):
        at_desk(one, line)
    to = {"to_user": cast.cora} if rival == "decline" else {"to_line": line}
    transfer = transfers.offer(cast.vera, conversation, **to)

    def takes_over(person):
        transfers.accept(person, Transfer.objects.select_related("to_line").get(pk=transfer.pk))

    calls = {
        "accept": lambda: takes_over(cast.alice),
        "withdraw": lambda: transfers.withdraw(cast.vera, Transfer.objects.get(pk=transfer.pk)),
        "decline": lambda: transfers.decline(cast.cora, Transfer.objects.get(pk=transfer.pk)),
        "end": lambda: conversations.end_as_visitor(visitor),
    }
    outcomes = race(quiet_connections, lambda: takes_over(cast.cora), calls[rival])
    done = [who for who, outcome in zip(("cora", rival), outcomes, strict=True) if not isinstance(outcome, Exception)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    expected = transfers.NoLongerOffered, transfers.TakenOver, conversations.AlreadyEnded
    assert all(isinstance(one, expected) for one in refused)
    conversation.refresh_from_db()
    transfer.refresh_from_db()
    if rival == "end":
        assert conversation.state == "ended" and "end" in done
    else:
        assert len(done) == 1
        assert conversation.volunteer == {"cora": cast.cora, "accept": cast.alice}.get(done[0], cast.vera)
    present = conversation.room.participants.present().exclude(role="visitor")
    assert present.count() == 1


def test_lists_ask_as_much_for_thirty_as_for_one(offered, cast, line, waiting, query_count):
    def asked():
        return query_count(lambda: transfers.colleagues(offered[0].conversation)), query_count(
            lambda: transfers.offered_to(cast.cora, timezone.now())
        )

    asked()
    with_one = asked()
    for number in range(30):
        person = cast.person(f"colleague{number}", roles=["volunteer"], works_in=[cast.phone])
        at_desk(person, line, maximum=2)
        _visitor, started = waiting()
        conversation = Conversation.objects.get(code=started.conversation)
        queue.take(person, conversation, uuid.uuid4())
        transfers.offer(person, conversation, to_user=cast.cora)
    assert len(transfers.colleagues(offered[0].conversation)) == 31
    assert len(transfers.offered_to(cast.cora, timezone.now())) == 31
    assert asked() == with_one
