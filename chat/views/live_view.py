"""`/desk/chat/live/`: the running conversations of the lines that somebody supervises, and one of them read along."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from chat import topics
from chat.actions import danger, guidance, live_view
from chat.actions.holds import SUPERVISE
from chat.desk import LANGUAGES, visitor_alias
from chat.models import Conversation, Line, Participant
from chat.views.desk_talk import told_before
from hotline.lib.errors import Refused
from hotline.live.topics import queue as queue_topic
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
    context = {
        "lines": lines,
        "risks": risks,
        "calls": guidance.calls_for(request.user),
        "topics": " ".join(topics.queues_of(rights_of(request))),
        "with": request.GET.get("with", ""),
    }
    return render(request, "chat/live_view/board.html", context)


@require_safe
@supervisors_page
def one(request, code):
    """The part of the page about one conversation; without a word of it for whoever does not read along."""
    return show_one(request, live_view.find(request.user, code))


@require_POST
@supervisors_page
def open_one(request, code):
    """Read this one along; the part of the page that shows it, or why that cannot be."""
    conversation, refused = live_view.find(request.user, code), None
    try:
        live_view.open_one(request.user, conversation)
    except (NotAllowed, NotFound):
        raise
    except Refused as reason:
        refused = reason
    return show_one(request, conversation, refused=refused)


def show_one(request, conversation, *, refused=None):
    """The part about one conversation, with its content alone for whoever reads along or has stepped in. refused: the
    Refused that is said above it (409)."""
    present = Participant.objects.present().filter(user=request.user).select_related("room")
    me = live_view.guiding(conversation.room, request.user)
    line, runs = conversation.line, conversation.state == Conversation.State.ACTIVE and conversation.volunteer
    mine = conversation.volunteer_id == request.user.pk
    beside = present.filter(room__guidance__conversation=conversation).order_by("-pk").first()
    context = {
        "conversation": conversation,
        "line": line,
        "me": me,
        "steps": me is not None and me.role == Participant.Role.COORDINATOR,
        "beside": beside,
        "danger": danger.shown(conversation),
        "topics": queue_topic(conversation.line_id),
        "refused": refused,
        "language": LANGUAGES.get(conversation.language, conversation.language),
        "may_read": runs and not mine and me is None and line.has_live_view and conversation.told_of_reading,
        "may_guide": runs and not mine and beside is None and line.has_guidance,
        "seen": guidance.code_of_volunteer(conversation),
        "may_step_in": runs and not mine and line.can_step_in,
    }
    if me is not None:
        context["visitor"] = conversation.room.participants.get(role=Participant.Role.VISITOR)
        context["alias"] = visitor_alias(conversation)
        context["told"] = told_before(conversation, me)
    return render(request, "chat/live_view/one.html", context, status=409 if refused else 200)


@require_POST
@supervisors_page
def close_one(request, code):
    """Read it along no more, or step out."""
    conversation = live_view.find(request.user, code)
    live_view.close_one(request.user, conversation)
    return show_one(request, conversation)
