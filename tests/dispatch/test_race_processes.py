"""Fifty accept at once by web, admin, link and Telegram: three processes of the house, four of clients, real HTTP."""

import pytest

from tests.support.crowd import WAYS, Crowd, Pressers, Race

ROUNDS = 2


@pytest.fixture
def pressers():
    """A process of clients for each way."""
    started = Pressers()
    yield started
    started.close()


@pytest.mark.django_db(transaction=True)
def test_of_fifty_on_four_ways_one_wins_and_each_other_is_told_once(nursery, pressers, registry, cast, simulator):
    assert sum(WAYS.values()) == 50 and min(WAYS.values()) >= 10
    simulator.settings(enabled=False)
    webs = [nursery.web(), nursery.web()]
    nursery.worker(rate=500)
    crowd = Crowd(registry, cast, simulator)
    for _round in range(ROUNDS):
        race = Race(crowd, crowd.ask(), webs)
        race.run(pressers)
        assert race.violations == [], nursery.printed
        assert "Conflict" in nursery.printed
        assert not any(token in nursery.printed for token in race.tokens)
    assert "Traceback" not in nursery.printed
