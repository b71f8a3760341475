"""What is forgotten on time."""

from datetime import datetime, timedelta

from hotline.telegram.actions.updates import forget

KEEP_NUMBERS = timedelta(days=7)


def erase_old(now: datetime) -> int:
    """Erase updates that nobody handled within the hour and the numbers of those older than a week; how many rows."""
    return forget(now, KEEP_NUMBERS)
