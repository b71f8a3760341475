"""What must be said with a hold."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from chat.models import Conversation


class HoldForm(forms.Form):
    days = forms.IntegerField(
        label=_("Days from now"),
        help_text=_("The visitor sees until when it is kept, and can still delete it."),
        min_value=1,
        max_value=settings.CONVERSATION_HOLD_DAYS,
    )
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("A few words for its volunteer and the audit; nothing that was said."),
        max_length=Conversation._meta.get_field("hold_reason").max_length,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )
