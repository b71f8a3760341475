"""The socket at /ws/: says hello, rings for staff, sends in order. Rooms and further frames are registered by the roof."""

import asyncio
import json
import logging
from contextlib import suppress

from asgiref.sync import sync_to_async
from channels.consumer import get_handler_name
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.module_loading import import_string

from hotline.lib.codes import public_code
from hotline.lib.errors import Refused
from hotline.lib.throttle import Meter, network_mark, wait_for
from hotline.live import frames
from hotline.live.hub import hub
from hotline.live.line import HEARTBEAT
from hotline.live.origin import is_own_origin
from hotline.live.outgoing import Outgoing, TooSlow
from hotline.live.refusal import refuse
from hotline.live.watch import topics_of, watch

logger = logging.getLogger(__name__)

HELLO_SECONDS = 10.0
# Rings of one moment go out together: a burst of changes is one reload.
RING_PAUSE = 0.1
# Seconds for the last words before a socket is closed.
LAST_WORDS = 1.0


class SocketConsumer(AsyncWebsocketConsumer):
    """
    One open socket, of a member of staff (`user`) or of a visitor (`guest`, whatever the rooms make of their token).

    settings.SOCKET_TOPICS name the functions (user) -> list[str] of what staff may hear. settings.SOCKET_FRAMES maps the
    types of frames.CLIENT_FRAMES but hello and ping to dotted paths of `async handle(socket, frame)`, which may raise
    `Refused`. settings.SOCKET_ROOMS names the object that knows rooms: `async guest(socket, token)` (None: not known),
    `async enter(socket, rooms, ref)` after the welcome, `leave(socket)`.
    """

    # Sockets hear through the hub of their process; a channel for each would only cost.
    channel_layer_alias = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = None
        self.session = None
        self.guest = None
        self.known = False
        # Whether its person has said anything since the watch looked last.
        self.used = False
        self.closed = False
        self._topics: set[str] = set()
        self._ringing: set[str] = set()
        self._ring_task: asyncio.Task | None = None
        self._tasks: set[asyncio.Task] = set()
        self._meter = Meter()
        self._outgoing = Outgoing(self.send)

    async def dispatch(self, message):
        """As the stock one, but for its look at the database's connections: a thread for every frame, and no use here."""
        await getattr(self, get_handler_name(message))(message)

    # Coming and going

    async def connect(self):
        if not is_own_origin(self.scope):
            await refuse(self.scope, self.base_send)
            return
        offered = frames.SUBPROTOCOL in self.scope.get("subprotocols", ())
        await self.accept(frames.SUBPROTOCOL if offered else None)
        if not offered:
            await self.leave(frames.CLOSE_PROTOCOL)
            return
        self.spawn(self._outgoing.run())
        address, _port = self.scope.get("client") or ("", 0)
        if await _count(address):
            await self.send_error("too_fast")
            await self.leave(frames.CLOSE_FLOOD)
            return
        self.user, self.session = self.scope.get("user"), self.scope.get("session")
        self._waiting_for_hello = self.spawn(self._wait_for_hello())

    async def _wait_for_hello(self):
        await asyncio.sleep(HELLO_SECONDS)
        await self.leave(frames.CLOSE_NO_HELLO)

    async def disconnect(self, code):
        self._fall_silent()

    async def leave(self, code: int) -> None:
        """Close the socket with this code, once, after what was said before."""
        if not self.closed:
            self.closed = True
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_WORDS):
                    await self._outgoing.drained()
            self._fall_silent()
            await self.close(code)

    def withdraw(self) -> None:
        """The account or session behind this socket has lost its right; closes it without waiting for the client."""
        self.spawn(self.leave(frames.CLOSE_WITHDRAWN))

    def _fall_silent(self):
        self.closed = True
        self.hear(set())
        watch().remove(self)
        self.rooms.leave(self)
        for task in self._tasks - {asyncio.current_task()}:
            task.cancel()

    def spawn(self, coroutine) -> asyncio.Task:
        """Go on with this beside the frames that come in, until the socket closes."""
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # Frames

    @cached_property
    def rooms(self):
        """What knows the rooms, registered by the roof."""
        return import_string(settings.SOCKET_ROOMS)

    @cached_property
    def handlers(self) -> dict:
        """What the roof registered, by type of frame."""
        return {kind: import_string(path) for kind, path in settings.SOCKET_FRAMES.items()}

    async def receive(self, text_data=None, bytes_data=None):
        if self.closed or not await self._within_rate():
            return
        try:
            frame = frames.read(text_data, frames.CLIENT_FRAMES)
            if self.known == (frame["type"] == "hello"):
                raise frames.BadFrame("bad_frame", frame.get("ref"))
            await self._handle(frame)
        except frames.BadFrame as bad:
            await self._decline(bad)
        except Exception:
            trouble = public_code()
            logger.exception("A frame could not be handled", extra={"trouble": trouble})
            await self.send_error("failed", trouble=trouble)
            await self.leave(frames.CLOSE_FAILED)

    async def _within_rate(self) -> bool:
        within, flood = self._meter.within("frames"), not self._meter.within("frames-flood")
        if flood:
            await self.leave(frames.CLOSE_FLOOD)
        elif not within:
            await self.send_error("too_fast")
        return within and not flood

    async def _handle(self, frame: dict):
        match frame["type"]:
            case "hello":
                await self._hello(frame)
            case "ping":
                await self.send_frame("pong")
            case kind:
                self.used = True
                try:
                    await self.handlers[kind](self, frame)
                except Refused as refusal:
                    self.refuse(refusal, frame)

    async def _decline(self, bad: frames.BadFrame):
        patience = self._meter.within("frames-unread")
        await self.send_error(bad.code, bad.ref)
        # Nothing but hello may come first, and who never speaks the language is not listened to for ever.
        if not self.known or not patience:
            await self.leave(frames.CLOSE_PROTOCOL)

    async def _hello(self, frame: dict):
        self._waiting_for_hello.cancel()
        if "token" in frame:
            self.user = None
            self.guest = await self.rooms.guest(self, frame["token"])
        if self.guest is None and not getattr(self.user, "is_authenticated", False):
            await self.leave(frames.CLOSE_NOT_KNOWN)
            return
        topics = await topics_of(self.user) if self.user else set()
        if self.closed:
            return
        self.known = True
        if self.user:
            watch().add(self)
            self.hear(topics)
        await self.send_frame("welcome", version=1, heartbeat=int(HEARTBEAT), me={"alias": self.alias})
        await self.rooms.enter(self, frame.get("rooms", {}), frame.get("ref"))

    @property
    def alias(self) -> str:
        """The name under which others know them."""
        return (self.guest or self.user).alias

    @property
    def language(self) -> str:
        """The person's language."""
        return getattr(self.guest or self.user, "language", "") or settings.LANGUAGE_CODE

    async def send_frame(self, kind: str, /, **fields) -> None:
        """Send one frame of `frames.SERVER_FRAMES`, unless the socket is closed."""
        self.put(json.dumps({"type": kind, **fields}, ensure_ascii=False))

    def put(self, text: str) -> None:
        """Send a frame that is text already, after all that waits; a reader who does not keep up is closed."""
        if self.closed:
            return
        try:
            self._outgoing.put(text)
        except TooSlow:
            self.closed = True
            self.spawn(self._cut_off())

    async def _cut_off(self):
        self._fall_silent()
        await self.close(frames.CLOSE_TOO_SLOW)

    async def drained(self) -> None:
        """Wait until all that was said has gone out."""
        await self._outgoing.drained()

    async def send_error(self, code: str, ref: str | None = None, **fields) -> None:
        """Decline with a code of `frames.CODES`, in the person's language."""
        with translation.override(self.language):
            detail = str(frames.CODES[code])
        await self.send_frame("error", code=code, detail=detail, **_ref(ref), **fields)

    def refuse(self, refusal: Refused, frame: dict) -> None:
        """Say, in the person's language, why their frame was declined."""
        with translation.override(self.language):
            detail = str(refusal)
        about = {name: frame[name] for name in ("ref", "id", "room") if name in frame}
        self.put(json.dumps({"type": "error", "code": refusal.code, "detail": detail, **about}, ensure_ascii=False))

    # Rings

    def hear(self, topics: set[str]) -> None:
        """Hear these topics and no others from now on."""
        if self._topics == topics:
            return
        for topic in self._topics - topics:
            hub().leave(topic, self.on_ring)
        for topic in topics - self._topics:
            hub().listen(topic, self.on_ring)
        self._topics = set(topics)

    def on_ring(self, topic: str, **_ids) -> None:
        """The hub's call; rings that come close together are sent together, each topic once."""
        self._ringing.add(topic)
        if self._ring_task is None or self._ring_task.done():
            self._ring_task = self.spawn(self._send_rings())

    async def _send_rings(self):
        while self._ringing:
            await asyncio.sleep(RING_PAUSE)
            await self.drained()
            topics, self._ringing = self._ringing, set()
            for topic in sorted(topics & self._topics):
                await self.send_frame("ring", topic=topic)


@sync_to_async(thread_sensitive=False)
def _count(address: str) -> int:
    return wait_for("sockets", network_mark(address))


def _ref(ref: str | None) -> dict[str, str]:
    return {} if ref is None else {"ref": ref}
