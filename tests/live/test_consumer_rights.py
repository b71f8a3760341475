"""Who hears a ring, and who no longer does: rights are looked at again and again."""

import asyncio
import json
from datetime import timedelta

import pytest
from channels.db import database_sync_to_async
from django.utils import timezone

from hotline.live import consumer, watch
from hotline.live.doorbell import aring, ring
from hotline.staff.actions.leaving import leave
from hotline.staff.models import Session
from tests.support.sockets import CRAWL, HEARD, PATIENCE, PHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("registered")]


# Rings


async def test_a_ring_reaches_those_who_may_hear_its_topic_and_no_others(open_socket, cast):
    vera, viktor = [await database_sync_to_async(getattr)(cast, name) for name in ("vera", "viktor")]
    hers, his = await open_socket(vera), await open_socket(viktor)
    await hers.welcome()
    await his.welcome()
    await database_sync_to_async(ring)(PHONE)
    await database_sync_to_async(ring)("alarms")
    assert await hers.hear() == {"type": "ring", "topic": PHONE}
    assert await hers.receive_nothing(timeout=0.3)
    assert await his.receive_nothing()


async def test_nothing_rings_before_hello(open_socket, vera):
    socket = await open_socket(vera)
    await socket.connect()
    await aring(PHONE)
    assert await socket.receive_nothing(timeout=0.3)


async def test_rings_of_one_moment_come_once(open_socket, vera):
    socket = await open_socket(vera)
    await socket.welcome()
    for _ in range(20):
        await aring("places")
        await aring(PHONE)
    assert [(await socket.hear())["topic"] for _ in range(2)] == sorted([PHONE, "places"])
    assert await socket.receive_nothing(timeout=0.3)


async def test_later_rings_come_again(open_socket, vera):
    socket = await open_socket(vera)
    await socket.welcome()
    for _ in range(2):
        await aring("places")
        assert (await socket.hear())["topic"] == "places"


async def test_a_closed_socket_listens_no_more(open_socket, vera):
    socket = await open_socket(vera)
    await socket.welcome()
    assert consumer.hub()._listeners
    await socket.hang_up()
    assert not consumer.hub()._listeners
    assert not watch.watch()._sockets


# Rights, again and again


@pytest.fixture
def quick_look(monkeypatch):
    monkeypatch.setattr(watch, "LOOK_SECONDS", 0.05)


def test_rights_are_looked_at_within_five_seconds():
    assert watch.LOOK_SECONDS <= 4


async def test_a_disabled_account_is_closed(open_socket, vera, quick_look):
    socket = await open_socket(vera)
    await socket.welcome()
    vera.is_active = False
    await database_sync_to_async(vera.save)()
    assert await socket.close_code() == 4403


async def test_a_deleted_account_is_closed(open_socket, vera, quick_look):
    socket = await open_socket(vera)
    await socket.welcome()
    await database_sync_to_async(vera.delete)()
    assert await socket.close_code() == 4403


async def test_an_ended_session_is_closed(open_socket, vera, quick_look):
    socket = await open_socket(vera)
    await socket.welcome()
    await database_sync_to_async(Session.objects.all().delete)()
    assert await socket.close_code() == 4403


async def test_somebody_who_leaves_for_good_is_out_on_every_device(open_socket, vera, quick_look):
    sockets = [await open_socket(vera), await open_socket(vera)]
    for socket in sockets:
        await socket.welcome()
    await database_sync_to_async(leave)(vera, at_once=False)
    assert [await socket.close_code() for socket in sockets] == [4403, 4403]


async def test_a_session_that_has_run_out_is_closed(open_socket, vera, quick_look):
    socket = await open_socket(vera)
    await socket.welcome()
    await database_sync_to_async(Session.objects.all().update)(begun_at=timezone.now() - timedelta(hours=13))
    assert await socket.close_code() == 4403


async def test_a_session_that_was_left_alone_is_closed(open_socket, vera, quick_look):
    socket = await open_socket(vera)
    await socket.welcome()
    await database_sync_to_async(Session.objects.all().update)(used_at=timezone.now() - timedelta(hours=3))
    assert await socket.close_code() == 4403


async def test_whoever_works_by_socket_is_not_idle(open_socket, vera):
    socket = await open_socket(vera)
    await socket.welcome()
    long_ago = timezone.now() - timedelta(hours=1)
    await database_sync_to_async(Session.objects.all().update)(used_at=long_ago)
    await socket.say(type="ping")
    assert (await socket.hear())["type"] == "pong"
    await watch.watch().note_use()
    assert (await Session.objects.aget()).used_at == long_ago, "a program asks, nobody is there"
    await socket.say(type="say", body="hello")
    assert (await socket.hear())["type"] == "echo"
    await watch.watch().note_use()
    assert (await Session.objects.aget()).used_at > long_ago


async def test_a_changed_password_closes_the_sockets_of_the_old_one(open_socket, vera, quick_look):
    socket = await open_socket(vera)
    await socket.welcome()
    vera.set_password("another calm word for many hands")
    await database_sync_to_async(vera.save)()
    assert await socket.close_code() == 4403


async def test_the_sockets_of_others_stay_open(open_socket, cast, quick_look):
    vera, viktor = [await database_sync_to_async(getattr)(cast, name) for name in ("vera", "viktor")]
    hers, his = await open_socket(vera), await open_socket(viktor)
    await hers.welcome()
    await his.welcome()
    vera.is_active = False
    await database_sync_to_async(vera.save)()
    assert await hers.close_code() == 4403
    await his.say(type="ping")
    assert await his.hear() == {"type": "pong"}


async def test_nothing_rings_after_the_right_was_withdrawn(open_socket, vera, quick_look):
    socket = await open_socket(vera)
    await socket.welcome()
    vera.is_active = False
    await database_sync_to_async(vera.save)()
    await socket.close_code()
    await aring("places")
    assert await socket.receive_nothing(timeout=0.3)


async def test_a_topic_that_is_no_longer_ones_own_is_silent_after_a_heartbeat(open_socket, vera, monkeypatch):
    monkeypatch.setitem(HEARD, "vera", [PHONE, "places"])
    socket = await open_socket(vera)
    await socket.welcome()
    HEARD["vera"] = [CRAWL]
    await watch.watch().renew_topics()
    await aring("places")
    await aring(CRAWL)
    assert await socket.hear() == {"type": "ring", "topic": CRAWL}


async def test_the_heartbeat_renews_topics(open_socket, vera, quick_look, monkeypatch):
    monkeypatch.setattr(watch, "HEARTBEAT", 0)
    monkeypatch.setitem(HEARD, "vera", [PHONE])
    socket = await open_socket(vera)
    await socket.welcome()
    renewed, hear = asyncio.Event(), consumer.SocketConsumer.hear

    def observed(self, topics):
        hear(self, topics)
        if "places" in topics:
            renewed.set()

    monkeypatch.setattr(consumer.SocketConsumer, "hear", observed)
    HEARD["vera"] = ["places"]
    await asyncio.wait_for(renewed.wait(), PATIENCE)
    await aring("places")
    assert await socket.hear() == {"type": "ring", "topic": "places"}


async def test_a_database_that_is_away_throws_nobody_out(open_socket, vera, quick_look, monkeypatch, caplog):
    loop, looked = asyncio.get_running_loop(), asyncio.Event()
    looks = []

    def away(ids):
        # the second look begins when the first was noted
        looks.append(ids)
        if len(looks) == 2:
            loop.call_soon_threadsafe(looked.set)
        raise ConnectionError("no database")

    socket = await open_socket(vera)
    await socket.welcome()
    monkeypatch.setattr(watch, "_active_users", away)
    await asyncio.wait_for(looked.wait(), PATIENCE)
    assert "could not be looked at" in caplog.text
    await socket.say(type="ping")
    assert await socket.hear() == {"type": "pong"}


def test_a_look_asks_the_database_twice_however_many_sockets(cast, query_count):
    people = [cast.person(f"person{number}") for number in range(30)]
    some, all_of_them = ({person.pk for person in people[:n]} for n in (1, 30))
    assert query_count(lambda: watch._active_users(some)) == 1
    assert query_count(lambda: watch._active_users(all_of_them)) == 1
    assert query_count(lambda: watch._open_sessions({str(pk) for pk in all_of_them})) == 1


async def test_a_client_that_does_not_read_gets_one_ring_a_topic_later(open_socket, vera, monkeypatch):
    socket = await open_socket(vera)
    await socket.welcome()
    (served,) = watch.watch()._sockets
    stuck, go_on, sent = asyncio.Event(), asyncio.Event(), []

    async def slow(text):
        stuck.set()
        await go_on.wait()
        sent.append(json.loads(text)["topic"])

    monkeypatch.setattr(served._outgoing, "_send", slow)
    served.on_ring("places")
    await asyncio.wait_for(stuck.wait(), PATIENCE)
    for _ in range(50):
        served.on_ring("places")
    go_on.set()
    await asyncio.wait_for(served._ring_task, PATIENCE)
    await asyncio.wait_for(served.drained(), PATIENCE)
    assert sent == ["places", "places"]


async def test_a_client_that_does_not_answer_holds_up_no_other_withdrawal(open_socket, cast, quick_look, monkeypatch):
    vera, viktor = [await database_sync_to_async(getattr)(cast, name) for name in ("vera", "viktor")]
    hers, his = await open_socket(vera), await open_socket(viktor)
    await hers.welcome()
    (stuck,) = watch.watch()._sockets
    await his.welcome()

    async def never(code):
        await asyncio.Event().wait()

    monkeypatch.setattr(stuck, "close", never)
    await database_sync_to_async(Session.objects.all().delete)()
    assert await his.close_code() == 4403
