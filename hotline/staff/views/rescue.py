"""Helping a colleague whose phone is lost: a list of those whom one may help, and a code to read out."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from hotline.staff.actions import rescue
from hotline.staff.actions.rescue import NothingLost
from hotline.staff.models import User
from hotline.staff.permissions import require_somewhere
from hotline.staff.reauthentication import fresh_required

SHOWN = 500


@login_required
@require_GET
def people(request):
    """Whom one may help, by alias."""
    require_somewhere(request.user, rescue.HELP)
    return render(request, "staff/rescue/people.html", {"people": rescue.whom(request.user)[:SHOWN]})


@login_required
@require_POST
@fresh_required
def make_code(request, person_id):
    """POST: the code, shown this once."""
    person = get_object_or_404(User, pk=person_id)
    try:
        code = rescue.make_code(request.user, person)
    except NothingLost as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("staff:help"))
    minutes = rescue.LASTING.seconds // 60
    return render(request, "staff/rescue/code.html", {"person": person, "code": code, "minutes": minutes})
