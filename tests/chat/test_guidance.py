"""Guidance: a room beside the conversation, the call for help, stepping in, taking over; and who may not."""

import uuid
from datetime import timedelta

import pytest
from channels.db import database_sync_to_async as db
from django.utils import timezone

from chat import sweeps
from chat.actions import conversations, erasure, guidance, live_view, log, messages, queue, transfers, wrap_up
from chat.actions.messages import Post
from chat.consumers import queues, seats
from chat.models import AuthorKey, Conversation, Guidance, HelpCall, Line, Participant, Room
from hotline.staff.models import Alarm, AuditEntry
from hotline.staff.permissions import NotAllowed, NotFound
from tests.cast import make_person
from tests.chat.calls import Device
from tests.chat.test_queue import race
from tests.chat.test_socket import enter, hear

__all__ = ["enter"]

pytestmark = pytest.mark.django_db(transaction=True)
MARK = "MarkedTextOfGuidance"


@pytest.fixture(autouse=True)
def everybody(cast, monkeypatch):
    monkeypatch.setattr(queues, "PAUSE", 0.0)
    return cast.vera, cast.cora, cast.ada, cast.viktor, cast.alice


def says(participant, words):
    return messages.post(Post(participant.pk, uuid.uuid4(), words))


def fresh(conversation):
    return Conversation.objects.select_related("line", "room", "volunteer").get(pk=conversation.pk)


def take_over(who, conversation):
    """From whom they see have it."""
    return guidance.take_over(who, conversation, guidance.code_of_volunteer(conversation))


def audited(action):
    return list(AuditEntry.objects.filter(action=action).order_by("pk").values_list("actor_alias", flat=True))


# ---- the room ----


def test_either_begins_it_and_both_write(talk, cast):
    _visitor, _vera, conversation = talk()
    cora = guidance.begin(cast.cora, conversation)
    vera = guidance.begin(cast.vera, conversation)
    assert cora.room == vera.room and Guidance.objects.count() == 1
    assert (cora.role, vera.role) == ("coordinator", "volunteer")
    says(cora, MARK)
    says(vera, "Thank you")
    view = seats.view(cast.vera, cora.room.code)
    assert [one.get("body") for one in log.read(view.room, 0) if one["kind"] == "message"] == [MARK, "Thank you"]
    assert audited("conversation.guidance_begun") == ["Cora"]


async def test_no_frame_serializer_or_log_of_the_visitor_ever_carries_it(talk, cast, enter):
    """Every frame and answer that the visitor's device gets while all of it happens, searched for what was said beside."""
    visitor, _vera, conversation = await db(talk)()
    started_token = "the-visitor-s-token-of-this-test"

    def known():
        from chat.actions import tokens

        Participant.objects.filter(pk=visitor.pk).update(token_hash=tokens.hash_visitor(started_token))

    await db(known)()
    code = conversation.room.code
    robin = await enter(started_token, {code: 0})
    await hear(robin, "opened")

    def beside():
        guidance.call(cast.vera, conversation)
        cora = guidance.answer(cast.cora, HelpCall.objects.get())
        live_view.open_one(cast.cora, conversation)
        says(cora, MARK)
        says(cora.room.participants.get(user=cast.vera), MARK)
        return cora

    cora = await db(beside)()
    await robin.say(type="open", room=cora.room.code)
    assert (await hear(robin, "error"))["code"] == "unknown_room"
    await robin.say(type="post", room=cora.room.code, id=str(uuid.uuid4()), body="May I?")
    assert (await hear(robin, "error"))["code"] == "unknown_room"
    await db(guidance.step_in)(cast.cora, conversation)
    frames = []
    while not frames or frames[-1].get("kind") != "joined":
        frames.append(await robin.hear())
    await robin.say(type="open", room=code)
    frames.append(await hear(robin, "opened"))
    await db(conversations.end_as_visitor)(await db(Participant.objects.select_related("room").get)(pk=visitor.pk))
    while frames[-1].get("kind") != "ended":
        frames.append(await robin.hear())
    device = Device(started_token)

    def asked():
        answers = [device.get(f"rooms/{code}/events/?after=0"), device.get("conversations/")]
        answers.append(device.get(f"rooms/{cora.room.code}/events/?after=0"))
        return "".join(answer.content.decode() for answer in answers)

    for text in (str(frames), await db(asked)()):
        assert MARK not in text and cora.room.code not in text and "guidance" not in text


def test_what_was_said_goes_with_the_conversation_and_its_key_never_later(talk, cast):
    visitor, _vera, conversation = talk()
    cora = guidance.begin(cast.cora, conversation)
    says(cora, MARK)
    Room.objects.update(key_due=timezone.now().date())
    conversations.end_as_visitor(visitor)
    erasure.wrap_keys(conversation, timezone.now())
    assert len(set(AuthorKey.objects.values_list("key_due", flat=True))) == 1
    assert len(set(Room.objects.values_list("key_due", flat=True))) == 1
    erasure.erase_for_visitor(conversation)
    assert not Room.objects.exists() and not AuthorKey.objects.exists() and not Guidance.objects.exists()


def test_guidance_on_an_ended_conversation_has_clear_words(talk, cast):
    visitor, _vera, conversation = talk()
    cora = guidance.begin(cast.cora, conversation)
    conversations.end_as_visitor(visitor)
    with pytest.raises(messages.Ended, match="the guidance ended with it"):
        says(cora, "Well done")
    for play in (guidance.begin, guidance.step_in, take_over):
        with pytest.raises(messages.Ended):
            play(cast.cora, fresh(conversation))
    with pytest.raises(messages.Ended):
        guidance.call(cast.vera, fresh(conversation))
    conversation.room.delete()
    for play in (guidance.begin, guidance.step_in, take_over):
        with pytest.raises(conversations.Unknown):
            play(cast.cora, conversation)


def test_the_next_volunteer_reads_nothing_of_it_and_the_former_no_more(talk, cast, line):
    _visitor, _vera, conversation = talk()
    before = guidance.begin(cast.vera, conversation)
    queue.give_back(fresh(conversation), cast.vera)
    with pytest.raises(messages.NotInRoom):
        seats.view(cast.vera, before.room.code)
    queue.take(cast.alice, fresh(conversation), uuid.uuid4())
    after = guidance.begin(cast.alice, fresh(conversation))
    assert after.room != before.room
    with pytest.raises(messages.NotInRoom):
        seats.view(cast.alice, before.room.code)
    queue.give_back(fresh(conversation), cast.alice)
    queue.take(cast.vera, fresh(conversation), uuid.uuid4())
    assert guidance.begin(cast.vera, fresh(conversation)).room == before.room
    says(Participant.objects.get(pk=before.pk), "I have them again")


def test_who_may_not(talk, waiting, cast):
    _visitor, _vera, conversation = talk()
    other = make_person("oleh", roles=["volunteer"], works_in=[cast.phone])
    plays = (guidance.begin, guidance.step_in, take_over)
    for person, refusal in ((other, NotAllowed), (cast.ada, NotFound), (cast.viktor, NotFound)):
        for play in plays:
            with pytest.raises(refusal):
                play(person, conversation)
    for play in (guidance.step_in, take_over):
        with pytest.raises(NotAllowed):
            play(cast.vera, conversation)
        with pytest.raises(live_view.YourOwn):
            play(cast.alice, talk(volunteer=cast.alice)[2])
    with pytest.raises(guidance.NotYours):
        guidance.call(other, conversation)
    call = guidance.call(cast.vera, conversation)
    for person, refusal in ((cast.vera, NotAllowed), (cast.ada, NotFound), (cast.viktor, NotFound)):
        with pytest.raises(refusal):
            guidance.answer(person, call)
        with pytest.raises(refusal):
            guidance.find_call(person, call.code)
    _other, started = waiting()
    unattended = Conversation.objects.get(code=started.conversation)
    for play in plays:
        with pytest.raises(live_view.NobodyYet):
            play(cast.cora, unattended)
    Line.objects.update(has_guidance=False, can_step_in=False)
    for play in plays:
        with pytest.raises(NotAllowed):
            play(cast.cora, fresh(conversation))
    with pytest.raises(NotAllowed):
        guidance.call(cast.vera, fresh(conversation))


def test_nobody_else_of_the_line_reads_it(talk, cast):
    visitor, _vera, conversation = talk()
    room = guidance.begin(cast.cora, conversation).room.code
    other = make_person("oleh", roles=["volunteer"], works_in=[cast.phone])
    guest = seats.Guest(visitor.pk, conversation.room.code, "en", "", bytes(visitor.token_hash))
    for who in (other, cast.alice, cast.ada, cast.viktor, guest):
        with pytest.raises(messages.NotInRoom):
            seats.view(who, room)


# ---- the call ----


def test_a_call_rings_until_one_answers(talk, cast):
    _visitor, _vera, conversation = talk()
    call = guidance.call(cast.vera, conversation)
    assert guidance.call(cast.vera, conversation) == call, "twice is once"
    assert guidance.calls_for(cast.cora) == [call] and guidance.calls_for(cast.vera) == []
    assert Alarm.objects.open().get().kind == "help_called"
    me = guidance.answer(cast.cora, call)
    assert guidance.answer(cast.cora, call) == me, "who presses twice is there"
    assert guidance.calls_for(cast.cora) == [] and not Alarm.objects.open().exists()
    with pytest.raises(guidance.AlreadyAnswered, match="Cora is already there"):
        guidance.answer(cast.alice, call)
    assert audited("conversation.help_answered") == ["Cora"]


def test_a_call_ends_when_it_is_taken_back_or_the_visitor_is_gone(talk, cast):
    visitor, _vera, conversation = talk()
    call = guidance.call(cast.vera, conversation)
    guidance.take_back(cast.vera, conversation)
    guidance.take_back(cast.vera, conversation)
    with pytest.raises(guidance.NoLongerCalled):
        guidance.answer(cast.cora, call)
    again = guidance.call(cast.vera, conversation)
    conversations.end_as_visitor(visitor)
    with pytest.raises(guidance.NoLongerCalled):
        guidance.answer(cast.cora, again)
    assert not Alarm.objects.open().exists() and guidance.calls_for(cast.cora) == []
    assert audited("conversation.help_taken_back") == ["Vera"]


@pytest.mark.parametrize("number", [1, 4])
def test_calls_cost_the_same_for_many(talk, cast, number, django_assert_num_queries):
    for _one in range(number):
        guidance.call(cast.vera, talk()[2])
    with django_assert_num_queries(3):
        assert len(guidance.calls_for(cast.cora)) == number


@pytest.mark.parametrize("_round", range(3))
def test_two_answer_at_once(talk, cast, quiet_connections, _round):
    call = guidance.call(cast.vera, talk()[2])
    outcomes = race(
        quiet_connections, *(lambda who=who: guidance.answer(who, call).role for who in (cast.cora, cast.alice))
    )
    assert sorted(str(getattr(one, "code", one)) for one in outcomes) == ["already_answered", "coordinator"]


# ---- in the conversation ----


def test_stepping_in_is_by_name_and_out_again(talk, cast):
    visitor, _vera, conversation = talk()
    says(visitor, "Hello?")
    live_view.open_one(cast.cora, conversation)
    cora = guidance.step_in(cast.cora, conversation)
    assert guidance.step_in(cast.cora, conversation) == cora
    says(cora, "I am Cora.")
    guest = seats.Guest(visitor.pk, conversation.room.code, "en", "", bytes(visitor.token_hash))
    seen = seats.view(guest, conversation.room.code)
    assert seen.participants[cora.code]["alias"] == "Cora"
    assert seats.view(cast.cora, conversation.room.code).room.first == 1
    live_view.close_one(cast.cora, conversation)
    events = log.read(fresh(conversation).room, 0)
    assert events[-1]["kind"] == "left" and events[-1]["data"] == {"why": "stepped_out"}
    with pytest.raises(messages.NotInRoom):
        says(cora, "Still here?")
    assert audited("conversation.stepped_in") == audited("conversation.stepped_out") == ["Cora"]
    assert audited("conversation.unwatched") == []


def test_who_was_not_announced_reads_from_then_on_alone(talk, cast):
    visitor, _vera, conversation = talk()
    before = says(visitor, "Before")
    Conversation.objects.update(told_of_reading=False)
    guidance.step_in(cast.cora, fresh(conversation))
    assert seats.view(cast.cora, conversation.room.code).room.first == before.seq + 1


def test_taking_over_is_told_to_both(talk, cast):
    visitor, vera, conversation = talk()
    beside = guidance.begin(cast.vera, conversation)
    taken = take_over(cast.cora, fresh(conversation))
    now = fresh(conversation)
    assert taken.conversation == now.code and now.volunteer == cast.cora and now.state == "active"
    for room in (conversation.room.code, beside.room.code):
        with pytest.raises(messages.NotInRoom):
            seats.view(cast.vera, room)
    told = [one for one in log.read(now.room, 0) if one["kind"] == "transferred"]
    assert [one["data"] for one in told] == [{"history": True, "taken": True}] and told[0]["from"] == vera.code
    with pytest.raises(messages.NotInRoom):
        says(vera, "One more thing")
    says(now.room.participants.get(user=cast.cora), "I go on.")
    conversations.end_as_volunteer(cast.cora, now)
    wrap_up.put_away(cast.cora, fresh(conversation), {})
    assert audited("conversation.taken_over") == ["Cora"]


def test_who_guides_and_closes_the_page_steps_out(talk, cast):
    _visitor, _vera, conversation = talk()
    me, now = guidance.step_in(cast.cora, conversation), timezone.now()
    Participant.objects.filter(pk=me.pk).update(seen_at=now - live_view.GRACE - timedelta(seconds=1))
    assert sweeps.show_out_unattended(now) == 1
    assert log.read(fresh(conversation).room, 0)[-1]["data"] == {"why": "stepped_out"}


def test_who_closes_the_page_is_out_of_the_guidance_too_and_comes_in_again(talk, cast):
    _visitor, _vera, conversation = talk()
    me, now = guidance.begin(cast.cora, conversation), timezone.now()
    Participant.objects.update(seen_at=now - live_view.GRACE - timedelta(seconds=1))
    assert sweeps.show_out_unattended(now) == 1 and sweeps.show_out_unattended(now) == 0
    present = Participant.objects.present().filter(room=me.room).values_list("user__alias", flat=True)
    assert list(present) == ["Vera"]
    assert guidance.begin(cast.cora, conversation) == me


@pytest.mark.parametrize("_round", range(3))
def test_two_coordinators_take_over_at_once(talk, cast, quiet_connections, _round):
    conversation = fresh(talk()[2])
    outcomes = race(
        quiet_connections,
        *(lambda who=who: take_over(who, fresh_as(conversation)) for who in (cast.cora, cast.alice)),
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["SomebodyElse", "Taken"]
    assert Participant.objects.present().filter(room=conversation.room, role="volunteer").count() == 1


def fresh_as(conversation):
    """As it was seen before the race."""
    seen = Conversation.objects.select_related("line", "room").get(pk=conversation.pk)
    seen.volunteer_id = conversation.volunteer_id
    return seen


@pytest.mark.parametrize("_round", range(3))
def test_taking_over_races_a_transfer(talk, cast, quiet_connections, _round):
    from chat.models import Duty

    _visitor, _vera, conversation = talk()
    Duty.objects.update_or_create(
        line=conversation.line, user=cast.alice, defaults={"maximum": 4, "seen_at": timezone.now()}
    )
    transfer = transfers.offer(cast.vera, fresh(conversation), to_user=cast.alice)
    seen = fresh(conversation)
    outcomes = race(
        quiet_connections,
        lambda: transfers.accept(cast.alice, transfer),
        lambda: take_over(cast.cora, seen),
    )
    names = sorted(type(one).__name__ for one in outcomes)
    assert names in (["NoLongerOffered", "Taken"], ["SomebodyElse", "Taken"])
    assert Participant.objects.present().filter(room=conversation.room, role="volunteer").count() == 1


@pytest.mark.parametrize("_round", range(3))
def test_taking_over_races_the_end(talk, cast, quiet_connections, _round):
    visitor, _vera, conversation = talk()
    seen = fresh(conversation)
    race(
        quiet_connections,
        lambda: take_over(cast.cora, seen),
        lambda: conversations.end_as_visitor(visitor),
    )
    assert fresh(conversation).state == "ended"
    assert not Participant.objects.present().filter(room=conversation.room, role="coordinator").exists()


@pytest.mark.parametrize("_round", range(3))
def test_both_begin_at_once(talk, cast, quiet_connections, _round):
    conversation = talk()[2]
    outcomes = race(
        quiet_connections,
        *(lambda who=who: guidance.begin(who, conversation).room_id for who in (cast.vera, cast.cora)),
    )
    assert len(set(outcomes)) == 1 and Guidance.objects.count() == 1
