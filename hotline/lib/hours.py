"""Weekly opening hours, as data: {weekday: [[from, to], …]}, as {"mon": [["08:00", "20:00"]]}."""

import zoneinfo
from datetime import date, datetime, time, timedelta

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# How far ahead the next opening is looked for.
HORIZON_DAYS = 60

Spans = list[list[str]]


def within_hours(
    hours: dict[str, Spans], time_zone: str, at: datetime, exceptions: dict[str, Spans] | None = None
) -> bool:
    """
    Whether `at` (aware) lies in the hours of `time_zone`; a span may run over midnight. Empty hours mean always.

    exceptions: {"2026-12-24": [["10:00", "14:00"]]}, which replace the hours of that day; an empty list is a day off.
    """
    if not hours and not exceptions:
        return True
    local = at.astimezone(zoneinfo.ZoneInfo(time_zone))
    now = local.strftime("%H:%M")
    for start, end in _of_day(hours, exceptions, local.date()):
        if start <= now and (end <= start or now < end):
            return True
    yesterday = _of_day(hours, exceptions, local.date() - timedelta(days=1))
    return any(end <= start and now < end for start, end in yesterday)


def next_opening(
    hours: dict[str, Spans], time_zone: str, at: datetime, exceptions: dict[str, Spans] | None = None
) -> datetime | None:
    """The next moment after `at` (both aware) at which a span begins; None when there is none in HORIZON_DAYS."""
    zone = zoneinfo.ZoneInfo(time_zone)
    local = at.astimezone(zone)
    for number in range(HORIZON_DAYS + 1):
        day = local.date() + timedelta(days=number)
        starts = sorted(start for start, _end in _of_day(hours, exceptions, day))
        for start in starts:
            opening = datetime.combine(day, time.fromisoformat(start), tzinfo=zone)
            if opening > at:
                return opening
    return None


def _of_day(hours: dict[str, Spans], exceptions: dict[str, Spans] | None, day: date) -> Spans:
    special = (exceptions or {}).get(day.isoformat())
    if special is not None:
        return special
    return hours.get(WEEKDAYS[day.weekday()], []) if hours else [["00:00", "00:00"]]
