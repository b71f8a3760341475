"""Counting tries without knowing who: everything in the cache is a keyed hash and gone with its window."""

import ipaddress
import logging
import math
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial, wraps
from typing import TypeVar

from django.conf import settings
from django.core.cache import cache
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.http import HttpRequest
from django.utils.translation import ngettext_lazy
from redis.exceptions import RedisError

from hotline.lib import crypto
from hotline.lib.errors import Refused
from hotline.lib.keyring import keyring

T = TypeVar("T")

log = logging.getLogger(__name__)

_NETWORK_KEY = "throttle:network-key"
_HOUR = 3600
_own = LocMemCache("throttle", {})


class TooOften(Refused):
    """Somebody has to wait `seconds` (int, at least 1); a page becomes 429 by it."""

    code = "too_many"
    message = ngettext_lazy(
        "Too many tries. Please wait %(seconds)d second, then try again.",
        "Too many tries. Please wait %(seconds)d seconds, then try again.",
        "seconds",
    )

    def __init__(self, seconds: int):
        super().__init__()
        self.seconds = seconds

    def __str__(self) -> str:
        return self.message % {"seconds": self.seconds}


def wait_for(limit: str, who: str) -> int:
    """
    Count one try under settings.LIMITS[limit]; 0 when `who` may go on, else the seconds to wait (at least 1).

    A window begins with its first try. `who` may be anything that tells people apart; it is stored as a keyed hash.
    """
    key = keyring().subkey("throttle")
    return max(
        _somewhere(partial(_count, crypto.keyed_hash(key, f"{limit}-{seconds}", who).hex(), tries, seconds))
        for tries, seconds in settings.LIMITS[limit]
    )


def allow(limit: str, who: str) -> None:
    """Count one try under settings.LIMITS[limit]. Raises TooOften when it is one too many; see `wait_for`."""
    if seconds := wait_for(limit, who):
        raise TooOften(seconds)


def give_back(limit: str, who: str) -> None:
    """A try that was counted under settings.LIMITS[limit] was none that is to be bounded: it counts no more."""
    key = keyring().subkey("throttle")
    for _tries, seconds in settings.LIMITS[limit]:
        _somewhere(partial(_uncount, crypto.keyed_hash(key, f"{limit}-{seconds}", who).hex()))


def limited(limit: str, who: Callable[[HttpRequest], str] | None = None):
    """Decorates a view: each request counts one try for its network, or for whatever `who` makes of the request."""

    def decorate(view):
        @wraps(view)
        def counted(request, *args, **kwargs):
            allow(limit, (who or network_of)(request))
            return view(request, *args, **kwargs)

        return counted

    return decorate


class Meter:
    """Counts what comes by one connection, in this process and without the cache: nothing else knows of it."""

    def __init__(self):
        self._windows: dict[str, tuple[float, int]] = {}

    def within(self, limit: str) -> bool:
        """Count one under settings.LIMITS[limit]; whether it is within it."""
        now = time.monotonic()
        within = True
        for tries, seconds in settings.LIMITS[limit]:
            began, count = self._windows.get(f"{limit}-{seconds}", (now, 0))
            if now - began >= seconds:
                began, count = now, 0
            self._windows[f"{limit}-{seconds}"] = (began, count + 1)
            within = within and count < tries
        return within


def _count(mark: str, limit: int, seconds: int, store: BaseCache) -> int:
    now = time.time()
    until = store.get_or_set(f"throttle:{mark}", now + seconds, timeout=seconds)
    count_key = f"throttle:{mark}:{until}"
    store.add(count_key, 0, timeout=seconds + 1)
    try:
        count = store.incr(count_key)
    except ValueError:  # the window ended just now
        return 0
    return 0 if count <= limit else max(1, math.ceil(until - now))


def _uncount(mark: str, store: BaseCache) -> None:
    until = store.get(f"throttle:{mark}")
    # The window may have ended meanwhile; the next one owes nothing.
    if until is not None and (store.get(f"throttle:{mark}:{until}") or 0) > 0:
        with suppress(ValueError):
            store.decr(f"throttle:{mark}:{until}")


def _somewhere(use: Callable[[BaseCache], T]) -> T:
    """Use the shared cache; while that is away, this process counts by itself: nobody is locked out or let through."""
    try:
        return use(cache)
    except RedisError as error:
        log.warning("The shared cache does not answer (%s); this process counts by itself.", type(error))
        return use(_own)


def network_of(request) -> str:
    """A mark of the network a request comes from; see `network_mark`."""
    return network_mark(request.META.get("REMOTE_ADDR", ""))


def network_mark(address: str) -> str:
    """
    A keyed hash (hex) of the address's /24 (IPv4) or /48 (IPv6), under a random key that lives an hour in the cache.

    Never the address itself. What is no address shares one mark.
    """
    key = _somewhere(lambda store: store.get_or_set(_NETWORK_KEY, crypto.new_key, timeout=_HOUR))
    return crypto.keyed_hash(key, _network(address)).hex()[:32]


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if parsed.version == 6 and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    prefix = 24 if parsed.version == 4 else 48
    return str(ipaddress.ip_network((parsed, prefix), strict=False))
