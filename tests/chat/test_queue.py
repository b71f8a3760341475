"""The queue: who is next, who takes whom, and what happens when somebody is gone."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from chat.actions import conversations, duties, lines, log, presence, queue
from chat.actions.conversations import AlreadyEnded, Closed, Full, Paused
from chat.actions.duties import AtCapacity
from chat.actions.queue import AlreadyTaken, NothingWaiting
from chat.models import Conversation, Duty, Line, Participant
from hotline.staff.models import Alarm
from hotline.staff.permissions import NotAllowed, NotFound

pytestmark = pytest.mark.django_db


def conversation_of(started):
    return Conversation.objects.get(code=started.conversation)


def take_next(person, line):
    return queue.take_next(person, line, uuid.uuid4())


def roomy(person, line, number=4):
    """Let the volunteer take so many."""
    duties.set_maximum(person, line, number)


def test_first_come_first_served(cast, line, waiting):
    arrived = [waiting()[1] for _number in range(3)]
    roomy(cast.vera, line)
    assert [take_next(cast.vera, line).conversation for _ in arrived] == [one.conversation for one in arrived]
    with pytest.raises(NothingWaiting):
        take_next(cast.vera, line)


def test_a_risk_raises_a_visitor_and_nobody_starves(cast, line, waiting):
    line.risk_answers, line.risk_minutes = {"danger": True}, 15
    line.save()
    early, calm, risky = waiting()[1], waiting()[1], waiting(answers={"danger": True})[1]
    Conversation.objects.filter(code=early.conversation).update(turn_at=timezone.now() - timedelta(minutes=20))
    order = [one.code for one in Conversation.objects.waiting()]
    assert order == [early.conversation, risky.conversation, calm.conversation]
    assert conversation_of(risky).risk == "danger"
    assert [queue.position(conversation_of(one)) for one in (early, risky, calm)] == [1, 2, 3]


def test_whose_language_is_spoken_comes_first(cast, line, waiting):
    cast.vera.spoken_languages = ["uk"]
    cast.vera.save()
    waiting(language="nb")
    hers = waiting(language="uk")[1]
    duties.of(cast.alice)
    Duty.objects.filter(user=cast.alice).update(seen_at=timezone.now())
    cast.alice.spoken_languages = ["nb"]
    cast.alice.save()
    assert take_next(cast.vera, line).conversation == hers.conversation
    roomy(cast.vera, line)
    with pytest.raises(NothingWaiting):
        take_next(cast.vera, line)


def test_a_language_that_nobody_here_speaks_is_anybodys(cast, line, waiting):
    theirs = waiting(language="ti")[1]
    assert take_next(cast.vera, line).conversation == theirs.conversation


def test_no_more_than_the_volunteer_set(cast, line, waiting):
    waiting(), waiting()
    take_next(cast.vera, line)
    with pytest.raises(AtCapacity):
        take_next(cast.vera, line)
    duties.set_maximum(cast.vera, line, 2)
    take_next(cast.vera, line)


@pytest.mark.parametrize("number", [0, 5, -1])
def test_the_number_keeps_to_the_lines_bounds(cast, line, number):
    with pytest.raises(duties.OutOfBounds, match="1 to 4"):
        duties.set_maximum(cast.vera, line, number)


def test_the_same_take_again_gives_the_same(cast, line, waiting):
    waiting(), waiting()
    take_id = uuid.uuid4()
    assert queue.take_next(cast.vera, line, take_id) == queue.take_next(cast.vera, line, take_id)
    assert Conversation.objects.active().count() == 1


def test_who_does_not_work_here_takes_nobody(cast, line, waiting):
    _participant, started = waiting()
    for person, refusal in ((cast.viktor, NotFound), (cast.ada, NotFound), (None, NotFound)):
        with pytest.raises(refusal):
            queue.take(person, conversation_of(started), uuid.uuid4())
        with pytest.raises(refusal):
            take_next(person, line)
        with pytest.raises(refusal):
            lines.set_mode(person, line, Line.Mode.CLOSED)
        with pytest.raises(refusal):
            duties.set_away(person, line, True)
    helper = cast.person("helper", works_in=[line.team])
    with pytest.raises(NotFound):
        take_next(helper, line)
    assert conversation_of(started).state == "waiting"


def test_only_administrators_write_lines(cast, line):
    with pytest.raises(NotAllowed):
        lines.save_line(cast.cora, line)
    lines.save_line(cast.ada, line)


# The door


@pytest.mark.parametrize(
    ("mode", "refusal"), [(Line.Mode.CLOSED, Closed), (Line.Mode.PAUSED, Paused), (Line.Mode.OPEN, None)]
)
def test_the_door(cast, line, waiting, mode, refusal):
    before = waiting()[1]
    lines.set_mode(cast.vera, line, mode)
    if refusal is None:
        waiting()
    else:
        with pytest.raises(refusal):
            waiting()
    assert take_next(cast.vera, line).conversation == before.conversation, "who waits is served all the same"


def test_the_hours(cast, line, waiting):
    now = timezone.now()
    lines.set_mode(cast.vera, line, Line.Mode.HOURS)
    assert line.door(now) == "open", "no hours are all hours"
    line.exceptions = {now.astimezone().date().isoformat(): []}
    line.time_zone = "UTC"
    line.exceptions = {now.date().isoformat(): []}
    line.save()
    assert line.door(now) == "closed"
    assert line.opens_at(now).date() == now.date() + timedelta(days=1)
    with pytest.raises(Closed):
        waiting()


def test_a_full_queue_is_full(line, waiting):
    line.maximum_waiting = 2
    line.save()
    waiting(), waiting()
    assert lines.state(line, timezone.now()) == "full"
    with pytest.raises(Full):
        waiting()


def test_a_repeated_start_is_the_same_visitor(line):
    secret = b"0123456789abcdef"
    first = conversations.start(line, secret, language="en")
    lines.Line.objects.update(mode=Line.Mode.CLOSED)
    assert conversations.start(line, secret, language="en") == first
    assert Conversation.objects.count() == 1


# The waiting time


def test_the_waiting_time_is_said_when_it_can_be_said_honestly(cast, line, waiting):
    assert queue.wait_seconds(line, 1) is None
    roomy(cast.vera, line)
    for _number in range(3):
        waiting()
        take_next(cast.vera, line)
    assert queue.wait_seconds(line, 1) == 20 * 60
    assert queue.wait_seconds(line, 2) == 40 * 60


# Somebody is gone


def test_the_visitor_of_a_volunteer_who_is_gone_stands_at_the_front(cast, line, waiting, talk):
    visitor, vera, conversation = talk()
    later = waiting()[1]
    now = timezone.now()
    assert presence.give_back_unattended(now) == 0
    Participant.objects.filter(pk=vera.pk).update(seen_at=now - duties.GRACE - timedelta(seconds=1))
    assert presence.give_back_unattended(now) == 1
    conversation.refresh_from_db()
    assert (conversation.state, conversation.volunteer, queue.position(conversation)) == ("waiting", None, 1)
    assert queue.position(conversation_of(later)) == 2
    assert [event["kind"] for event in log.read(conversation.room)] == ["joined", "joined", "left"]
    assert Alarm.objects.get(kind="volunteer_gone").subject == conversation.code
    taken = take_next(cast.alice, line)
    assert taken.conversation == conversation.code
    assert Participant.objects.present().filter(room=conversation.room).count() == 2


def disabled(vera):
    vera.is_active = False
    vera.save()


@pytest.mark.parametrize("withdraw", [disabled, lambda vera: vera.groups.clear(), lambda vera: vera.delete()])
def test_a_volunteer_who_may_work_no_more_is_gone_at_once(cast, talk, withdraw):
    _visitor, _vera, conversation = talk()
    assert presence.give_back_unattended(timezone.now()) == 0
    withdraw(cast.vera)
    assert presence.give_back_unattended(timezone.now()) == 1
    conversation.refresh_from_db()
    assert conversation.state == "waiting"
    assert not Participant.objects.present().filter(room=conversation.room, role="volunteer").exists()


def test_who_was_given_back_can_be_taken_again_by_the_same_volunteer(cast, line, talk):
    _visitor, vera, conversation = talk()
    queue.give_back(conversation, cast.vera)
    assert take_next(cast.vera, line).conversation == conversation.code
    assert Participant.objects.present().filter(pk=vera.pk).exists()


def test_a_visitor_who_does_not_come_back_has_left(line, waiting, talk):
    quiet, started = waiting()
    talking, _vera, conversation = talk()
    now = timezone.now()
    for participant, pause in ((quiet, presence.LEFT_WAITING), (talking, presence.LEFT_TALKING)):
        Participant.objects.filter(pk=participant.pk).update(seen_at=now - pause + timedelta(seconds=5))
    assert presence.end_abandoned(now) == 0
    assert presence.end_abandoned(now + timedelta(seconds=6)) == 2
    assert {one.end for one in Conversation.objects.all()} == {"left"}


def test_a_heartbeat_keeps_everybody(cast, line, talk):
    visitor, vera, _conversation = talk()
    now = timezone.now() + timedelta(hours=1)
    presence.touch({visitor.pk}, {cast.vera.pk}, now)
    assert set(Participant.objects.values_list("seen_at", flat=True)) == {now}
    assert [duty.user for duty in duties.present(line, now)] == [cast.vera]
    duties.set_away(cast.vera, line, True)
    assert not duties.present(line, now)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks no rows")
def test_a_heartbeat_waits_for_nobody_who_is_just_written(cast, line, talk, quiet_connections):
    visitor, vera, _conversation = talk()
    later, held, let_go = timezone.now() + timedelta(hours=1), threading.Event(), threading.Event()

    def hold():
        with quiet_connections(), transaction.atomic():
            Participant.objects.select_for_update().get(pk=vera.pk)
            Duty.objects.select_for_update().get(user=cast.vera, line=line)
            held.set()
            let_go.wait(60)

    other = threading.Thread(target=hold)
    other.start()
    try:
        assert held.wait(60)
        presence.touch({visitor.pk}, {cast.vera.pk}, later)
        assert list(Participant.objects.filter(seen_at=later)) == [visitor]
        assert not Duty.objects.filter(seen_at=later).exists()
    finally:
        let_go.set()
        other.join()
    presence.touch({visitor.pk}, {cast.vera.pk}, later)
    assert Participant.objects.filter(seen_at=later).count() == 2 and duties.present(line, later)


# Races


def race(quiet_connections, *plays):
    """Call all of them at the same moment; what came of each, the exception if it raised one."""
    begin, outcomes = threading.Barrier(len(plays)), [None] * len(plays)

    def run(number, play):
        with quiet_connections():
            begin.wait()
            try:
                outcomes[number] = play()
            except Exception as error:
                outcomes[number] = error

    threads = [threading.Thread(target=run, args=(number, play)) for number, play in enumerate(plays)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_two_take_the_same_visitor(cast, line, waiting, quiet_connections, _round):
    people, conversation = (cast.vera, cast.alice), conversation_of(waiting()[1])
    outcomes = race(
        quiet_connections, *(lambda person=person: queue.take(person, conversation, uuid.uuid4()) for person in people)
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyTaken", "Taken"]
    assert conversation.room.participants.filter(role="volunteer").count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_volunteer_in_two_tabs_keeps_to_their_number(cast, line, waiting, quiet_connections):
    waiting(), waiting()
    person = cast.vera
    outcomes = race(quiet_connections, *[lambda: take_next(person, line)] * 2)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AtCapacity", "Taken"]


@pytest.mark.django_db(transaction=True)
def test_a_take_races_a_visitor_who_leaves(cast, waiting, quiet_connections):
    visitor, started = waiting()
    conversation, person = conversation_of(started), cast.vera
    taken, left = race(
        quiet_connections,
        lambda: queue.take(person, conversation, uuid.uuid4()),
        lambda: conversations.end_as_visitor(visitor, leaving=True),
    )
    conversation.refresh_from_db()
    assert left is None and conversation.state == "ended"
    assert isinstance(taken, (queue.Taken, AlreadyTaken))


@pytest.mark.django_db(transaction=True)
def test_two_end_at_once_and_it_ends_once(cast, talk, quiet_connections):
    visitor, _vera, conversation = talk()
    person = cast.vera
    outcomes = race(
        quiet_connections,
        lambda: conversations.end_as_visitor(visitor),
        lambda: conversations.end_as_volunteer(person, conversation),
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyEnded", "NoneType"]
    assert [event["kind"] for event in log.read(conversation.room)].count("ended") == 1


@pytest.mark.django_db(transaction=True)
def test_the_last_free_place_is_given_once(line, quiet_connections):
    line.maximum_waiting = 1
    line.save()
    outcomes = race(
        quiet_connections,
        *(lambda n=n: conversations.start(line, bytes([n]) * 16, language="en") for n in range(4)),
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Full", "Full", "Full", "Started"]


@pytest.mark.django_db(transaction=True)
def test_a_start_that_is_sent_twice_at_once_is_one(line, quiet_connections):
    outcomes = race(quiet_connections, *[lambda: conversations.start(line, b"x" * 16, language="en")] * 3)
    assert len({outcome.token for outcome in outcomes}) == 1
    assert Conversation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_close_races_a_start(cast, line, quiet_connections):
    person = cast.vera
    _closed, started = race(
        quiet_connections,
        lambda: lines.set_mode(person, line, Line.Mode.CLOSED),
        lambda: conversations.start(line, b"x" * 16, language="en"),
    )
    assert isinstance(started, (conversations.Started, Closed))
    with pytest.raises(Closed):
        conversations.start(line, b"y" * 16, language="en")


@pytest.mark.django_db(transaction=True)
def test_giving_back_races_an_end(cast, talk, quiet_connections):
    visitor, _vera, conversation = talk()
    person = cast.vera
    race(
        quiet_connections,
        lambda: queue.give_back(conversation, person),
        lambda: conversations.end_as_visitor(visitor),
    )
    conversation.refresh_from_db()
    assert conversation.state == "ended"
    with pytest.raises(AlreadyEnded):
        conversations.end_as_visitor(visitor)
