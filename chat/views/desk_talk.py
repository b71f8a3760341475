"""One conversation at the desk: what the visitor told before it, its end, and the questions after it."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chat.actions import conversations, practice, wrap_up
from chat.desk import LANGUAGES, visitor_alias
from chat.models import Conversation
from chat.views.desk import back_to_desk, desk_page, own_conversation, own_line, side_context
from hotline.lib.errors import Refused
from hotline.lib.keyring import KeyGone
from hotline.questionnaires.actions.answers import read
from hotline.questionnaires.forms import answers_form
from hotline.staff.permissions import NotAllowed, NotFound


def my_conversation(request, code):
    """The Conversation with this code, of whoever sent `request`. A colleague's is NotAllowed, another team's 404."""
    conversation = own_conversation(request, code)
    if conversation.volunteer_id != request.user.pk:
        raise NotAllowed
    return conversation


@require_safe
@desk_page
def about(request, code):
    """The right column for one conversation."""
    return _about(request, my_conversation(request, code))


def _about(request, conversation, *, form=None, refused=None, status=200):
    line = conversation.line
    try:
        told = read(line.questions, conversations.answers_before(conversation))
    except KeyGone:
        told = []
    is_over = conversation.state == Conversation.State.ENDED
    context = {
        "conversation": conversation,
        "line": line,
        "alias": visitor_alias(conversation),
        "language": LANGUAGES.get(conversation.language, conversation.language),
        "told": told,
        "is_over": is_over,
        "form": form or (answers_form(line.wrap_up, prefix=conversation.code) if is_over and line.wrap_up else None),
        "refused": refused,
    }
    return render(request, "chat/desk/about.html", context, status=status)


@require_POST
@desk_page
def end(request, code):
    """End it; as abuse where the line keeps such visitors out."""
    conversation = own_conversation(request, code)
    abuse = request.POST.get("abuse") == "yes"
    refused = None
    try:
        conversations.end_as_volunteer(request.user, conversation, abuse=abuse)
    except (NotAllowed, NotFound):
        raise
    except Refused as reason:
        refused = reason
    return _about(request, my_conversation(request, code), refused=refused, status=409 if refused else 200)


@require_POST
@desk_page
def put_away(request, code):
    """Take an ended conversation off the desk, with the answers to the line's questions or without."""
    conversation = my_conversation(request, code)
    answers = {}
    if conversation.line.wrap_up and "skip" not in request.POST:
        form = answers_form(conversation.line.wrap_up, request.POST, prefix=conversation.code)
        if not form.is_valid():
            return _about(request, conversation, form=form, status=422)
        answers = form.answers
    try:
        wrap_up.put_away(request.user, conversation, answers)
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        return _about(request, conversation, refused=refused, status=409)
    return render(request, "chat/desk/away.html", {"done": _("Put away. Thank you.") if answers else _("Put away.")})


@require_POST
@desk_page
def begin_practice(request, slug):
    """A visitor to practise with: the code with which somebody plays them is shown this once."""
    line = own_line(request, slug)
    try:
        started = practice.begin(request.user, line)
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        if not request.htmx:
            return back_to_desk(request, refused)
        return render(request, "chat/desk/practice.html", {"refused": refused}, status=409)
    shown = {"line": line, "started": started}
    if not request.htmx:
        # No redirect: the code is shown this once, and kept nowhere until another request.
        return render(request, "chat/desk/desk.html", side_context(request) | shown)
    return render(request, "chat/desk/practice.html", shown)
