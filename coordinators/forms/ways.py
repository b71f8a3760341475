"""How a further way to a local coordinator is written down."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class WayForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class MailboxForm(WayForm):
    address = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("A letter goes there. It is used once somebody pressed the button behind the letter's link."),
    )
    field_order = ["address", "language"]


class WebhookForm(WayForm):
    url = forms.CharField(
        label=_("Address of their system"),
        max_length=500,
        help_text=_("It begins with https://. It is called at once, and used when it answers as docs/webhook.md says."),
    )
    field_order = ["url", "language"]
