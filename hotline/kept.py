"""What lies outside the tables of the rooms: at the machine, for the table of what is kept."""

from datetime import UTC

import redis
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hotline.lib.kept import NOBODY, Figure, Place, Row
from hotline.lib.keyring import keyring

# Seconds: a page does not wait longer for Redis to say how much it holds.
PATIENCE = 2

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
        kept=_("sealed as a whole under a key from the site key; key files are not in them"),
        seen=OPERATIONS,
        gone=_("after %(BACKUP_DAYS)s"),
    ),
    Row(
        datum=_("ledger of erasures"),
        fields=(),
        kept=_("keyed hashes, in files beside the keys"),
        seen=NOBODY,
        gone=_("a day after the last backup that it is for"),
    ),
]


def figures():
    """What would be found at the machine right now, list of Figure. No query."""
    days = keyring().days()
    today = timezone.now().astimezone(UTC).date()
    left = (days[-1] - today).days + 1 if days else 0
    return [
        Figure(Place.DISK, _("days whose keys are there"), len(days)),
        Figure(Place.REDIS, _("short-lived codes and numbers"), _entries_in_redis()),
        Figure(Place.BACKUP, _("days until the last of these keys is gone"), left),
    ]


def _entries_in_redis():
    """How many, int: none without Redis; None when it does not answer."""
    if not settings.REDIS_URL:
        return 0
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
        ) as store:
            return store.dbsize()
    except redis.RedisError:
        return None
