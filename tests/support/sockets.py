"""The browser's end of the socket, and what a room above it brings along: topics that people hear, a frame, no rooms."""

import json

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async
from django.conf import settings as house
from django.test import Client
from django.utils.translation import gettext_lazy

from hotline.lib.errors import Refused
from hotline.live import topics
from hotline.live.consumer import SocketConsumer

PHONE, CRAWL = topics.team_requests(1), topics.team_requests(2)
HEARD = {"vera": [PHONE, "places"], "viktor": [CRAWL]}


def topics_for(user):
    return HEARD.get(user.username, [])


class AsTheyAre:
    """No snapshot of rights; nothing changes in them."""

    def __new__(cls, user):
        return user

    @staticmethod
    def of_many(users):
        return {}


async def say_again(socket, frame):
    """A frame that a room above registers."""
    if frame["body"] == "no":
        raise Refused(gettext_lazy("Not now."))
    await socket.send_frame("echo", body=frame["body"], to=socket.user.username)


class NoRooms:
    """A house without rooms."""

    async def guest(self, socket, token):
        return None

    async def enter(self, socket, rooms, ref):
        for room in rooms:
            await socket.send_error("unknown_room", ref, room=room[:64])

    def leave(self, socket):
        pass


no_rooms = NoRooms()

OWN_ORIGIN = "http://localhost:8000"
# Seconds until a server that says nothing is given up.
PATIENCE = 60


class Socket(ApplicationCommunicator):
    """A browser's end of the socket."""

    def __init__(self, cookie="", origin=OWN_ORIGIN, host="localhost:8000", subprotocols=("hotline.v1",)):
        headers = [(b"host", host.encode())]
        headers += [(b"origin", origin.encode())] if origin is not None else []
        headers += [(b"cookie", f"{house.SESSION_COOKIE_NAME}={cookie}".encode())] if cookie else []
        scope = {
            "type": "websocket",
            "path": "/ws/",
            "query_string": b"",
            "headers": headers,
            "subprotocols": list(subprotocols),
        }
        super().__init__(AuthMiddlewareStack(SocketConsumer.as_asgi()), scope)

    async def connect(self):
        """Open it; the server's answer."""
        await self.send_input({"type": "websocket.connect"})
        return await self.receive_output(timeout=PATIENCE)

    async def say(self, **frame):
        await self.say_text(json.dumps(frame))

    async def say_text(self, text):
        await self.send_input({"type": "websocket.receive", "text": text})

    async def say_bytes(self, data):
        await self.send_input({"type": "websocket.receive", "bytes": data})

    async def hear(self):
        output = await self.receive_output(timeout=PATIENCE)
        assert output["type"] == "websocket.send", output
        return json.loads(output["text"])

    async def close_code(self):
        """The code with which the server closes; frames that come before it are passed over."""
        while (output := await self.receive_output(timeout=PATIENCE))["type"] != "websocket.close":
            pass
        return output.get("code")

    async def hang_up(self):
        """Close it from the browser's side and let the server finish."""
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(timeout=PATIENCE)

    async def welcome(self):
        """Say hello and return the welcome."""
        await self.connect()
        await self.say(type="hello")
        return await self.hear()


@pytest.fixture
async def open_socket(settings):
    """open_socket(user, …) -> a Socket with that person's session; all are closed after the test."""
    settings.BASE_URL = OWN_ORIGIN
    sockets = []

    async def make(user=None, **options):
        cookie = ""
        if user is not None:
            client = Client()
            await database_sync_to_async(client.force_login)(user)
            cookie = client.cookies[house.SESSION_COOKIE_NAME].value
        socket = Socket(cookie, **options)
        sockets.append(socket)
        return socket

    yield make
    for socket in sockets:
        await socket.hang_up()
