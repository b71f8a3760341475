"""Reading what was written in a conversation that is not one's own: each look is written down, and its volunteer sees it."""

from django.db import transaction

from chat.actions import log, rooms
from chat.actions.conversations import Unknown
from chat.actions.holds import SUPERVISE
from chat.models import Event
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.audit import record
from hotline.staff.models import AuditEntry
from hotline.staff.permissions import require

# Events of it that are read at once.
MOST_READ = 500
# Looks at all conversations of one desk, of which its volunteer is shown the last of each.
MOST_LOOKS = 200
SPOKEN = (Event.Kind.MESSAGE, Event.Kind.REDACTED)


def read(actor, conversation, why):
    """What was written in it, for somebody who supervises its line now: but for what an earlier line has kept back.

    why: a word for the audit ("feedback"). Returns as `messages`. Raises Unknown (it is erased), NotAllowed, NotFound.
    """
    require(actor, SUPERVISE, conversation)
    with transaction.atomic():
        conversation = rooms.lock_conversation(conversation, Unknown)
        record(actor, "conversation.read", conversation.code, why=why)
        ring(topics.queue(conversation.line_id))
    return messages(conversation.room, conversation.history_from, conversation.room.head)


def messages(room, first, last):
    """[(Participant, event as `log.read` gives it)] of the messages of `room` from seq `first` to `last`, the last 500 of them.

    The caller has asked for the right, and written down that somebody reads.
    """
    authors = {one.code: one for one in room.participants.select_related("user").prefetch_related("keys")}
    events = log.read(room, before=last + 1, limit=MOST_READ)
    return [(authors[event["from"]], event) for event in events if event["seq"] >= first and event["kind"] in SPOKEN]


def looks(conversations):
    """{code: AuditEntry} of those among these Conversations that somebody else has read: the last look. One query.

    Not those for the sake of a flag: whoever set it asked for them, and of a complaint the volunteer is not told.
    """
    codes = [one.code for one in conversations]
    found = AuditEntry.objects.filter(action="conversation.read", subject__in=codes).exclude(details__has_key="flag")
    return {one.subject: one for one in reversed(found.order_by("-pk")[:MOST_LOOKS])}
