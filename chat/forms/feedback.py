"""Feedback as whoever guides a line writes it, and a word back."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from chat.actions.feedback import LIMIT
from chat.models import Feedback

HELP = {
    "content": _("What was said: facts, advice, where else the visitor could turn."),
    "course": _("How it went: beginning, pace, listening, end."),
}


class FeedbackForm(forms.Form):
    """`to` are the volunteers who had the conversation, [(code, alias)]; one alone is not asked for."""

    form_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    to = forms.ChoiceField(label=_("Who is it for?"), widget=forms.RadioSelect)

    def __init__(self, *args, to, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = to
        self.fields["to"].initial = to[0][0]
        if len(to) == 1:
            self.fields["to"].widget = forms.HiddenInput()
        for part, title in Feedback.PARTS.items():
            self.fields[part] = forms.CharField(
                label=title,
                help_text=HELP.get(part, ""),
                max_length=LIMIT,
                required=False,
                widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
            )


class AnswerForm(forms.Form):
    # Which word was the last when the page was shown.
    seen = forms.IntegerField(min_value=1, max_value=1000, widget=forms.HiddenInput)
    body = forms.CharField(
        label=_("Your answer"), max_length=LIMIT, widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"})
    )
