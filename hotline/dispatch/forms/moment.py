"""A moment as somebody types it who listens at the same time: "18", "18:30", "24.12.", "24.12. 18:30"."""

import re
from datetime import date, datetime, time, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Nobody plans help further ahead; it catches a mistyped year.
FURTHEST = timedelta(days=366)
_TIME = r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?(?:\s*(?:h|uhr))?"
_DAY = r"(?P<day>\d{1,2})[./](?P<month>\d{1,2})(?:[./](?P<year>\d{4}|\d{2})?)?"
_ISO = r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
_FORMS = [
    re.compile(form, re.IGNORECASE) for form in (_DAY, _ISO, rf"{_DAY}[\s,]+{_TIME}", rf"{_ISO}[T\s]+{_TIME}", _TIME)
]


class Moment(forms.Field):
    """An aware datetime or None, in the house's time zone, typed into a plain box.

    A time alone is the next one that comes; a day alone lasts until its end; a day without a year is the next such day.
    `kept`: the moment that stood there before, which may stay though it is over by now.
    """

    kept = None

    widget = forms.TextInput(attrs={"autocomplete": "off"})
    default_error_messages = {
        "unclear": _("This is no time we can read. Write 18:00, or 24.12. 18:00."),
        "past": _("This is over already."),
        "far": _("This is more than a year away."),
    }

    def prepare_value(self, value):
        return timezone.localtime(value).strftime("%d.%m.%Y %H:%M") if isinstance(value, datetime) else value

    def to_python(self, value):
        typed = (value or "").strip()
        if not typed:
            return None
        if self.kept is not None and typed == self.prepare_value(self.kept):
            return self.kept
        now = timezone.localtime()
        moment = next(filter(None, (_read(form.fullmatch(typed), now) for form in _FORMS)), None)
        if moment is None:
            raise ValidationError(self.error_messages["unclear"], "unclear")
        if moment < now:
            raise ValidationError(self.error_messages["past"], "past")
        if moment - now > FURTHEST:
            raise ValidationError(self.error_messages["far"], "far")
        return moment


def _read(found, now):
    """The aware datetime of a match, or None when there is no match, no such day or no such time."""
    if found is None:
        return None
    parts = {name: int(number) for name, number in found.groupdict().items() if number}
    try:
        clock = time(parts["hour"], parts.get("minute", 0)) if "hour" in parts else time(23, 59)
        if "day" not in parts:
            today = _at(now.date(), clock, now)
            return today if today >= now else _at(now.date() + timedelta(days=1), clock, now)
        year = parts.get("year")
        if year is not None:
            return _at(date(year if year > 99 else 2000 + year, parts["month"], parts["day"]), clock, now)
        this_year = _at(date(now.year, parts["month"], parts["day"]), clock, now)
        return this_year if this_year >= now else _at(date(now.year + 1, parts["month"], parts["day"]), clock, now)
    except ValueError:
        return None


def _at(day, clock, now):
    return datetime.combine(day, clock, tzinfo=now.tzinfo)
