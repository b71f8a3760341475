"""
What somebody is told when a request did not work: in words, in their language, as a page, a part of one, or JSON.

Each answer has a random code, which stands in the log's line of the same request: what the reader reads out, operations
find. Nothing here asks the database, and the page comes without style when the files cannot be found.
"""

import logging
import sys
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.core.exceptions import (
    BadRequest,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.deprecation import MiddlewareMixin
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.debug import ExceptionReporter

from hotline.lib.codes import public_code
from hotline.lib.crypto import Unreadable
from hotline.lib.keyring import KeyGone
from hotline.lib.throttle import TooOften

logger = logging.getLogger(__name__)

# The header in which a script finds the code, for the words that it shows itself.
HEADER = "X-Trouble"
# Seconds after which one may try again when the house cannot work at the moment.
AWAY_SECONDS = 30
TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
AWAY = (OperationalError, InterfaceError)


@dataclass(frozen=True)
class Trouble:
    """One kind of it. icon: name of a file in templates/icons; title, words, more: what it is, why, and what to do."""

    status: int
    icon: str
    title: Promise
    words: Promise
    more: Promise


TROUBLES = {
    "bad_request": Trouble(
        400,
        "alert",
        _("We could not read that"),
        _("Something about what your browser sent was not in order, so nothing was done with it."),
        _("Go back, load the page again and try once more."),
    ),
    "forbidden": Trouble(
        403,
        "lock",
        _("You may not do this"),
        _("Your account does not have the right for this page."),
        _("If you need it for your work, ask your coordinator."),
    ),
    "stale_form": Trouble(
        403,
        "again",
        _("This page was open for too long"),
        _("For your safety the form was not accepted, and nothing was changed."),
        _("Go back, load the page again and send it once more. Cookies must be allowed for this site."),
    ),
    "not_found": Trouble(
        404,
        "search",
        _("There is no such page"),
        _("It may have been moved or removed, or it is not for this account."),
        _("Check the address, or go on from the start."),
    ),
    "button_only": Trouble(
        405,
        "back",
        _("This page opens by a button only"),
        _("Nothing was changed. The address takes what a form sends and shows nothing by itself."),
        _("Go back to the page with the button, or on from the start."),
    ),
    "lost": Trouble(
        410,
        "lock",
        _("This can no longer be read"),
        _("The key under which it was sealed is gone, as after keys were destroyed. Nothing was changed."),
        _("What you know of it can be written down anew."),
    ),
    "too_large": Trouble(
        413,
        "alert",
        _("That was too much at once"),
        _("What your browser sent is larger than the house takes, so nothing was done with it."),
        _("Go back, make it shorter or send it in parts."),
    ),
    "too_many": Trouble(
        429,
        "clock",
        _("Slowly, please"),
        _("Too many tries came from your network or your account in a short time, so this one was not looked at."),
        _("Wait a little, then send it once more. Nothing is lost by waiting."),
    ),
    "failed": Trouble(
        500,
        "help",
        _("That was our fault"),
        _("Something broke inside the house. It has been noted, and what was saved before is safe."),
        _("Wait a moment and try again. If somebody needs help right now, do not wait: use the telephone."),
    ),
    "away": Trouble(
        503,
        "pause",
        _("Back in a moment"),
        _("The house is being restarted or is very busy."),
        _("Try again in a minute. If somebody needs help right now, do not wait: use the telephone."),
    ),
}


def told(request, name, *, words=None, retry_after=None):
    """The answer (HttpResponse) to a request that met the trouble of this name (a key of TROUBLES).

    words: instead of the table's own; retry_after: seconds (int). Notes the code at the request, for the log.
    """
    trouble = TROUBLES[name]
    request.trouble = public_code()
    words = str(words or trouble.words)
    if request.path.startswith("/chat/api/") or request.get_preferred_type(["text/html", "application/json"]) not in (
        "text/html",
        None,
    ):
        response = JsonResponse({"code": name, "detail": words, "trouble": request.trouble})
    else:
        response = HttpResponse(_page(request, trouble, words))
    response.status_code = trouble.status
    response[HEADER] = request.trouble
    if retry_after:
        response["Retry-After"] = str(retry_after)
    return response


def _page(request, trouble, words):
    context = {"trouble": trouble, "words": words, "code": request.trouble}
    try:
        if request.headers.get("HX-Request"):
            return render_to_string("includes/trouble.html", context)
        return render_to_string("trouble.html", context | _kept(request, trouble))
    except Exception as error:
        logger.error("The page of an error could not be made: %s", type(error))
        return render_to_string("trouble_plain.html", context)


def _kept(request, trouble):
    """What is still in hand of a form that was refused: sent once more, or copied where the right to it has gone."""
    form = _again(request)
    if trouble is TROUBLES["forbidden"] and form:
        return {"typed": [value for _name, value in form["fields"] if " " in value.strip()]}
    return {"again": form if trouble.status == 429 else None}


def _again(request):
    """What sends a refused form once more, so that nothing need be typed again: {path, token, fields}; None for a GET.

    A password is not repeated: it would stand in the page.
    """
    if request.method != "POST":
        return None
    hidden = ("csrfmiddlewaretoken",)
    fields = [(name, value) for name, values in request.POST.lists() for value in values if name not in hidden]
    if any("password" in name for name, _value in fields):
        return None
    return {"path": request.get_full_path(), "token": get_token(request), "fields": fields}


def bad_request(request, exception=None):
    """Django's handler400."""
    return told(request, "too_large" if isinstance(exception, TOO_LARGE) else "bad_request")


def forbidden(request, exception=None):
    """Django's handler403."""
    return told(request, "forbidden")


def csrf_failed(request, reason=""):
    """settings.CSRF_FAILURE_VIEW."""
    return told(request, "stale_form")


def not_found(request, exception=None):
    """Django's handler404."""
    return told(request, "not_found")


def failed(request):
    """Django's handler500, called while the exception is at hand."""
    return broken(request, sys.exc_info()[1])


def broken(request, error):
    """The answer when `error` (exception) came through: the database is away, or the fault is ours."""
    if isinstance(error, AWAY):
        return told(request, "away", retry_after=AWAY_SECONDS)
    return told(request, "failed")


class TroubleMiddleware(MiddlewareMixin):
    """Tells in words what views raise or leave without any, and in development the same: visitors try the demo."""

    def process_exception(self, request, exception):
        """The answer to what a view raised, or None for what Django's handlers tell."""
        if isinstance(exception, TooOften):
            return told(request, "too_many", words=exception, retry_after=exception.seconds)
        if isinstance(exception, (Unreadable, KeyGone)):
            logger.error("Something sealed did not open: %s", type(exception))
            return told(request, "lost")
        if isinstance(exception, Http404) and settings.DEBUG:
            return not_found(request)
        return None

    def process_response(self, request, response):
        """An address that there is not, in development; one that takes no GET, or nothing but."""
        if response.status_code == 404 and request.resolver_match is None and settings.DEBUG:
            return not_found(request)
        if response.status_code == 405 and not response.content:
            answer = told(request, "button_only")
            answer["Allow"] = response["Allow"]
            return answer
        return response


class Reporter(ExceptionReporter):
    """In development Django shows the program and its values to whoever is there; ours shows what production does."""

    def get_traceback_html(self):
        """The page, as text."""
        refused = isinstance(self.exc_value, (SuspiciousOperation, BadRequest))
        tell = partial(bad_request, exception=self.exc_value) if refused else partial(broken, error=self.exc_value)
        return tell(self.request).content.decode()

    get_traceback_text = get_traceback_html
