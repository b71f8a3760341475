"""The page for humans: every phone beside the others, in the language of the reader."""

from io import BytesIO

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.template.loader import render_to_string
from django.utils import translation

from hotline.lib.languages import LANGUAGES

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def render(scope: dict) -> tuple[bytes, str, dict[str, str]]:
    """Body, content type and headers of the page."""
    request = ASGIRequest(scope, BytesIO())
    context = {"name": settings.HOTLINE_NAME, "home": settings.BASE_URL + "/", "languages": LANGUAGES}
    with translation.override(translation.get_language_from_request(request)):
        text = render_to_string("telegram/simulator/page.html", context)
    return text.encode(), "text/html; charset=utf-8", HEADERS
