"""The dialog that corrects an open request."""

from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import reswap, retarget

from hotline.dispatch import cards
from hotline.dispatch.actions.correct import correct as correct_request
from hotline.dispatch.errors import NotSpokenTo, NoWayLeft, StateChanged
from hotline.dispatch.forms.correct import CorrectForm
from hotline.dispatch.models import HelpRequest
from hotline.dispatch.views.access import own_requests, staff_page
from hotline.dispatch.views.cards import one_card, seen_at
from hotline.lib.errors import Refused

# What is wrong with a box and not with the request: it is said there, and what was typed stays.
ABOUT_A_BOX = {NotSpokenTo: "spoken_to", NoWayLeft: "phone"}


def _open_request(request, code):
    return get_object_or_404(cards.with_cards(own_requests(request)), code=code)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def correct(request, code):
    """Correct what was taken down; what is sealed is replaced without being shown."""
    help_request = _open_request(request, code)
    if help_request.state not in HelpRequest.OPEN:
        return one_card(request, help_request, refused=StateChanged())
    form = CorrectForm(request.POST or None, help_request=help_request)
    if not form.is_valid():
        return _dialog(request, help_request, form)
    changes = form.changes()
    if not changes:
        return one_card(request, help_request, message=_("Nothing was changed."))
    try:
        correct_request(request.user, help_request, seen_since=seen_at(request), **changes)
    except tuple(ABOUT_A_BOX) as refused:
        form.add_error(ABOUT_A_BOX[type(refused)], str(refused))
        return _dialog(request, help_request, form)
    except Refused as refused:
        return one_card(request, help_request, refused=refused)
    return one_card(request, help_request, message=f"{_('Corrected.')} {form.hint}".strip())


def _dialog(request, help_request, form):
    context = {"form": form, "card": cards.Card(help_request), "seen": request.POST.get("seen", "")}
    answer = render(request, "dispatch/requests/correct.html", context, status=422 if request.POST else 200)
    return reswap(retarget(answer, "#correct-form"), "innerHTML")


@require_POST
@staff_page
def questions(request, code):
    """The questions of the kind that was chosen just now, with what was typed; nothing is said about it yet."""
    help_request = _open_request(request, code)
    if help_request.state not in HelpRequest.OPEN:
        return one_card(request, help_request, refused=StateChanged())
    form = CorrectForm(request.POST, help_request=help_request, quiet=True)
    return render(request, "dispatch/requests/correct_questions.html", {"form": form, "help_request": help_request})
