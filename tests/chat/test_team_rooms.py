"""The internal chat: who has which room, what lies under which key, and when it is gone."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat import sweeps
from chat.actions import conversations, erasure, lines, log, messages, team_erasure, team_rooms
from chat.actions.messages import NotInRoom, Post
from chat.consumers import seats
from chat.consumers.sockets import NotEndedSo, end_room
from chat.models import AuthorKey, Event, Line, Participant, Room, TeamRoom
from hotline.staff.actions import people, rights
from hotline.staff.permissions import NotFound, Rights
from tests.chat.test_queue import race
from tests.support.leaks import Rows

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def rooms_of(person):
    return team_rooms.of(person, Rights.of(person), timezone.now())


def titles(person):
    return [str(one.team_room) for one in rooms_of(person)]


def of_line(person):
    return next(one for one in rooms_of(person) if not one.team_room.common)


def say(mine, body, message_id=None):
    return messages.post(Post(mine.me.pk, message_id or uuid.uuid4(), body))


def bodies(person, mine):
    return [one.get("body") for one in log.read(seats.view(person, mine.room.code).room) if one["kind"] != "joined"]


def test_everybody_has_the_rooms_of_their_lines_and_the_common_one(cast, line, other_line):
    assert titles(cast.vera) == ["Youth line", "All lines"]
    assert titles(cast.viktor) == ["Family line", "All lines"]
    assert titles(cast.cora) == ["Youth line", "All lines"]
    assert titles(cast.ada) == [], "who works at no line"
    assert TeamRoom.objects.count() == Room.objects.count() == 3
    assert [one.me.role for one in rooms_of(cast.cora)] == ["coordinator", "coordinator"]
    assert [one.me.role for one in rooms_of(cast.vera)] == ["volunteer", "volunteer"]
    assert [one.may_announce for one in rooms_of(cast.vera)] == [False, False]


def test_each_line_has_it_or_not(cast, line, other_line):
    Line.objects.filter(pk=line.pk).update(has_team_room=False)
    assert titles(cast.vera) == ["All lines"]
    Line.objects.filter(pk=line.pk).update(in_common_room=False)
    assert titles(cast.vera) == [] and titles(cast.viktor) == ["Family line", "All lines"]


def test_operators_are_there_only_where_the_house_wants_it(cast, line, as_person):
    assert titles(cast.viktor) == []
    assert 'id="team"' not in as_person(cast.viktor).get("/desk/chat/").content.decode()
    cast.crawl.in_common_room = True
    cast.crawl.save()
    assert titles(cast.viktor) == ["All lines"]
    assert 'id="team"' in as_person(cast.viktor).get("/desk/chat/").content.decode()
    assert 'href="/desk/chat/"' in as_person(cast.viktor).get("/").content.decode()


def test_what_was_said_stands_there_for_whoever_comes_later_and_is_no_news(cast, line):
    say(of_line(cast.vera), "Who has the key?")
    cora = of_line(cast.cora)
    assert bodies(cast.cora, cora) == ["Who has the key?"]
    cora.me.refresh_from_db()
    cora.room.refresh_from_db()
    assert cora.me.read_seq == cora.room.head


def test_how_far_somebody_has_read_is_theirs_alone(cast, line):
    vera, cora = of_line(cast.vera), of_line(cast.cora)
    seen = seats.view(cast.vera, vera.room.code).participants
    assert "read" in seen[vera.me.code] and "read" not in seen[cora.me.code]
    assert seen[cora.me.code] | {"state": ""} == {"alias": "Cora", "role": "coordinator", "state": ""}


@pytest.mark.parametrize("stranger", ["viktor", "ada"])
def test_a_line_s_room_is_closed_to_everybody_else(cast, line, other_line, stranger):
    vera, person = of_line(cast.vera), getattr(cast, stranger)
    with pytest.raises(NotInRoom):
        seats.view(person, vera.room.code)
    with pytest.raises(NotFound):
        team_rooms.find(person, Rights.of(person), vera.room.code)


def test_whoever_leaves_the_team_is_out_and_the_others_see_it(cast, line):
    vera, cora = of_line(cast.vera), of_line(cast.cora)
    say(vera, "See you.")
    rights.give_rights(cast.ada, cast.vera, roles=["volunteer"], works_in=[cast.crawl], supervises=[])
    assert seats.withdrawn([(vera.me.pk, cast.vera), (cora.me.pk, cast.cora)]) == [True, False]
    with pytest.raises(NotInRoom):
        seats.view(cast.vera, vera.room.code)
    assert sweeps.let_go_of_team_rooms(timezone.now()) == 2
    assert sweeps.let_go_of_team_rooms(timezone.now()) == 0
    with pytest.raises(NotInRoom):
        say(vera, "Still here?")
    gone = seats.view(cast.cora, cora.room.code).participants[vera.me.code]
    assert (gone["state"], gone["alias"]) == ("left", "Vera"), "her words are still hers"
    assert log.read(Room.objects.get(pk=cora.room.pk))[-1]["kind"] == "left"


def test_the_common_room_closes_to_a_line_that_takes_no_part_any_more(cast, line, other_line):
    common = rooms_of(cast.vera)[-1]
    assert seats.withdrawn([(common.me.pk, cast.vera)]) == [False]
    Line.objects.filter(pk=line.pk).update(in_common_room=False)
    assert seats.withdrawn([(common.me.pk, cast.vera)]) == [True]


def test_a_disabled_account_and_a_house_that_stands_still(cast, line):
    vera = of_line(cast.vera)
    people.disable(cast.ada, cast.vera)
    assert seats.withdrawn([(vera.me.pk, cast.vera)]) == [True]
    with pytest.raises(NotInRoom):
        say(vera, "Still here?")


def test_it_is_never_ended_by_hand(cast, line):
    with pytest.raises(NotEndedSo):
        end_room(cast.vera, of_line(cast.vera).room.code)


def test_the_same_message_stands_there_once(cast, line):
    vera, one = of_line(cast.vera), uuid.uuid4()
    first, second = say(vera, "Once", one), say(vera, "Once", one)
    assert (first.seq, first.is_new, second.seq, second.is_new) == (second.seq, True, first.seq, False)
    with pytest.raises(messages.IdReused):
        say(vera, "Other words", one)


def test_words_lie_under_a_key_of_their_day_that_dies_with_them(cast, line, settings):
    with time_machine.travel(NOON, tick=False) as traveller:
        vera = of_line(cast.vera)
        say(vera, "Monday"), say(vera, "Monday too")
        traveller.shift(timedelta(days=1))
        say(vera, "Tuesday")
        keys = list(AuthorKey.objects.filter(participant=vera.me).order_by("pk").values_list("key_due", flat=True))
        assert keys == [(NOON + timedelta(days=7)).date(), (NOON + timedelta(days=8)).date()]
        assert Event.objects.filter(kind="message").values("key").distinct().count() == 2
        assert bodies(cast.vera, vera) == ["Monday", "Monday too", "Tuesday"]
        traveller.move_to(NOON + timedelta(days=8))
        # Nobody has swept, and yet nobody reads it: its key is past its day.
        assert bodies(cast.vera, vera) == [None, None, "Tuesday"]
        sweeps.forget_team_talk(timezone.now())
        assert bodies(cast.vera, vera) == []
        assert AuthorKey.objects.filter(participant=vera.me).count() == 1


def test_what_is_past_its_time_goes_by_the_hour_and_the_log_begins_later(cast, line):
    with time_machine.travel(NOON, tick=False) as traveller:
        vera = of_line(cast.vera)
        old = say(vera, "Old")
        traveller.move_to(NOON + timedelta(hours=3))
        young = say(vera, "Young")
        traveller.move_to(NOON + timedelta(days=7) - timedelta(hours=1, minutes=1))
        assert sweeps.forget_team_talk(timezone.now()) == 0
        traveller.move_to(NOON + timedelta(days=7, minutes=1))
        # The common room's only entry goes too: that Vera came.
        assert sweeps.forget_team_talk(timezone.now()) == 2
        room = Room.objects.get(pk=vera.room.pk)
        assert (room.first, room.head) == (old.seq + 1, young.seq)
        assert bodies(cast.vera, vera) == ["Young"]
        assert sweeps.forget_team_talk(timezone.now()) == 0
        assert say(vera, "Next").seq == young.seq + 1


def test_a_shorter_time_counts_at_once(cast, line, settings):
    with time_machine.travel(NOON, tick=False) as traveller:
        vera = of_line(cast.vera)
        say(vera, "Old")
        traveller.shift(timedelta(days=1, minutes=1))
        settings.TEAM_ROOM_DAYS = 1
        sweeps.forget_team_talk(timezone.now())
        assert bodies(cast.vera, vera) == []


def test_words_go_with_the_account_and_the_others_stay(cast, line):
    vera, cora = of_line(cast.vera), of_line(cast.cora)
    say(vera, "From Vera"), say(cora, "From Cora")
    people.forget(cast.vera)
    assert sweeps.forget_team_talk(timezone.now()) == 1
    room = Room.objects.get(pk=cora.room.pk)
    said = [(one["kind"], one.get("body")) for one in log.read(room) if one["kind"] not in ("joined", "left")]
    assert said == [("redacted", None), ("message", "From Cora")]
    assert [one.seq for one in Event.objects.filter(room=room)] == list(range(1, room.head + 1)), "no gap"
    assert not Event.objects.filter(author=vera.me, sealed_body__isnull=False).exists()
    assert sweeps.forget_team_talk(timezone.now()) == 0


def test_a_body_lies_nowhere_in_the_clear(cast, line, marked):
    mark = marked()
    say(of_line(cast.vera), mark.text)
    mark.assert_absent(Rows())


def test_the_visitor_s_end_and_erasing_touch_it_not(cast, line, talk):
    visitor, _vera, conversation = talk()
    say(of_line(cast.vera), "Stays")
    conversations.end_as_visitor(visitor)
    erasure.erase_for_visitor(conversation)
    assert bodies(cast.vera, of_line(cast.vera)) == ["Stays"]


@pytest.mark.parametrize("_round", range(3))
def test_two_who_come_first_make_one_room(cast, line, quiet_connections, _round):
    who = (cast.vera, cast.alice, cast.cora)
    outcomes = race(quiet_connections, *(lambda person=person: rooms_of(person) for person in who))
    assert not [one for one in outcomes if isinstance(one, Exception)], outcomes
    assert TeamRoom.objects.count() == Room.objects.count() == 2
    assert Participant.objects.count() == 6
    assert {one.room.pk for mine in outcomes for one in mine} == set(Room.objects.values_list("pk", flat=True))


def test_one_who_comes_in_two_tabs_is_there_once(cast, line, quiet_connections):
    rooms_of(cast.cora)
    cora = Participant.objects.filter(user=cast.vera)
    outcomes = race(quiet_connections, *(lambda: rooms_of(cast.vera) for _tab in range(3)))
    assert not [one for one in outcomes if isinstance(one, Exception)], outcomes
    assert cora.count() == 2 and Event.objects.filter(author__user=cast.vera, kind="joined").count() == 2


def test_writing_against_forgetting_loses_nothing_new(cast, line, quiet_connections):
    with time_machine.travel(NOON, tick=False):
        vera = of_line(cast.vera)
        say(vera, "Old")
    with transaction.atomic():
        Participant.objects.update(seen_at=timezone.now())
    new = uuid.uuid4()
    race(quiet_connections, lambda: say(vera, "New", new), lambda: team_erasure.erase_old(timezone.now()))
    team_erasure.erase_old(timezone.now())
    room = Room.objects.get(pk=vera.room.pk)
    said = log.read(room)
    assert [one["body"] for one in said] == ["New"] and said[0]["seq"] == room.head == room.first


def test_as_many_queries_for_many_rooms_as_for_one(cast, line):
    rooms_of(cast.vera)

    def look():
        return team_rooms.of(cast.vera, Rights.of(cast.vera), timezone.now())

    with CaptureQueriesContext(connection) as few:
        assert len(look()) == 2
    for number in range(30):
        lines.save_line(cast.ada, Line(slug=f"line-{number}", team=cast.phone, titles={"en": f"Line {number}"}))
    assert len(look()) == team_rooms.MOST, "bounded"
    with CaptureQueriesContext(connection) as many:
        look()
    assert len(many) == len(few) <= 7
    pairs = [(one.me.pk, cast.vera) for one in look()]
    seats.withdrawn(pairs[:1])
    with CaptureQueriesContext(connection) as few:
        seats.withdrawn(pairs[-1:])
    with CaptureQueriesContext(connection) as many:
        assert not any(seats.withdrawn(pairs))
    assert len(many) == len(few)
