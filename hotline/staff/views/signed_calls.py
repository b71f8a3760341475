"""`POST /freeze/`: somebody far away who knows FREEZE_SECRET stops the house. docs/operations.md says how to call it."""

import json

from django.conf import settings
from django.http import Http404, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from hotline.lib.errors import Refused
from hotline.lib.throttle import limited
from hotline.staff.actions import signed_calls
from hotline.staff.actions.destruction import WrongPassphrase, destroy_by_passphrase
from hotline.staff.actions.freeze import freeze
from hotline.staff.models import Freeze

LONGEST_BODY = 4096


# Whoever calls has no browser and no session: the signature takes the place of the token against forged requests.
@csrf_exempt
@require_POST
@never_cache
@limited("freeze-call")
def call(request):
    """Body: {"action": "freeze", "reason"?} or {"action": "destroy", "passphrase", "site_key"?: bool}, JSON.

    Headers: X-Hotline-Time, X-Hotline-Nonce, X-Hotline-Signature. 200 {"state": "frozen", "since"} or {"state":
    "destroyed"}; else {"code", "detail"}: 403 not_signed or wrong_passphrase, 409 heard_before, 400 bad_call; 404 while
    FREEZE_SECRET is unset.
    """
    if not settings.FREEZE_SECRET:
        raise Http404
    body = request.read(LONGEST_BODY + 1)
    stamp, nonce, signature = (request.headers.get(f"X-Hotline-{name}", "") for name in ("Time", "Nonce", "Signature"))
    try:
        if len(body) > LONGEST_BODY:
            raise signed_calls.NotSigned
        signed_calls.hear(stamp, nonce, signature, body)
        return _do(_read(body))
    except (signed_calls.NotSigned, signed_calls.HeardBefore, WrongPassphrase, BadCall) as refused:
        status = {"heard_before": 409, "bad_call": 400}.get(refused.code, 403)
        return JsonResponse({"code": refused.code, "detail": str(refused)}, status=status)


class BadCall(Refused):
    code = "bad_call"
    message = 'The body is a JSON object with "action": "freeze" or "destroy".'


def _read(body):
    try:
        said = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise BadCall from None
    if not isinstance(said, dict) or said.get("action") not in ("freeze", "destroy"):
        raise BadCall
    return said


def _do(said):
    if said["action"] == "destroy":
        with_site_key = said.get("site_key") is True
        passphrase = str(said.get("passphrase", ""))
        destroy_by_passphrase(None, passphrase, with_site_key=with_site_key, way=Freeze.Way.CALL)
        return JsonResponse({"state": "destroyed"})
    current = freeze(None, str(said.get("reason", "")), Freeze.Way.CALL)
    return JsonResponse({"state": "frozen", "since": current.started_at.isoformat()})
