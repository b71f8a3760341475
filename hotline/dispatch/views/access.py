"""Who may come to the desk, and what of it is theirs."""

from functools import wraps

from django.contrib.auth.decorators import login_required

from hotline.dispatch.models import HelpRequest
from hotline.dispatch.team_work import at_desk
from hotline.staff.permissions import NotAllowed, rights_of, visible

TAKE = "dispatch.take_request"


def staff_page(view):
    """Only for people who take requests for some team, or finish its last ones.

    Somebody who is not logged in is sent to do so, everybody else gets 403.
    """

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        if not teams_at_desk(request):
            raise NotAllowed
        return view(request, *args, **kwargs)

    return login_required(wrapped)


def teams_at_desk(request):
    """Teams (list) whose open requests whoever sent `request` may see to; asked once a request."""
    if not hasattr(request, "_teams_at_desk"):
        request._teams_at_desk = list(at_desk(rights_of(request).scope_pks(TAKE)).order_by("name"))
    return request._teams_at_desk


def teams_that_take(request):
    """Those of them (list) that take new requests."""
    return [team for team in teams_at_desk(request) if team.takes_requests]


def own_requests(request):
    """Help requests (QuerySet) of the teams whoever sent `request` takes requests for."""
    return visible(rights_of(request), HelpRequest.objects.all(), TAKE)
