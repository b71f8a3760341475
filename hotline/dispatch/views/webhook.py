"""`POST /webhook/offers/<reference>/`: a coordinator's own system accepts or declines. docs/webhook.md says how."""

from django.http import JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from hotline.dispatch.actions import webhook_answers
from hotline.dispatch.actions.webhook_answers import BadCall, NotSigned
from hotline.lib.throttle import TooOften, allow, network_of

LONGEST_BODY = 4096
SIGNED = ("webhook-id", "webhook-timestamp", "webhook-signature")


# A program calls, without browser or session: the signature takes the place of the token against forged requests.
@csrf_exempt
@require_POST
def answer(request, reference):
    """200 with the result, 400 for what is no answer, 401 for what is not signed, 413, 429."""
    body = request.read(LONGEST_BODY + 1)
    if len(body) > LONGEST_BODY:
        return JsonResponse({"code": "too_large", "detail": f"At most {LONGEST_BODY} bytes."}, status=413)
    headers = {name: request.headers.get(name, "") for name in SIGNED}
    try:
        heard = webhook_answers.hear(reference, headers, body)
    except NotSigned as refused:
        return _not_signed(request, refused)
    except BadCall as refused:
        return JsonResponse({"code": refused.code, "detail": str(refused)}, status=400)
    return JsonResponse({"result": heard.result, "contact": webhook_answers.link_of(heard)})


def _not_signed(request, refused):
    """Only calls without a right signature are counted: whoever has one is known."""
    try:
        allow("webhook-unsigned", network_of(request))
    except TooOften as often:
        return JsonResponse({"code": often.code, "detail": str(often)}, status=429)
    return JsonResponse({"code": refused.code, "detail": str(refused)}, status=401)
