"""
The front door: pages go to Django, `/ws/` to the socket, the chat's long polls to a consumer that holds no thread, and in
the demo `/simulator/` to the Bot API's simulator.

Any ASGI server can run `hotline.asgi:application`; `manage.py serve` does it with the limits the house needs.
"""

import os
from threading import Thread

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotline.settings")
# First of all: it loads the apps, on which every import below depends.
pages = get_asgi_application()

from channels.auth import AuthMiddlewareStack
from django.conf import settings
from django.utils.module_loading import import_string

from chat.consumers.polls import PATH as POLLS_PATH
from chat.consumers.polls import application as polls
from hotline.live.consumer import SocketConsumer
from hotline.live.refusal import refuse

# Called once when the server starts, each in a thread of its own.
WARM_UPS = ("coordinators.search.place_index.warm_up",)
socket = AuthMiddlewareStack(SocketConsumer.as_asgi())

if settings.SIMULATOR:
    from hotline.telegram.simulator.server import application as simulator
else:
    simulator = None


async def application(scope, receive, send) -> None:
    """One ASGI call: a page, a socket, or the server's own start and end."""
    if scope["type"] == "http":
        await room_of(scope["path"])(scope, receive, send)
    elif scope["type"] == "websocket":
        room = socket if scope["path"] == "/ws/" else no_such_socket
        await room(scope, receive, send)
    elif scope["type"] == "lifespan":
        await lifespan(receive, send)


def room_of(path):
    """The application that answers at this path."""
    if POLLS_PATH.match(path):
        return polls
    return simulator if simulator and path.startswith("/simulator/") else pages


async def no_such_socket(scope, receive, send) -> None:
    """Refuse the handshake (403): there is one socket, at /ws/."""
    await receive()
    await refuse(scope, send)


async def lifespan(receive, send) -> None:
    """The server opens and closes: nobody waits for what is made ready beside it, and no long poll keeps it from closing."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            for path in WARM_UPS:
                Thread(target=import_string(path), name=path, daemon=True).start()
        if message["type"] == "lifespan.shutdown":
            polls.close()
            if simulator:
                simulator.close()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
