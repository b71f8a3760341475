"""Codes and passkeys, at log-in, before a dangerous step, and when they are set up."""

from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _

from hotline.lib.throttle import network_of, wait_for
from hotline.staff.actions import factors, rescue
from hotline.staff.forms.waiting import WaitingForm
from hotline.staff.models import Kind

CODE = forms.TextInput(
    attrs={
        "autocomplete": "one-time-code",
        "autocapitalize": "characters",
        "spellcheck": "false",
        "autofocus": True,
    }
)


class CodeForm(WaitingForm):
    """A code of the app, or a recovery code. A code that was used is used up, also when the form is sent twice."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=CODE,
        help_text=_("Six digits from your authenticator app, or one of the recovery codes that you wrote down."),
    )
    reauthenticated = None

    def __init__(self, *args, user, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_code(self):
        here = wait_for("second-step", f"{network_of(context.request)} {self.user.pk}")
        anywhere = wait_for("second-step-anywhere", str(self.user.pk))
        if anywhere:
            factors.tell_of_guessing(self.user)
        self.wait_if(max(here, anywhere))
        code = self.cleaned_data["code"]
        self.used = self.use(code)
        if self.used is None:
            raise forms.ValidationError(
                _("This code opens nothing. Each works once: wait for the next one, then type that.")
            )
        return code

    def use(self, code):
        """What `code` was, str; None when it opens nothing."""
        return factors.use_code(self.user, code)

    def save(self):
        record_authentication(context.request, self.user, "mfa", type=self.used, reauthenticated=self.reauthenticated)


class SecondStepForm(CodeForm):
    """At the log-in a code that a colleague read out is as good, once; then what was lost is replaced."""

    def use(self, code):
        if used := super().use(code):
            return used
        return Kind.RESCUE.value if rescue.use_rescue_code(self.user, code) else None


class CodeAgainForm(CodeForm):
    """Before a dangerous step."""

    reauthenticated = True


class AppForm(WaitingForm):
    """The first code of a new authenticator app: the proof that it has the secret."""

    code = forms.CharField(
        label=_("The six digits that the app shows now"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class PasskeyForm(forms.Form):
    """What the browser answered to our question for a new passkey, checked against that question."""

    name = forms.CharField(
        label=_("What you call it"),
        max_length=60,
        required=False,
        help_text=_("So that you know it again, as “my phone”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    credential = forms.JSONField(widget=forms.HiddenInput)

    def clean_name(self):
        return self.cleaned_data["name"] or str(_("Passkey"))

    def clean_credential(self):
        credential = self.cleaned_data["credential"]
        if not isinstance(credential, dict):
            raise forms.ValidationError(NOT_ACCEPTED)
        webauthn.parse_registration_response(credential)
        if not webauthn.complete_registration(credential).is_user_verified():
            raise forms.ValidationError(NOT_ACCEPTED)
        return credential


NOT_ACCEPTED = _("This passkey was not accepted. Please try again.")
