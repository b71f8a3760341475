"""A volunteer is disabled in mid-conversation and keeps everything open: a socket, a poll, a page. ASVS 7.4.2.

Real sockets and requests of the running house. What ends with a role, a team or a representation alone is in
tests/chat/test_withdrawn_rights.py, tests/dispatch/test_withdrawn_rights.py and tests/staff/test_withdrawal.py.
"""

import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import pytest
from django.conf import settings as house_settings
from django.test import Client
from django.urls import reverse
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from chat.actions import queue
from chat.models import Conversation
from hotline.staff.models import Session
from tests.support.live import PATIENCE

# Seconds on a machine that is busy with a whole suite. The house looks every three, which the first of those tests holds it to,
# and promises five.
BUSY = 30


class Line:
    """One socket, after its welcome and with its room open; `heard` is every frame that came."""

    def __init__(self, socket, room, token=""):
        self.socket, self.room, self.heard = socket, room, []
        self.say("hello", rooms={room: 0}, **({"token": token} if token else {}))

    def say(self, kind, **fields):
        self.socket.send(json.dumps({"type": kind, **fields}))

    def post(self, body):
        self.say("post", room=self.room, id=str(uuid.uuid4()), body=body)

    def hear(self, *kinds):
        """The next frame of one of these kinds."""
        while True:
            frame = json.loads(self.socket.recv(timeout=PATIENCE))
            self.heard.append(frame)
            if frame["type"] in kinds:
                return frame

    def close_code(self):
        """With which code the house closes it; whatever comes before is heard."""
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                self.heard.append(json.loads(self.socket.recv(timeout=PATIENCE)))
        return closed.value.rcvd.code


def cookie_of(person):
    client = Client()
    client.force_login(person)
    return client.cookies[house_settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def enter(live):
    """enter(room, token=…, cookie=…) -> Line; all are closed after the test."""
    address = f"{live.replace('http', 'ws', 1)}/ws/"
    with ExitStack() as opened:

        def go(room, token="", cookie=""):
            headers = {"Cookie": f"{house_settings.SESSION_COOKIE_NAME}={cookie}"} if cookie else {}
            asked = connect(address, origin=live, subprotocols=["hotline.v1"], additional_headers=headers, proxy=None)
            return Line(opened.enter_context(asked), room, token)

        yield go


@pytest.fixture
def begun(live, enter, cast, waiting, settings):
    """(visitor's Line, Vera's Line, Vera's browser): a conversation in which both have said something."""
    settings.DEBUG = False
    assert cast.ada
    _participant, started = waiting()
    queue.take(cast.vera, Conversation.objects.get(code=started.conversation), uuid.uuid4())
    cookie = cookie_of(cast.vera)
    visitor, vera = enter(started.room, token=started.token), enter(started.room, cookie=cookie)
    for one, words in ((visitor, "Are you there?"), (vera, "I am.")):
        one.post(words)
        one.hear("ack")
    with httpx.Client(base_url=live, trust_env=False, timeout=PATIENCE, cookies={"sessionid": cookie}) as browser:
        browser.get("/accounts/")
        yield visitor, vera, browser


def disable_in_the_admin(cast):
    """Ada presses the button on the person's page."""
    client = Client()
    client.force_login(cast.ada)
    pressed = client.post(reverse("admin:staff_user_button", args=[cast.vera.pk, "disable"]), {"reason": "Left us"})
    assert pressed.status_code == 302
    cast.vera.refresh_from_db()
    assert not cast.vera.is_active


def test_disabled_in_mid_conversation_nothing_of_theirs_works_any_more(begun, enter, live, cast):
    visitor, vera, browser = begun
    events = f"/chat/api/rooms/{vera.room}/events/"
    head = browser.get(events).json()["room"]["head"]
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(browser.get, events, params={"after": head, "wait": 25})
        began = time.monotonic()
        disable_in_the_admin(cast)
        # at once: pages, calls, a new socket with the old cookie
        assert browser.get("/desk/chat/").headers["Location"].startswith("/accounts/login/")
        token = {"X-CSRFToken": browser.cookies["csrftoken"], "Origin": live}
        refused = browser.post(events, json={"id": str(uuid.uuid4()), "body": "Still here"}, headers=token)
        assert refused.status_code in (401, 403)
        assert enter(vera.room, cookie=browser.cookies["sessionid"]).close_code() == 4401
        assert not Session.objects.filter(user=cast.vera).exists()
        # within seconds: what was open
        assert vera.close_code() == 4403
        assert time.monotonic() - began < BUSY
        answer = waits.result()
    assert answer.status_code in (401, 403, 404) and "events" not in answer.json()
    # nothing of it was said to the visitor, whose line goes on, and what they say reaches her no more
    visitor.post("My address is")
    visitor.hear("ack")
    assert "Still here" not in json.dumps(visitor.heard)
    assert "My address is" not in json.dumps(vera.heard)
    assert browser.get(events).status_code in (401, 403)
