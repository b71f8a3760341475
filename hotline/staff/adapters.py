"""Where django-allauth asks the house: it logs in by user name, writes no e-mail of its own, and learns no address."""

from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from hotline.lib.throttle import network_of

PASSKEY_OPTIONS = "mfa_login_webauthn"
METHODS = {
    "reauthenticate": _("Use your password"),
    "mfa_reauthenticate": _("Use a code from your authenticator app"),
    "mfa_reauthenticate:webauthn": _("Use your passkey"),
}


class AccountAdapter(DefaultAccountAdapter):
    """Log-in and log-out. Tries are counted by our forms, messages and e-mails are written by our actions."""

    def is_open_for_signup(self, request):
        return False

    def get_client_ip(self, request):
        """The mark of a network (hashed, hourly) in place of an address: it becomes part of keys in the cache."""
        return network_of(request)

    def get_http_user_agent(self, request):
        return ""

    def is_safe_url(self, url):
        """Only this very house, not every name that it may answer to."""
        request = self.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def is_ajax(self, request):
        """Pages are pages; the one answer in JSON is what a browser needs to ask for a passkey."""
        return request.resolver_match.url_name == PASSKEY_OPTIONS and super().is_ajax(request)

    def pre_authenticate(self, request, **credentials):
        return None

    def add_message(self, request, level, message_template=None, message_context=None, extra_tags="", message=None):
        """Words that we chose; never one of the library's own texts."""
        if message:
            super().add_message(request, level, extra_tags=extra_tags, message=message)

    def send_notification_mail(self, *args, **kwargs):
        return None

    def get_login_stages(self):
        """After the password: the second factor; and where it is missing and asked for, its setting up."""
        return ["allauth.mfa.stages.AuthenticateStage", "hotline.staff.stages.SetUpStage"]

    def respond_user_inactive(self, request, user):
        return HttpResponseRedirect(reverse("account_login"))

    def get_reauthentication_methods(self, user):
        return [{**one, "description": METHODS[one["id"]]} for one in super().get_reauthentication_methods(user)]


class FactorAdapter(DefaultMFAAdapter):
    """Second factors. Secrets are sealed for their account by actions/factors.py; the library keeps none itself."""

    error_messages = {
        "incorrect_code": _("This passkey was not accepted. Please try again."),
    }

    def encrypt(self, text):
        raise TypeError("Secrets are sealed for their account: hotline/staff/actions/factors.py.")

    decrypt = encrypt

    def get_public_key_credential_rp_entity(self):
        return {"id": urlsplit(settings.BASE_URL).hostname, "name": settings.HOTLINE_NAME}

    def get_public_key_credential_user_entity(self, user):
        """The account's random number, and what its owner reads when the browser asks which passkey."""
        return {"id": user.pk.hex.encode(), "display_name": user.alias, "name": user.username}
