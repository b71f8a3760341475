"""One conversation at the desk: what the visitor told before it, its end, and the questions after it."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chat.actions import conversations, danger, flags, practice, wrap_up
from chat.desk import LANGUAGES, passed, visitor_alias
from chat.models import Conversation, HelpCall
from chat.views.desk import back_to_desk, desk_page, own_conversation, own_line, page_context
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
    return show_about(request, my_conversation(request, code))


def show_about(request, conversation, *, form=None, passing=None, flagging=None, refused=None, status=200):
    """The right column. form: of the questions afterwards, as it was filled in. passing: whom it could be passed on to.

    flagging: what was typed into the form of a flag that was refused, and why. refused: the Refused that is said above it.
    """
    line = conversation.line
    handed = conversation.transfers.select_related("by", "from_line", "to_user", "to_line", "key").order_by("pk")
    told = told_before(conversation, conversation.room.participants.filter(user=request.user).first())
    is_over = conversation.state == Conversation.State.ENDED
    context = {
        "conversation": conversation,
        "line": line,
        "alias": visitor_alias(conversation),
        "language": LANGUAGES.get(conversation.language, conversation.language),
        "told": told,
        "passing": passing,
        "may_pass_on": line.can_transfer and not is_over and not conversation.practice,
        **passed(conversation, list(handed), request.user),
        "may_call": line.has_guidance and not is_over and not conversation.practice,
        "call": conversation.calls.exclude(state=HelpCall.State.OVER).select_related("answerer").order_by("pk").last(),
        "danger": danger.shown(conversation),
        "may_declare": line.has_danger and not is_over and not conversation.practice,
        "flags": list(conversation.flags.filter(by=request.user).select_related("key", "carer").order_by("pk")),
        "may_flag": line.can_flag and not conversation.practice and not conversation.put_away,
        "flagging": flagging,
        "reason_limit": flags.REASON_LIMIT,
        "is_over": is_over,
        "form": form or (_wrap_up(conversation) if is_over else None),
        "refused": refused,
        "cares": not conversation.practice and (line.rest_minutes or line.offers_debrief),
        "was_hard": "hard" in request.POST,
    }
    return render(request, "chat/desk/about.html", context, status=status)


def about_after(request, code, action):
    """The volunteer's right column after `action(person, conversation)`, or with why not."""
    conversation, refused = my_conversation(request, code), None
    try:
        action(request.user, conversation)
    except (NotAllowed, NotFound):
        raise
    except Refused as reason:
        refused = reason
    return show_about(request, conversation, refused=refused, status=409 if refused else 200)


def told_before(conversation, me):
    """[(question, answer)] of what the visitor was asked before the chat, unless `me` (Participant) reads only what came
    later."""
    if me is None or me.first_seq > 1:
        return []
    try:
        return read(conversation.entrance.questions, conversations.answers_before(conversation))
    except KeyGone:
        return []


def _wrap_up(conversation):
    """The form of the questions afterwards; None where the line asks nothing."""
    form = answers_form(conversation.line.wrap_up, prefix=conversation.code)
    return form if form.fields else None


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
    return show_about(request, my_conversation(request, code), refused=refused, status=409 if refused else 200)


@require_POST
@desk_page
def put_away(request, code):
    """Take an ended conversation off the desk, with the answers to the line's questions or without."""
    conversation = my_conversation(request, code)
    answers = {}
    if conversation.line.wrap_up and "skip" not in request.POST:
        form = answers_form(conversation.line.wrap_up, request.POST, prefix=conversation.code)
        if not form.is_valid():
            return show_about(request, conversation, form=form, status=422)
        answers = form.answers
    try:
        wrap_up.put_away(request.user, conversation, answers, hard="hard" in request.POST)
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        return show_about(request, conversation, refused=refused, status=409)
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
        return render(request, "chat/desk/desk.html", page_context(request) | shown)
    return render(request, "chat/desk/practice.html", shown)
