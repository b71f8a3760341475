"""Imminent danger at the desk: the volunteer's button and checklist, and what whoever guides them sees of it."""

from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from chat.actions import danger, live_view
from chat.views.desk import desk_page
from chat.views.desk_talk import about_after
from chat.views.live_view import supervisors_page


@require_POST
@desk_page
def declare(request, code):
    """There is danger."""
    return about_after(request, code, danger.declare)


@require_POST
@desk_page
def did(request, code):
    """A step of the checklist is done."""
    return about_after(request, code, lambda who, what: danger.did(who, what, request.POST.get("step", "")))


@require_POST
@desk_page
def ask_place(request, code):
    """They ask the visitor where they are."""
    return about_after(request, code, danger.ask_place)


@require_POST
@desk_page
def over(request, code):
    """There is none any more."""
    return about_after(request, code, danger.is_over)


@require_safe
@supervisors_page
def seen(request, code):
    """How it stands, for whoever guides the volunteer, for the ring."""
    conversation = live_view.find(request.user, code)
    return render(request, "chat/danger/seen.html", {"danger": danger.shown(conversation)})
