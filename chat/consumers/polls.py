"""
The room over HTTP, for whoever has no socket: GET and POST /chat/api/rooms/<room>/events/.

It stands in front of Django's handler, since a poll that waits there would hold a thread. Same ids, same rights, same
answers as on the socket.
"""

import asyncio
import logging
import re
from io import BytesIO
from uuid import UUID
from weakref import WeakSet

from channels.auth import AuthMiddlewareStack
from django.core.handlers.asgi import ASGIRequest
from django.http import JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import translation

from chat.actions import log
from chat.actions.messages import Post
from chat.consumers import commits, keeper, queues, rooms, seats
from chat.consumers.rooms import Seat
from chat.views import calls
from chat.views.speech import language_of
from hotline.lib.errors import Refused
from hotline.lib.headers import dressed
from hotline.lib.throttle import allow
from hotline.lib.troubles import broken
from hotline.live.frames import CODES, MAX_FRAME_BYTES, MAX_SEQ
from hotline.live.watch import watch

logger = logging.getLogger(__name__)

PATH = re.compile(r"/chat/api/rooms/([^/]{1,64})/events/\Z")
# Seconds that a poll may wait.
LONGEST = 25
# Polls of one visitor at a time; an older one is answered when more come.
MOST_POLLS = 5


class Poll:
    """One request that waits; to rooms, queues, keeper and watch it is what a socket is to them."""

    # It comes again by itself, which is no sign that somebody sits there.
    used = False

    def __init__(self, person, view, session):
        self.guest = person if isinstance(person, seats.Guest) else None
        self.user = None if self.guest else person
        self.seats = {}
        self.session = session
        self.withdrawn = False
        self.news = asyncio.Event()
        self._position = view.position
        self._tasks = set()

    def give(self, _text, event):
        """There is an event; what is in no log (typing) is not worth an answer."""
        if event is not None:
            self.news.set()

    async def drained(self):
        """Nothing waits here."""

    def gone(self, _reason):
        """The right has gone: the answer will say so."""
        self.news.set()

    def withdraw(self):
        """The account or session behind it has ended."""
        self.withdrawn = True
        self.news.set()

    def hear(self, _topics):
        """It hears its room alone."""

    async def send_frame(self, kind, /, **fields):
        """Of the frames of a socket only a changed place in the queue matters."""
        if kind == "queue" and fields.get("position") != self._position:
            self.news.set()

    def spawn(self, work):
        """Go on with this beside the waiting."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


class Polls:
    """The ASGI application."""

    def __init__(self):
        self._waiting = WeakSet()
        self._closing = False
        self._for_staff = AuthMiddlewareStack(self.answer)

    async def __call__(self, scope, receive, send):
        """Visitors come with a token and need no session; everybody else is asked for one."""
        by_token = any(name == b"authorization" for name, _value in scope["headers"])
        await (self.answer if by_token else self._for_staff)(scope, receive, send)

    def close(self):
        """Answer everybody at once: the house closes."""
        self._closing = True
        for poll in tuple(self._waiting):
            poll.news.set()

    async def answer(self, scope, receive, send):
        """One request."""
        body = await _body(receive)
        request = ASGIRequest(scope, BytesIO(body or b""))
        request.user = scope.get("user")
        with translation.override(language_of(request)):
            response = await self._respond(request, PATH.match(scope["path"])[1], body, receive)
        response = dressed(request, response)
        await send(
            {
                "type": "http.response.start",
                "status": response.status_code,
                "headers": [(name.lower().encode(), value.encode()) for name, value in response.items()],
            }
        )
        await send({"type": "http.response.body", "body": response.content})

    async def _respond(self, request, code, body, receive):
        try:
            if body is None:
                raise calls.TooLarge
            person = await _person(request)
            if isinstance(person, seats.Guest):
                translation.activate(person.language)
            if request.method == "GET":
                return await self._read(request, person, code, receive)
            if request.method == "POST":
                return await _post(request, person, code)
            return calls.refusal(405, "bad_frame", CODES["bad_frame"])
        except Refused as refused:
            return calls.refused_by(refused)
        except Exception as error:
            response = broken(request, error)
            logger.exception("A poll could not be answered", extra={"trouble": request.trouble})
            return response

    async def _read(self, request, person, code, receive):
        after, before = _number(request, "after"), _number(request, "before")
        wait = min(_number(request, "wait") or 0, LONGEST)
        view = await seats.threads.run(seats.view, person, code)
        events = await seats.threads.run(log.read, view.room, after, before)
        if not events and wait and before is None and after == view.room.head and not self._closing:
            await self._wait(request, person, view, wait, receive)
            if self._closing:
                return JsonResponse({"room": _room(view), "events": []})
            view = await seats.threads.run(seats.view, person, code)
            events = await seats.threads.run(log.read, view.room, after)
        if view.position:
            *_state, pace = await seats.threads.run(seats.queue_state, view.line)
            return JsonResponse({"room": _room(view, pace), "events": events})
        return JsonResponse({"room": _room(view), "events": events})

    async def _wait(self, request, person, view, seconds, receive):
        """Until there is news, time is up, or nobody waits for the answer. Raises NotKnown when they are logged out."""
        if keeper.here().sockets_of(view.participant) >= MOST_POLLS:
            raise Busy
        poll = Poll(person, view, request.scope.get("session"))
        seat = Seat(poll, person, view, view.room.head)
        self._waiting.add(poll)
        hung_up = asyncio.create_task(_hung_up(receive))
        hung_up.add_done_callback(lambda _task: poll.news.set())
        try:
            if poll.user:
                watch().add(poll)
            keeper.here().add(poll)
            keeper.here().attends(poll)
            rooms.here().sit(seat)
            if view.position:
                await queues.here().enter(poll)
            async with asyncio.timeout(seconds):
                await poll.news.wait()
        except TimeoutError:
            pass
        finally:
            hung_up.cancel()
            rooms.here().rise(seat)
            queues.here().leave(poll)
            keeper.here().remove(poll)
            watch().remove(poll)
        if poll.withdrawn:
            raise calls.NotKnown


class Busy(Refused):
    code = "too_fast"
    message = CODES["too_fast"]


async def _post(request, person, code):
    data = calls.body_of(request)
    if set(data) != {"id", "body"} or not all(isinstance(value, str) for value in data.values()):
        raise calls.BadCall
    try:
        message_id = UUID(data["id"])
    except ValueError:
        raise calls.BadCall from None
    view = await seats.threads.run(seats.view, person, code)
    await seats.threads.run(allow, "chat-post", str(view.participant))
    posted = await asyncio.shield(commits.post(Post(view.participant, message_id, data["body"])))
    if posted.held:
        return JsonResponse(
            {"room": posted.room, "id": data["id"], "held": True, "at": posted.at.isoformat()}, status=202
        )
    return JsonResponse({"room": posted.room, "id": data["id"], "seq": posted.seq, "at": posted.at.isoformat()})


async def _person(request):
    """The Guest of the token, else the member of staff of the session. Raises NotKnown, or NotAllowed without CSRF token."""
    token = calls.token_of(request)
    if token is not None:
        guest = await seats.threads.run(seats.guest, token)
        if guest is None:
            raise calls.NotKnown
        return guest
    if request.user is None or not request.user.is_authenticated:
        raise calls.NotKnown
    if request.method != "GET":
        CsrfViewMiddleware(lambda _request: None).process_request(request)
        calls.staff_of(request)
    return request.user


def _number(request, name):
    text = request.GET.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 16 and int(text) <= MAX_SEQ):
        raise calls.BadCall
    return int(text)


def _room(view, pace=None):
    shown = {
        "state": view.state,
        "first": view.room.first,
        "head": view.room.head,
        "me": view.code,
        "participants": view.participants,
    }
    if view.position:
        shown |= {"position": view.position, "wait_seconds": None if pace is None else pace * view.position}
    return shown


async def _body(receive):
    """The whole body, bytes; None when it is larger than a frame may be."""
    parts, length = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        length += len(message.get("body", b""))
        if length <= MAX_FRAME_BYTES:
            parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts) if length <= MAX_FRAME_BYTES else None


async def _hung_up(receive):
    while (await receive())["type"] != "http.disconnect":
        pass


application = Polls()
