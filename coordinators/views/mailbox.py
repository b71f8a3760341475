"""`/mailbox/<code>/`: whoever reads a mailbox agrees that requests come there. Opening it changes nothing; the button does."""

from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_http_methods

from coordinators.actions import ways
from coordinators.actions.endpoints import LinkNotValid, SwitchedOff
from hotline.lib.throttle import allow, network_of


@require_http_methods(["GET", "HEAD", "POST"])
def mailbox(request, code):
    """GET: what is asked. POST: yes."""
    try:
        found = ways.find_code(code)
        with translation.override(found.endpoint.language):
            done = request.method == "POST"
            if done:
                ways.confirm_mailbox(code)
            answer = render(request, "coordinators/mailbox.html", {"done": done})
    except (LinkNotValid, SwitchedOff) as refused:
        allow("offer-link", network_of(request))
        answer = render(request, "coordinators/mailbox.html", {"message": refused}, status=404)
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
