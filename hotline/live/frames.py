"""
Every frame of the socket's subprotocol in one table: what the reader checks and what the documentation shows.

Text frames, one JSON object each, its name in `type`. A client frame holds exactly the fields of its table (and, if it
likes, a `ref` that an error about it repeats); whatever else comes is a bad frame.
"""

import json
import uuid
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

SUBPROTOCOL = "hotline.v1"
MAX_FRAME_BYTES = 64 * 1024
MAX_REF = 64
# The largest number that every JSON reader holds exactly.
MAX_SEQ = 2**53 - 1

# Registered with IANA as "try again later": the client comes back and resumes.
CLOSE_TOO_SLOW = 1013
# RFC 6455: something unexpected; the client comes back and resumes.
CLOSE_FAILED = 1011
CLOSE_PROTOCOL = 4400
CLOSE_NOT_KNOWN = 4401
CLOSE_WITHDRAWN = 4403
CLOSE_NO_HELLO = 4408
CLOSE_FLOOD = 4429


@dataclass(frozen=True)
class Field:
    """
    One field: its JSON type (UUID: a text that is one), its bound (characters, entries, the highest number), and whether
    it must be there.
    """

    kind: type
    most: int
    required: bool = True

    def fits(self, value) -> bool:
        """Whether the value may stand in this field."""
        if self.kind is uuid.UUID:
            return isinstance(value, str) and len(value) <= self.most and _is_uuid(value)
        if type(value) is not self.kind:  # not isinstance: a bool is no number
            return False
        return 0 <= value <= self.most if self.kind is int else len(value) <= self.most


@dataclass(frozen=True)
class Frame:
    """One type of frame: what it is for, and its fields by name."""

    purpose: str
    fields: dict[str, Field] = field(default_factory=dict)


_ROOM = Field(str, 16)
_ID = Field(uuid.UUID, 36)
_SEQ = Field(int, MAX_SEQ)


def _maybe(part: Field) -> Field:
    return Field(part.kind, part.most, required=False)


CLIENT_FRAMES = {
    "hello": Frame(
        "first, within 10 seconds: who I am, and the rooms I stand in with the last seq I saw",
        {"token": Field(str, 256, required=False), "rooms": Field(dict, 50, required=False)},
    ),
    "ping": Frame("are you there?"),
    "open": Frame(
        "hear a room: from `after` on, or the last 50 and what follows; with `before` also the 50 before that",
        {"room": _ROOM, "after": _maybe(_SEQ), "before": _maybe(_SEQ)},
    ),
    "close": Frame("hear a room no more", {"room": _ROOM}),
    "post": Frame(
        "say something; the same id again is the same message",
        {"room": _ROOM, "id": _ID, "body": Field(str, MAX_FRAME_BYTES)},
    ),
    "read": Frame("I have seen everything up to here", {"room": _ROOM, "seq": _SEQ}),
    "typing": Frame("I am typing", {"room": _ROOM}),
    "attend": Frame("staff: I am at the chat desk now; without it whoever takes or opens something is"),
    "watch": Frame("staff: show me the running conversations of the lines I supervise, and each change of them"),
    "take": Frame(
        "staff: give me the next of a line, or this one; the same id again is the same take",
        {"id": _ID, "line": Field(str, 40, required=False), "conversation": Field(str, 16, required=False)},
    ),
    "end": Frame("end this conversation", {"room": _ROOM}),
}

SERVER_FRAMES = {
    "welcome": Frame(
        "answer to hello: the version, seconds between heartbeats, and who you are",
        {"version": Field(int, 1), "heartbeat": Field(int, 60), "me": Field(dict, 4)},
    ),
    "opened": Frame(
        "you hear this room; its events follow",
        {
            "room": _ROOM,
            "kind": Field(str, 16),
            "state": Field(str, 16),
            "first": _SEQ,
            "head": _SEQ,
            "me": Field(str, 16),
            "participants": Field(dict, 1000),
            "position": Field(int, 10_000, required=False),
        },
    ),
    "event": Frame(
        "an entry of the log: message, redacted, joined, left, transferred, ended or notice",
        {
            "room": _ROOM,
            "seq": _SEQ,
            "kind": Field(str, 12),
            "from": Field(str, 16, required=False),
            "at": Field(str, 32),
            "id": _maybe(_ID),
            "body": Field(str, 4000, required=False),
            "data": Field(dict, 10, required=False),
            "alias": Field(str, 100, required=False),
            "role": Field(str, 16, required=False),
        },
    ),
    "held": Frame(
        "your message is in the database, and a moderator reads it before the others do",
        {"room": _ROOM, "id": _ID, "at": Field(str, 32)},
    ),
    "changed": Frame("what may be done in this group, or was decided about somebody in it: ask", {"room": _ROOM}),
    "ack": Frame("your message is in the database", {"room": _ROOM, "id": _ID, "seq": _SEQ, "at": Field(str, 32)}),
    "taken": Frame("the visitor is yours", {"id": _ID, "conversation": Field(str, 16), "room": _ROOM}),
    "reset": Frame(
        "what you named is not in the log: forget it and take what follows",
        {"room": _ROOM, "first": _SEQ, "head": _SEQ},
    ),
    "closed": Frame("the right to this room has gone", {"room": _ROOM, "reason": Field(str, 32)}),
    "heads": Frame("how far the rooms you hear reach, at every heartbeat", {"rooms": Field(dict, 1000)}),
    "read": Frame("somebody has seen everything up to here", {"room": _ROOM, "from": Field(str, 16), "seq": _SEQ}),
    "typing": Frame("somebody is typing", {"room": _ROOM, "from": Field(str, 16)}),
    "present": Frame(
        "somebody's device was heard of, or not for a while: here, reconnecting or left",
        {"room": _ROOM, "from": Field(str, 16), "state": Field(str, 16)},
    ),
    "queue": Frame(
        "a queue as it stands: to a visitor their position, to staff all who wait",
        {
            "line": Field(str, 40),
            "state": Field(str, 8),
            "position": Field(int, 10_000, required=False),
            "wait_seconds": Field(int, MAX_SEQ, required=False),
            "maximum": Field(int, 1000, required=False),
            "waiting": Field(list, 1000, required=False),
        },
    ),
    "live": Frame(
        "staff who watch: facts of the running conversations of a line, never a word of them; `whole`: these are the first of "
        "all, forget the others; `gone`: codes that run no more",
        {
            "line": Field(str, 40),
            "whole": Field(int, 1),
            "conversations": Field(list, 100),
            "gone": Field(list, 1000),
        },
    ),
    "ring": Frame("staff: reload the part of the page that shows this topic", {"topic": Field(str, 100)}),
    "pong": Frame("I am here"),
    "error": Frame(
        "a frame of yours was declined: a stable code and words for people",
        {
            "code": Field(str, 32),
            "detail": Field(str, 500),
            "ref": Field(str, MAX_REF, required=False),
            "id": _maybe(_ID),
            "room": Field(str, 64, required=False),
            "trouble": Field(str, 16, required=False),
        },
    ),
}

CODES = {
    "bad_frame": _("This message was not understood."),
    "too_large": _("This message is too large."),
    "too_fast": _("Too many messages at once. Wait a moment."),
    "not_allowed": _("You may not do this."),
    "unknown_room": _("This room does not exist."),
    "failed": _("Something broke inside the house. It has been noted, and what was saved before is safe."),
}


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


class BadFrame(Exception):
    """A frame that is declined: `code` out of CODES, and the frame's own `ref` where it could be read."""

    def __init__(self, code: str, ref: str | None = None):
        super().__init__(code)
        self.code = code
        self.ref = ref


def read(text: str | None, table: dict[str, Frame]) -> dict:
    """The frame as a dict with its `type`. Raises BadFrame; the size is checked before anything is parsed."""
    if text is None:
        raise BadFrame("bad_frame")
    if len(text) > MAX_FRAME_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_FRAME_BYTES:
        raise BadFrame("too_large")
    frame = _parse(text)
    ref = frame.pop("ref", None)
    if ref is not None and not (isinstance(ref, str) and len(ref) <= MAX_REF):
        raise BadFrame("bad_frame")
    kind = frame.get("type")
    if not isinstance(kind, str) or kind not in table or not _fits(frame, table[kind]):
        raise BadFrame("bad_frame", ref)
    return frame if ref is None else {**frame, "ref": ref}


def _parse(text: str) -> dict:
    try:
        frame = json.loads(text, parse_constant=_refuse)
        # Half a surrogate pair is valid JSON but no text that could be stored or sent on.
        json.dumps(frame, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise BadFrame("bad_frame") from None
    if not isinstance(frame, dict):
        raise BadFrame("bad_frame")
    return frame


def _refuse(constant: str):
    raise ValueError(constant)


def _fits(frame: dict, schema: Frame) -> bool:
    given = set(frame) - {"type"}
    required = {name for name, part in schema.fields.items() if part.required}
    return required <= given <= set(schema.fields) and all(schema.fields[name].fits(frame[name]) for name in given)
