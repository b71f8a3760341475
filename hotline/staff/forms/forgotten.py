"""Ways in for whoever has no password at hand."""

import unicodedata

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hotline.lib.throttle import allow, network_of, wait_for
from hotline.staff.actions import invitations
from hotline.staff.models import Kind


class ForgottenForm(forms.Form):
    """Whose password it is."""

    name = forms.CharField(
        label=_("Your user name or your e-mail address"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )

    def send(self, request):
        """Ask for the letter, which comes if there is such an account. Raises TooOften for the network, whatever the name."""
        allow("password-letter", network_of(request))
        name = unicodedata.normalize("NFKC", self.cleaned_data["name"]).casefold()
        if not wait_for("password-letter-account", name):
            invitations.ask_forgotten(self.cleaned_data["name"])


class TypedCodeForm(forms.Form):
    """A code that somebody handed over, for an invitation or for a new password. `address`: the page it opens."""

    code = forms.CharField(
        label=_("Your code"),
        max_length=40,
        help_text=_("Ten letters and digits, as K7QX2-M4T9Z. Small or capital does not matter."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "autofocus": True}
        ),
    )

    def clean_code(self):
        code = self.cleaned_data["code"].strip()
        for kind, page in ((Kind.INVITATION, "staff:invitation"), (Kind.PASSWORD, "staff:new_password")):
            way = invitations.find(kind, code)
            if way and invitations.is_open(way):
                self.address = reverse(page, args=[code])
                return code
        raise forms.ValidationError(
            _("This code opens nothing. It is mistyped, was used already, or its time is over.")
        )
