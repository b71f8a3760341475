"""Somebody else's website with the widget on it, to try it where one develops."""

from csp.constants import SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chat.models import Line


@require_safe
@csp_replace({"frame-src": [SELF]})
def host(request):
    """A page with the widget of ?line=…, else of every line. There is none outside development."""
    if not settings.DEBUG:
        raise Http404
    lines = Line.objects.all()
    if wanted := request.GET.get("line"):
        lines = lines.filter(slug=wanted)
    return render(request, "chat/visitor/host.html", {"lines": lines[:3]})
