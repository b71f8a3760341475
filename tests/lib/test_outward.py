"""The house calls the open internet alone, whatever an address that somebody gave leads to."""

import ipaddress
import socket

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
