"""Imminent danger: who is called, what is kept with its time, that asking for a place waits for nobody, and who may not."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from chat.actions import conversations, danger, guidance, live_view, messages, queue, transfers
from chat.models import Conversation, Danger, DangerStep, Duty, HelpCall, Line, Participant
from hotline.staff.models import Alarm, AuditEntry
from hotline.staff.permissions import NotAllowed, NotFound
from tests.cast import make_person
from tests.chat.test_queue import race

pytestmark = pytest.mark.django_db(transaction=True)
ALL = (danger.declare, danger.ask_place, danger.is_over, lambda who, what: danger.did(who, what, "Ring 112"))


@pytest.fixture(autouse=True)
def everybody(cast):
    return cast.vera, cast.cora, cast.ada, cast.viktor, cast.alice


@pytest.fixture
def running(talk, line, cast):
    """Vera's conversation on a line with a checklist of its own."""
    own = {"en": "Ring 112\n\nStay with them", "de": "112 anrufen"}
    Line.objects.update(danger_steps=own, danger_numbers={"en": "Police: 112\nPoison: 116 117"})
    return fresh(talk()[2])


def fresh(conversation):
    return Conversation.objects.select_related("line", "room", "volunteer").get(pk=conversation.pk)


def audited(*actions):
    rows = AuditEntry.objects.filter(action__in=[f"conversation.{one}" for one in actions])
    return [(one.action.removeprefix("conversation."), one.actor_alias) for one in rows.order_by("pk")]


def test_one_press_calls_before_all_else_and_shows_what_to_do(running, talk, cast):
    guidance.call(cast.vera, talk()[2])
    one = danger.declare(cast.vera, running)
    assert danger.declare(cast.vera, running) == one, "twice is once"
    first, second = guidance.calls_for(cast.cora)
    assert first.conversation == running and first.in_danger and not second.in_danger
    assert set(Alarm.objects.open().values_list("kind", flat=True)) == {"danger", "help_called"}
    shown = danger.shown(running)
    assert [text for text, _done in shown.steps] == ["Ring 112", "Stay with them"]
    assert shown.numbers == ["Police: 112", "Poison: 116 117"]
    assert live_view.facts(running.line_id)[1][running.room.code]["danger"] is True
    guidance.answer(cast.cora, first)
    assert not Alarm.objects.open().filter(subject=running.code).exists()
    assert audited("danger_declared") == [("danger_declared", "Vera")]


def test_a_line_without_its_own_has_the_house_s_and_its_other_numbers(talk, cast):
    Line.objects.update(alternatives=[{"name": "Emergency", "address": "112"}])
    conversation = fresh(talk()[2])
    danger.declare(cast.vera, conversation)
    shown = danger.shown(conversation)
    assert len(shown.steps) == len(danger.STEPS) and shown.numbers == ["Emergency: 112"]


def test_steps_are_kept_with_their_time_and_once(running, cast):
    danger.declare(cast.vera, running)
    danger.did(cast.vera, running, "Ring 112")
    danger.did(cast.cora, running, "Ring 112")
    (_text, done), (_other, undone) = danger.shown(running).steps
    assert done.by == cast.vera and undone is None and done.at <= timezone.now()
    with pytest.raises(danger.OtherSteps):
        danger.did(cast.vera, running, "Something else")
    with translation.override("de"):
        assert [text for text, _done in danger.shown(running).steps] == ["112 anrufen", "Ring 112"]
    Line.objects.update(danger_steps={"en": "Anew"})
    assert [text for text, _done in danger.shown(fresh(running)).steps] == ["Anew", "Ring 112"], "what was done stays"


def test_asking_for_the_place_waits_for_nobody_and_a_second_person_is_told(running, cast):
    danger.declare(cast.vera, running)
    danger.ask_place(cast.vera, running)
    danger.ask_place(cast.vera, running)
    assert audited("place_asked", "place_told") == [("place_asked", "Vera")]
    assert danger.shown(running).told is None
    guidance.answer(cast.cora, HelpCall.objects.get())
    assert audited("place_asked", "place_told") == [("place_asked", "Vera"), ("place_told", "Cora")]
    assert danger.shown(running).told.by == cast.cora


def test_whoever_is_there_already_is_told_at_once(running, cast):
    danger.declare(cast.vera, running)
    guidance.answer(cast.cora, HelpCall.objects.get())
    danger.ask_place(cast.vera, running)
    assert audited("place_asked", "place_told") == [("place_asked", "Vera"), ("place_told", "Cora")]
    assert not HelpCall.objects.open().exists()


def gone_home(participant):
    long_ago = timezone.now() - live_view.GRACE - timedelta(seconds=1)
    Participant.objects.filter(pk=participant.pk).update(seen_at=long_ago)


def without_account(participant):
    participant.user.delete()


def disabled(participant):
    type(participant.user).objects.filter(pk=participant.user_id).update(is_active=False)


def no_coordinator(participant):
    participant.user.groups.clear()


@pytest.mark.parametrize("happens", [gone_home, without_account, disabled, no_coordinator])
def test_whoever_came_and_is_there_no_more_is_not_told_and_it_rings_anew(running, cast, happens):
    danger.declare(cast.vera, running)
    me = guidance.answer(cast.cora, HelpCall.objects.get())
    happens(me)
    danger.ask_place(cast.vera, running)
    assert danger.shown(running).told is None and audited("place_told") == []
    assert HelpCall.objects.open().count() == 1


def test_nothing_holds_up_without_a_volunteer(running, cast):
    danger.declare(cast.vera, running)
    Conversation.objects.update(volunteer=None)
    for play in (danger.ask_place, danger.is_over):
        with pytest.raises(live_view.NobodyYet):
            play(cast.cora, fresh(running))


def test_nobody_is_called_for_nothing_and_a_call_taken_back_rings_anew_for_the_place(running, cast):
    danger.declare(cast.vera, running)
    guidance.take_back(cast.vera, running)
    assert not HelpCall.objects.open().exists()
    danger.ask_place(cast.vera, running)
    assert HelpCall.objects.open().count() == 1


def test_it_goes_on_with_whoever_takes_over_and_rings_on(running, cast):
    danger.declare(cast.vera, running)
    Duty.objects.update_or_create(
        line=running.line, user=cast.alice, defaults={"maximum": 4, "seen_at": timezone.now()}
    )
    transfers.accept(cast.alice, transfers.offer(cast.vera, running, to_user=cast.alice))
    assert danger.shown(fresh(running)) is not None and HelpCall.objects.open().count() == 1
    danger.ask_place(cast.alice, fresh(running))
    queue.give_back(fresh(running), cast.alice)
    assert guidance.answer(cast.cora, HelpCall.objects.open().get()) is None, "nobody has the visitor, and Cora knows"
    assert audited("place_told") == [("place_told", "Cora")]


def test_it_ends_by_a_press_and_with_the_conversation(running, talk, cast):
    danger.declare(cast.vera, running)
    danger.is_over(cast.vera, running)
    assert danger.shown(running) is None
    for play in (danger.ask_place, danger.is_over):
        with pytest.raises(danger.NotInDanger):
            play(cast.vera, running)
    danger.declare(cast.vera, running)
    conversations.end_as_volunteer(cast.vera, running)
    assert not Danger.objects.open().exists() and not Alarm.objects.open().filter(subject=running.code).exists()
    for play in ALL:
        with pytest.raises(messages.Ended):
            play(cast.vera, fresh(running))
    running.room.delete()
    assert not DangerStep.objects.exists() and not Danger.objects.exists()
    for play in ALL:
        with pytest.raises(conversations.Unknown):
            play(cast.vera, running)


def test_who_may_not(running, waiting, cast):
    other = make_person("oleh", roles=["volunteer"], works_in=[cast.phone])
    danger.declare(cast.vera, running)
    for play in ALL:
        with pytest.raises(guidance.NotYours):
            play(other, running)
        for person in (cast.ada, cast.viktor):
            with pytest.raises(NotFound):
                play(person, running)
    with pytest.raises(guidance.NotYours):
        danger.declare(cast.cora, running)
    unattended = Conversation.objects.get(code=waiting()[1].conversation)
    for play in ALL:
        with pytest.raises(live_view.NobodyYet):
            play(cast.vera, unattended)
    danger.is_over(cast.cora, running)
    Line.objects.update(has_danger=False)
    with pytest.raises(NotAllowed):
        danger.declare(cast.vera, fresh(running))


@pytest.mark.parametrize("number", [1, 5])
def test_showing_it_costs_the_same_for_many_steps(running, cast, number, django_assert_num_queries):
    Line.objects.update(danger_steps={"en": "\n".join(f"Step {one}" for one in range(5))})
    conversation = fresh(running)
    danger.declare(cast.vera, conversation)
    for one in range(number):
        danger.did(cast.vera, conversation, f"Step {one}")
    with django_assert_num_queries(3):
        danger.shown(conversation)


@pytest.mark.parametrize("_round", range(3))
def test_declared_twice_at_once_it_is_one(running, cast, quiet_connections, _round):
    outcomes = race(quiet_connections, *[lambda: danger.declare(cast.vera, running).pk] * 2)
    assert len(set(outcomes)) == 1 and HelpCall.objects.count() == 1
    assert audited("danger_declared") == [("danger_declared", "Vera")]


@pytest.mark.parametrize("_round", range(3))
def test_asking_races_answering_and_one_is_told_once(running, cast, quiet_connections, _round):
    danger.declare(cast.vera, running)
    call = HelpCall.objects.get()
    race(
        quiet_connections,
        lambda: danger.ask_place(cast.vera, running),
        lambda: guidance.answer(cast.cora, call),
    )
    assert audited("place_told") == [("place_told", "Cora")]
