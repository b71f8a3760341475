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

# Messages of it that a page shows; paper has them all.
MOST_READ = 500
# Events that are fetched at once.
AT_ONCE = 500
# Looks at all conversations of one desk, of which its volunteer is shown the last of each.
MOST_LOOKS = 200
SPOKEN = (Event.Kind.MESSAGE, Event.Kind.REDACTED)


def read(actor, conversation, why, *, whole=False):
    """What was written in it, for somebody who supervises its line now: but for what an earlier line has kept back.

    why: a word for the audit ("feedback"). Only the last MOST_READ messages unless it is wanted `whole`; `earlier` says how
    many are left out. Returns as `messages`. Raises Unknown (it is erased), NotAllowed, NotFound.
    """
    require(actor, SUPERVISE, conversation)
    with transaction.atomic():
        conversation = rooms.lock_conversation(conversation, Unknown)
        record(actor, "conversation.read", conversation.code, why=why)
        ring(topics.queue(conversation.line_id))
    room, first = conversation.room, conversation.history_from
    if not whole:
        last_ones = _spoken(room, first).order_by("-seq").values_list("seq", flat=True)[:MOST_READ]
        first = min(last_ones, default=first)
    return messages(room, first, room.head)


def earlier(conversation, found):
    """How many messages (int) `read` has left out before those it `found`."""
    if not found:
        return 0
    return _spoken(conversation.room, conversation.history_from).filter(seq__lt=found[0][1]["seq"]).count()


def _spoken(room, first):
    return Event.objects.filter(room=room, kind__in=SPOKEN, seq__gte=max(first, room.first))


def messages(room, first, last):
    """[(Participant, event as `log.read` gives it)] of all messages of `room` from seq `first` to `last`.

    The caller has asked for the right, and written down that somebody reads.
    """
    authors = {one.code: one for one in room.participants.select_related("user").prefetch_related("keys")}
    found, after = [], first - 1
    while events := log.read(room, after=after, before=last + 1, limit=AT_ONCE):
        found += [(authors[event["from"]], event) for event in events if event["kind"] in SPOKEN]
        after = events[-1]["seq"]
    return found


def looks(conversations):
    """{code: AuditEntry} of those among these Conversations that somebody else has read: the last look. One query.

    Not those for the sake of a flag: whoever set it asked for them, and of a complaint the volunteer is not told.
    """
    codes = [one.code for one in conversations]
    found = AuditEntry.objects.filter(action="conversation.read", subject__in=codes).exclude(details__has_key="flag")
    return {one.subject: one for one in reversed(found.order_by("-pk")[:MOST_LOOKS])}
