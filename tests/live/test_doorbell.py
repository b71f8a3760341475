import threading

import pytest
from channels.db import database_sync_to_async
from django.db import transaction

from hotline.live import doorbell, topics
from hotline.live import hub as hubs
from hotline.live.doorbell import aring, ring

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_ring_is_heard_after_the_commit_and_not_before(ear):
    places = ear("places")
    before = []

    def write():
        with transaction.atomic():
            ring("places")
            before.extend(places.heard)

    await database_sync_to_async(write)()
    assert await places.wait_for() == ["places"]
    assert before == []


async def test_a_ring_is_not_heard_after_a_rollback(ear):
    places = ear("places", "last")

    def write():
        with transaction.atomic():
            ring("places")
            transaction.set_rollback(True)
        ring("last")

    await database_sync_to_async(write)()
    assert await places.wait_for() == ["last"]


async def test_a_ring_outside_a_transaction_is_heard_at_once(ear):
    places = ear("places")
    await database_sync_to_async(ring)("places")
    assert await places.wait_for() == ["places"]


async def test_asynchronous_code_rings_too(ear):
    places = ear("places")
    await aring("places")
    assert await places.wait_for() == ["places"]


async def test_a_ring_from_any_thread_is_heard(ear):
    places = ear("places")
    thread = threading.Thread(target=hubs.send, args=["places"])
    thread.start()
    thread.join()
    assert await places.wait_for() == ["places"]


async def test_only_those_who_listen_to_a_topic_hear_it(ear):
    phone, crawl = ear(topics.team_requests(1)), ear(topics.team_requests(2))
    await aring(topics.team_requests(1))
    await aring(topics.team_requests(2))
    assert await phone.wait_for() == [topics.team_requests(1)]
    assert await crawl.wait_for() == [topics.team_requests(2)]


async def test_who_has_left_hears_nothing(ear):
    gone, here = ear("places"), ear("places")
    gone.close()
    await aring("places")
    await here.wait_for()
    assert gone.heard == []


@pytest.mark.django_db(transaction=True)
def test_ringing_where_nobody_listens_is_fine():
    ring("places")


def test_a_bell_that_breaks_does_not_break_the_caller(monkeypatch, caplog):
    def broken(*args, **more):
        raise RuntimeError("broken")

    monkeypatch.setattr(doorbell.hub, "send", broken)
    with transaction.atomic():
        ring("places")
    assert "A ring was lost" in caplog.text
