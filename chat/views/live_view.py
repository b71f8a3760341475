"""`/desk/chat/live/`: the running conversations of the lines that somebody supervises, and one of them read along."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from chat.actions import live_view
from chat.actions.holds import SUPERVISE
from chat.desk import LANGUAGES, visitor_alias
from chat.models import Line, Participant
from chat.views.desk_talk import told_before
from hotline.lib.errors import Refused
from hotline.staff.permissions import NotAllowed, NotFound, rights_of, visible


def supervisors_page(view):
    """Only for people who supervise some team: who is not logged in is sent to do so, everybody else gets 403."""

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        if not rights_of(request).somewhere(SUPERVISE):
            raise NotAllowed
        return view(request, *args, **kwargs)

    return login_required(wrapped)


@require_safe
@supervisors_page
def board(request):
    """The page; what runs comes over its socket."""
    rows = Line.objects.filter(has_live_view=True).select_related("questions").order_by("slug")
    lines = list(visible(rights_of(request), rows.prefetch_related("questions__questions"), SUPERVISE))
    risks = [
        (line.slug, question.key, question.text())
        for line in lines
        if line.questions
        for question in line.questions.questions.all()
        if question.key in line.risk_answers
    ]
    return render(request, "chat/live_view/board.html", {"lines": lines, "risks": risks})


@require_POST
@supervisors_page
def open_one(request, code):
    """Read this one along; the part of the page that shows it, or why that cannot be."""
    conversation = live_view.find(request.user, code)
    try:
        me = live_view.open_one(request.user, conversation)
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        return render(request, "chat/live_view/one.html", {"refused": refused}, status=409)
    return render(request, "chat/live_view/one.html", shown(conversation, me))


def shown(conversation, me):
    """Context of the part of the page about one conversation, for the Participant `me` who reads along."""
    return {
        "conversation": conversation,
        "me": me,
        "visitor": conversation.room.participants.get(role=Participant.Role.VISITOR),
        "alias": visitor_alias(conversation),
        "language": LANGUAGES.get(conversation.language, conversation.language),
        "told": told_before(conversation, me),
    }


@require_POST
@supervisors_page
def close_one(request, code):
    """Read it along no more."""
    live_view.close_one(request.user, live_view.find(request.user, code))
    return render(request, "chat/live_view/one.html", {})
