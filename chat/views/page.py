"""The visitor's page, alone and in a frame on other websites, and the colour that a line gave it."""

import re
from datetime import timedelta

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from chat.models import Line
from chat.views.api import state_of
from chat.views.speech import language_of, spoken_language, voice
from hotline.lib.languages import SPOKEN, localized
from hotline.questionnaires.forms.answers import answers_form

# While one develops, a page on another port of this machine may show the frame.
LOCAL = ["http://localhost:*", "http://127.0.0.1:*"]
ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?")
NUMBER = re.compile(r"\+?[\d ()/-]+")


@require_safe
def page(request, slug):
    """The line's page on its own. Nobody may frame it."""
    return _page(request, _line(slug), framed=False)


@require_safe
@xframe_options_exempt
def frame(request, slug):
    """The same for the widget, framed by this house and the line's hosts alone."""
    return _page(request, _line(slug), framed=True)


def _page(request, line, *, framed):
    return visitor_page(
        request, line, "chat/visitor/page.html", lambda: shown(request, line, framed=framed), framed=framed
    )


def visitor_page(request, line, template, context, *, framed):
    """The response with a page for visitors of `line`: in its language and time, and framed by its hosts alone.

    context: function that gives what the template needs (dict).
    """
    # in the line's own time, for whoever has no script
    language = language_of(request, line)
    with translation.override(voice(language, line)), timezone.override(line.time_zone):
        response = render(request, template, context() | {"interface": language})
    response["Content-Language"] = language
    if framed:
        # a host page that isolates itself refuses a frame without it
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
    hosts = [host for host in line.hosts if ORIGIN.fullmatch(host)] + (LOCAL if settings.DEBUG else [])
    # In place of the house's own: no policy may make markup here, and the frame is for some websites.
    ours = {"trusted-types": ["'none'"], "frame-ancestors": [SELF, *hosts] if framed else [NONE]}
    return csp_replace(ours)(lambda _request: response)(request)


def of_line(request, line, *, framed):
    """What every page for its visitors shows of a line."""
    language = spoken_language(request, line)
    return {
        "line": line,
        "framed": framed,
        "spoken": language,
        "languages": [(code, SPOKEN.get(code, code), code == language) for code in line.languages],
        "alternatives": [entry | {"link": _link(entry["address"])} for entry in line.alternatives],
        "suggested": localized(line.suggested_aliases) or [],
        "retention": _span(line.retention),
        **{name: localized(getattr(line, name)) for name in TEXTS},
    }


def shown(request, line, *, framed):
    """What the template needs."""
    state = state_of(line, timezone.now())
    return of_line(request, line, framed=framed) | {
        "state": state["state"],
        "waiting": state["waiting"],
        "wait_seconds": state["wait_seconds"],
        "opens_at": state["opens_at"] and parse_datetime(state["opens_at"]),
        "feedback_days": _span(timedelta(days=settings.FEEDBACK_DAYS)),
        "questions": answers_form(line.questions),
        "survey": _survey(line),
    }


TEXTS = ("welcome", "danger", "privacy", "when_closed", "when_full", "when_paused", "goodbye")


def _survey(line):
    form = answers_form(line.survey)
    if not form.fields:
        return None
    form.auto_id = "survey_%s"  # the questions before the chat stand on the same page
    return form


def _span(retention):
    """A timedelta in words, in its largest whole unit."""
    minutes = round(retention.total_seconds() / 60)
    if minutes % 1440 == 0:
        return ngettext("%(count)d day", "%(count)d days", minutes // 1440) % {"count": minutes // 1440}
    if minutes % 60 == 0:
        return ngettext("%(count)d hour", "%(count)d hours", minutes // 60) % {"count": minutes // 60}
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


def _link(address):
    """Where a tap on another number leads, or nothing."""
    if address.startswith(("https://", "tel:")):
        return address
    return f"tel:{re.sub(r'[^+0-9]', '', address)}" if NUMBER.fullmatch(address) else ""


@require_safe
@cache_control(public=True, max_age=3600)
def colour(request, slug, colour):
    """The line's colour as a style sheet; the colour stands in the address, so that a new one is fetched."""
    if not re.fullmatch(r"[0-9a-f]{6}", colour):
        raise Http404
    response = HttpResponse(STYLE % {"colour": f"#{colour}"}, content_type="text/css")
    # as the house's own style sheets: a frame in a sandbox has no origin
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


# Lines take colours on which white can be read. In the dark the same colour is made light.
STYLE = """:root {
  --accent: light-dark(%(colour)s, color-mix(in oklab, %(colour)s 45%%, white));
  --accent-strong: light-dark(color-mix(in oklab, %(colour)s 82%%, black), color-mix(in oklab, %(colour)s 32%%, white));
  --accent-ink: light-dark(#ffffff, #0b1214);
  --accent-wash: light-dark(color-mix(in oklab, %(colour)s 11%%, white), color-mix(in oklab, %(colour)s 26%%, #171c1f));
}
"""


def _line(slug):
    line = Line.objects.filter(slug=slug).select_related("questions", "survey").first()
    if line is None:
        raise Http404
    return line
