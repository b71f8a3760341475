"""The second step of a log-in, and the same proofs before a dangerous step: a code, or a passkey."""

import json

from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base import views as allauth
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from django.contrib.auth.decorators import login_required
from django.utils.decorators import method_decorator

from hotline.staff.actions.factors import factors_of
from hotline.staff.forms.waiting import WaitingForm, told_to_wait
from hotline.staff.models import Kind
from hotline.staff.stages import RESCUED


def told(response, form):
    """`told_to_wait`, for a page whose other form is the passkey's."""
    return told_to_wait(response, form) if isinstance(form, WaitingForm) else response


class SecondStepView(allauth.AuthenticateView):
    """After the password. Nobody is logged in yet."""

    template_name = "staff/account/second_step.html"

    def form_valid(self, form):
        form.save()
        if getattr(form, "used", None) == Kind.RESCUE:
            self.stage.login.state[RESCUED] = True
        return self.stage.exit()

    def form_invalid(self, form):
        return told(super().form_invalid(form), form)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        asked = context["js_data"]["request_options"] if factors_of(self.stage.login.user).passkeys else None
        return {**context, "options": asked and json.dumps(asked)}


@method_decorator(login_required, name="dispatch")
class CodeAgainView(allauth.ReauthenticateView):
    template_name = "staff/account/again.html"

    def form_invalid(self, form):
        return told(super().form_invalid(form), form)


@method_decorator(login_required, name="dispatch")
class PasskeyAgainView(webauthn.ReauthenticateWebAuthnView):
    template_name = "staff/account/again.html"

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form))

    def get_context_data(self, **kwargs):
        # The library's own forgets what it is given, and the ways beside this one.
        context = {**super().get_context_data(), **kwargs}
        return {
            **context,
            "options": json.dumps(context["js_data"]["request_options"]),
            "redirect_field": context.get("redirect_field", ""),
        }


class PasskeyLogInView(webauthn.LoginWebAuthnView):
    """In by a passkey alone, which is two factors at once: the device, and what unlocks it."""

    def form_valid(self, form):
        authenticator = form.cleaned_data["credential"]
        login = Login(user=authenticator.user, redirect_url=get_next_redirect_url(self.request))
        return perform_passwordless_login(self.request, authenticator, login)
