"""Feedback at the desk: one's own, one of them with its answers, and writing about a conversation."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chat import feedback as shown
from chat import topics
from chat.actions import feedback, reading
from chat.actions.conversations import alias_of
from chat.forms.feedback import AnswerForm, FeedbackForm
from chat.models import Conversation, Feedback
from chat.views.desk import desk_page
from hotline.lib.errors import Refused
from hotline.staff.permissions import NotAllowed, NotFound, rights_of

ON_A_PAGE = 20


def _topics(request):
    return " ".join(topics.queues_of(rights_of(request)))


@require_safe
@desk_page
def own(request):
    """What I was told, what I wrote, and what I may write about."""
    rights = rights_of(request)
    conversations = Paginator(shown.open_to(request.user, rights), ON_A_PAGE)
    context = {
        "given": shown.given(request.user, rights),
        "written": shown.written(request.user, rights),
        "guides": rights.somewhere(feedback.SUPERVISE),
        "page": conversations.get_page(request.GET.get("page")),
        "topics": _topics(request),
    }
    return render(request, "chat/feedback/own.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def write(request, code):
    """Write about a conversation; its messages are shown when that is asked for, and each time it is written down."""
    rows = Conversation.objects.select_related("line", "entrance", "room", "volunteer")
    conversation = rows.filter(code=code).first()
    if conversation is None:
        raise NotFound
    feedback.require_writer(request.user, conversation)
    to = [(one.seat.code, one.person.alias) for one in feedback.recipients(request.user, conversation)]
    if not to:
        return _writing(request, conversation, None)
    sent = request.POST if request.method == "POST" else None
    if "read" in request.POST:
        # What was typed goes on, and is not judged yet.
        return _writing(request, conversation, FeedbackForm(initial=sent.dict(), to=to), opened=True)
    form = FeedbackForm(sent, to=to)
    if sent is None:
        return _writing(request, conversation, form)
    opened, status = "opened" in sent, 422
    if form.is_valid():
        said = form.cleaned_data
        try:
            done = feedback.write(
                request.user, conversation, said["to"], said, _chosen(request), form_id=said["form_id"]
            )
        except (NotAllowed, NotFound):
            raise
        except Refused as refused:
            form.add_error(None, str(refused))
            status = 409
        else:
            messages.success(request, _("Sent. You see here when it is read, and what is answered."))
            return redirect("chat:feedback", done.code)
    return _writing(request, conversation, form, opened=opened, status=status)


def _chosen(request):
    """The seqs of the messages that were ticked, a set of int; what is none of them is -1, and found nowhere."""
    ticked = request.POST.getlist("quote")[:1000]
    return {int(one) if one.isascii() and one.isdecimal() and len(one) < 10 else -1 for one in ticked}


def _writing(request, conversation, form, *, opened=False, status=200):
    written, earlier = [], 0
    if opened:
        chosen = _chosen(request)
        found = reading.read(request.user, conversation, "feedback")
        earlier = reading.earlier(conversation, found)
        written = [
            (alias_of(author), author.is_visitor, event | {"at": parse_datetime(event["at"])}, event["seq"] in chosen)
            for author, event in found
        ]
    context = {
        "conversation": conversation,
        "form": form,
        "parts": [form[part] for part in Feedback.PARTS] if form else [],
        "opened": opened,
        "written": written,
        "earlier": earlier,
        "most_quotes": feedback.MOST_QUOTES,
    }
    return render(request, "chat/feedback/write.html", context, status=status)


@require_safe
@desk_page
def one(request, code):
    """One of them, with its answers. Opening the page is reading it; what is put in by a ring afterwards is not."""
    found = feedback.find(request.user, code)
    if not request.htmx:
        feedback.note_read(request.user, found)
    return _thread(request, found, AnswerForm())


@require_http_methods(["POST"])
@desk_page
def answer(request, code):
    """Say something back; what was typed stays when that cannot be."""
    found = feedback.find(request.user, code)
    form, status = AnswerForm(request.POST), 422
    if form.is_valid():
        try:
            feedback.answer(request.user, found, form.cleaned_data["body"], form.cleaned_data["seen"])
        except (NotAllowed, NotFound):
            raise
        except Refused as refused:
            form.add_error("body", str(refused))
            status = 409
            found.refresh_from_db(fields=["head"])
        else:
            return redirect("chat:feedback", code)
    return _thread(request, found, form, status=status)


def _thread(request, found, form, *, status=200):
    context = {
        "feedback": found,
        "form": form,
        "may_answer": found.line.has_feedback and found.by_id is not None,
        "topics": _topics(request),
        **shown.thread(request.user, found),
    }
    return render(request, "chat/feedback/one.html", context, status=status)
