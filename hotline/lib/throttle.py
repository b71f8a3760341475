"""Counting tries without knowing who: everything in the cache is a keyed hash and gone with its window."""

import ipaddress
import logging
import math
import time
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from redis.exceptions import RedisError

from hotline.lib import crypto
from hotline.lib.keyring import keyring

T = TypeVar("T")

log = logging.getLogger(__name__)

_NETWORK_KEY = "throttle:network-key"
_HOUR = 3600
_own = LocMemCache("throttle", {})


def throttle(scope: str, who: str, limit: int, seconds: int) -> int:
    """
    Count one try; 0 when it is within `limit` tries in `seconds` seconds, else the seconds to wait (at least 1).

    The window begins with the first try. `who` may be anything that tells people apart; it is stored as a keyed hash.
    """
    mark = crypto.keyed_hash(keyring().subkey("throttle"), scope, who).hex()
    return _somewhere(lambda store: _count(store, mark, limit, seconds))


def _count(store: BaseCache, mark: str, limit: int, seconds: int) -> int:
    now = time.time()
    until = store.get_or_set(f"throttle:{mark}", now + seconds, timeout=seconds)
    count_key = f"throttle:{mark}:{until}"
    store.add(count_key, 0, timeout=seconds + 1)
    try:
        count = store.incr(count_key)
    except ValueError:  # the window ended just now
        return 0
    return 0 if count <= limit else max(1, math.ceil(until - now))


def _somewhere(use: Callable[[BaseCache], T]) -> T:
    """Use the shared cache; while that is away, this process counts by itself: nobody is locked out or let through."""
    try:
        return use(cache)
    except RedisError as error:
        log.warning("The shared cache does not answer (%s); this process counts by itself.", type(error).__name__)
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
