"""Before a dangerous step the person proves again that it is they who sit there (ASVS 7.5.1).

The proof is the log-in itself, or password, code or passkey on the page for it; it holds REAUTHENTICATION_MINUTES. What
was being done waits in the session, which is sealed, and goes on by itself afterwards.
"""

import time
from functools import wraps

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.httpkit import serialize_request
from django.conf import settings
from django.http import HttpResponseRedirect
from django.utils.http import urlencode

PROVEN_AT = "proven_at"


def note_proof(request):
    """The person behind `request` (HttpRequest) has just proven who they are."""
    request.session[PROVEN_AT] = time.time()


def is_fresh(request):
    """Whether the last proof is recent enough. bool."""
    return time.time() - request.session.get(PROVEN_AT, 0) < settings.REAUTHENTICATION_MINUTES * 60


def require_fresh(request):
    """Returns when the proof is recent; else the page that asks for one comes first, and then this request again."""
    if is_fresh(request):
        return
    after = request.get_full_path()
    if request.method == "POST":
        # The library goes on with what was posted when it finds the very path again, so without a query.
        after = request.path
        request.session[STATE_SESSION_KEY] = {"request": serialize_request(request)}
    proof, *_others = get_adapter().get_reauthentication_methods(request.user)
    raise ImmediateHttpResponse(HttpResponseRedirect(f"{proof['url']}?{urlencode({'next': after})}"))


def fresh_required(view):
    """A view that asks for a recent proof first; put it below `login_required`."""

    @wraps(view)
    def wrapper(request, *args, **kwargs):
        require_fresh(request)
        return view(request, *args, **kwargs)

    return wrapper
