"""Who comes to the chat is noted, many at once together."""

import asyncio
from types import SimpleNamespace

import pytest

from chat.actions import presence
from chat.consumers.keeper import Keeper


class Noted:
    """In place of the database: each call waits until it is let go."""

    def __init__(self):
        self.calls = []
        self.free = asyncio.Event()

    async def run(self, function, participants, users, _now):
        assert function is presence.touch
        self.calls.append((sorted(participants), sorted(users)))
        await self.free.wait()


@pytest.fixture
def keeper():
    """A keeper whose notes can be counted."""
    keeper = Keeper()
    yield keeper
    for socket in list(keeper._sockets):
        keeper.remove(socket)


class Socket:
    """As much of a socket as the keeper asks for."""

    def __init__(self, guest=None, user=None):
        self.guest, self.user = guest, user


def visitor(number):
    return Socket(guest=SimpleNamespace(participant=number))


def volunteer(number):
    return Socket(user=SimpleNamespace(pk=number))


async def test_who_comes_while_a_note_is_written_stands_in_the_next(keeper, monkeypatch):
    noted = Noted()
    monkeypatch.setattr("chat.consumers.seats.threads", noted)
    keeper.add(visitor(1))
    await asyncio.sleep(0)
    keeper.add(visitor(2))
    colleague, gone = volunteer(7), visitor(3)
    keeper.add(colleague)
    keeper.attends(colleague)
    keeper.attends(colleague)
    keeper.add(gone)
    keeper.remove(gone)
    noted.free.set()
    await keeper._greeting
    assert noted.calls == [([1], []), ([2], [7])]


async def test_a_note_that_fails_is_left_to_the_heartbeat_and_the_next_is_written(keeper, monkeypatch):
    calls = []

    class Away:
        async def run(self, _function, participants, _users, _now):
            calls.append(sorted(participants))
            if len(calls) == 1:
                raise ConnectionError

    monkeypatch.setattr("chat.consumers.seats.threads", Away())
    keeper.add(visitor(1))
    await keeper._greeting
    keeper.add(visitor(2))
    await keeper._greeting
    assert calls == [[1], [2]]
