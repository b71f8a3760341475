"""`/o/<token>/`: a coordinator's own page for one offer. Opening it changes nothing; every change is a button."""

import secrets
from datetime import timedelta
from functools import partial, wraps
from urllib.parse import urlsplit

from django.conf import settings
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from hotline.dispatch import wording
from hotline.dispatch.actions import contacts, coverage, links, offers, questions, work
from hotline.dispatch.errors import LinkUnknown, WrongDevice
from hotline.dispatch.forms.contact import dialled
from hotline.dispatch.forms.offers import AskForm, DeclineForm, FinishForm
from hotline.dispatch.models import Offer
from hotline.lib.errors import Refused
from hotline.lib.throttle import allow, network_of

DEVICE_COOKIE = "offer_device"
DEVICE_DAYS = 14
# Seconds for which an opened contact stays on the screen.
SHOWN_SECONDS = 300

# What is said after a button, on the page that comes then.
SAID = {
    "going-on": gettext_lazy("Thank you. It is noted that you are on it."),
    "coverage": gettext_lazy("Thank you. It is noted."),
    "ask": gettext_lazy("Your question is on its way. The answer comes here and into your chat."),
}


def _with_link(view):
    """Find the link of the token, speak its holder's language, and say kindly when there is none, or no longer for them."""

    @wraps(view)
    def wrapped(request, token, **kwargs):
        try:
            link = links.find(token)
        except LinkUnknown as unknown:
            return _unknown(request, token, unknown)
        holder = link.endpoint or link.user
        with translation.override(holder.language):
            try:
                links.voice_of(link).check(link.offer.local_coordinator)
            except Refused as refused:
                return render(request, "dispatch/offers/unknown.html", {"message": refused}, status=403)
            if request.method == "POST":
                links.use(link)
            return view(request, link, token, **kwargs)

    return _hidden(wrapped)


def _hidden(view):
    """Decorates a view: no search engine keeps its page."""

    @wraps(view)
    def hidden(request, token, **kwargs):
        response = view(request, token, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return hidden


def _unknown(request, token, message):
    """A token that is none: guessed, used up, run out, or taken back."""
    allow("offer-link", network_of(request))
    return render(request, "dispatch/offers/unknown.html", {"message": message, "token": token}, status=404)


@require_POST
@_hidden
def new_link(request, token):
    """Ask for a new link, which goes where the offer went and never comes here. The page says the same whatever the token."""
    allow("offer-new-link-asked", network_of(request))
    links.send_fresh(token)
    return render(request, "dispatch/offers/new_link_asked.html")


def _page(request, link, token, *, message=None, opened=None, status=200, **forms):
    offer = link.offer
    held = offer.state == Offer.State.ACCEPTED
    waits = held and offer.help_request.look_due
    voice = links.voice_of(link)
    context = {
        "offer": offer,
        "token": token,
        "lines": wording.summary(offer, translation.get_language()) if offer.state in links.SHOWN else [],
        "message": message,
        "said": SAID.get(request.GET.get("said")) if request.method != "POST" else None,
        "opened": opened,
        "dial": dialled(opened.contact.get("phone", "")) if opened else "",
        "shown_until": timezone.now() + timedelta(seconds=SHOWN_SECONDS),
        "may_open": held and voice.is_who_accepted(offer) and offer.help_request.is_sealed and not waits,
        "waits": waits,
        "until": contacts.opens_until(offer) if held else None,
        "shown_minutes": SHOWN_SECONDS // 60,
        "questions": [
            {"text": questions.shown(question), "answer": questions.shown_answer(question)}
            for question in offer.questions.all()[:20]
        ]
        if offer.state in links.SHOWN
        else [],
        "still_covered": offer.asks_about and wording.still_covered(offer.asks_about, translation.get_language()),
        "decline_form": DeclineForm(),
        "ask_form": AskForm(),
        "finish_form": FinishForm(),
        **forms,
    }
    return render(request, "dispatch/offers/offer.html", context, status=status)


@require_safe
@_with_link
def offer(request, link, token):
    """Show the offer as it stands."""
    return _page(request, link, token)


def _change(request, link, token, action, *args, then=None, said=""):
    """Run an action of the holder; a refusal is shown on the page as it stands then.

    then: makes the answer out of what the action returned, instead of this page again; said: key of SAID, for that page.
    """
    try:
        done = action(links.voice_of(link), link.offer, *args)
    except Refused as refused:
        link.offer.refresh_from_db()
        return _page(request, link, token, message=refused, status=409)
    if then is not None:
        return then(done)
    return redirect(reverse("dispatch:offer", args=[token]) + (f"?said={said}" if said else ""))


@require_POST
@_with_link
def accept(request, link, token):
    """Accept. A new link of the winner's takes the place of this one; it stays on the host this page came from."""
    return _change(request, link, token, offers.accept, then=lambda address: redirect(urlsplit(address).path))


@require_POST
@_with_link
def decline(request, link, token):
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return _page(request, link, token, status=422, decline_form=form)
    return _change(request, link, token, offers.decline, form.cleaned_data["reason"])


@require_POST
@_with_link
def answer_about_coverage(request, link, token):
    """Whether they want to be asked for such things any more."""
    answer = partial(coverage.answer, gives_up=request.POST.get("gives_up") == "yes")
    return _change(request, link, token, answer, said="coverage")


@require_POST
@_with_link
def ask(request, link, token):
    form = AskForm(request.POST)
    if not form.is_valid():
        return _page(request, link, token, status=422, ask_form=form)
    return _change(
        request, link, token, questions.ask, form.cleaned_data["ready"], form.cleaned_data["text"], said="ask"
    )


@require_POST
@_with_link
def sign(request, link, token):
    return _change(request, link, token, work.sign, said="going-on")


@require_POST
@_with_link
def finish(request, link, token):
    form = FinishForm(request.POST)
    if not form.is_valid():
        return _page(request, link, token, status=422, finish_form=form)
    return _change(request, link, token, work.finish, form.cleaned_data["outcome"])


@require_POST
@_with_link
def hand_back(request, link, token):
    """Hand it back. The link goes with it, so the last page comes as the answer itself."""
    return _change(request, link, token, work.hand_back, then=lambda _done: _page(request, link, token))


@require_POST
@_with_link
def open_contact(request, link, token):
    """Show the sealed contact for a short time, on the device that opened it first."""
    device = request.COOKIES.get(DEVICE_COOKIE) or secrets.token_urlsafe(24)
    try:
        opened = contacts.open_as_winner(link, device)
    except Refused as refused:
        elsewhere = isinstance(refused, WrongDevice)
        status = 403 if elsewhere else 409
        return _page(request, link, token, message=refused, status=status, asks_new_link=elsewhere)
    response = _page(request, link, token, opened=opened)
    response["Refresh"] = f"{SHOWN_SECONDS}; url={reverse('dispatch:offer', args=[token])}"
    response.set_cookie(
        DEVICE_COOKIE,
        device,
        max_age=DEVICE_DAYS * 86400,
        path="/o/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return response
