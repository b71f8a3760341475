"""Announcements in the internal chat: set apart, seen by each, by those who guide alone, not too many."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat import team_desk
from chat.actions import log, team_announcements, team_rooms
from chat.actions.messages import Empty, IdReused, TooLong
from chat.models import Event, Line, Room, Sighting
from hotline.lib.throttle import TooOften
from hotline.staff.models import AuditEntry
from hotline.staff.permissions import NotAllowed, NotFound, Rights
from tests.chat.test_queue import race
from tests.chat.test_team_rooms import of_line, rooms_of, say

pytestmark = pytest.mark.django_db(transaction=True)

DESK = "/desk/chat/team/"


def announce(person, text, announcement_id=None, mine=None):
    return team_announcements.announce(person, mine or of_line(person), announcement_id or uuid.uuid4(), text)


def context(person):
    return team_desk.context(person, Rights.of(person), timezone.now())


def test_it_stays_above_everybody_s_desk_until_they_have_read_it(cast, line):
    rooms_of(cast.vera), rooms_of(cast.alice)
    event = announce(cast.cora, "  The line closes at nine today. ")
    (shown,) = context(cast.vera)["announced"]
    assert (shown.text, shown.by, shown.is_seen) == ("The line closes at nine today.", "Cora", False)
    assert (shown.seen, shown.missing) == ((), ()), "who has seen it is not everybody's to know"
    assert context(cast.cora)["announced"] == [], "whoever says it knows it"
    (hers,) = context(cast.cora)["announcements"]
    assert (hers.seen, hers.missing) == ((), ("Alice", "Vera"))
    for _time in range(2):
        team_announcements.see(cast.vera, of_line(cast.vera), event.seq)
    assert context(cast.vera)["announced"] == []
    (hers,) = context(cast.cora)["announcements"]
    assert (hers.seen, hers.missing) == (("Vera",), ("Alice",))
    assert Sighting.objects.count() == 2
    (entry,) = [one for one in log.read(Room.objects.get(pk=of_line(cast.vera).room.pk)) if one["kind"] == "notice"]
    assert entry["body"] == "The line closes at nine today."
    audited = AuditEntry.objects.get(action="team_room.announced")
    assert (audited.actor_alias, audited.subject) == ("Cora", of_line(cast.cora).room.code)
    assert "nine" not in str(audited.details)


def test_only_those_who_guide_announce(cast, line):
    with pytest.raises(NotAllowed):
        announce(cast.vera, "Nobody asked me.")
    with pytest.raises(NotAllowed):
        # somebody else's place in the room
        announce(cast.vera, "Nobody asked me.", mine=of_line(cast.cora))
    assert not Event.objects.filter(kind="notice").exists()


@pytest.mark.parametrize(("text", "refusal"), [(" \n", Empty), ("x" * 4001, TooLong)])
def test_no_words_and_too_many(cast, line, text, refusal):
    with pytest.raises(refusal):
        announce(cast.cora, text)


def test_the_same_press_counts_once_and_other_words_need_another(cast, line):
    one = uuid.uuid4()
    assert announce(cast.cora, "Once", one).pk == announce(cast.cora, "Once", one).pk
    with pytest.raises(IdReused):
        announce(cast.cora, "Other words", one)
    said = say(of_line(cast.cora), "Once")
    with pytest.raises(IdReused):
        announce(cast.cora, "Once", said.id)


def test_not_too_many_in_a_while(cast, line, settings):
    settings.LIMITS = settings.LIMITS | {"chat-announce": [(2, 600)]}
    announce(cast.cora, "One"), announce(cast.cora, "Two")
    with pytest.raises(TooOften):
        announce(cast.cora, "Three")
    assert Event.objects.filter(kind="notice").count() == 2


def test_it_is_counted_before_the_room_is_held_and_the_same_press_once(cast, line, monkeypatch):
    counted, one = [], uuid.uuid4()
    monkeypatch.setattr(team_announcements, "allow", lambda *_who: counted.append(connection.in_atomic_block))
    for _press in range(2):
        announce(cast.cora, "Once", one)
    assert counted == [False]


def test_nothing_falls_out_unseen_however_many_there_are(cast, line, settings):
    settings.LIMITS = settings.LIMITS | {"chat-announce": [(100, 600)]}
    rooms, number = len(rooms_of(cast.vera)), 0
    said = rooms * team_announcements.BOUND + 3
    for number in range(said):
        announce(cast.cora, f"Number {number}")
    seen = []
    while announced := context(cast.vera)["announced"]:
        assert len(announced) <= rooms * team_announcements.BOUND
        seen += [one.text for one in reversed(announced)]
        for one in announced:
            team_announcements.see(cast.vera, one.mine, one.seq)
    assert seen == [f"Number {number}" for number in range(said)]
    (latest, *_older) = context(cast.cora)["announcements"]
    assert latest.text == f"Number {number}"


def test_two_presses_at_once_are_one(cast, line, quiet_connections):
    mine, one = of_line(cast.cora), uuid.uuid4()
    outcomes = race(quiet_connections, *(lambda: announce(cast.cora, "Once", one, mine) for _press in range(3)))
    assert not [one for one in outcomes if isinstance(one, Exception)], outcomes
    assert (
        Event.objects.filter(kind="notice").count() == 1
        and AuditEntry.objects.filter(action="team_room.announced").count() == 1
    )


def test_two_tabs_that_say_seen_at_once_are_one(cast, line, quiet_connections):
    event, mine = announce(cast.cora, "Read this"), of_line(cast.vera)
    race(quiet_connections, *(lambda: team_announcements.see(cast.vera, mine, event.seq) for _tab in range(3)))
    assert Sighting.objects.filter(participant=mine.me).count() == 1


def test_what_is_no_announcement_is_not_seen(cast, line):
    mine = of_line(cast.vera)
    for seq in (say(mine, "A message").seq, 99):
        with pytest.raises(NotFound):
            team_announcements.see(cast.vera, mine, seq)


def test_the_desk_s_buttons(cast, line, as_person):
    vera, cora = as_person(cast.vera), as_person(cast.cora)
    code = of_line(cast.cora).room.code
    wanted = {"room": code, "id": str(uuid.uuid4()), "text": "Read this"}
    answer = cora.post(f"{DESK}announce/", wanted, headers={"HX-Request": "true"})
    assert "Announced." in answer.content.decode()
    seq = Event.objects.get(kind="notice").seq
    assert "Read this" in vera.get(f"{DESK}announced/").content.decode()
    answer = vera.post(f"{DESK}{code}/seen/{seq}/", headers={"HX-Request": "true"})
    assert "Read this" not in answer.content.decode()
    assert "Read by Vera." in cora.get(f"{DESK}announcements/").content.decode()
    assert "Read this" not in vera.get(f"{DESK}announcements/").content.decode()


@pytest.mark.parametrize("text", ["", "x" * 4001])
def test_a_refused_form_keeps_what_was_typed(cast, line, as_person, text):
    wanted = {"room": of_line(cast.cora).room.code, "id": str(uuid.uuid4()), "text": text}
    answer = as_person(cast.cora).post(f"{DESK}announce/", wanted, headers={"HX-Request": "true"})
    assert answer.status_code == 409 and 'aria-invalid="true"' in answer.content.decode()
    assert text in answer.content.decode()


@pytest.mark.parametrize("broken", [{"id": "no-uuid"}, {"room": "NOROOM"}, {"room": "x\x00"}])
def test_what_no_form_sends(cast, line, as_person, broken):
    wanted = {"room": of_line(cast.cora).room.code, "id": str(uuid.uuid4()), "text": "Read this"}
    answer = as_person(cast.cora).post(f"{DESK}announce/", wanted | broken, headers={"HX-Request": "true"})
    assert answer.status_code in (404, 409)
    assert not Event.objects.filter(kind="notice").exists()


def test_a_volunteer_who_sends_the_form_is_refused(cast, line, as_person):
    wanted = {"room": of_line(cast.vera).room.code, "id": str(uuid.uuid4()), "text": "Read this"}
    assert as_person(cast.vera).post(f"{DESK}announce/", wanted).status_code == 403


def test_as_many_queries_for_many_as_for_one(cast, line):
    announce(cast.cora, "One")
    mine = rooms_of(cast.cora)
    with CaptureQueriesContext(connection) as few:
        team_announcements.shown(mine)
    for number in range(12):
        person = cast.person(f"helper-{number}", roles=["volunteer"], works_in=[cast.phone])
        rooms_of(person)
    for number in range(5):
        announce(cast.cora, f"Number {number}")
    with CaptureQueriesContext(connection) as many:
        shown = team_announcements.shown(mine)
    assert len(many) == len(few) <= 3
    assert len(shown) == 6 and len(shown[0].missing) == 12


def test_a_line_without_the_function_shows_none(cast, line):
    announce(cast.cora, "Read this")
    rooms_of(cast.vera)
    Line.objects.filter(pk=line.pk).update(has_team_room=False)
    assert context(cast.vera)["announced"] == []
    with pytest.raises(NotFound):
        team_rooms.find(cast.vera, Rights.of(cast.vera), Room.objects.get(team_room__line=line).code)
