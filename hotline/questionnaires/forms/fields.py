"""One form field for each kind of question. What comes out is what JSON can hold: int, str, bool or None."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from hotline.questionnaires.models import Question

# Beyond this nobody counts; it keeps absurd numbers out of JSON and databases.
NUMBER_LIMIT = 1_000_000_000
# More choices than this are a list to pull down instead of a strip.
STRIP_LIMIT = 6
# Texts allowed to be longer than this get a box of several lines.
LINE_LIMIT = 120
REQUIRED = _("Please answer this.")
UNKNOWN_CHOICE = _("Please choose one of these.")


def field_for(question):
    """The form field for `question`, labelled in the reader's language. It carries the question as `.question`."""
    field = BUILDERS[question.kind](
        question,
        required=question.required,
        label=question.text(),
        help_text=question.hint(),
    )
    field.error_messages["required"] = REQUIRED
    field.question = question
    if not isinstance(field.widget, forms.RadioSelect):
        field.widget.attrs["autocomplete"] = "off"
        if question.required:
            field.widget.attrs["aria-required"] = "true"
    return field


def _number(question, **common):
    low = -NUMBER_LIMIT if question.minimum is None else question.minimum
    high = NUMBER_LIMIT if question.maximum is None else question.maximum
    return forms.IntegerField(
        min_value=low,
        max_value=high,
        # type=number would throw away what it cannot read, before anybody could be told what is wrong with it.
        widget=forms.TextInput(attrs={"inputmode": "text" if low < 0 else "numeric"}),
        error_messages={
            "invalid": _("Please write a whole number in digits, such as 3."),
            "min_value": _("Please write %(limit_value)s or more."),
            "max_value": _("Please write %(limit_value)s or less."),
        },
        **common,
    )


class LongText(forms.CharField):
    """A line break counts as one character, as it does for whoever typed it."""

    def to_python(self, value):
        return super().to_python(str(value).replace("\r\n", "\n") if value is not None else value)

    def widget_attrs(self, widget):
        # No maxlength: browsers cut what is pasted without a word.
        return {}


def _text(question, **common):
    limit = question.limit()
    widget = forms.Textarea(attrs={"rows": 2}) if limit > LINE_LIMIT else forms.TextInput()
    return LongText(
        max_length=limit,
        widget=widget,
        error_messages={"max_length": _("This has %(show_value)d characters; at most %(limit_value)d fit.")},
        **common,
    )


class IsoDate(forms.DateField):
    """A date as ISO text; `low` and `high` are the first and the last day allowed, or None."""

    def __init__(self, *, low=None, high=None, **kwargs):
        self.low, self.high = low, high
        limits = {name: day.isoformat() for name, day in (("min", low), ("max", high)) if day}
        super().__init__(
            input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"],
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", **limits}),
            error_messages={"invalid": _("This is not a date. Please write it as day.month.year.")},
            **kwargs,
        )

    def clean(self, value):
        day = super().clean(value)
        if day is None:
            return None
        if self.low and day < self.low:
            raise ValidationError(_("Please choose %(day)s or later."), "too_early", {"day": date_format(self.low)})
        if self.high and day > self.high:
            raise ValidationError(_("Please choose %(day)s or earlier."), "too_late", {"day": date_format(self.high)})
        return day.isoformat()


def _date(question, **common):
    today = timezone.localdate()
    low, high = (
        None if days is None else today + datetime.timedelta(days=days) for days in (question.minimum, question.maximum)
    )
    return IsoDate(low=low, high=high, **common)


def _strip(question, options, field_class=forms.ChoiceField, **common):
    """Few choices stand side by side; what may stay open has a way to say so, since a radio cannot be taken back."""
    if len(options) > STRIP_LIMIT:
        widget = forms.Select()
        options = [("", "—"), *options]
    else:
        widget = forms.RadioSelect()
        if not question.required:
            options = [*options, ("", _("not said"))]
    return field_class(
        choices=options,
        widget=widget,
        error_messages={"invalid_choice": UNKNOWN_CHOICE},
        **common,
    )


def _choice(question, **common):
    return _strip(question, question.options(), **common)


class YesNo(forms.ChoiceField):
    """True, False, or None when nothing was said."""

    SAID = {"yes": True, "true": True, "no": False, "false": False}

    def prepare_value(self, value):
        return {True: "yes", False: "no"}.get(value, value)

    def to_python(self, value):
        return super().to_python({True: "yes", False: "no"}.get(value, value))

    def clean(self, value):
        return self.SAID.get(super().clean(value))


def _yesno(question, **common):
    return _strip(question, [("yes", _("Yes")), ("no", _("No"))], YesNo, **common)


BUILDERS = {
    Question.Kind.NUMBER: _number,
    Question.Kind.CHOICE: _choice,
    Question.Kind.TEXT: _text,
    Question.Kind.DATE: _date,
    Question.Kind.YESNO: _yesno,
}
