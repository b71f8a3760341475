"""What the forms of the desk share: nothing typed is ever dropped, whatever is wrong with it."""

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from hotline.questionnaires.forms.fields import LongText

TOO_LONG = {"max_length": _("This has %(show_value)d characters; at most %(limit_value)d fit.")}


def line(label, length, **options):
    """A text field whose length is checked here and not cut by the browser."""
    rows = options.pop("rows", 1)
    widget = forms.Textarea(attrs={"rows": rows}) if rows > 1 else forms.TextInput()
    widget.attrs["autocomplete"] = "off"
    options.setdefault("required", False)
    return LongText(label=label, max_length=length, widget=widget, error_messages=TOO_LONG, **options)


def row_id(text):
    """The number (int) in what a list sent as its choice, or None."""
    return int(text) if text.isdecimal() and len(text) < 18 else None


def silence(form):
    """Let a bound form be shown as it was typed and without a word about it, as for a draft."""
    form._errors, form.cleaned_data = ErrorDict(), {}


class QuietForm(forms.Form):
    """`quiet`: show what was typed and say nothing about it."""

    use_required_attribute = False

    def __init__(self, *args, quiet=False, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        if quiet and self.is_bound:
            silence(self)
