"""What every call under /chat/api/ has in common: who asks, in which language, how often, and how it is told no."""

import json
from functools import wraps

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt

from chat.actions import conversations
from chat.views.speech import language_of, speak_for
from hotline.lib.errors import Refused
from hotline.lib.throttle import TooOften, allow, network_of
from hotline.live.frames import CODES, MAX_FRAME_BYTES
from hotline.staff.permissions import NotAllowed

STATUS = {
    "unknown": 404,
    "not_found": 404,
    "unknown_room": 404,
    "not_allowed": 403,
    "removed": 403,
    "not_known": 401,
    "bad_frame": 400,
    "too_large": 413,
    "too_fast": 429,
    "too_many": 429,
}


class NotKnown(Refused):
    code = "not_known"
    message = gettext_lazy("This device is not in a conversation any more.")


class BadCall(Refused):
    code = "bad_frame"
    message = CODES["bad_frame"]


class TooLarge(Refused):
    code = "too_large"
    message = CODES["too_large"]


def call(*methods, limit):
    """Make a view one call of the interface: JSON out, no cookie, as often as settings.LIMITS[limit] lets a network.

    What it raises as Refused becomes {"code", "detail"} in the visitor's language; 409 unless STATUS says another.
    """

    def decorate(view):
        @csrf_exempt
        @wraps(view)
        def answer(request, *args, **kwargs):
            with translation.override(language_of(request)):
                if request.method not in methods:
                    response = refusal(405, "bad_frame", CODES["bad_frame"])
                    response["Allow"] = ", ".join(methods)
                    return response
                try:
                    allow(limit, network_of(request))
                    return view(request, *args, **kwargs)
                except Refused as refused:
                    return refused_by(refused)
                except Http404:
                    return refusal(404, "unknown", _("There is no such chat."))

        return answer

    return decorate


def refusal(status, code, detail, **more):
    """The one shape of an error."""
    return JsonResponse({"code": code, "detail": str(detail), **more}, status=status)


def refused_by(refused):
    """The answer to a call that was refused (Refused)."""
    response = refusal(STATUS.get(refused.code, 409), refused.code, refused)
    if isinstance(refused, TooOften):
        response["Retry-After"] = str(refused.seconds)
    return response


def invalid(fields):
    """What was sent cannot be taken as it is; fields: {name: what is wrong}."""
    return refusal(400, "invalid", _("Something is missing or not right. Nothing you typed is lost."), fields=fields)


def body_of(request):
    """The request's JSON object, dict; {} for an empty body. Raises BadCall, TooLarge."""
    try:
        raw = request.body
    except RequestDataTooBig:
        raise TooLarge from None
    if len(raw) > MAX_FRAME_BYTES:
        raise TooLarge
    if not raw:
        return {}
    try:
        data = json.loads(raw)
        # Half a surrogate pair is valid JSON but no text that could be stored.
        json.dumps(data, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise BadCall from None
    if not isinstance(data, dict):
        raise BadCall
    return data


def token_of(request):
    """The token of the Authorization header, or None when there is none."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def visitor_of(request):
    """The visitor's Participant by their token. Raises NotKnown, also when the conversation is long over."""
    participant = conversations.visitor(token_of(request) or "")
    if participant is None:
        raise NotKnown
    speak_for(request, participant.room.conversation.entrance)
    ended_at = participant.room.conversation.ended_at
    if ended_at is not None and timezone.now() - max(ended_at, participant.seen_at) > conversations.AFTERWARDS:
        raise NotKnown
    return participant


def staff_of(request):
    """The member of staff by their session; with a session the CSRF token must be there too. Raises NotKnown, NotAllowed."""
    if not request.user.is_authenticated:
        raise NotKnown
    if CsrfViewMiddleware(lambda _request: None).process_view(request, None, (), {}) is not None:
        raise NotAllowed
    return request.user
