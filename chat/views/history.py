"""`/desk/chat/history/`: past conversations, for those who supervise their line."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chat import history as shown
from chat.actions import history, holds, reading
from chat.actions.conversations import alias_of
from chat.desk import LANGUAGES
from chat.forms.history import HistoryForm
from chat.forms.hold import HoldForm
from chat.models import Flag
from chat.timeline import of_conversation
from chat.views.desk_talk import told_before
from chat.views.live_view import supervisors_page
from hotline.lib.errors import Refused
from hotline.staff.permissions import NotAllowed, NotFound, rights_of

ON_A_PAGE = 30


@require_safe
@supervisors_page
def search(request):
    """What ended at one's lines, and what it is found by."""
    lines = shown.lines(rights_of(request))
    form = HistoryForm(request.GET or None, lines=lines, people=shown.people(lines))
    rows = shown.past(lines)
    if form.is_bound:
        rows = form.among(rows) if form.is_valid() else rows.none()
    rows = rows.annotate(is_flagged=Exists(Flag.objects.filter(conversation=OuterRef("pk"))))
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {
        "form": form,
        "page": Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page")),
        "asked": asked.urlencode(),
        "has_lines": bool(lines),
    }
    return render(request, "chat/history/search.html", context, status=422 if form.errors else 200)


@require_safe
@supervisors_page
def one(request, code):
    """Its course; what was written in it opens by a button."""
    return _one(request, history.find(request.user, code))


def _one(request, conversation, *, form=None, written=None, status=200):
    context = {
        "conversation": conversation,
        "language": LANGUAGES.get(conversation.language, conversation.language),
        "kept_until": conversation.kept_until(timezone.now()),
        "timeline": of_conversation(conversation),
        "flags": conversation.flags.select_related("carer").order_by("pk"),
        "form": form or HoldForm(),
        "written": written,
    }
    return render(request, "chat/history/one.html", context, status=status)


@require_POST
@supervisors_page
def read(request, code):
    """What was written in it; each time is written down."""
    conversation = history.find(request.user, code)
    return _one(request, conversation, written=_written(conversation, history.read(request.user, conversation)))


@require_POST
@supervisors_page
def print_out(request, code):
    """The same for paper: it says who printed it and when."""
    conversation = history.find(request.user, code)
    context = {
        "conversation": conversation,
        "written": _written(conversation, history.print_out(request.user, conversation)),
        "now": timezone.now(),
    }
    return render(request, "chat/history/print.html", context)


def _written(conversation, found):
    me = conversation.room.participants.filter(user=conversation.volunteer_id).first()
    lines = [
        (alias_of(author), author.is_visitor, parse_datetime(event["at"]), event.get("body")) for author, event in found
    ]
    told = told_before(conversation, me) if conversation.history_from == 1 else []
    return {"told": told, "lines": lines, "earlier": reading.earlier(conversation, found)}


@require_POST
@supervisors_page
def hold(request, code):
    """Keep it longer, with a reason."""
    conversation, form = history.find(request.user, code), HoldForm(request.POST)
    if not form.is_valid():
        return _one(request, conversation, form=form, status=422)
    said = form.cleaned_data
    try:
        holds.hold(request.user, conversation, said["days"], said["reason"])
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        form.add_error(None, str(refused))
        return _one(request, conversation, form=form, status=409)
    messages.success(request, _("It is held. Its volunteer and its visitor see until when."))
    return redirect("chat:history-one", code)


@require_POST
@supervisors_page
def release(request, code):
    """Let its line's time count again."""
    conversation = history.find(request.user, code)
    try:
        holds.release(request.user, conversation)
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Released. It goes when its line says so, at once if that is past."))
    return redirect("chat:history-one", code)
