"""Holding a conversation longer than its line keeps it, and letting it go. The visitor's own erasing wins over both."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from chat.actions import erasure, rooms
from chat.actions.conversations import Unknown
from chat.models import Conversation
from hotline.lib.errors import Refused
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.audit import record
from hotline.staff.permissions import require

SUPERVISE = "chat.supervise_conversations"


class ReasonMissing(Refused):
    code = "reason_missing"
    message = _("Say why in a few words; it is written down.")


class TooShort(Refused):
    code = "too_short"
    message = _("It is kept until %(until)s anyway. Choose more days.")


class TooLong(Refused):
    code = "too_long"
    message = _("It may be held until %(until)s at the latest. Choose fewer days.")


class Changed(Refused):
    code = "changed"
    message = _("Somebody else has just changed this. Look at it again.")


def hold(actor, conversation, days, reason):
    """Keep it for so many days (int) from now, with a reason (str, at most 200 characters) that its volunteer reads;
    a hold that is there already is replaced.

    Raises ReasonMissing, TooShort, TooLong, Changed, Unknown (it is erased), NotAllowed, NotFound.
    """
    require(actor, SUPERVISE, conversation)
    reason = reason.strip()
    if not reason:
        raise ReasonMissing
    now = timezone.now()
    until = now + timedelta(days=days)
    with transaction.atomic():
        current = rooms.lock_conversation(conversation, Unknown)
        due = current.erase_at or now + current.retention
        longest = (current.ended_at or now) + timedelta(days=settings.CONVERSATION_HOLD_DAYS)
        if until <= due:
            raise TooShort(until=day(due))
        if until > longest:
            raise TooLong(until=day(longest))
        _change(conversation, now, hold_until=until, hold_reason=reason)
        record(actor, "conversation.held", conversation.code, reason=reason, until=until.date())


def release(actor, conversation):
    """Let the line's retention count again: what is past it goes with the next sweep.

    Raises Changed (also when nobody holds it), Unknown (it is erased), NotAllowed, NotFound.
    """
    require(actor, SUPERVISE, conversation)
    if conversation.hold_until is None:
        raise Changed
    with transaction.atomic():
        rooms.lock_conversation(conversation, Unknown)
        _change(conversation, timezone.now(), hold_until=None, hold_reason="")
        record(actor, "conversation.released", conversation.code)


def _change(conversation, now, **hold):
    as_seen = Conversation.objects.filter(pk=conversation.pk, hold_until=conversation.hold_until)
    if not as_seen.update(**hold):
        raise Changed
    erasure.wrap_keys(conversation, now)
    ring(topics.queue(conversation.line_id))


def day(moment):
    """The day of `moment` (aware datetime) in the reader's words, str."""
    return date_format(timezone.localtime(moment), "DATE_FORMAT")
