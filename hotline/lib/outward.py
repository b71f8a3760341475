"""Calls to addresses that others chose: to the open internet alone, never to ourselves or to what stands beside us.

A name is looked up once, all that it leads to is checked, and the connection goes to what was checked: a name that answers
otherwise a moment later (DNS rebinding) changes nothing. Certificate and Host are still those of the name.
"""

import asyncio
import ipaddress
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.parse import urlsplit

from django.conf import settings

# Ports of web servers; others are not ours to knock at.
PORTS = (443, 8443)
LONGEST_URL = 500
# Addresses that carry another one inside (NAT64, 6to4, Teredo), and the machine rooms of clouds behind public numbers.
_TUNNELS = [ipaddress.ip_network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")]
_INSIDE = frozenset({ipaddress.ip_address(one) for one in ("168.63.129.16", "192.0.0.192")})


# A name server that is away holds a thread for half a minute: so many at most, and apart from everybody else's. Nobody waits
# longer than so many seconds for it.
AT_ONCE, SECONDS = 8, 5
_asking = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="look-up")
# Of those who type a name into a form: names that hang there keep no message from leaving.
_trying = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="look-up-typed")


class NoAnswer(OSError):
    """The name could not be looked up in time; nothing was sent."""


class Forbidden(Exception):
    """This address is not one that the house calls. Its text says why, in a word for logs and states."""


def check_url(url: str) -> tuple[str, int]:
    """(host, port) of an address that may be called, as far as it can be told without looking up. Raises Forbidden.

    https alone, and a web server's port. With settings.WEBHOOK_THIS_MACHINE, which production refuses, this machine may be
    called by any port, and without https.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise Forbidden("no address") from None
    if not host or len(url) > LONGEST_URL or any(not 32 < ord(sign) < 127 for sign in url):
        raise Forbidden("no address")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Forbidden("no address")
    if _is_this_machine(host) and settings.WEBHOOK_THIS_MACHINE:
        if parts.scheme not in ("http", "https"):
            raise Forbidden("not https")
        return host, port or (443 if parts.scheme == "https" else 80)
    if parts.scheme != "https":
        raise Forbidden("not https")
    if (port or 443) not in PORTS:
        raise Forbidden("port")
    literal = _as_address(host)
    if literal is not None and not is_open(literal):
        raise Forbidden("inside")
    return host, port or 443


async def look_up(host: str, port: int, *, typed: bool = False) -> list[str]:
    """The addresses of a host, all of which may be called; in the order in which to try them.

    typed: somebody waits who typed it into a form; else a message is to leave. The one holds up the other in nothing.
    Raises Forbidden where one of them lies inside, OSError where there is none, NoAnswer (an OSError) when nobody says.
    """
    ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    asked = asyncio.get_running_loop().run_in_executor(_trying if typed else _asking, ask)
    try:
        # Whoever waits in vain is forgotten; what did not begin meanwhile never does.
        found = await asyncio.wait_for(asked, SECONDS)
    except TimeoutError:
        raise NoAnswer from None
    return checked(host, found)


def checked(host: str, found: list) -> list[str]:
    """The addresses out of what getaddrinfo() found for `host`. Raises Forbidden, OSError."""
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    parsed = [_as_address(address) for address in addresses]
    this_machine = settings.WEBHOOK_THIS_MACHINE and _is_this_machine(host)
    if any(one is None or not (is_open(one) or (this_machine and one.is_loopback)) for one in parsed):
        raise Forbidden("inside")
    if not addresses:
        raise OSError
    return addresses


def is_open(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address belongs to the open internet: none that is private, loopback, link-local, shared or reserved."""
    if address.version == 6:
        if address.ipv4_mapped is not None:
            return is_open(address.ipv4_mapped)
        if address.scope_id or address.is_site_local or any(address in tunnel for tunnel in _TUNNELS):
            return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_link_local or address in _INSIDE
    )


def _as_address(text: str):
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _is_this_machine(host: str) -> bool:
    literal = _as_address(host)
    return host == "localhost" or (literal is not None and literal.is_loopback)
