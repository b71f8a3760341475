"""Standard messages at the desk: what a line offers, that one was used, and the page of a volunteer's own."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat.actions import standard_messages, suggestions
from chat.forms.standard_message import StandardMessageForm, SuggestForm
from chat.models import Line, StandardMessage
from chat.standard_messages import offered as what_is_offered
from chat.views.desk import TALK, desk_page, own_line
from hotline.lib.errors import Refused
from hotline.staff.permissions import NotAllowed, NotFound, rights_of, visible

# As many of one's own as one may have, and the newest of what one suggested.
MOST_SHOWN = 100


@require_safe
@desk_page
def offered(request, slug):
    """JSON: what may be inserted at this line, and what is true right now of the one to which the visitor came."""
    line = own_line(request, slug)
    if not line.has_standard_messages:
        raise NotAllowed
    # Title and hours of any line are for everybody to read.
    entrance = Line.objects.filter(slug=request.GET.get("entrance", "")).first() or line
    return JsonResponse(what_is_offered(request.user, line, entrance, timezone.now()))


@require_POST
@desk_page
def used(request, slug, code):
    """One was inserted: it is counted, and nothing else is kept of that."""
    standard_messages.count_use(request.user, own_line(request, slug), code)
    return HttpResponse(status=204)


def _own(request, code):
    return get_object_or_404(StandardMessage.objects.own(request.user), code=code)


def _lines(request):
    """The lines (QuerySet) at which whoever asks finds standard messages."""
    rows = Line.objects.filter(has_standard_messages=True).order_by("slug")
    return visible(rights_of(request), rows, TALK)


def _page(request, *, status=200, refused=None):
    rights = rights_of(request)
    suggested = StandardMessage.objects.filter(suggested_by=request.user).select_related("line").order_by("-pk")
    context = {
        "own": list(StandardMessage.objects.own(request.user)[:MOST_SHOWN]),
        "suggested": list(visible(rights, suggested, TALK)[:MOST_SHOWN]),
        "lines": list(_lines(request)),
        "refused": refused,
    }
    return render(request, "chat/standard_messages/own.html", context, status=status)


@require_safe
@desk_page
def own(request):
    """One's own messages, and what became of one's suggestions."""
    return _page(request)


def _form(request, message):
    """The page that makes `message` (StandardMessage), or changes it."""
    form = StandardMessageForm(request.POST if request.method == "POST" else None, instance=message)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                standard_messages.save_own(request.user, form.instance)
            except (NotAllowed, NotFound):
                raise
            except Refused as refused:
                form.add_error(None, str(refused))
                status = 409
            else:
                words = _("Kept. At your desk it is found by typing /%(code)s.")
                messages.success(request, words % {"code": form.instance.short_code})
                return redirect("chat:standard-messages")
    return render(request, "chat/standard_messages/form.html", {"form": form, "message": message}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def new(request):
    """Write a message of one's own."""
    return _form(request, StandardMessage(owner=StandardMessage.Owner.PERSON, person=request.user))


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def edit(request, code):
    """Change a message of one's own."""
    return _form(request, _own(request, code))


@require_POST
@desk_page
def remove(request, code):
    """Remove a message of one's own."""
    standard_messages.remove_own(request.user, _own(request, code))
    messages.success(request, _("Removed."))
    return redirect("chat:standard-messages")


@require_POST
@desk_page
def suggest(request, code):
    """Suggest one's own message for a line."""
    message, form = _own(request, code), SuggestForm(request.POST, lines=_lines(request))
    if not form.is_valid():
        return _page(request, status=422, refused=_("That was not understood. Load the page again."))
    try:
        suggestions.suggest(request.user, message, form.cleaned_data["line"])
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        return _page(request, status=409, refused=refused)
    messages.success(request, _("Suggested. What becomes of it stands below."))
    return redirect("chat:standard-messages")
