"""The log-in form: whoever guesses waits, whoever owns the account does not."""

import unicodedata

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from hotline.lib.throttle import network_of, throttle

# (tries, seconds): for one user name from one network, and for all names together from one network. Nothing is counted
# for a name alone, so that nobody can lock out an owner who comes from elsewhere; an office may share one network.
FOR_ACCOUNT = ((5, 60), (30, 900))
FOR_NETWORK = ((100, 60),)


class LogInForm(AuthenticationForm):
    """Counts the try before any password is looked at; an unknown and a disabled account get the same words."""

    wait = 0

    error_messages = {
        "invalid_login": _("User name and password do not belong together. Please try again."),
        "inactive": _("User name and password do not belong together. Please try again."),
    }

    def clean(self):
        self.wait = self._seconds_to_wait(self.cleaned_data.get("username", ""))
        if self.wait:
            raise forms.ValidationError(
                ngettext_lazy(
                    "Too many tries. Please wait %(seconds)d second, then try again.",
                    "Too many tries. Please wait %(seconds)d seconds, then try again.",
                    "seconds",
                ),
                code="wait",
                params={"seconds": self.wait},
            )
        return super().clean()

    def _seconds_to_wait(self, username):
        network = network_of(self.request)
        name = unicodedata.normalize("NFKC", username).casefold()
        waits = [throttle(f"log-in-network-{seconds}", network, tries, seconds) for tries, seconds in FOR_NETWORK]
        waits += [throttle(f"log-in-{seconds}", f"{network} {name}", tries, seconds) for tries, seconds in FOR_ACCOUNT]
        return max(waits)
