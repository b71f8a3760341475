"""`/desk/chat/`: the volunteer's page, the column of lines and conversations, and its buttons."""

import uuid
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from chat import feedback, shift, team_desk, topics
from chat.actions import duties, guidance, lines, queue
from chat.actions.holds import SUPERVISE
from chat.desk import handed_over, line_cards, talks_of
from chat.models import Conversation, Line
from hotline.lib.errors import Refused
from hotline.staff.permissions import NotAllowed, NotFound, rights_of, visible

TALK = "chat.talk"


def desk_page(view):
    """Only for people who talk at some line.

    Somebody who is not logged in is sent to do so, everybody else gets 403.
    """

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        if not rights_of(request).somewhere(TALK):
            raise NotAllowed
        return view(request, *args, **kwargs)

    return login_required(wrapped)


def own_line(request, slug):
    """The Line with this short name, of a team of whoever sent `request`; else 404."""
    return get_object_or_404(visible(rights_of(request), Line.objects.all(), TALK), slug=slug)


def own_conversation(request, code):
    """The Conversation with this code at a line of theirs; else 404."""
    rows = Conversation.objects.select_related("line", "entrance", "room")
    return get_object_or_404(visible(rights_of(request), rows, TALK), code=code)


def page_context(request):
    """Context of the whole page."""
    rights = rights_of(request)
    team = team_desk.context(request.user, rights, timezone.now())
    return side_context(request) | team | {"supervises": rights.somewhere(SUPERVISE)}


def side_context(request):
    """Context of the left column."""
    rights = rights_of(request)
    cards = line_cards(request.user, rights, timezone.now())
    talks = talks_of(request.user, rights)
    return {
        "cards": cards,
        "has_standard_messages": any(card.line.has_standard_messages for card in cards),
        "has_feedback": any(card.line.has_feedback for card in cards),
        "unread_feedback": feedback.unread(request.user, rights).count(),
        "has_groups": any(card.line.has_groups for card in cards),
        "talks": talks,
        "shift": shift.of(request.user, cards, talks),
        "breaks": shift.BREAKS,
        "calls": guidance.calls_for(request.user) if rights.somewhere(SUPERVISE) else [],
        "handed": handed_over(request.user, timezone.now()),
        "take_id": uuid.uuid4(),
        "topics": " ".join(topics.queues_of(rights)),
    }


@require_safe
@desk_page
def desk(request):
    """The page."""
    return render(request, "chat/desk/desk.html", page_context(request))


@require_safe
@desk_page
def side(request):
    """The left column alone, for the ring."""
    return render(request, "chat/desk/side.html", side_context(request))


def back_to_desk(request, told=""):
    """The whole page anew, for a form that was sent before the scripts were there; `told` is said in the corner."""
    if told:
        messages.warning(request, str(told))
    return redirect("chat:desk")


def pressed(request, status=200, told=""):
    """The column; `told` is said in the corner, by an event: a button may be gone from the page when its answer comes."""
    if not request.htmx:
        return back_to_desk(request, told)
    answer = render(request, "chat/desk/side.html", side_context(request), status=status)
    return trigger_client_event(answer, "told", {"words": str(told)}, after="settle") if told else answer


def press(request, action, *args):
    """Run a button's `action(person, *args)` and show the column as it stands then; a refusal is said in the corner (409)."""
    try:
        done = action(request.user, *args)
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        return pressed(request, status=409, told=refused)
    answer = pressed(request)
    if isinstance(done, queue.Taken):
        trigger_client_event(answer, "taken", {"conversation": done.conversation}, after="settle")
    return answer


def out_of_date(request):
    """The answer to a button that this house does not know."""
    return pressed(request, status=422, told=_("That was not understood. Load the page again."))


@require_POST
@desk_page
def mode(request, slug):
    """Open, pause or close a line, or let it go by its hours."""
    line, wanted = own_line(request, slug), request.POST.get("mode", "")
    if wanted not in Line.Mode.values:
        return out_of_date(request)
    return press(request, lines.set_mode, line, Line.Mode(wanted))


@require_POST
@desk_page
def number(request, slug):
    """So many conversations at once."""
    line, wanted = own_line(request, slug), request.POST.get("number", "")
    if not wanted.isascii() or not wanted.isdecimal() or len(wanted) > 3:
        return out_of_date(request)
    return press(request, duties.set_maximum, line, int(wanted))


@require_POST
@desk_page
def away(request, slug):
    """Away from a line for a while, or back."""
    return press(request, duties.set_away, own_line(request, slug), request.POST.get("away") == "yes")


@require_POST
@desk_page
def take_next(request, slug):
    """The next visitor of a line."""
    line, take_id = own_line(request, slug), _take_id(request)
    return press(request, queue.take_next, line, take_id) if take_id else out_of_date(request)


@require_POST
@desk_page
def take(request, code):
    """This visitor."""
    conversation, take_id = own_conversation(request, code), _take_id(request)
    return press(request, queue.take, conversation, take_id) if take_id else out_of_date(request)


def _take_id(request):
    """The id that the button carries, so that one press counts once however often it is sent; None for no such id."""
    try:
        return uuid.UUID(request.POST.get("id", ""))
    except ValueError:
        return None
