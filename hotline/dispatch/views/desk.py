"""`/desk/requests/`: the page, calls that were no request, and where else to turn."""

import base64
import secrets

from django.contrib import messages
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from coordinators.search.directory import find_entries
from hotline.dispatch.actions import tallies
from hotline.dispatch.forms.intake import MOST_NEEDS, Intake
from hotline.dispatch.forms.needs import kind_of, place_of
from hotline.dispatch.models import Tally
from hotline.dispatch.views.access import staff_page, teams_that_take
from hotline.dispatch.views.cards import cards_context


def draft_key(request):
    """Key (base64 text) that the browser seals its drafts with; it lives in the server's session and dies with it."""
    if "draft_key" not in request.session:
        request.session["draft_key"] = base64.b64encode(secrets.token_bytes(32)).decode()
    return request.session["draft_key"]


@require_safe
@staff_page
def desk(request):
    """The desk: the form on the left, the team's requests on the right."""
    context = {
        "intake": Intake(teams_that_take(request)),
        "most": MOST_NEEDS,
        "draft_key": draft_key(request),
        "tally_kinds": Tally.Kind.choices,
        **cards_context(request),
    }
    return render(request, "dispatch/requests/desk.html", context)


@require_POST
@staff_page
def tally(request):
    """Count a call that was no request, and say that it was counted."""
    kind, chosen = request.POST.get("kind", ""), request.POST.get("team", "")
    teams = teams_that_take(request)
    team = next((team for team in teams if str(team.pk) == chosen or not chosen), None)
    if kind not in Tally.Kind.values or team is None:
        messages.warning(request, _("That was not counted. Load the page again."))
        return render(request, "includes/messages.html", status=422)
    tallies.count(request.user, team, kind)
    messages.success(request, _("Counted: %(kind)s") % {"kind": Tally.Kind(kind).label})
    return render(request, "includes/messages.html")


@require_safe
@staff_page
def directory(request):
    """Where else to turn, for the kind and place that are chosen at the moment."""
    category, place = kind_of(request.GET.get("category", "")), place_of(request.GET.get("place", ""))
    context = {"category": category, "place": place, "entries": find_entries(category, place)}
    return render(request, "dispatch/requests/directory.html", context)
