"""Where django-allauth asks the house: it logs in by user name, writes no e-mail of its own, and learns no address."""

from allauth.account.adapter import DefaultAccountAdapter
from django.utils.http import url_has_allowed_host_and_scheme

from hotline.lib.throttle import network_of

PASSKEY_OPTIONS = "mfa_login_webauthn"


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
