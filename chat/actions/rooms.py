"""The log of a room: one order for all who write in it."""

from django.db.models import F

from chat.models import Event, Room
from hotline.live import topics
from hotline.live.doorbell import ring


def lock(room_id):
    """The Room as it stands now, locked until the transaction ends. Raises Room.DoesNotExist once it is erased."""
    return Room.objects.select_for_update(no_key=True).get(pk=room_id)


def add(room, kind, now, author=None, **data):
    """Write one event that is no message at the end of a locked room's log, and ring. Returns the Event.

    kind: Event.Kind. author: the Participant whose doing it is, or None for the house. data: codes only.
    """
    Room.objects.filter(pk=room.pk).update(head=F("head") + 1)
    room.head += 1
    event = Event.objects.create(room=room, seq=room.head, kind=kind, author=author, data=data, at=now)
    ring(topics.room(room.code), seq=room.head)
    return event
