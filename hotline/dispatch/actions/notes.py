"""Sealed notes that colleagues add to a help request."""

from django.db import transaction
from django.utils import timezone

from hotline.dispatch.errors import ReasonMissing, TextTooLong, unread
from hotline.dispatch.models import RequestNote
from hotline.lib import crypto
from hotline.lib.keyring import KeyGone
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.audit import record
from hotline.staff.permissions import require

TEXT_LIMIT = 2000


def add_note(actor, help_request, text):
    """Seal a note under the request's key; whoever accepts reads it with the contact.

    Raises NotAllowed, NotFound, ReasonMissing (empty), TextTooLong, TextErased.
    """
    require(actor, "dispatch.take_request", help_request)
    text = text.strip()
    if not text:
        raise ReasonMissing
    if len(text) > TEXT_LIMIT:
        raise TextTooLong(limit=TEXT_LIMIT)
    with transaction.atomic():
        try:
            key = help_request.record_key()
        except KeyGone as gone:
            raise unread(gone) from gone
        sealed = crypto.seal_json(key, text, f"dispatch_requestnote:{help_request.code}:sealed_text")
        note = RequestNote.objects.create(
            help_request=help_request, sealed_text=sealed, author=actor, written_at=timezone.now()
        )
        record(actor, "help_request.note", help_request.code)
        ring(topics.team_requests(help_request.team_id))
    return note
