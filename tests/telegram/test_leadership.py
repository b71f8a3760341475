"""One process at a time: the lease, who gets it, and when it is lost."""

import asyncio
from datetime import timedelta

import pytest
from django.utils import timezone

from hotline.lib.background import Threads
from hotline.telegram import leadership
from hotline.telegram.models import Lease

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_task_has_one_holder_until_its_time_is_over():
    assert Lease.take("a", "one", 10)
    assert Lease.take("a", "one", 10)
    assert not Lease.take("a", "two", 10)
    assert Lease.take("b", "two", 10)
    Lease.objects.filter(name="a").update(until=timezone.now() - timedelta(seconds=1))
    assert Lease.take("a", "two", 10)
    assert not Lease.take("a", "one", 10)


def test_what_is_given_back_is_free_at_once():
    Lease.take("a", "one", 10)
    Lease.give_back("a", "two")
    assert not Lease.take("a", "two", 10)
    Lease.give_back("a", "one")
    assert Lease.take("a", "two", 10)


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(leadership, "RENEWED", 0.05)
    monkeypatch.setattr(leadership, "LOOKED", 0.05)


def test_the_second_takes_over_when_the_first_ends(quick):
    async def go():
        threads, at_work, most = Threads("test", 2), [], []
        stops = [asyncio.Event(), asyncio.Event()]

        async def lead(number):
            async def task(over):
                at_work.append(number)
                most.append(len(at_work))
                if number in seen:
                    seen[number].set()
                await over.wait()
                at_work.remove(number)

            await leadership.lead("a", task, threads, stops[number])

        seen = {0: asyncio.Event(), 1: asyncio.Event()}
        first = asyncio.ensure_future(lead(0))
        await asyncio.wait_for(seen[0].wait(), 60)
        second = asyncio.ensure_future(lead(1))
        stops[0].set()
        await asyncio.wait_for(seen[1].wait(), 60)
        stops[1].set()
        await asyncio.wait_for(asyncio.gather(first, second), 60)
        threads.close()
        return most

    assert asyncio.run(go()) == [1, 1]


def test_who_lost_the_lease_stops(quick):
    async def go():
        threads, stop, ended, began = Threads("test", 2), asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def task(over):
            began.set()
            await over.wait()
            ended.set()

        leading = asyncio.ensure_future(leadership.lead("a", task, threads, stop))
        await asyncio.wait_for(began.wait(), 60)
        await threads.run(lose)
        await asyncio.wait_for(ended.wait(), 60)
        stop.set()
        await asyncio.wait_for(leading, 60)
        threads.close()

    asyncio.run(go())
    assert Lease.objects.get().holder == "somebody else"


def lose():
    Lease.objects.update(holder="somebody else", until=timezone.now() + timedelta(minutes=1))


def test_a_task_that_fails_says_so_and_gives_the_lease_back(quick):
    async def go():
        threads = Threads("test", 2)

        async def task(over):
            raise ZeroDivisionError

        try:
            await leadership.lead("a", task, threads, asyncio.Event())
        finally:
            threads.close()

    with pytest.raises(ZeroDivisionError):
        asyncio.run(go())
    assert Lease.objects.get().holder == ""
