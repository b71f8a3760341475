"""
The baseline of the chat's benchmarks: a bare Channels echo with the same server and the same channel layer.

No rights, no database, no log: whoever says hello to a room joins a group, and what they post goes to the group.
`python -m tests.support.echo PORT` serves it.
"""

import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotline.settings")

import django

django.setup()

import uvicorn
from channels.generic.websocket import AsyncWebsocketConsumer

from hotline.management.server import LARGEST_FRAME


class Echo(AsyncWebsocketConsumer):
    """Everybody in a room hears what one of them says."""

    async def connect(self):
        self.rooms = []
        await self.accept("hotline.v1")

    async def receive(self, text_data=None, bytes_data=None):
        frame = json.loads(text_data)
        if frame["type"] == "hello":
            self.rooms = list(frame["rooms"])
            for room in self.rooms:
                await self.channel_layer.group_add(room, self.channel_name)
                await self.send(json.dumps({"type": "opened", "room": room, "head": 0}))
        else:
            event = {
                "type": "event",
                "kind": "message",
                "room": frame["room"],
                "id": frame["id"],
                "body": frame["body"],
            }
            await self.channel_layer.group_send(frame["room"], {"type": "said", "text": json.dumps(event)})
            await self.send(json.dumps({"type": "ack", "room": frame["room"], "id": frame["id"]}))

    async def said(self, message):
        """The layer's call."""
        await self.send(message["text"])

    async def disconnect(self, code):
        for room in self.rooms:
            await self.channel_layer.group_discard(room, self.channel_name)


if __name__ == "__main__":
    uvicorn.run(
        Echo.as_asgi(),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        ws_max_size=LARGEST_FRAME,
        ws_per_message_deflate=False,
        access_log=False,
        log_level="warning",
    )
