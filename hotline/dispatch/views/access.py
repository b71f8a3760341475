"""Who may come to the desk, and what of it is theirs."""

from functools import wraps

from django.contrib.auth.decorators import login_required

from hotline.dispatch.models import HelpRequest
from hotline.staff.models import Team
from hotline.staff.permissions import NotAllowed, rights_of, visible

TAKE = "dispatch.take_request"


def staff_page(view):
    """Only for people who take requests for some team.

    Somebody who is not logged in is sent to do so, everybody else gets 403.
    """

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        if not teams_that_take(request):
            raise NotAllowed
        return view(request, *args, **kwargs)

    return login_required(wrapped)


def teams_that_take(request):
    """Teams (list) for which whoever sent `request` may take requests; asked once a request."""
    if not hasattr(request, "_teams_that_take"):
        own = rights_of(request).scope_pks(TAKE)
        request._teams_that_take = list(Team.objects.filter(takes_requests=True, pk__in=own).order_by("name"))
    return request._teams_that_take


def own_requests(request):
    """Help requests (QuerySet) of the teams whoever sent `request` takes requests for."""
    return visible(rights_of(request), HelpRequest.objects.all(), TAKE)
