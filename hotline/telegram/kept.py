"""What the bot keeps of what Telegram sent, for the table of what is kept."""

from django.utils.translation import gettext_lazy as _

from hotline.lib.kept import NOBODY, PLAIN, Figure, Place, Row, counted
from hotline.lib.keyring import keyring
from hotline.telegram.models import TelegramUpdate

ROWS = [
    Row(
        datum=_("Telegram updates"),
        fields=("telegram.TelegramUpdate: sealed due",),
        kept=_("under the day key until handled"),
        seen=_("the bot"),
        gone=_("when handled, at the latest after an hour"),
    ),
    Row(
        datum=_("their numbers, who fetches them"),
        fields=("telegram.TelegramUpdate: all", "telegram.Lease: all"),
        kept=PLAIN,
        seen=NOBODY,
        gone=_("after 7 days"),
    ),
]


def figures():
    """What would be found of Telegram's updates right now, list of Figure. One query."""
    unhandled = TelegramUpdate.objects.filter(sealed__isnull=False, due__in=keyring().days())
    return [Figure(Place.DISK, _("Telegram updates not handled yet"), counted(unhandled))]
