"""Pages speak the language that their reader has chosen for good."""

from django.utils import translation
from django.utils.deprecation import MiddlewareMixin


class LanguageMiddleware(MiddlewareMixin):
    """After log-in the account's language counts, not the browser's; stands behind LocaleMiddleware and log-in."""

    def process_request(self, request):
        if request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
