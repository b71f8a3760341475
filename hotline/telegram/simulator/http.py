"""The little of HTTP that the simulator needs on top of ASGI."""

import asyncio
import json
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qsl

MAX_BODY = 1 << 20
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")


class BadBody(Exception):
    """The request's body cannot be read."""


class Waiters:
    """Lets many coroutines of one event loop wait for the next change."""

    def __init__(self):
        self._waiting: set[asyncio.Future] = set()

    def wake(self) -> None:
        """Everybody who waits goes on."""
        for future in self._waiting:
            if not future.done():
                future.set_result(True)
        self._waiting.clear()

    async def wait(self, seconds: float) -> bool:
        """True when something changed, False when the time is over."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            return await asyncio.wait_for(future, seconds)
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(future)


def header(scope: dict, name: str) -> str:
    """A header of a request, "" when it is missing."""
    for key, value in scope["headers"]:
        if key == name.encode():
            return value.decode("latin-1")
    return ""


def is_local(scope: dict) -> bool:
    """Whether a request comes from this machine, under a name of this machine, and not from a foreign page."""
    client = (scope.get("client") or ("127.0.0.1", 0))[0]
    host = _name(header(scope, "host"))
    origin = header(scope, "origin")
    return (
        (client.startswith("127.") or client == "::1")
        and host in LOOPBACK_HOSTS
        and (not origin or origin.partition("://")[2] == header(scope, "host"))
    )


async def read_body(receive) -> bytes:
    """The whole body; raises BadBody above 1 MiB or when the client goes."""
    body = b""
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise BadBody("the client went away")
        body += event.get("body", b"")
        if len(body) > MAX_BODY:
            raise BadBody("the body is too large")
        if not event.get("more_body"):
            return body


def parameters(scope: dict, body: bytes) -> dict[str, str]:
    """The parameters of a Bot API call: query string, form, multipart form or JSON, each value as text."""
    found = dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True))
    kind = header(scope, "content-type")
    if kind.startswith("application/json"):
        for name, value in read_json(body).items():
            if value is not None:
                found[name] = value if isinstance(value, str) else json.dumps(value)
    elif kind.startswith("multipart/form-data"):
        found |= _multipart(kind, body)
    elif body:
        try:
            found |= dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
        except ValueError as error:
            raise BadBody(str(error)) from None
    return found


def read_json(body: bytes) -> dict:
    """A JSON object out of a body, {} when it is empty."""
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        raise BadBody("the body is no JSON") from None
    if not isinstance(value, dict):
        raise BadBody("a JSON object is expected")
    return value


async def answer(send, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
    """Send one whole response."""
    lines = {"content-type": kind, "content-length": str(len(body)), "cache-control": "no-store"} | (headers or {})
    encoded = [(name.encode(), value.encode()) for name, value in lines.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})


async def answer_json(send, status: int, value) -> None:
    """Send JSON."""
    await answer(send, status, json.dumps(value, ensure_ascii=False).encode(), "application/json")


async def gone(receive, seconds: float) -> bool:
    """True when the client went away within the time."""
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
            return True
    except TimeoutError:
        return False


async def drop(receive, send) -> None:
    """End the connection without an answer, as a broken network does."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is not None:
        transport.abort()
        await gone(receive, 5)
    else:
        # Behind a wrapped server: promise a body and end without it, upon which the server closes the connection.
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
        await send({"type": "http.response.body", "body": b"", "more_body": True})


def _name(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _multipart(kind: str, body: bytes) -> dict[str, str]:
    parsed: Message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    found = {}
    for part in parsed.iter_parts():
        name = part.get_param("name", header="content-disposition")
        if name:
            found[name] = part.get_payload(decode=True).decode(errors="replace")
    return found
