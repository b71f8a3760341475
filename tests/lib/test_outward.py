"""The house calls the open internet alone, whatever an address that somebody gave leads to."""

import asyncio
import ipaddress
import socket
import threading

import pytest
from asgiref.sync import async_to_sync

from hotline.lib import outward

INSIDE = [
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.254", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "100.127.255.254", "192.0.2.1", "198.18.0.1", "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "168.63.129.16", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
    "fec0::1", "192.0.0.192",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1",
]  # fmt: skip
OPEN = ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("address", INSIDE)
def test_inside(address):
    assert not outward.is_open(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", OPEN)
def test_open(address):
    assert outward.is_open(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", [*INSIDE, "localhost"])
def test_an_address_inside_is_no_url_to_call(address):
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(outward.Forbidden):
        host, port = outward.check_url(f"https://{host}/in")
        answers(address)("look up", port)
        outward.checked(host, answers(address)("", port))


@pytest.mark.parametrize(
    "url",
    [
        "", "https://", "https:///in", "http://example.org/in", "ftp://example.org/", "example.org", "https://a b/",
        "https://user@example.org/", "https://user:word@example.org/", "https://example.org/#part", "https://exämple.org/",
        "https://example.org:22/", "https://example.org:99999/", "https://example.org/\r\nHost: x", "https://[::1",
        "https://example.org/" + "x" * 500, "file:///etc/passwd", "gopher://example.org/",
    ],
)  # fmt: skip
def test_what_is_no_address_to_call(url):
    with pytest.raises(outward.Forbidden):
        outward.check_url(url)


def test_an_address_that_may_be_called():
    assert outward.check_url("https://hooks.example.org/in?key=1") == ("hooks.example.org", 443)
    assert outward.check_url("https://hooks.example.org:8443/in") == ("hooks.example.org", 8443)


def answers(*addresses):
    """What getaddrinfo() says."""

    def look_up(host, port, *arguments, **named):
        family = {one: socket.AF_INET6 if ":" in one else socket.AF_INET for one in addresses}
        return [(family[one], socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    return look_up


def test_one_address_inside_is_enough_to_refuse_a_name(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", answers("93.184.216.34", "10.0.0.5"))
    with pytest.raises(outward.Forbidden):
        async_to_sync(outward.look_up)("hooks.example.org", 443)
    monkeypatch.setattr(socket, "getaddrinfo", answers("93.184.216.34", "93.184.216.34"))
    assert async_to_sync(outward.look_up)("hooks.example.org", 443) == ["93.184.216.34"]


def test_this_machine_may_be_called_where_a_developer_says_so_and_nothing_else_inside(settings, monkeypatch):
    settings.WEBHOOK_THIS_MACHINE = True
    assert outward.check_url("http://127.0.0.1:5000/in") == ("127.0.0.1", 5000)
    for url in ("http://10.0.0.1/in", "https://10.0.0.1/in", "ftp://127.0.0.1/in"):
        with pytest.raises(outward.Forbidden):
            outward.check_url(url)
    # A foreign name does not get there by leading to it.
    monkeypatch.setattr(socket, "getaddrinfo", answers("127.0.0.1"))
    with pytest.raises(outward.Forbidden):
        async_to_sync(outward.look_up)("rebound.example.org", 443)


@pytest.fixture
def dead(monkeypatch):
    """A resolver that says nothing until the Event is set; its `asked` are the names it was asked for."""
    answer = threading.Event()
    answer.asked = []

    def look_up(host, port, *arguments, **named):
        answer.asked.append(host)
        answer.wait(60)
        return answers("93.184.216.34")(host, port)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(outward, "SECONDS", 0.2)
    yield answer
    answer.set()


async def test_a_resolver_that_is_away_holds_a_few_threads_and_nobody_else(dead):
    many = 3 * outward.AT_ONCE
    waiting = [outward.look_up(f"{number}.example.org", 443) for number in range(many)]
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(one) for one in found} == {outward.NoAnswer}
    assert len(dead.asked) == outward.AT_ONCE
    assert await asyncio.to_thread(lambda: "done") == "done"
    dead.set()
    assert await asyncio.wait_for(_until_it_answers(), 60) == ["93.184.216.34"]
    # What nobody waited for any more was never asked.
    assert len(dead.asked) <= outward.AT_ONCE + 2


async def test_names_typed_into_a_form_that_hang_keep_no_message_from_leaving(dead):
    many = 2 * outward.AT_ONCE
    waiting = [outward.look_up(f"{number}.example.org", 443, typed=True) for number in range(many)]
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(one) for one in found} == {outward.NoAnswer}
    held = len(dead.asked)
    with pytest.raises(outward.NoAnswer):
        await outward.look_up("hooks.example.org", 443)
    # Nobody answers, but it was asked at once.
    assert dead.asked[held:] == ["hooks.example.org"]


async def _until_it_answers():
    while True:
        try:
            return await outward.look_up("again.example.org", 443)
        except outward.NoAnswer:
            continue
