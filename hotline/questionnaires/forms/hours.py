"""Opening hours as people write them: weekly ones in a box for each day, and other hours on single days."""

import datetime
import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS as WEEKDAY_NAMES
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hotline.lib.hours import WEEKDAYS

from .translated import BoxesWidget

SPAN = re.compile(r"^(\d{1,2})(?::(\d{2}))?\s*[-–—]\s*(\d{1,2})(?::(\d{2}))?$")
DATE_FORMATS = ("%Y-%m-%d", "%d.%m.%Y")


def read_spans(text):
    """[[from, to], …] of "08:00–12:00, 14–18". Raises ValueError."""
    return [_span(part) for part in text.split(",") if part.strip()]


def write_spans(spans):
    """The same as people read it."""
    return ", ".join(f"{start}–{end}" for start, end in spans)


def _span(text):
    match = SPAN.match(text.strip())
    if match is None:
        raise ValueError
    return [_clock(match[1], match[2]), _clock(match[3], match[4])]


def _clock(hour, minute):
    hour, minute = int(hour), int(minute or 0)
    if hour == 24 and minute == 0:
        hour = 0
    if hour > 23 or minute > 59:
        raise ValueError
    return f"{hour:02}:{minute:02}"


class HoursField(forms.Field):
    """Weekly hours, a box for each day: "08:00–12:00, 14–18"; what runs over midnight is written 20:00–02:00."""

    def __init__(self, **kwargs):
        boxes = [(day, WEEKDAY_NAMES[number]) for number, day in enumerate(WEEKDAYS)]
        super().__init__(widget=BoxesWidget(boxes), required=False, **kwargs)

    def prepare_value(self, value):
        return {day: spans if isinstance(spans, str) else write_spans(spans) for day, spans in (value or {}).items()}

    def to_python(self, value):
        hours = {}
        for day, text in (value or {}).items():
            try:
                hours[day] = read_spans(text)
            except ValueError:
                name = WEEKDAY_NAMES[WEEKDAYS.index(day)]
                raise ValidationError(
                    _("%(day)s: write the times as 08:00–12:00, 14:00–18:00."), code="invalid", params={"day": name}
                ) from None
        return hours

    def has_changed(self, initial, data):
        return self.prepare_value(initial) != (data or {})


class OtherHoursField(forms.Field):
    """Hours of single days, one day a line: "2026-12-24 10:00–14:00", or "2026-12-24 closed"."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value):
        if not isinstance(value, dict):
            return value
        return "\n".join(f"{day} {write_spans(spans) or gettext('closed')}" for day, spans in sorted(value.items()))

    def to_python(self, value):
        days = {}
        for number, line in enumerate((value or "").splitlines(), start=1):
            if not line.strip():
                continue
            day, _space, rest = line.strip().partition(" ")
            try:
                days[_date(day)] = [] if rest.strip().casefold() in self._closed() else self._spans(rest)
            except ValueError:
                raise ValidationError(
                    _("Line %(number)d: write the day and its times, as 2026-12-24 10:00–14:00, or closed."),
                    code="invalid",
                    params={"number": number},
                ) from None
        return days

    def _closed(self):
        return {"closed", gettext("closed").casefold()}

    def _spans(self, text):
        spans = read_spans(text)
        if not spans:
            raise ValueError
        return spans

    def has_changed(self, initial, data):
        return (self.prepare_value(initial) or "") != (data or "")


def _date(text):
    for known in DATE_FORMATS:
        try:
            return datetime.datetime.strptime(text, known).date().isoformat()
        except ValueError:
            continue
    raise ValueError
