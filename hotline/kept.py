"""What lies outside the tables of the rooms: at the machine, for the table of what is kept."""

from django.utils.translation import gettext_lazy as _

from hotline.lib.kept import NOBODY, Row

OPERATIONS = _("whoever runs the machine")

ROWS = [
    Row(
        datum=_("address of a browser"),
        fields=(),
        kept=_("not stored, not logged; a keyed hash of its /24 or /48 under an hourly key, in the cache"),
        seen=NOBODY,
        gone=_("after an hour"),
    ),
    Row(
        datum="Redis",
        fields=(),
        kept=_("codes and numbers only, nothing on disk"),
        seen=NOBODY,
        gone=_("after a minute; what counts tries after an hour"),
    ),
    Row(
        datum=_("logs"),
        fields=(),
        kept=_("no bodies, tokens, query strings, addresses; no access log"),
        seen=OPERATIONS,
        gone=_("after 7 days, by the machine's own rotation"),
    ),
    Row(
        datum=_("backups"),
        fields=(),
        kept=_("what is sealed stays sealed; key files are not in them"),
        seen=OPERATIONS,
        gone=_("after 14 days"),
    ),
]
