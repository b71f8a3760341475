"""Who is logged in proves again that it is they."""

from allauth.core import context
from django import forms
from django.utils.translation import gettext_lazy as _

from hotline.lib.throttle import network_of, wait_for
from hotline.staff.forms.waiting import WaitingForm


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
        self.wait_if(wait_for("log-in-again", f"{network_of(context.request)} {self.user.pk}"))
        password = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError(_("This is not your password. Please try again."))
        return password
