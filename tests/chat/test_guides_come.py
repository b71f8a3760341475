"""Whoever guides comes, however they come: it rings no more, they are told, and they come to that volunteer alone."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from chat.actions import conversations, danger, guidance, live_view, log, queue, transfers
from chat.consumers import seats
from chat.models import Conversation, Duty, HelpCall, Participant
from hotline.staff.models import Alarm, AuditEntry
from tests.chat.test_guidance import fresh, says, take_over
from tests.chat.test_queue import race

pytestmark = pytest.mark.django_db(transaction=True)
COMING = (guidance.begin, guidance.step_in, take_over)


@pytest.fixture(autouse=True)
def everybody(cast):
    return cast.vera, cast.cora, cast.alice


@pytest.fixture
def running(talk):
    return fresh(talk()[2])


def audited(action):
    rows = AuditEntry.objects.filter(action=f"conversation.{action}").order_by("pk")
    return list(rows.values_list("actor_alias", flat=True))


def to_alice(cast, conversation):
    """Vera passes it on."""
    line = conversation.line
    Duty.objects.update_or_create(line=line, user=cast.alice, defaults={"maximum": 4, "seen_at": timezone.now()})
    transfers.accept(cast.alice, transfers.offer(cast.vera, fresh(conversation), to_user=cast.alice))
    return fresh(conversation)


# ---- the call ----


@pytest.mark.parametrize("come", COMING)
def test_whoever_comes_without_the_call_has_answered_it(running, cast, come):
    danger.declare(cast.vera, running)
    danger.ask_place(cast.vera, running)
    come(cast.cora, running)
    assert not HelpCall.objects.open().exists() and not Alarm.objects.open().exists()
    for person in (cast.cora, cast.alice):
        assert guidance.calls_for(person) == []
    assert audited("help_answered") == audited("place_told") == ["Cora"]


def test_the_volunteer_s_own_coming_answers_nothing(running, cast):
    guidance.call(cast.vera, running)
    guidance.begin(cast.vera, running)
    assert HelpCall.objects.open().count() == 1 and audited("help_answered") == []


def test_no_call_rings_at_whoever_has_the_conversation(running, cast, as_person):
    danger.declare(cast.vera, running)
    to_alice(cast, running)
    assert HelpCall.objects.open().count() == 1
    assert guidance.calls_for(cast.alice) == [] and len(guidance.calls_for(cast.cora)) == 1
    call = HelpCall.objects.get()
    answer = as_person(cast.alice).post(reverse("chat:call-answer", args=[call.code]))
    assert answer.url == reverse("chat:desk")
    assert HelpCall.objects.open().count() == 1


def test_an_answered_call_ends_with_the_conversation(running, cast):
    call = guidance.call(cast.vera, running)
    room = guidance.answer(cast.cora, call).room
    conversations.end_as_volunteer(cast.vera, running)
    with pytest.raises(guidance.NoLongerCalled):
        guidance.answer(cast.cora, call)
    HelpCall.objects.update(state="answered")
    with pytest.raises(guidance.NoLongerCalled):
        guidance.answer(cast.cora, call)
    room.refresh_from_db()
    assert not room.is_open


@pytest.mark.parametrize("in_danger", [False, True])
def test_an_answered_call_leads_to_no_other_volunteer(running, cast, in_danger):
    call = (
        danger.declare(cast.vera, running) and HelpCall.objects.get()
        if in_danger
        else guidance.call(cast.vera, running)
    )
    guidance.answer(cast.cora, call)
    to_alice(cast, running)
    with pytest.raises(guidance.NoLongerCalled):
        guidance.answer(cast.cora, call)
    assert not Participant.objects.present().filter(user=cast.cora).exists()


def test_whoever_answered_and_went_is_not_put_back(running, cast):
    call = guidance.call(cast.vera, running)
    me = guidance.answer(cast.cora, call)
    Participant.objects.filter(pk=me.pk).update(left_at=timezone.now())
    assert guidance.answer(cast.cora, call) is None
    assert not Participant.objects.present().filter(pk=me.pk).exists()


# ---- from whom ----


def test_it_is_taken_over_from_the_volunteer_who_was_seen(running, cast, as_person):
    cora, address = as_person(cast.cora), reverse("chat:live-view-take-over", args=[running.code])
    page = cora.get(reverse("chat:live-view-one", args=[running.code])).content.decode()
    seen = guidance.code_of_volunteer(running)
    assert f'name="volunteer" value="{seen}"' in page
    now = to_alice(cast, running)
    for what in ({"volunteer": seen}, {"volunteer": ""}, {"volunteer": "x\0"}, {}):
        refused = cora.post(address, what)
        assert refused.status_code == 409 and "Somebody else has this conversation by now." in refused.content.decode()
    assert fresh(running).volunteer == cast.alice
    assert cora.post(address, {"volunteer": guidance.code_of_volunteer(now)}).url == reverse("chat:desk")
    assert fresh(running).volunteer == cast.cora


@pytest.mark.parametrize("_round", range(3))
def test_two_who_take_from_each_other_do_not_wait_for_each_other(talk, cast, quiet_connections, _round):
    hers = [fresh(talk(volunteer=cast.alice)[2]) for _one in range(2)]
    cora_s = [fresh(talk()[2]) for _one in range(2)]
    for one in cora_s:
        take_over(cast.cora, one)
    # A hard one, after which the line looks after whoever had it.
    Conversation.objects.update(risk="high")
    type(hers[0].line).objects.update(rest_minutes=30)
    pairs = [(cast.cora, one) for one in hers] + [(cast.alice, fresh(one)) for one in cora_s]
    outcomes = race(quiet_connections, *(lambda pair=pair: take_over(*pair) for pair in pairs))
    assert [type(one).__name__ for one in outcomes] == ["Taken"] * 4


# ---- what was said before ----


def test_nobody_reads_what_was_said_when_the_volunteer_had_it_before(running, cast):
    before = guidance.begin(cast.cora, running)
    says(before, "To Vera, that time")
    queue.give_back(running, cast.vera)
    queue.take(cast.vera, fresh(running), uuid.uuid4())
    guidance.begin(cast.vera, fresh(running))
    for who in (cast.alice, cast.cora):
        guidance.begin(who, fresh(running))
        view = seats.view(who, before.room.code)
        kinds = [one["kind"] for one in log.read(view.room, 0)]
        assert kinds[0] == "joined" and "message" not in kinds, who
    assert "message" in [one["kind"] for one in log.read(seats.view(cast.vera, before.room.code).room, 0)]


def test_whoever_comes_later_reads_what_was_said_since_the_volunteer_has_it(running, cast):
    says(guidance.begin(cast.cora, running), "To Vera, now")
    me = guidance.begin(cast.alice, running)
    view = seats.view(cast.alice, me.room.code)
    assert [one.get("body") for one in log.read(view.room, 0) if one["kind"] == "message"] == ["To Vera, now"]


def test_each_coming_in_of_a_supervisor_is_audited_once(running, cast):
    for who in (cast.vera, cast.cora, cast.cora, cast.alice):
        guidance.begin(who, running)
    assert audited("guidance_joined") == ["Cora", "Alice"]


# ---- nobody's ----


def test_between_an_account_s_end_and_the_queue_it_is_nobody_s(running, cast):
    call = guidance.call(cast.vera, running)
    Conversation.objects.update(volunteer=None)
    for play in (*COMING, guidance.call):
        with pytest.raises(live_view.NobodyYet):
            play(cast.cora, fresh(running))
    assert guidance.answer(cast.cora, call) is None


def test_given_back_and_taken_again(running, cast):
    queue.give_back(running, cast.vera)
    queue.take(cast.alice, fresh(running), uuid.uuid4())
    assert take_over(cast.cora, fresh(running)).conversation == running.code
