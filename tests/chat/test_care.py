"""After a hard conversation: fewer visitors for a while, and somebody to talk with; what `take` and coordinators make of it."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from chat.actions import care, conversations, danger, duties, flags, practice, queue, rests, transfers, wrap_up
from chat.actions.holds import Changed
from chat.models import Conversation, Debrief, Duty, Line
from hotline.staff.models import AuditEntry
from hotline.staff.permissions import NotAllowed, NotFound
from tests.chat.conftest import visitor_comes
from tests.chat.test_queue import race, take_next

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 3, 2, 2, tzinfo=UTC)


@pytest.fixture
def night():
    with time_machine.travel(NIGHT, tick=False) as traveller:
        yield traveller


def flag_and_end(person, conversation):
    flags.flag(person, conversation, "Somebody has to look at this.")
    conversations.end_as_volunteer(person, Conversation.objects.get(pk=conversation.pk))


def duty_of(person, line):
    return Duty.objects.get(user=person, line=line)


def by_flag(person, conversation):
    flag_and_end(person, conversation)


def by_flag_afterwards(person, conversation):
    conversations.end_as_volunteer(person, conversation)
    flags.flag(person, Conversation.objects.get(pk=conversation.pk), "Look at this.")


def by_risk(person, conversation):
    Conversation.objects.filter(pk=conversation.pk).update(risk="danger")
    conversations.end_as_volunteer(person, conversation)


def by_danger(person, conversation):
    danger.declare(person, conversation)
    conversations.end_as_volunteer(person, Conversation.objects.get(pk=conversation.pk))


def by_their_own_word(person, conversation):
    conversations.end_as_volunteer(person, conversation)
    wrap_up.put_away(person, conversation, {}, hard=True)


@pytest.mark.parametrize("hard", [by_flag, by_flag_afterwards, by_risk, by_danger, by_their_own_word])
def test_after_a_hard_one_take_gives_fewer_for_a_while(night, cast, line, talk, waiting, hard):
    _visitor, _vera, conversation = talk()
    waiting(), waiting()
    hard(cast.vera, conversation)
    take_next(cast.vera, line)
    with pytest.raises(duties.Resting, match=r"Until .* fewer come to you \(1 at once\)"):
        take_next(cast.vera, line)
    night.shift(timedelta(minutes=30, seconds=1))
    take_next(cast.vera, line)


def test_a_calm_one_changes_nothing(cast, line, talk):
    _visitor, _vera, conversation = talk()
    conversations.end_as_volunteer(cast.vera, conversation)
    wrap_up.put_away(cast.vera, conversation, {})
    assert duty_of(cast.vera, line).rest_until is None and not Debrief.objects.exists()


def test_a_complaint_of_the_visitor_tells_nothing(cast, line, talk):
    visitor, _vera, conversation = talk()
    conversations.end_as_visitor(visitor)
    visitor.refresh_from_db()
    flags.complain(visitor, "It hurt.")
    assert duty_of(cast.vera, line).rest_until is None and not Debrief.objects.exists()


def test_a_line_may_give_nobody_or_do_nothing_of_it(cast, line, talk, waiting):
    Line.objects.update(rest_conversations=0)
    _visitor, _vera, conversation = talk()
    waiting()
    flag_and_end(cast.vera, conversation)
    with pytest.raises(duties.Resting, match="nobody new comes to you"):
        take_next(cast.vera, Line.objects.get())
    Duty.objects.update(rest_until=None)
    Debrief.objects.all().delete()
    Line.objects.update(rest_minutes=0, offers_debrief=False)
    second = talk()[2]
    flag_and_end(cast.vera, second)
    assert duty_of(cast.vera, line).rest_until is None and not Debrief.objects.exists()


def test_practice_is_never_hard(cast, line):
    practice.begin(cast.vera, line)
    conversation = Conversation.objects.get()
    Conversation.objects.update(risk="danger")
    conversations.end_as_volunteer(cast.vera, conversation)
    wrap_up.put_away(cast.vera, conversation, {}, hard=True)
    assert duty_of(cast.vera, line).rest_until is None and not Debrief.objects.exists()


def test_it_counts_at_the_lines_of_the_same_team_alone(cast, line, other_line, talk):
    both = cast.person("both", roles=["volunteer"], works_in=[cast.phone, cast.crawl])
    second = Line.objects.create(slug="second", team=cast.phone, mode=Line.Mode.OPEN)
    duties.of(both)
    flag_and_end(both, talk(volunteer=both)[2])
    resting = set(Duty.objects.exclude(rest_until=None).values_list("line__slug", flat=True))
    assert resting == {line.slug, second.slug}


def test_whoever_passes_a_hard_one_on_is_looked_after_too(cast, line, talk):
    _visitor, _vera, conversation = talk()
    flags.flag(cast.vera, conversation, "Hard.")
    now = timezone.now()
    duties.of(cast.alice)
    Duty.objects.update(seen_at=now)
    transfers.accept(cast.alice, transfers.offer(cast.vera, conversation, to_user=cast.alice))
    assert duty_of(cast.vera, line).rests(now) and not duty_of(cast.alice, line).rests(now)
    assert Debrief.objects.get().by == cast.vera


def test_a_rest_is_never_shortened_by_the_next_one(night, cast, line, talk):
    first, second = talk()[2], talk()[2]
    flag_and_end(cast.vera, first)
    Duty.objects.update(rest_until=NIGHT + timedelta(hours=2))
    flag_and_end(cast.vera, second)
    assert duty_of(cast.vera, line).rest_until == NIGHT + timedelta(hours=2)


def test_colleagues_see_a_resting_one_as_full(cast, line, talk):
    for person in (cast.alice, cast.vera):
        duties.of(person)
    first, _second = talk(volunteer=cast.alice)[2], talk(volunteer=cast.alice)[2]
    mine = talk()[2]
    flag_and_end(cast.alice, first)
    Duty.objects.update(seen_at=timezone.now())
    (alice,) = transfers.colleagues(mine)
    assert (alice.has, alice.maximum, alice.is_full) == (1, 1, True)


def test_a_coordinator_ends_it_and_the_audit_says_so(cast, line, talk, waiting):
    flag_and_end(cast.vera, talk()[2])
    duty = duty_of(cast.vera, line)
    for person, refusal in ((cast.vera, NotAllowed), (cast.viktor, NotFound), (cast.ada, NotFound), (None, NotFound)):
        with pytest.raises(refusal):
            rests.lift(person, duty)
    rests.lift(cast.cora, duty)
    waiting(), waiting()
    take_next(cast.vera, line), take_next(cast.vera, line)
    entry = AuditEntry.objects.get(action="duty.rest_lifted")
    assert (entry.actor, entry.subject, entry.details) == (cast.cora, cast.vera.alias, {"line": line.slug})
    with pytest.raises(Changed):
        rests.lift(cast.cora, duty)


def test_the_desk_says_it_kindly_and_the_admin_to_whom_it_concerns(cast, as_person, line, talk):
    flag_and_end(cast.vera, talk()[2])
    Duty.objects.update(seen_at=timezone.now())
    desk = as_person(cast.vera).get("/desk/chat/").content.decode()
    assert "That was a hard one just now." in desk and "Would you like to talk about it?" in desk
    cora = as_person(cast.cora)
    assert "1 at once until" in cora.get("/admin/chat/duty/").content.decode()
    duty = duty_of(cast.vera, line)
    assert cora.post(f"/admin/chat/duty/{duty.pk}/do/lift/").status_code == 302
    assert "That was a hard one" not in as_person(cast.vera).get("/desk/chat/").content.decode()


def test_marked_by_hand_in_the_form(cast, as_person, line, talk):
    _visitor, _vera, conversation = talk()
    conversations.end_as_volunteer(cast.vera, conversation)
    vera = as_person(cast.vera)
    assert "That was a hard one for me" in vera.get(f"/desk/chat/{conversation.code}/").content.decode()
    vera.post(f"/desk/chat/{conversation.code}/put-away/", {"hard": "yes"})
    assert duty_of(cast.vera, line).rests(timezone.now())
    Line.objects.update(rest_minutes=0, offers_debrief=False)
    second = talk()[2]
    conversations.end_as_volunteer(cast.vera, second)
    assert "That was a hard one for me" not in vera.get(f"/desk/chat/{second.code}/").content.decode()


# Races


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_two_takes_after_a_hard_one_keep_to_the_rest(cast, line, talk, waiting, quiet_connections, _round):
    flag_and_end(cast.vera, talk()[2])
    waiting(), waiting()
    person = cast.vera
    outcomes = race(quiet_connections, *[lambda: take_next(person, line)] * 2)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Resting", "Taken"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_a_lower_number_races_two_takes(cast, line, waiting, quiet_connections, _round):
    """However it comes about, nobody has more than was set when they took."""
    person = cast.vera
    duties.set_maximum(person, line, 2)
    waiting(), waiting()
    race(
        quiet_connections,
        lambda: duties.set_maximum(person, line, 1),
        lambda: take_next(person, line),
    )
    with pytest.raises(duties.AtCapacity):
        take_next(person, line)
    assert duties.load(person, line) == 1


@pytest.mark.django_db(transaction=True)
def test_a_lift_races_a_lift(cast, line, talk, quiet_connections):
    flag_and_end(cast.vera, talk()[2])
    duty, cora, alice = duty_of(cast.vera, line), cast.cora, cast.alice
    outcomes = race(quiet_connections, lambda: rests.lift(cora, duty), lambda: rests.lift(alice, duty))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Changed", "NoneType"]


@pytest.mark.django_db(transaction=True)
def test_two_hard_ones_that_end_at_once_do_not_wait_for_each_other(cast, line, talk, quiet_connections):
    Line.objects.create(slug="second", team=cast.phone, mode=Line.Mode.OPEN)
    duties.of(cast.vera)
    both, person = [talk()[2], talk()[2]], cast.vera
    for one in both:
        flags.flag(person, one, "Hard.")
    outcomes = race(quiet_connections, *(lambda one=one: conversations.end_as_volunteer(person, one) for one in both))
    assert outcomes == [None, None]
    assert Duty.objects.filter(rest_until=None).count() == 0 and Debrief.objects.count() == 2


def test_one_offer_for_each_conversation(cast, line, talk):
    conversation = talk()[2]
    flag_and_end(cast.vera, conversation)
    wrap_up.put_away(cast.vera, conversation, {}, hard=True)
    care.look_after(Conversation.objects.select_related("line").get(pk=conversation.pk), cast.vera.pk, timezone.now())
    assert Debrief.objects.count() == 1


def test_as_many_queries_with_many_colleagues(cast, as_person, line, same_queries):
    vera = as_person(cast.vera)

    def add(number):
        person = cast.person(f"colleague{number}", roles=["volunteer"], works_in=[cast.phone])
        Duty.objects.create(line=line, user=person, maximum=1, seen_at=timezone.now(), away=True, away_word="meal")

    same_queries(add, lambda: vera.get("/desk/chat/side/"))


def test_a_line_s_limit_that_was_lowered_counts_at_once(cast, line, waiting):
    duties.set_maximum(cast.vera, line, 3)
    Line.objects.update(most_conversations=1)
    first = visitor_comes(line)[1], visitor_comes(line)[1]
    queue.take(cast.vera, Conversation.objects.get(code=first[0].conversation), uuid.uuid4())
    with pytest.raises(duties.AtCapacity, match="1 conversation"):
        queue.take(cast.vera, Conversation.objects.get(code=first[1].conversation), uuid.uuid4())
