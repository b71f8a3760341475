"""A page from elsewhere that a volunteer opens: neither by a socket nor by a form does it come to use their session.

Real handshakes and real requests, as a browser sends them with the volunteer's cookies; what Chromium itself does with such
a page is in tests/browser/test_attack_hostile_page.py. ASVS 3.5.1, 4.4.2.
"""

import json
import uuid

import httpx
import pytest
from django.conf import settings as house_settings
from django.test import Client
from websockets.exceptions import InvalidHandshake, InvalidStatus
from websockets.sync.client import connect

from chat.models import Event
from hotline.live.origin import is_own_origin
from tests.support.live import PATIENCE
from tests.test_headers import assert_strict

# By {port}, that of the house: what browsers write as a page's origin, and what no browser would.
ORIGINS = {
    "none": None,
    "empty": "",
    "null": "null",
    "another port": "http://127.0.0.1:{other}",
    "no port": "http://127.0.0.1",
    "https": "https://127.0.0.1:{port}",
    "ws": "ws://127.0.0.1:{port}",
    "suffix": "http://127.0.0.1:{port}.evil.example",
    "suffix of the port": "http://127.0.0.1:{port}1",
    "suffix of the name": "http://127.0.0.1.evil.example:{port}",
    "prefix": "http://evil-127.0.0.1:{port}",
    "below": "http://sub.127.0.0.1:{port}",
    "in a path": "http://evil.example/http://127.0.0.1:{port}",
    "with a path": "http://127.0.0.1:{port}/",
    "user": "http://vera@127.0.0.1:{port}",
    "two": "http://127.0.0.1:{port} http://evil.example",
    "another name of this machine": "http://localhost:{port}",
    "file": "file://",
    "elsewhere": "https://evil.example",
    "a letter that looks alike": "http://127.0.0.1:{port}\u00e0",
}


@pytest.fixture
def vera(live, cast, settings):
    """The cookies of Vera, who is logged in at the running house in production."""
    settings.DEBUG = False
    client = Client()
    client.force_login(cast.vera)
    return client.cookies[house_settings.SESSION_COOKIE_NAME].value


def origin_of(name, live):
    port = int(live.rpartition(":")[2])
    origin = ORIGINS[name]
    return origin and origin.format(port=port, other=port + 1)


def shake_hands(live, origin, cookie="", **more):
    """The socket that such a page opens, with the cookies that the browser has."""
    headers = [("Cookie", f"{house_settings.SESSION_COOKIE_NAME}={cookie}")] if cookie else []
    if origin is not None and not origin.isascii():
        headers, origin = [*headers, ("Origin", origin.encode().decode("latin-1"))], None
    return connect(
        f"{live.replace('http', 'ws', 1)}/ws/",
        origin=origin,
        subprotocols=["hotline.v1"],
        additional_headers=headers,
        proxy=None,
        open_timeout=PATIENCE,
        **more,
    )


@pytest.mark.parametrize("debug", [False, True])
def test_a_socket_opens_for_the_page_of_the_house_and_for_no_other(live, vera, settings, debug):
    settings.DEBUG = debug
    opened = []
    for name in ORIGINS:
        try:
            with shake_hands(live, origin_of(name, live), vera):
                opened.append(name)
        except InvalidHandshake:
            continue
    assert opened == []
    with shake_hands(live, live, vera) as socket:
        socket.send(json.dumps({"type": "hello"}))
        welcome = json.loads(socket.recv(timeout=PATIENCE))
    assert (welcome["type"], welcome["me"]["alias"]) == ("welcome", "Vera")


@pytest.mark.parametrize("path", ["/ws/", "/ws/elsewhere/"])
def test_a_refused_handshake_carries_what_every_refusal_does(live, vera, settings, path):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = settings.SECURE_SSL_REDIRECT = True
    with pytest.raises(InvalidStatus) as refused:
        connect(
            f"{live.replace('http', 'ws', 1)}{path}",
            origin="https://evil.example",
            additional_headers=[("X-Forwarded-Proto", "http"), ("Cookie", f"sessionid={vera}")],
            proxy=None,
        )
    answer = refused.value.response
    assert (answer.status_code, answer.body) == (403, b"")
    assert_strict(answer.headers, path)
    assert "Set-Cookie" not in answer.headers and "Location" not in answer.headers


def test_an_opened_socket_tells_nothing_of_what_serves_it(live, vera):
    with shake_hands(live, live, vera) as socket:
        told = socket.response.headers
    assert "Server" not in told and "Set-Cookie" not in told and "Access-Control-Allow-Origin" not in told


def test_an_ordinary_request_opens_no_socket_and_is_answered_strictly(live, vera):
    answer = httpx.get(f"{live}/ws/", trust_env=False, timeout=PATIENCE)
    assert answer.status_code == 404 and "no-store" in answer.headers["Cache-Control"]


class Browser:
    """Vera's browser in which a page is open that came from elsewhere: it sends along the cookies of the house."""

    def __init__(self, live, session):
        self.live = live
        self.http = httpx.Client(base_url=live, trust_env=False, timeout=PATIENCE, cookies={"sessionid": session})
        # what a page of the house has, and no other can read
        self.http.get("/accounts/")
        self.token = self.http.cookies["csrftoken"]

    def send(self, path, data, **headers):
        return self.http.post(path, data=data, headers=headers)


def forgeries(browser):
    """{how: (data, headers)} of a form that another website sends."""
    own, elsewhere = browser.token, "https://evil.example"
    return {
        "no token": ({}, {"Origin": browser.live}),
        "no token, no origin": ({}, {}),
        "empty token": ({"csrfmiddlewaretoken": ""}, {"Origin": browser.live}),
        "made-up token": ({"csrfmiddlewaretoken": "x" * 64}, {"Origin": browser.live}),
        "token in the address": ({}, {"Origin": browser.live, "Referer": f"{browser.live}/?csrfmiddlewaretoken={own}"}),
        # somebody who got at the token, by a name below ours or a log
        **{
            f"stolen token, {name}": ({"csrfmiddlewaretoken": own}, {"Origin": origin})
            for name, origin in {
                "elsewhere": elsewhere,
                "null": "null",
                "another port": browser.live + "1",
                "suffix": f"{browser.live}.evil.example",
                "https": browser.live.replace("http", "https", 1),
            }.items()
        },
    }


def test_no_form_from_elsewhere_is_taken(live, vera, cast):
    """Neither a button of her account, nor a log-in that would make her work as somebody else."""
    browser = Browser(live, vera)
    name = "Another telephone"
    for path, data in {
        "/accounts/device/": {"device": name},
        "/accounts/sessions/end/": {},
        "/accounts/logout/": {},
        "/accounts/login/": {"username": cast.alice.username, "password": cast.password},
    }.items():
        for how, (token, headers) in forgeries(browser).items():
            answer = browser.send(path, data | token, **headers)
            assert answer.status_code == 403, f"{path} by {how}: {answer.status_code}"
            assert "Set-Cookie" not in answer.headers or "sessionid" not in answer.headers["Set-Cookie"]
    assert name not in browser.http.get("/accounts/").text
    # the same form, sent by the page of the house
    answer = browser.send("/accounts/device/", {"device": name, "csrfmiddlewaretoken": browser.token}, Origin=live)
    assert answer.status_code == 302 and name in browser.http.get("/accounts/").text


def test_no_call_from_elsewhere_speaks_for_a_volunteer(live, vera, talk):
    """A form may send JSON as plain text without being asked first; with a session, calls take nothing without the token."""
    _visitor, _vera, conversation = talk()
    room, browser = conversation.room.code, Browser(live, vera)
    body = json.dumps({"id": str(uuid.uuid4()), "body": "Tell me where you are."})
    calls = f"/chat/api/rooms/{room}/events/", f"/chat/api/rooms/{room}/end/"
    forged = [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json"},
        {"Content-Type": "text/plain", "X-CSRFToken": "x" * 64},
        {"Content-Type": "application/json", "X-CSRFToken": browser.token, "Origin": "https://evil.example"},
    ]
    for path in calls:
        for headers in forged:
            answer = browser.http.post(path, content=body, headers={"Origin": live} | headers)
            assert answer.status_code == 403, f"{path} with {headers}: {answer.status_code}"
    said = Event.objects.filter(room__code=room, kind="message")
    assert not said.exists()
    own = {"Content-Type": "application/json", "X-CSRFToken": browser.token, "Origin": live}
    assert browser.http.post(calls[0], content=body, headers=own).status_code == 200 and said.count() == 1


# Which pages may open the socket, by the settings of the house.


@pytest.fixture
def asks(settings):
    """asks(origin, host) -> whether a page of that origin may open the socket."""
    settings.BASE_URL = "http://localhost:8000"
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "hotline.example.org"]

    def ask(origin, host="localhost:8000"):
        return is_own_origin({"headers": [(b"host", host.encode()), (b"origin", origin.encode())]})

    return ask


def test_in_development_the_name_that_was_asked_is_the_own_one(asks, settings):
    settings.DEBUG = True
    assert asks("http://127.0.0.1:9000", host="127.0.0.1:9000")
    assert not asks("http://127.0.0.1:9000", host="127.0.0.1:9001")
    assert not asks("http://evil.example:9000", host="evil.example:9000")


def test_in_production_only_the_address_of_the_house_is_its_own(asks, settings):
    settings.DEBUG = False
    settings.BASE_URL = "https://Hotline.example.org"
    assert asks("https://hotline.example.org", host="hotline.example.org")
    assert not asks("http://hotline.example.org", host="hotline.example.org")
    assert not asks("http://127.0.0.1:8000", host="127.0.0.1:8000")
