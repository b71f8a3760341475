"""Reading a room's log, as the protocol shows it."""

from django.db.models import prefetch_related_objects

from chat.actions.conversations import alias_of
from chat.models import Event, Room
from chat.models.event import body_context
from hotline.lib import crypto
from hotline.lib.keyring import KeyGone

PAGE = 200


def read(room, after=None, before=None, limit=PAGE):
    """Events of `room` (Room) as list of dicts {room, seq, kind, from, at, id?, body?, data?}, ascending, at most `limit`.

    after, before: exclusive bounds of seq. With `after` the first ones past it, else the last ones before `before`.
    A body whose key has gone reads as a removed message.
    """
    events = Event.objects.filter(room=room, seq__gte=room.first).select_related("author__user", "key")
    if before is not None:
        events = events.filter(seq__lt=before)
    if after is not None:
        rows = list(events.filter(seq__gt=after).order_by("seq")[:limit])
    else:
        rows = list(events.order_by("-seq")[:limit])[::-1]
    if room.kind == Room.Kind.GROUP:
        # Their keys open their names: one query for all of them, and none where nobody came.
        prefetch_related_objects([event.author for event in rows if event.kind == Event.Kind.JOINED], "keys")
    keys = {}
    return [_shown(room, event, keys) for event in rows]


def _shown(room, event, keys):
    shown = {
        "room": room.code,
        "seq": event.seq,
        "kind": event.kind,
        "from": event.author.code if event.author else None,
        "at": event.at.isoformat(),
    }
    if event.client_id is not None:
        shown["id"] = str(event.client_id)
    if event.kind in (Event.Kind.MESSAGE, Event.Kind.NOTICE):
        try:
            shown["body"] = _body(room, event, keys)
        except KeyGone:
            shown["kind"] = str(Event.Kind.REDACTED)
    if event.data:
        shown["data"] = event.data
    if event.kind == Event.Kind.JOINED and room.kind == Room.Kind.GROUP:
        # Among many it costs too much that each asks anew who is there.
        shown |= {"alias": alias_of(event.author), "role": event.author.role}
    return shown


def said(room, event):
    """What stands in an Event (with author and key) of `room`, str; empty when it was removed or its key has gone."""
    try:
        return _body(room, event, {})
    except KeyGone:
        return ""


def _body(room, event, keys):
    if event.key is None or event.sealed_body is None:
        raise KeyGone(f"{room.code}:{event.seq}")
    if event.key_id not in keys:
        keys[event.key_id] = event.key.open()
    context = body_context(room.code, event.author.code, event.client_id)
    return crypto.unseal(keys[event.key_id], bytes(event.sealed_body), context).decode()


def shown_message(posted):
    """A message that was just stored (messages.Posted), as `read` would show it."""
    return {
        "room": posted.room,
        "seq": posted.seq,
        "kind": str(Event.Kind.MESSAGE),
        "from": posted.author,
        "at": posted.at.isoformat(),
        "id": str(posted.id),
        "body": posted.body,
    }
