"""Who is logged in proves again that it is they."""

from allauth.core import context
from django import forms
from django.utils.translation import gettext_lazy as _

from hotline.lib.throttle import network_of, throttle
from hotline.staff.forms.waiting import WaitingForm

# (tries, seconds) for one account from one network, as at log-in.
TRIES = ((5, 60), (30, 900))


class PasswordAgainForm(WaitingForm):
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, *args, user, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_password(self):
        who = f"{network_of(context.request)} {self.user.pk}"
        self.wait_if(max(throttle(f"again-{seconds}", who, tries, seconds) for tries, seconds in TRIES))
        password = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError(_("This is not your password. Please try again."))
        return password
