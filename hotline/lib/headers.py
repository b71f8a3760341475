"""What every answer of the house tells the browser besides its content, whoever gives it: Django, a poll, a static file."""

from dataclasses import asdict
from http import HTTPStatus

from csp.constants import HEADER as POLICY
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware


class HeadersMiddleware(CSPMiddleware):
    """Stands before all others, so that nothing goes out without: the content policy, and settings.HEADERS.

    A view may say something else for itself (csp_update, csp_replace, cache_control, a header of its own); none may go
    without, not even an error page of development, which the middleware of django-csp leaves out.
    """

    def process_response(self, request, response):
        """Add to the response (HttpResponse) whatever it does not say already.

        "Not modified" adds nothing: a browser puts its headers over those it keeps (RFC 9111, 4.3.4), and the widget, which
        other websites may load, would be theirs no more.
        """
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            return response
        for name, value in settings.HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault(POLICY, build_policy(**asdict(self.get_policy_parts(request, response))))
        return response


def dressed(request, response):
    """The response (HttpResponse) of an ASGI application that stands beside Django's handler, with the same headers."""
    for middleware in (XFrameOptionsMiddleware, SecurityMiddleware, HeadersMiddleware):
        response = middleware(lambda _request, given=response: given)(request)
    return response


def for_static(headers, path, url):
    """WhiteNoise asks here what else to say with a file. Files are public: other websites load the widget, and the chat's
    frame has no origin of its own where they put it into a sandbox."""
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
