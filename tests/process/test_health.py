"""/healthz: 200 when everything works, else 503 and which part does not; never a name, an address or a secret."""

from datetime import timedelta

import pytest
from channels.layers import InMemoryChannelLayer
from django.db import DatabaseError
from django.utils import timezone

from hotline import health
from hotline.outbox.actions.messages import enqueue
from hotline.outbox.models import Message, WorkerBeat
from hotline.staff.actions.freeze import freeze, thaw
from hotline.staff.models import Freeze

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ask(client):
    """ask() gives the status and the body of /healthz."""

    def get():
        answer = client.get("/healthz")
        assert answer["Cache-Control"] == "no-store"
        return answer.status_code, answer.json()

    return get


def message(**changes):
    """A message in the outbox, changed by hand."""
    row = enqueue(
        channel="email", recipient="vera@example.org", content={"subject": "s", "text": "t"}, key="k", purpose="test"
    )
    Message.objects.filter(pk=row.pk).update(**changes)


def test_all_is_well(ask):
    WorkerBeat.beat()
    status, body = ask()
    since_beat = body["worker"].pop("seconds_since_beat")

    assert status == 200
    assert 0 <= since_beat <= health.BEAT_SECONDS
    assert body == {
        "ok": True,
        "frozen": False,
        "database": {"ok": True},
        "channel_layer": {"ok": True},
        "worker": {"ok": True},
        "outbox": {"ok": True, "lag_seconds": 0},
    }


def test_a_worker_that_never_was(ask):
    status, body = ask()

    assert (status, body["worker"]) == (503, {"ok": False, "seconds_since_beat": None})


def test_a_worker_that_fell_silent(ask):
    WorkerBeat.objects.create(at=timezone.now() - timedelta(seconds=health.BEAT_SECONDS + 30))
    status, body = ask()

    assert (status, body["worker"]["ok"]) == (503, False)
    assert body["worker"]["seconds_since_beat"] >= health.BEAT_SECONDS + 30


def test_messages_that_wait_too_long(ask):
    WorkerBeat.beat()
    message(not_before=timezone.now() - timedelta(seconds=health.LAG_SECONDS + 30))
    status, body = ask()

    assert (status, body["outbox"]["ok"]) == (503, False)
    assert body["outbox"]["lag_seconds"] >= health.LAG_SECONDS + 30


def test_messages_for_later_are_not_late(ask):
    WorkerBeat.beat()
    message(not_before=timezone.now() + timedelta(hours=1))

    assert ask()[1]["outbox"] == {"ok": True, "lag_seconds": 0}


def test_a_frozen_house_says_so_and_what_the_freeze_holds_is_not_late(ask, cast):
    WorkerBeat.beat()
    message(not_before=timezone.now() - timedelta(hours=2))
    freeze(cast.ada, "drill", Freeze.Way.PAGE)
    Message.objects.filter(purpose="alarm").delete()
    status, body = ask()

    assert (status, body["frozen"], body["outbox"]) == (200, True, {"ok": True, "lag_seconds": 0})


def test_what_may_leave_a_frozen_house_is_late_as_ever(ask, cast):
    WorkerBeat.beat()
    freeze(cast.ada, "drill", Freeze.Way.PAGE)
    Message.objects.filter(purpose="alarm").update(not_before=timezone.now() - timedelta(hours=2))

    assert ask()[0] == 503


def test_after_a_thaw_there_is_time_to_send_what_was_held(ask, cast):
    WorkerBeat.beat()
    freeze(cast.ada, "drill", Freeze.Way.PAGE)
    thaw(cast.ada, "it was a drill")
    Message.objects.all().delete()
    message(not_before=timezone.now() - timedelta(hours=2))
    assert ask()[0] == 200
    Freeze.objects.update(thawed_at=timezone.now() - timedelta(hours=1))
    assert ask()[0] == 503


def test_a_database_that_is_away(ask, monkeypatch):
    def away(*args):
        raise DatabaseError("password=secret host=db.example.org")

    monkeypatch.setattr(WorkerBeat.objects, "values_list", away)
    status, body = ask()

    assert status == 503
    assert body["database"] == {"ok": False}
    assert "secret" not in str(body) and "example" not in str(body)


def test_a_channel_layer_that_is_away(ask, monkeypatch):
    class Away(InMemoryChannelLayer):
        async def group_send(self, group, message):
            raise ConnectionError("redis://:secret@redis.example.org")

    WorkerBeat.beat()
    monkeypatch.setattr(health, "get_channel_layer", Away)
    status, body = ask()

    assert (status, body["channel_layer"]) == (503, {"ok": False})
    assert "secret" not in str(body)


def test_it_asks_as_often_with_many_messages(ask, same_queries):
    WorkerBeat.beat()

    def add(number):
        enqueue(
            channel="email",
            recipient="vera@example.org",
            content={"subject": "s", "text": "t"},
            key=f"k{number}",
            purpose="test",
        )

    same_queries(add, ask)
