import threading
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import RequestFactory
from redis.exceptions import RedisError

from hotline.lib.throttle import Meter, TooOften, allow, give_back, limited, network_mark, network_of, wait_for

START = "2026-03-01T12:00:00Z"


pytestmark = pytest.mark.usefixtures("ring")


@pytest.fixture(autouse=True)
def limits(settings):
    settings.LIMITS = {"one": [(1, 60)], "other": [(1, 60)], "two": [(2, 60)], "three": [(3, 60)], "twenty": [(20, 60)]}
    settings.LIMITS["steps"] = [(2, 60), (3, 900)]


@pytest.fixture
def clock(cache_in_memory):
    """A clock to move; a cache on another server would not follow it."""
    with time_machine.travel(START, tick=False) as clock:
        yield clock


def test_tries_within_the_limit_pass_and_the_next_waits():
    tries = [wait_for("three", "vera") for _ in range(4)]
    assert tries[:3] == [0, 0, 0]
    assert 0 < tries[3] <= 60


def test_the_wait_shrinks_and_ends(clock):
    assert [wait_for("one", "vera") for _ in range(2)] == [0, 60]
    clock.shift(timedelta(seconds=45))
    assert wait_for("one", "vera") == 15
    clock.shift(timedelta(seconds=15.5))
    assert wait_for("one", "vera") == 0


def test_all_pairs_of_a_limit_hold(clock):
    assert [wait_for("steps", "vera") for _ in range(3)] == [0, 0, 60]
    clock.shift(timedelta(seconds=61))
    assert wait_for("steps", "vera") == 839
    clock.shift(timedelta(seconds=840))
    assert wait_for("steps", "vera") == 0


def test_whoever_has_to_wait_is_told_how_long(clock):
    allow("one", "vera")
    with pytest.raises(TooOften) as refused:
        allow("one", "vera")
    assert (refused.value.seconds, refused.value.code) == (60, "too_many")
    assert str(refused.value) == "Too many tries. Please wait 60 seconds, then try again."
    clock.shift(timedelta(seconds=59))
    with pytest.raises(TooOften, match="wait 1 second, then"):
        allow("one", "vera")


def test_a_view_is_counted_for_its_network_or_for_whom_it_says(clock):
    @limited("one")
    def of_a_network(request):
        return "shown"

    @limited("other", lambda request: request.path)
    def of_a_path(request):
        return "shown"

    here, there = (RequestFactory().get("/a", REMOTE_ADDR=address) for address in ("203.0.113.7", "198.51.100.7"))
    assert of_a_network(here) == of_a_network(there) == of_a_path(here) == "shown"
    for view, request in ((of_a_network, here), (of_a_path, there)):
        with pytest.raises(TooOften):
            view(request)


def test_a_connection_is_counted_without_the_cache(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("hotline.lib.throttle.time.monotonic", lambda: now[0])
    meter = Meter()
    assert [meter.within("two") for _ in range(3)] == [True, True, False]
    assert meter.within("one") and Meter().within("two")
    now[0] = 60.0
    assert meter.within("two")


def test_scopes_and_people_are_counted_apart():
    assert wait_for("one", "vera") == 0
    assert wait_for("one", "viktor") == 0
    assert wait_for("other", "vera") == 0
    assert wait_for("one", "vera") > 0


def test_simultaneous_tries_are_all_counted():
    passed = []
    gate = threading.Barrier(8)

    def attempt():
        gate.wait()
        for _ in range(10):
            if wait_for("twenty", "vera") == 0:
                passed.append(1)

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 20


def test_the_cache_holds_neither_name_nor_address():
    seen = []
    with pytest.MonkeyPatch.context() as patch:
        for name in ("add", "get_or_set", "incr"):
            original = getattr(cache, name)
            patch.setattr(
                cache, name, lambda *args, _call=original, **more: (seen.append(repr(args)), _call(*args, **more))[1]
            )
        wait_for("three", "vera")
        network_mark("203.0.113.77")
    assert len(seen) >= 4
    assert not any("vera" in call or "203.0" in call for call in seen)


@pytest.mark.parametrize(
    "one, other",
    [
        ("203.0.113.7", "203.0.113.200"),
        ("2001:db8:1:2::7", "2001:db8:1:ffff::1"),
        ("203.0.113.7", "::ffff:203.0.113.9"),
        ("fe80::1%eth0", "fe80::2"),
        ("", "no address"),
    ],
)
def test_one_network_has_one_mark(one, other):
    assert network_mark(one) == network_mark(other)


@pytest.mark.parametrize(
    "one, other", [("203.0.113.7", "203.0.114.7"), ("2001:db8:1::7", "2001:db8:2::7"), ("", "203.0.113.7")]
)
def test_other_networks_have_other_marks(one, other):
    assert network_mark(one) != network_mark(other)


def test_the_mark_is_taken_from_the_request_and_is_not_the_address():
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.7")
    assert network_of(request) == network_mark("203.0.113.7")
    assert "203" not in network_of(request) or len(network_of(request)) == 32


def test_after_an_hour_a_network_is_somebody_else(clock):
    before = network_mark("203.0.113.7")
    clock.shift(timedelta(minutes=59))
    assert network_mark("203.0.113.7") == before
    clock.shift(timedelta(minutes=2))
    assert network_mark("203.0.113.7") != before


def test_what_is_given_back_counts_no_more_and_never_below_nothing(clock):
    give_back("two", "vera")
    assert wait_for("two", "vera") == 0
    give_back("two", "vera")
    give_back("two", "vera")
    assert [wait_for("two", "vera") for _ in range(2)] == [0, 0]
    assert wait_for("two", "vera") > 0
    give_back("two", "viktor")
    clock.shift(timedelta(days=1))
    give_back("two", "vera")
    assert wait_for("two", "vera") == 0


@pytest.fixture
def dead_redis(settings):
    address = "redis://127.0.0.1:1/0"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": address}}
    with pytest.raises(RedisError):
        cache.get("anything")


def test_without_the_shared_cache_tries_are_still_counted_here(dead_redis):
    assert [wait_for("two", "vera") for _ in range(2)] == [0, 0]
    assert wait_for("two", "vera") > 0
    assert wait_for("two", "viktor") == 0


def test_without_the_shared_cache_a_network_keeps_its_mark(dead_redis):
    assert network_mark("203.0.113.7") == network_mark("203.0.113.8") != network_mark("203.0.114.7")
