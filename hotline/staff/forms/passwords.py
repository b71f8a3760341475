"""Passwords: the rules stand there before anything is typed."""

from allauth.core import context
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hotline.lib.throttle import network_of, wait_for
from hotline.staff.forms.waiting import WaitingForm


def rules():
    """What settings.AUTH_PASSWORD_VALIDATORS ask of a password, in words of the active language, str."""
    return gettext(
        "At least %(count)d characters. Three or four words that have nothing to do with each other do well; not your "
        "name, and nothing that everybody takes."
    ) % {"count": settings.PASSWORD_LENGTH}


class NewPasswordForm(WaitingForm):
    """A new password, typed twice. user: whose it is going to be."""

    password = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=lazy(rules, str)(),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, user, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_password(self):
        validate_password(self.cleaned_data["password"], self.user)
        return self.cleaned_data["password"]

    def clean_again(self):
        if "password" in self.cleaned_data and self.cleaned_data["again"] != self.cleaned_data["password"]:
            raise forms.ValidationError(_("These two are not the same. Please type both again."))
        return self.cleaned_data["again"]


class ChangePasswordForm(NewPasswordForm):
    """With the present one first (ASVS 6.2.3)."""

    present = forms.CharField(
        label=_("Your password until now"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    field_order = ["present", "password", "again"]

    def clean_present(self):
        self.wait_if(wait_for("log-in-again", f"{network_of(context.request)} {self.user.pk}"))
        if not self.user.check_password(self.cleaned_data["present"]):
            raise forms.ValidationError(_("This is not your password. Please try again."))
        return self.cleaned_data["present"]


class DeviceForm(forms.Form):
    """What somebody calls the browser they sit at."""

    device = forms.CharField(
        label=_("What you call this device"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
