"""What must be said with a flag, and when it is followed up."""

from django import forms
from django.utils.translation import gettext_lazy as _

from chat.actions.flags import REASON_LIMIT


class OutcomeForm(forms.Form):
    outcome = forms.CharField(
        label=_("What came of it?"),
        help_text=_("It stays with the flag, sealed, until the conversation is erased."),
        max_length=REASON_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
