"""The days and the key files of a keyring."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = NOON.date()
TOMORROW = TODAY + timedelta(days=1)
RECORD_KEY = bytes(range(32))


def file_of(ring, day):
    return ring.folder / f"{day.isoformat()}.key"
