"""Mail that came back."""

import email.policy
from email.message import EmailMessage
from email.parser import BytesParser

from django.db import transaction

from hotline.outbox.actions.messages import cancel_edits
from hotline.outbox.bounces import message_of, nobody_there
from hotline.outbox.listeners import tell
from hotline.outbox.models import Channel, Message, State
from hotline.outbox.outcome import DEAD, Outcome

# Headers in which mail servers write where a mail was delivered to.
TOLD_IN = ("X-Original-To", "Delivered-To", "Envelope-To", "To")


def take_back(mail: bytes, address: str = "") -> bool:
    """A mail came to the address for what comes back: if it says that a message of ours failed for good, that is noted.

    The message is dead then, and the listeners are told as if its server had refused it at once. mail: as it came. address:
    that it came to, else its headers tell. Whether anything was noted: not for other mail, a mere delay, a made-up address,
    or twice.
    """
    report = BytesParser(policy=email.policy.default).parsebytes(mail)
    told = [address] if address else [str(one) for name in TOLD_IN for one in report.get_all(name, [])]
    pk = next((pk for pk in map(message_of, told) if pk), None)
    status = failed_for_good(report)
    if pk is None or not status:
        return False
    with transaction.atomic():
        sent = Message.objects.select_for_update().filter(pk=pk, channel=Channel.EMAIL, state=State.SENT).first()
        if sent is None:
            return False
        sent.state, sent.error = State.DEAD, "bounced"
        sent.save(update_fields=["state", "error"])
        cancel_edits(sent)
        tell([(sent, Outcome(DEAD, "blocked" if nobody_there(status) else "refused"))])
    return True


def failed_for_good(report: EmailMessage) -> str:
    """The status (5.x.x) in a delivery report (RFC 3464) by which the message failed and will again; "" in other mail."""
    for part in report.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        # One group of fields for the message, then one for each recipient; the parser makes each a part of its own.
        for group in part.get_payload():
            action, status = str(group.get("Action", "")), str(group.get("Status", "")).strip()
            if action.strip().lower() == "failed" and status.startswith("5"):
                return status
    return ""
