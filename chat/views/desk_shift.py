"""A break, the end of a shift and the talk after a hard conversation, at the desk; the page with which somebody goes."""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from chat.actions import debriefs, shifts
from chat.models import Duty
from chat.shift import words_of_goodbye
from chat.views.desk import desk_page, out_of_date, press, pressed
from chat.views.desk_talk import my_conversation

DO = {"back": shifts.come_back, "end": shifts.begin_end}


@require_POST
@desk_page
def shift(request):
    """Take a break, come back, begin the end of the shift, or go home."""
    wanted = request.POST.get("do", "")
    if wanted in Duty.BREAKS:
        return press(request, shifts.take_break, wanted)
    if wanted in DO:
        return press(request, DO[wanted])
    return _go_home(request) if wanted == "home" else out_of_date(request)


def _go_home(request):
    try:
        shifts.go_home(request.user)
    except shifts.StillTalking as refused:
        return pressed(request, status=409, told=refused)
    page = reverse("chat:goodbye")
    return HttpResponseClientRedirect(page) if request.htmx else redirect(page)


@require_safe
@desk_page
def goodbye(request):
    """The last page of a shift."""
    context = {"words": words_of_goodbye(request.user, timezone.now()), "debriefs": debriefs.of_volunteer(request.user)}
    return render(request, "chat/shift/goodbye.html", context)


@require_POST
@desk_page
def ask(request, code):
    """A coordinator is to see to this running conversation."""
    return press(request, shifts.ask_coordinator, my_conversation(request, code))


@require_POST
@desk_page
def debrief(request, code):
    """Talk about it, or not."""
    found = debriefs.find(request.user, code)
    answer = press(request, debriefs.ask if request.POST.get("answer") == "yes" else debriefs.decline, found)
    return redirect("chat:goodbye") if "goodbye" in request.POST else answer
