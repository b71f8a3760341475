"""The desk's cards: the list that changes live, and what the buttons of a card do."""

from datetime import datetime, timedelta

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import reswap, retarget

from hotline.dispatch import cards, topics
from hotline.dispatch.actions import contacts, crawled, notes, pass_words, questions, requests
from hotline.dispatch.errors import NumberAlone, ReasonMissing, TextTooLong
from hotline.dispatch.forms.contact import dialled
from hotline.dispatch.models import HelpRequest, OfferQuestion
from hotline.dispatch.views.access import own_requests, staff_page, teams_at_desk
from hotline.dispatch.views.status import desk_context
from hotline.lib.errors import Refused

# Seconds for which a contact that was opened to ring back stays on the screen.
SHOWN_SECONDS = 300
# What is wrong with the words and not with the request: it is said beside them, and they stay.
ABOUT_THE_WORDS = (NumberAlone, ReasonMissing, TextTooLong)


def cards_context(request, first=None):
    """Context of the list. first: a help request that stands on top, whatever its state, or None."""
    shown = cards.of_team(own_requests(request), timezone.now(), first=first)
    return {
        "cards": shown.cards,
        "open_count": shown.open_count,
        "hidden_count": shown.hidden_count,
        "needing": sum(card.needs_you for card in shown.cards),
        "found": shown.found,
        "several_teams": len(teams_at_desk(request)) > 1,
        "topics": " ".join(topics.of_cards(teams_at_desk(request))),
    }


@require_safe
@staff_page
def card_list(request):
    """The list alone, for the ring; ?first=<code> keeps a card on top that was looked for."""
    first = own_requests(request).filter(code=request.GET.get("first", "")).first()
    return render(request, "dispatch/requests/cards.html", {"fragment": True, **cards_context(request, first)})


@require_POST
@staff_page
def find(request):
    """The list with the card on top whose spoken code the caller gave; of another team's request only how it stands."""
    first = own_requests(request).by_spoken_code(request.POST.get("words", "")).first()
    context = {"fragment": True, "looked_for": True, **cards_context(request, first)}
    if first is None:
        context |= desk_context(request)
    return render(request, "dispatch/requests/cards.html", context)


def one_card(request, help_request, *, message=None, refused=None):
    """One card as it stands now. message: a good word on it; refused: the Refused that is said on it, with 409."""
    fresh = cards.with_cards(HelpRequest.objects.filter(pk=help_request.pk)).get()
    context = {
        "card": cards.Card(fresh),
        "message": refused or message,
        "refused": refused,
        "several_teams": len(teams_at_desk(request)) > 1,
    }
    answer = render(request, "dispatch/requests/card.html", context, status=409 if refused else 200)
    # By name: the list may have come anew since the button was pressed, and with it another element for this card.
    return reswap(retarget(answer, f"#request-{help_request.code}"), "outerHTML")


def _said(message, status=422):
    """A word beside the box of the dialog that sent the request; what was typed stays there."""
    answer = HttpResponse(message, status=status, content_type="text/plain; charset=utf-8")
    return reswap(retarget(answer, "find .said"), "textContent")


def _change(request, code, action, *args, done=None, **kwargs):
    """Run an action on the request with that code, and give its card as it stands then."""
    help_request = get_object_or_404(own_requests(request), code=code)
    try:
        action(request.user, help_request, *args, **kwargs)
    except ABOUT_THE_WORDS as refused:
        return _said(refused)
    except Refused as refused:
        return one_card(request, help_request, refused=refused)
    return one_card(request, help_request, message=done)


def seen_at(request):
    """`state_since` as the operator saw it; now for a form that does not say, which is then stale.

    Raises BadRequest for what is no moment of a page of ours.
    """
    seen = request.POST.get("seen", "")
    if not seen:
        return timezone.now()
    try:
        moment = datetime.fromisoformat(seen)
    except ValueError as impossible:
        raise BadRequest("no such moment") from impossible
    if timezone.is_naive(moment):
        raise BadRequest("a moment without its time zone")
    return moment


@require_POST
@staff_page
def cancel(request, code):
    return _change(request, code, requests.cancel, seen_since=seen_at(request), reason=request.POST.get("text", ""))


@require_POST
@staff_page
def offer_again(request, code):
    return _change(request, code, requests.offer_again, seen_since=seen_at(request))


@require_POST
@staff_page
def keep(request, code):
    return _change(request, code, requests.keep_open)


@require_POST
@staff_page
def still_needed(request, code):
    return _change(request, code, crawled.still_needed)


@require_POST
@staff_page
def rung_back(request, code):
    return _change(request, code, crawled.rung_back, seen_since=seen_at(request))


@require_POST
@staff_page
def looked_at(request, code):
    return _change(request, code, crawled.looked_at, seen_since=seen_at(request))


@require_POST
@staff_page
def note(request, code):
    done = _("The note is sealed with the request.")
    return _change(request, code, notes.add_note, request.POST.get("text", ""), done=done)


@require_POST
@staff_page
def answer(request, code, question):
    """Answer a coordinator's question, without either learning who the other is."""
    asked = get_object_or_404(
        OfferQuestion.objects.select_related("offer__help_request__category"),
        pk=question,
        offer__help_request__in=own_requests(request).filter(code=code),
    )
    text = request.POST.get("text", "")
    if not text.strip():
        return _said(_("Write an answer first."))

    def answered(actor, help_request):
        questions.answer(actor, asked, text)

    return _change(request, code, answered)


@require_POST
@staff_page
def tell_pass_words(request, code):
    """New pass words, to be read to the caller who is on the phone; they stand beside the cards and are shown this once."""
    help_request = get_object_or_404(own_requests(request), code=code)
    try:
        pair = pass_words.tell(request.user, help_request)
    except Refused as refused:
        return one_card(request, help_request, refused=refused)
    return _beside(request, "dispatch/requests/pass_words.html", help_request, pair=pair)


@require_POST
@staff_page
def ring_back(request, code):
    """Open the contact at the desk, by the rules, with a reason; it stands beside the cards and is shown this once."""
    help_request = get_object_or_404(own_requests(request), code=code)
    try:
        opened = contacts.open_at_desk(request.user, help_request, request.POST.get("text", ""))
    except ABOUT_THE_WORDS as refused:
        return _said(refused)
    except Refused as refused:
        return one_card(request, help_request, refused=refused)
    dial = dialled(opened.contact.get("phone", ""))
    return _beside(request, "dispatch/requests/opened.html", help_request, opened=opened, dial=dial)


def _beside(request, template, help_request, **context):
    """What is shown beside the cards, for a short time."""
    context |= {
        "help_request": help_request,
        "shown_seconds": SHOWN_SECONDS,
        "shown_until": timezone.now() + timedelta(seconds=SHOWN_SECONDS),
    }
    answer = render(request, template, context)
    return reswap(retarget(answer, "#opened"), "innerHTML")
