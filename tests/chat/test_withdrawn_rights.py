"""Whoever loses a right at the chat hears and sees nothing of it five seconds later, however it was taken (ASVS 7.4.2)."""

import asyncio
import uuid

import pytest
from channels.db import database_sync_to_async as db

from chat.actions import queue
from chat.consumers import keeper, polls, queues, rooms, seats
from chat.models import Conversation
from hotline.live import topics, watch
from hotline.live.doorbell import aring
from hotline.staff.actions import people, rights
from hotline.staff.models import Session
from hotline.staff.permissions import Rights
from hotline.staff.roles import WORK
from tests.chat.test_polls import browser, http, until
from tests.chat.test_socket import enter, hear, pair, say, until_now

__all__ = ["enter", "http", "pair"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def everybody(cast, monkeypatch):
    monkeypatch.setattr(queues, "PAUSE", 0.0)
    monkeypatch.setattr(polls.application, "_closing", False)
    return cast.vera, cast.viktor, cast.ada, cast.alice


def take_role(cast):
    rights.give_rights(cast.ada, cast.vera, roles=[], works_in=[cast.phone], supervises=[])


def take_team(cast):
    rights.take_out_of_team(cast.ada, [cast.vera], cast.phone, WORK)


def disable(cast):
    people.disable(cast.ada, cast.vera)


WAYS = [take_role, take_team, disable]
taken_by = pytest.mark.parametrize("take", WAYS, ids=[way.__name__ for way in WAYS])


def test_the_house_looks_often_enough():
    assert keeper.LOOK_SECONDS <= 4 and watch.LOOK_SECONDS <= 4


@taken_by
async def test_the_room_is_closed_and_takes_nothing_more(pair, cast, take):
    visitor, vera, room = pair
    await db(take)(cast)
    await keeper.here().look()
    await hear(vera, "closed", room=room, reason="withdrawn")
    await say(vera, room, "Still here")
    assert (await hear(vera, "error"))["code"] == "unknown_room"
    await say(visitor, room, "Are you there?")
    await hear(visitor, "ack")
    assert not [seat for seat in rooms.here().seats() if seat.person == cast.vera]


@taken_by
async def test_the_queue_shows_them_nothing_more(enter, cast, waiting, take):
    await db(waiting)()
    vera, alice = await enter(cast.vera), await enter(cast.alice)
    for socket in (vera, alice):
        await hear(socket, "queue")
    await db(take)(cast)
    await keeper.here().look()
    _participant, later = await db(waiting)()
    shown = await hear(alice, "queue")
    while later.conversation not in [row["conversation"] for row in shown["waiting"]]:
        shown = await hear(alice, "queue")
    assert later.conversation not in str(await until_now(vera))


@taken_by
async def test_the_doorbell_rings_for_them_no_more(enter, cast, line, take):
    own = topics.team_requests(cast.phone.pk)
    vera, alice = await enter(cast.vera), await enter(cast.alice)
    await aring(own)
    await hear(vera, "ring", topic=own)
    await db(take)(cast)
    await watch.watch().look()
    if take is disable:
        assert await vera.close_code() == 4403
        return
    await keeper.here().look()
    for topic in (own, topics.queue(line.pk), topics.places()):
        await aring(topic)
    await hear(alice, "ring", topic=topics.places())
    assert "ring" not in {frame["type"] for frame in await until_now(vera)}


async def test_a_right_that_is_given_rings_as_soon(enter, cast):
    foreign = topics.team_requests(cast.crawl.pk)
    vera = await enter(cast.vera)
    await watch.watch().look()
    await db(rights.add_to_team)(cast.ada, [cast.vera], cast.crawl, WORK)
    await watch.watch().look()
    await aring(foreign)
    await hear(vera, "ring", topic=foreign)


@taken_by
async def test_a_poll_that_waits_is_answered_without_what_came(pair, http, cast, take):
    visitor, _vera, room = pair
    caller = await db(browser)(http, room, cast.vera)
    head = (await caller.read(after=0)).json()["room"]["head"]
    waits = asyncio.create_task(caller.read(after=head, wait=25))
    await until(lambda: len(watch.watch()._sockets) == 2)
    await db(take)(cast)
    await keeper.here().look()
    await watch.watch().look()
    answer = await waits
    assert answer.status_code in (401, 403, 404), answer.text
    await say(visitor, room, "A secret")
    await hear(visitor, "ack")
    assert (await caller.read(after=head)).status_code in (401, 403, 404)


async def test_a_poll_whose_session_was_ended_elsewhere_is_answered_without_what_came(pair, http, cast):
    _visitor, _vera, room = pair
    caller = await db(browser)(http, room, cast.vera)
    head = (await caller.read(after=0)).json()["room"]["head"]
    waits = asyncio.create_task(caller.read(after=head, wait=25))
    await until(lambda: len(watch.watch()._sockets) == 2)
    await db(Session.objects.all().delete)()
    await watch.watch().look()
    answer = await waits
    assert answer.status_code in (401, 403) and "events" not in answer.json()


@taken_by
def test_nobody_is_taken_and_no_page_opens(cast, waiting, line, as_person, take):
    _participant, started = waiting()
    conversation = Conversation.objects.get(code=started.conversation)
    client = as_person(cast.vera)
    assert client.get("/desk/chat/").status_code == 200
    take(cast)
    assert client.get("/desk/chat/").status_code in (302, 403)
    with pytest.raises(Exception, match=r"right|exist"):
        queue.take(cast.vera, conversation, uuid.uuid4())


def test_one_look_asks_as_often_for_many_as_for_one(cast, line, query_count):
    persons = {person.pk: person for person in (cast.person(f"p{n}", works_in=[cast.phone]) for n in range(30))}
    one = dict(list(persons.items())[:1])
    seats.lines_of_many(one)
    assert query_count(lambda: seats.lines_of_many(persons)) == query_count(lambda: seats.lines_of_many(one))
    snapshots = Rights.of_many(persons.values())
    assert len({str(snapshot.held) for snapshot in snapshots.values()}) == 1
