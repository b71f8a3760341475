"""Messages of the outbox, in the hands of administrators."""

from django.db import transaction

from hotline.outbox.actions import messages
from hotline.staff.actions.audit import record
from hotline.staff.permissions import require


def resend(actor, message):
    """Send a dead message again, audited. Raises NotAllowed, or NotDead or BodyGone of the outbox."""
    require(actor, "outbox.manage")
    with transaction.atomic():
        messages.resend(actor, message)
        record(actor, "message.resent", message.subject, channel=message.channel, purpose=message.purpose)
