"""The log-in form: whoever guesses waits, whoever owns the account does not."""

import unicodedata

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import UsernameField
from django.utils.translation import gettext_lazy as _

from hotline.lib.throttle import network_of, wait_for
from hotline.staff.forms.waiting import WaitingForm


class LogInForm(WaitingForm):
    """Counts the try before any password is looked at; an unknown and a disabled account get the same words."""

    username = UsernameField(label=_("User name"), max_length=150, widget=forms.TextInput(attrs={"autofocus": True}))
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def __init__(self, request=None, *args, **kwargs):
        self.request, self.user = request, None
        super().__init__(*args, **kwargs)

    def clean(self):
        self.wait_if(self._seconds_to_wait(self.cleaned_data.get("username", "")))
        given = {name: self.cleaned_data.get(name) for name in ("username", "password")}
        if all(given.values()):
            self.user = authenticate(self.request, **given)
            if self.user is None:
                raise forms.ValidationError(_("User name and password do not belong together. Please try again."))
        return self.cleaned_data

    def login(self, request, redirect_url=None):
        """What the page does with a form that is right: the next step of the log-in, HttpResponse."""
        return perform_password_login(request, {}, Login(user=self.user, redirect_url=redirect_url))

    def _seconds_to_wait(self, username):
        network = network_of(self.request)
        name = unicodedata.normalize("NFKC", username).casefold()
        return max(wait_for("log-in-network", network), wait_for("log-in", f"{network} {name}"))
