"""Open alarms on the desk, and the button that stops them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hotline.staff.actions.alarms import AlreadySeenTo, acknowledge
from hotline.staff.models import Alarm
from hotline.staff.permissions import require_somewhere, visible
from hotline.staff.topics import of_user

SHOWN = 50


@login_required
@require_GET
def open_alarms(request):
    """The open alarms that this person may see to: a fragment for htmx, which asks again when the doorbell rings."""
    require_somewhere(request.user, "staff.acknowledge_alarm")
    return _shown(request)


@login_required
@require_POST
def see_to(request, alarm_id):
    """POST: stops the alarm. Answers with the fragment for htmx, else goes back to the first page."""
    alarm = get_object_or_404(visible(request.user, Alarm.objects.all(), "staff.acknowledge_alarm"), pk=alarm_id)
    try:
        acknowledge(request.user, alarm)
        messages.success(request, _("Thank you. It is quiet now."))
    except AlreadySeenTo as refusal:
        messages.info(request, str(refusal))
    return _shown(request) if request.htmx else HttpResponseRedirect(reverse("home"))


def _shown(request):
    rows = visible(request.user, Alarm.objects.open(), "staff.acknowledge_alarm").select_related("team")
    context = {"alarms": rows.order_by("-raised_at")[:SHOWN], "topics": of_user(request.user)}
    return render(request, "staff/alarms/open.html", context)
