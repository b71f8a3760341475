"""Guidance at the desk: the volunteer calls, whoever supervises the line answers, stands by, steps in or takes over."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from chat.actions import guidance, live_view
from chat.views.desk import desk_page
from chat.views.desk_talk import about_after
from chat.views.live_view import show_one, supervisors_page
from hotline.lib.errors import Refused
from hotline.staff.permissions import NotAllowed, NotFound


@require_POST
@desk_page
def call(request, code):
    """The volunteer calls for help."""
    return about_after(request, code, guidance.call)


@require_POST
@desk_page
def take_back(request, code):
    """They need nobody any more."""
    return about_after(request, code, guidance.take_back)


@require_safe
@supervisors_page
def calls(request):
    """The calls that ring for this person, for the ring."""
    return render(request, "chat/guidance/calls.html", {"calls": guidance.calls_for(request.user)})


@require_POST
@supervisors_page
def answer(request, code):
    """Come: on to the conversation in the live view, with the guidance open."""
    call = guidance.find_call(request.user, code)
    try:
        guidance.answer(request.user, call)
    except (NotAllowed, NotFound):
        raise
    except live_view.YourOwn as refused:
        messages.warning(request, str(refused))
        return _go_on(request, reverse("chat:desk"))
    except Refused as refused:
        messages.warning(request, str(refused))
        return _go_on(request, reverse("chat:live-view"))
    page = f"{reverse('chat:live-view')}?{urlencode({'with': call.conversation.code})}"
    return _go_on(request, page)


def _go_on(request, page):
    return HttpResponse(status=204, headers={"HX-Redirect": page}) if request.htmx else redirect(page)


def _one(request, code, action):
    """The part about one conversation after `action(person, conversation)`, or with why not."""
    conversation, refused = live_view.find(request.user, code), None
    try:
        action(request.user, conversation)
    except (NotAllowed, NotFound):
        raise
    except Refused as reason:
        refused = reason
    return show_one(request, conversation, refused=refused)


@require_POST
@supervisors_page
def guide(request, code):
    """Stand by its volunteer."""
    return _one(request, code, guidance.begin)


@require_POST
@supervisors_page
def step_in(request, code):
    """Speak in the conversation too."""
    return _one(request, code, guidance.step_in)


@require_POST
@supervisors_page
def take_over(request, code):
    """Go on with the visitor in the volunteer's place: on to one's own desk."""
    conversation = live_view.find(request.user, code)
    try:
        guidance.take_over(request.user, conversation, request.POST.get("volunteer", ""))
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        return show_one(request, live_view.find(request.user, code), refused=refused)
    return _go_on(request, reverse("chat:desk"))
