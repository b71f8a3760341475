"""Where Telegram brings updates in production: stored, committed, then acknowledged."""

import hmac
import json

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseForbidden
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from hotline.telegram.actions.updates import is_update, store

HEADER = "X-Telegram-Bot-Api-Secret-Token"


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """Store one update: 404 without a webhook, 403 without the secret, 400 for no update, 200 once it is committed."""
    secret = settings.TELEGRAM_WEBHOOK_SECRET
    if not secret:
        raise Http404
    if not hmac.compare_digest(request.headers.get(HEADER, "").encode(), secret.encode()):
        return HttpResponseForbidden(_("This address is for Telegram alone."), content_type="text/plain")
    try:
        update = json.loads(request.body)
    except (ValueError, RecursionError):
        update = None
    if not is_update(update):
        return HttpResponseBadRequest(_("This is no update that could be read."), content_type="text/plain")
    store([update])
    return HttpResponse(status=200)
