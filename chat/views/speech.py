"""The language in which a visitor is answered. No cookie holds it: it comes with every request."""

from django.conf import settings
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header


def language_of(request, line=None):
    """The language of the interface (str) for this visitor: asked for in the address, or by their browser.

    With `line` (Line) only its languages come into question, the first of them when nothing fits.
    """
    wished = [request.GET.get("language", "")]
    wished += [code for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", ""))]
    return nearest(wished, line)


def nearest(wished, line=None):
    """The language of the interface (str) for these wishes (codes, best first), as in `language_of`."""
    offered = [
        code for code in (line.languages if line else dict(settings.LANGUAGES)) if code in dict(settings.LANGUAGES)
    ]
    for wish in wished:
        for code in (wish, wish.partition("-")[0], "nb" if wish.startswith(("no", "nn")) else ""):
            if code in offered:
                return code
    return offered[0] if offered else translation.get_language() or settings.LANGUAGE_CODE


def voice(language, line):
    """The catalogue (str, for `translation.override`) in which `line` (Line) speaks `language` to its visitors."""
    return "de-sie" if language == "de" and line.formal_address else language


def speak_for(request, line):
    """From here on the answer to `request` speaks as `line` does, until the caller's `translation.override` ends."""
    translation.activate(voice(language_of(request, line), line))


def spoken_language(request, line):
    """The language (str) in which the visitor wants to talk: one of the line's, also one the interface does not have."""
    wish = request.GET.get("language", "")
    return wish if wish in line.languages else language_of(request, line)
