"""Under which key somebody writes in a room that never ends: each day a new one, which dies with what it covers."""

from datetime import timedelta

from django.conf import settings

from chat.models import AuthorKey
from hotline.lib.keyring import keyring


def of_today(participant, latest, now):
    """The AuthorKey for what `participant` writes at `now` (aware datetime) in a locked room that never ends.

    latest: their latest key there, or None; it serves on as long as it lives as long as what is written now.
    """
    due = keyring().due_day(now + timedelta(days=settings.TEAM_ROOM_DAYS))
    return latest if latest is not None and latest.key_due == due else AuthorKey.make(participant, due)
