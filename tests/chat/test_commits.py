"""Group commit: what arrives while a commit runs goes together into the next, and nobody pays for another's message."""

import asyncio
import threading
import uuid

import pytest
from django.db import DatabaseError

from chat.actions import messages
from chat.actions.messages import Post
from chat.consumers import commits

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def author(waiting):
    """pk of a visitor who may write."""
    participant, _started = waiting()
    return participant.pk


def wish(author, body):
    return Post(author, uuid.uuid4(), body)


async def test_what_arrives_while_a_commit_runs_goes_together_into_the_next(author, monkeypatch):
    batches, begun, go_on, store = [], threading.Event(), threading.Event(), messages.post_many

    def slow(wishes):
        batches.append(len(wishes))
        begun.set()
        assert go_on.wait(60)
        return store(wishes)

    monkeypatch.setattr(messages, "post_many", slow)
    first = commits.post(wish(author, "first"))
    await asyncio.to_thread(begun.wait, 60)
    others = [commits.post(wish(author, str(number))) for number in range(5)]
    go_on.set()
    posted = await asyncio.gather(first, *others)
    assert batches == [1, 5]
    assert [one.seq for one in posted] == list(range(2, 8))


async def test_one_that_the_database_refuses_takes_no_other_along(author, monkeypatch):
    store = messages.post_many

    def picky(wishes):
        if any(one.body == "bad" for one in wishes):
            raise DatabaseError("the disk says no")
        return store(wishes)

    monkeypatch.setattr(messages, "post_many", picky)
    sent = [commits.post(wish(author, body)) for body in ("one", "bad", "two")]
    one, bad, two = await asyncio.gather(*sent, return_exceptions=True)
    assert (one.body, two.body) == ("one", "two")
    assert isinstance(bad, commits.NotStored) and bad.code == "too_fast"


async def test_more_than_can_wait_is_said_at_once(author, monkeypatch):
    monkeypatch.setattr(commits, "QUEUE", 0)
    with pytest.raises(commits.TooMany):
        await commits.post(wish(author, "one too many"))
