"""A room that is heard in a process: whatever is committed while it reads its log is read too, without another ring."""

import asyncio
from types import SimpleNamespace

import pytest

from chat.actions import conversations
from chat.consumers import seats
from chat.consumers.rooms import LiveRoom, Seat


class Heard(LiveRoom):
    """A LiveRoom over a list for a log; `meanwhile` is called after a page was read and before it is handed over."""

    def __init__(self, log, meanwhile):
        super().__init__(SimpleNamespace(code="ROOM", head=0, first=1))
        self.log, self.meanwhile = log, meanwhile

    async def _page(self, after):
        page = self.log[after:]
        await asyncio.sleep(0)
        self.meanwhile(self)
        return page


class Device:
    """Collects the seqs that it was given."""

    def __init__(self):
        self.seqs = []

    def give(self, _text, event):
        self.seqs.append(event["seq"])

    async def drained(self):
        """Nothing waits here."""


def event(seq):
    return {"room": "ROOM", "seq": seq, "kind": "message", "from": "P", "at": "now", "body": str(seq)}


def seated(live, cursor=0):
    view = SimpleNamespace(
        participant=1, code="ME", is_visitor=True, guides=False, room=live.room, functions=frozenset()
    )
    seat = Seat(Device(), None, view, cursor)
    live.add(seat)
    return seat


async def settled(live):
    while live._tasks:
        await asyncio.gather(*live._tasks)


async def test_a_ring_that_comes_while_the_log_is_read_is_not_lost():
    late = [event(2)]

    def commit(live):
        if late:
            live.log.append(late.pop())
            live.on_ring("room.ROOM", seq=2)

    live = Heard([event(1)], lambda _live: None)
    seat = seated(live)
    # The page after the first event is empty when it is read, and the second event rings before it is handed over.
    live.meanwhile = lambda room: commit(room) if room.head == 1 else None
    live.on_ring("room.ROOM", seq=1)
    await settled(live)
    live.close()
    assert seat.device.seqs == [1, 2]


@pytest.mark.django_db
def test_the_former_device_of_who_came_back_loses_its_place_and_the_new_one_does_not(line, waiting):
    participant, started = waiting()
    former = seats.guest(started.token)
    new = seats.guest(conversations.resume(line, started.resume_code).token)
    both = [(participant.pk, former), (participant.pk, new)]
    assert seats.withdrawn(both) == [True, False]
    assert seats.withdrawn(both[::-1]) == [False, True]
