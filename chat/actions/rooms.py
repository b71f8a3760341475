"""The log of a room: one order for all who write in it; who of the staff comes in, and goes."""

from django.db.models import F

from chat.models import AuthorKey, Conversation, Event, Participant, Room
from hotline.live import topics
from hotline.live.doorbell import ring


def lock(room_id):
    """The Room as it stands now, locked until the transaction ends. Raises Room.DoesNotExist once it is erased."""
    return Room.objects.select_for_update(no_key=True).get(pk=room_id)


def lock_conversation(conversation, gone):
    """The Conversation as it stands now, with line, entrance and room; the room is locked until the transaction ends.

    Raises `gone` (an exception) once it is erased.
    """
    try:
        room = lock(conversation.room_id)
    except Room.DoesNotExist:
        raise gone from None
    conversation = Conversation.objects.select_related("line", "entrance").get(pk=conversation.pk)
    conversation.room = room
    return conversation


def add(room, kind, now, author=None, said=None, **data):
    """Write one event that is no message at the end of a locked room's log, and ring. Returns the Event.

    kind: Event.Kind. author: the Participant whose doing it is, or None for the house. said: fields of what they said,
    sealed. data: codes only.
    """
    Room.objects.filter(pk=room.pk).update(head=F("head") + 1)
    room.head += 1
    event = Event.objects.create(room=room, seq=room.head, kind=kind, author=author, data=data, at=now, **said or {})
    ring(topics.room(room.code), seq=room.head)
    return event


def enter(room, user, role, now, *, first_seq=1):
    """Let a member of staff into a locked room, for the first time or again. Returns the Participant.

    role: Participant.Role; that somebody reads along stands in no log. first_seq: the lowest seq that they may read.
    """
    participant, _made = Participant.objects.update_or_create(
        room=room, user=user, defaults={"role": role, "left_at": None, "seen_at": now, "first_seq": first_seq}
    )
    if participant.may_write and not room.never_ends and not participant.keys.exists():
        AuthorKey.make(participant, room.key_due)
    named = {"role": str(role)} if participant.guides else {}
    _say(room, Event.Kind.JOINED, now, participant, **named)
    return participant


def leave(room, participant, now, **why):
    """They read and write no more in this locked room, until they come in again. why: codes for the log."""
    if Participant.objects.present().filter(pk=participant.pk).update(left_at=now):
        _say(room, Event.Kind.LEFT, now, participant, **why)


def clear(room, now, *roles):
    """All of the staff in these roles (Participant.Role) are out of this locked room, without a word in its log."""
    if Participant.objects.present().filter(room=room, role__in=roles).update(left_at=now):
        ring(topics.room(room.code))


def _say(room, kind, now, participant, **why):
    if participant.may_write:
        add(room, kind, now, participant, **why)
    else:
        ring(topics.room(room.code))
