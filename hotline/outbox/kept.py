"""What the outbox keeps of what leaves the house, for the table of what is kept."""

from django.utils.translation import gettext_lazy as _

from hotline.lib.kept import Figure, Place, Row, counted
from hotline.lib.keyring import keyring
from hotline.outbox.models import Message

ROWS = [
    Row(
        datum=_("outgoing messages"),
        fields=("outbox.Message: sealed due recipient",),
        kept=_("body under the day key until sent; the address under the site key, since an edit needs it"),
        seen=_("the sender"),
        gone=_("body on sending; row after %(OUTBOX_DAYS)s"),
    ),
    Row(
        datum=_("how sending went, pace of a channel"),
        fields=("outbox.Message: all", "outbox.Slot: all", "outbox.Pace: all", "outbox.WorkerBeat: all"),
        kept=_("states, numbers, the message's id at the channel"),
        seen=_("administrators see states"),
        gone=_("after %(OUTBOX_DAYS)s"),
    ),
]


def figures():
    """What would be found of what leaves the house right now, list of Figure. Two queries."""
    waiting = Message.objects.filter(sealed__isnull=False, due__in=keyring().days())
    return [
        Figure(Place.DISK, _("messages that wait to be sent, with their text"), counted(waiting)),
        Figure(Place.DISK, _("messages sent, with the address alone"), counted(Message.objects.filter(sealed=None))),
    ]
