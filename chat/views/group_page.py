"""The page of a group for visitors, alone and in a frame on other websites."""

from django.http import Http404
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from chat.actions import groups
from chat.models import Group
from chat.views import page
from hotline.lib.languages import localized


@require_safe
def group(request, slug, code):
    """The group's page on its own. Nobody may frame it."""
    return _page(request, slug, code, framed=False)


@require_safe
@xframe_options_exempt
def group_frame(request, slug, code):
    """The same for the widget, framed by this house and the line's hosts alone."""
    return _page(request, slug, code, framed=True)


def _page(request, slug, code, *, framed):
    found = Group.objects.select_related("line").filter(code=code, line__slug=slug).first()
    if found is None:
        raise Http404

    def context():
        state = groups.state(found, timezone.now())
        rules = localized(found.rules)
        return page.of_line(request, found.line, framed=framed) | {"group": found, "state": state, "rules": rules}

    return page.visitor_page(request, found.line, "chat/groups/page.html", context, framed=framed)
