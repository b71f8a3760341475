"""A break and the end of a shift: nobody new comes, nobody is handed over without a word, and the last page is kind."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from chat.actions import conversations, duties, erasure, queue, shifts, transfers
from chat.models import Conversation, Duty, Line
from chat.shift import words_of_goodbye
from hotline.staff.models import Alarm, AuditEntry
from hotline.staff.permissions import NotAllowed, NotFound
from tests.chat.test_queue import race, take_next

pytestmark = pytest.mark.django_db
DESK, SHIFT, GOODBYE = "/desk/chat/", "/desk/chat/shift/", "/desk/chat/goodbye/"
Word = Duty.Word


@pytest.fixture
def vera(cast, as_person):
    return as_person(cast.vera)


def do(client, what, **more):
    return client.post(SHIFT, {"do": what, **more}, headers={"HX-Request": "true"})


# A break


def test_whoever_is_on_a_break_gets_nobody_and_keeps_whom_they_have(cast, line, talk, waiting):
    _visitor, _vera, conversation = talk()
    second = Line.objects.create(slug="second", team=cast.phone, mode=Line.Mode.OPEN)
    waiting()
    shifts.take_break(cast.vera, Word.MEAL)
    assert set(Duty.objects.values_list("line", "away", "away_word")) == {
        (line.pk, True, "meal"),
        (second.pk, True, "meal"),
    }
    with pytest.raises(duties.Away, match="You are on a break"):
        take_next(cast.vera, line)
    conversation.refresh_from_db()
    assert conversation.volunteer == cast.vera
    shifts.come_back(cast.vera)
    assert take_next(cast.vera, line)


def test_nothing_is_handed_to_somebody_on_a_break(cast, line, talk):
    conversation = talk()[2]
    duties.of(cast.alice)
    Duty.objects.update(seen_at=timezone.now())
    transfer = transfers.offer(cast.vera, conversation, to_user=cast.alice)
    shifts.take_break(cast.alice, Word.BREATH)
    assert transfers.colleagues(conversation) == []
    with pytest.raises(duties.Away):
        transfers.accept(cast.alice, transfer)
    conversation.refresh_from_db()
    assert conversation.volunteer == cast.vera


def test_colleagues_read_the_word_and_only_those_of_the_line(cast, as_person, line, other_line):
    for person in (cast.vera, cast.alice, cast.viktor):
        duties.of(person)
    Duty.objects.update(seen_at=timezone.now())
    shifts.take_break(cast.vera, Word.TALK)
    page = as_person(cast.alice).get(DESK).content.decode()
    assert "<b>Vera</b>: talking with somebody" in page
    assert "Vera</b>" not in as_person(cast.viktor).get(DESK).content.decode()
    shifts.go_home(cast.vera)
    assert "<b>Vera</b>" not in as_person(cast.alice).get(DESK).content.decode()


def test_the_page_says_it_and_takes_it_back(vera, cast, line):
    page = do(vera, "breath").content.decode()
    assert "You are away for a while." in page and "catching their breath" in page and "Take next" not in page
    assert "Take next" in do(vera, "back").content.decode()
    assert not Duty.objects.get().away and Duty.objects.get().away_word == ""


@pytest.mark.parametrize("what", ["", "HOME", "ending", "home\0", "x" * 5000])
def test_a_button_that_there_is_not_is_told(vera, line, what):
    assert do(vera, what).status_code == 422
    assert not Duty.objects.get().away


def test_who_works_at_no_line(cast, as_person, line):
    for call in (shifts.come_back, shifts.begin_end, shifts.go_home, lambda who: shifts.take_break(who, Word.SOON)):
        with pytest.raises(NotAllowed):
            call(cast.ada)
    assert do(as_person(cast.ada), "breath").status_code == 403
    assert as_person(cast.ada).get(GOODBYE).status_code == 403
    with pytest.raises(ValueError):
        shifts.take_break(cast.vera, Word.HOME)


# The end of a shift


def test_the_end_says_what_is_open_and_lets_nobody_in(vera, cast, line, talk, waiting):
    _visitor, _vera, conversation = talk()
    ended = talk()[2]
    conversations.end_as_volunteer(cast.vera, ended)
    waiting()
    page = do(vera, "end").content.decode()
    assert "The end of your shift" in page and "Ask a coordinator" in page and "Go home" not in page
    assert "can wait until you are here again" in page
    assert "Nobody else takes visitors of “Youth line” now." in page
    with pytest.raises(duties.Away):
        take_next(cast.vera, line)
    refused = do(vera, "home")
    assert refused.status_code == 409 and Duty.objects.get(user=cast.vera).away_word == "ending"
    conversations.end_as_volunteer(cast.vera, conversation)
    assert "Go home" in vera.get(f"{DESK}side/").content.decode()
    answer = do(vera, "home")
    assert answer.headers["HX-Redirect"] == GOODBYE
    assert Duty.objects.get(user=cast.vera).away_word == "home"
    assert "Begin my shift" in vera.get(DESK).content.decode()


def test_it_goes_without_scripts_too(vera, cast, line):
    assert vera.post(SHIFT, {"do": "end"}).url == DESK
    assert vera.post(SHIFT, {"do": "home"}).url == GOODBYE


def test_with_a_colleague_there_nobody_has_to_close(vera, cast, line, waiting):
    duties.of(cast.alice)
    Duty.objects.filter(user=cast.alice).update(seen_at=timezone.now())
    waiting()
    assert "Nobody else takes visitors" not in do(vera, "end").content.decode()
    shifts.take_break(cast.alice, Word.MEAL)
    assert "Nobody else takes visitors" in vera.get(DESK).content.decode()


def test_a_coordinator_is_asked_and_it_settles(vera, cast, as_person, line, talk):
    visitor, _vera, conversation = talk()
    do(vera, "end")
    page = vera.post(f"{DESK}{conversation.code}/ask/", headers={"HX-Request": "true"}).content.decode()
    assert "A coordinator is being called." in page and "Ask a coordinator" not in page
    alarm = Alarm.objects.get(kind="shift_ends")
    assert (alarm.team, alarm.subject) == (cast.phone, conversation.code)
    assert "has to go" in alarm.words() and "Vera" not in alarm.words()
    Alarm.objects.update(acknowledged_by=cast.cora, acknowledged_at=timezone.now())
    page = vera.get(DESK).content.decode()
    assert "Cora sees to it." in page and "Ask again" in page and "Ask a coordinator" not in page
    page = vera.post(f"{DESK}{conversation.code}/ask/", headers={"HX-Request": "true"}).content.decode()
    assert "A coordinator is being called." in page and "Cora sees to it." not in page and "Ask again" not in page
    conversations.end_as_visitor(visitor)
    assert not Alarm.objects.open().exists()
    assert AuditEntry.objects.filter(action="conversation.help_to_go", subject=conversation.code).count() == 2


def test_who_saw_to_it_before_the_volunteer_had_it_sees_to_it_no_more(vera, cast, line, talk):
    conversation = talk()[2]
    shifts.ask_coordinator(cast.vera, conversation)
    Alarm.objects.update(acknowledged_by=cast.cora, acknowledged_at=timezone.now())
    queue.give_back(conversation, cast.vera)
    conversation.refresh_from_db()
    queue.take(cast.vera, conversation, uuid.uuid4())
    page = do(vera, "end").content.decode()
    assert "Cora sees to it." not in page and "Ask a coordinator" in page


def passed_on(cast, conversation):
    duties.of(cast.alice)
    Duty.objects.update(seen_at=timezone.now())
    transfers.accept(cast.alice, transfers.offer(cast.vera, conversation, to_user=cast.alice, note="Be kind."))


def given_back(cast, conversation):
    queue.give_back(conversation, cast.vera)


def erased(cast, conversation):
    erasure.erase_for_visitor(conversation)


@pytest.mark.parametrize("happens", [passed_on, given_back, erased])
def test_the_call_falls_silent_when_it_is_somebody_else_s(cast, line, talk, happens):
    conversation = talk()[2]
    shifts.begin_end(cast.vera)
    shifts.ask_coordinator(cast.vera, conversation)
    happens(cast, conversation)
    assert not Alarm.objects.open().filter(kind="shift_ends").exists()


def test_who_may_not_ask(cast, as_person, line, talk):
    conversation = talk()[2]
    with pytest.raises(NotFound):
        shifts.ask_coordinator(cast.viktor, conversation)
    with pytest.raises(shifts.NotNow):
        shifts.ask_coordinator(cast.alice, conversation)
    assert as_person(cast.alice).post(f"{DESK}{conversation.code}/ask/").status_code == 403
    conversations.end_as_volunteer(cast.vera, conversation)
    with pytest.raises(shifts.NotNow):
        shifts.ask_coordinator(cast.vera, conversation)
    erasure.erase_for_visitor(conversation)
    with pytest.raises(shifts.NotNow):
        shifts.ask_coordinator(cast.vera, conversation)
    assert not Alarm.objects.exists()


# The goodbye


@pytest.mark.parametrize(("hour", "last"), [(2, "It is late. Sleep well."), (16, "Have a good rest of the day.")])
def test_the_goodbye_says_no_number(cast, line, talk, vera, hour, last, settings):
    settings.TIME_ZONE = "UTC"
    with time_machine.travel(datetime(2026, 3, 2, hour, tzinfo=UTC), tick=False), timezone.override("UTC"):
        empty = words_of_goodbye(cast.vera, timezone.now())
        talk(), talk(), talk()
        words = words_of_goodbye(cast.vera, timezone.now())
        Duty.objects.update(rest_until=timezone.now())
        hard = words_of_goodbye(cast.vera, timezone.now())
    assert "That counts." in empty[0] and "because you were there" in words[0]
    assert words[-1] == last and len(hard) == 3
    assert not any(char.isdigit() for char in "".join([*empty, *words, *hard]))


def test_yesterday_is_another_day(cast, line, talk):
    talk()
    Conversation.objects.update(taken_at=timezone.now() - timedelta(hours=17))
    assert "That counts." in words_of_goodbye(cast.vera, timezone.now())[0]


def test_the_goodbye_page(vera, cast, line):
    page = vera.get(GOODBYE).content.decode()
    assert "Thank you, Vera." in page and "Log out" in page
    assert vera.post(GOODBYE).status_code == 405 and vera.get(SHIFT).status_code == 405


# Races


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_a_take_races_a_break(cast, line, waiting, quiet_connections, _round):
    """Whoever is on a break has nobody who came after it began."""
    person, conversation = cast.vera, Conversation.objects.get(code=waiting()[1].conversation)
    taken, _gone = race(
        quiet_connections,
        lambda: queue.take(person, conversation, uuid.uuid4()),
        lambda: shifts.take_break(person, Word.BREATH),
    )
    conversation.refresh_from_db()
    assert isinstance(taken, duties.Away) == (conversation.state == "waiting")
    waiting()
    with pytest.raises(duties.Away):
        take_next(person, line)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_a_take_races_going_home(cast, line, waiting, quiet_connections, _round):
    """Nobody goes home with a visitor in their hands."""
    person, conversation = cast.vera, Conversation.objects.get(code=waiting()[1].conversation)
    taken, gone = race(
        quiet_connections,
        lambda: queue.take(person, conversation, uuid.uuid4()),
        lambda: shifts.go_home(person),
    )
    conversation.refresh_from_db()
    if conversation.state == "active":
        assert isinstance(taken, queue.Taken) and isinstance(gone, shifts.StillTalking)
    else:
        assert isinstance(taken, duties.Away) and gone is None
