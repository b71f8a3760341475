"""The pages of an organisation that joins. No account, no session: whoever holds the code is who registered."""

from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coordinators.actions import registrations
from coordinators.actions.registrations import UnknownCode
from coordinators.actions.vouching import VouchNotValid
from coordinators.forms.registrations import CodeForm, RegistrationForm, asked_for, place_for_newcomers
from coordinators.search.places import search_places
from hotline.lib.errors import Refused
from hotline.lib.qr import modules
from hotline.lib.throttle import allow, limited, network_of
from hotline.staff.actions.freeze import is_frozen
from hotline.telegram.bot import username

# Longer than anything the search looks at.
LONGEST_QUERY = 120
# Signs of a code between two hyphens.
GROUP = 4


def grouped(code):
    """A code as people read it: K7QX-2M4T-9ZAB."""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


@require_http_methods(["GET", "POST"])
def join(request):
    """The form; after it what happens next, and the code with which one comes back."""
    if request.method == "GET":
        initial, around = asked_for(request.GET)
        return _form(request, RegistrationForm(initial=initial), around=around)
    form = RegistrationForm(request.POST)
    if not form.is_valid():
        return _form(request, form, status=422)
    # What cannot be taken anyway costs nobody a try.
    allow("join", network_of(request))
    said = form.cleaned_data
    try:
        _registration, code = registrations.register(
            form.submission,
            form.told(),
            language=get_language(),
            languages=said["languages"],
            categories=said["kinds"],
            places=said["places"],
            vouch=said["vouch"].strip(),
        )
    except VouchNotValid as refused:
        form.add_error("vouch", str(refused))
        return _form(request, form, status=422)
    except Refused as refused:
        return _form(request, form, status=409, message=refused, again=refused.code == "sent_before")
    context = {"code": grouped(code), "days": settings.REGISTRATION_DAYS}
    return render(request, "coordinators/registrations/sent.html", context)


def _form(request, form, status=200, message="", again=False, around=""):
    """again: the form gets another id, since the one it had belongs to what was sent before. around: name of a region in which
    somebody is looked for.
    """
    submission = RegistrationForm().submission if again else form.submission
    context = {
        "form": form,
        "message": message,
        "submission": submission,
        "closed": is_frozen(),
        "around": around,
    }
    return render(request, "coordinators/registrations/join.html", context, status=status)


@require_safe
@limited("join-places")
def places(request):
    """Places for the form, in any script: towns and districts, a village by the district it lies in."""
    found = {}
    for place in search_places(request.GET.get("q", "")[:LONGEST_QUERY], get_language()):
        fitting = place_for_newcomers(place)
        if fitting is None:
            continue
        name, _comma, detail = place.label().partition(", ")
        detail = detail if fitting == place else fitting.label()
        found.setdefault((fitting.pk, name), _choice(fitting, name, detail))
    return JsonResponse({"results": list(found.values())})


def _choice(place, name, detail):
    return {"value": str(place.pk), "label": name, "detail": detail, "shown": place.label()}


@require_http_methods(["GET", "POST"])
def state(request):
    """How a registration stands, for whoever writes its code."""
    if request.method == "GET":
        return _ask_for_code(request, CodeForm())
    return _with_code(request, lambda registration: None)


@require_POST
def withdraw(request):
    """Take a registration back."""
    return _with_code(request, registrations.withdraw)


@require_POST
def link(request):
    """A link and QR code that connect the Telegram of an approved organisation."""
    return _with_code(request, registrations.issue_link)


def _with_code(request, act):
    """The page of the registration whose code was posted, after `act` of it; what `act` gives is the code of a new link."""
    allow("join-code", network_of(request))
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _ask_for_code(request, form)
    try:
        registration = registrations.find(form.cleaned_data["code"])
    except UnknownCode as refused:
        form.add_error("code", str(refused))
        return _ask_for_code(request, form)
    message, code = "", None
    try:
        code = act(registration)
    except Refused as refused:
        message = refused
    registration = registrations.find(form.cleaned_data["code"])
    context = {
        "registration": registration,
        "code": form.cleaned_data["code"],
        "message": message,
        "connected": registrations.is_connected(registration),
        "days": settings.REGISTRATION_DAYS,
        **(_link(code) if code else {}),
    }
    return render(request, "coordinators/registrations/state.html", context, status=409 if message else 200)


def _link(code):
    bot = username()
    url = f"https://t.me/{bot}?start={code}" if bot else ""
    return {
        "link": {"code": code, "url": url, "qr": modules(url) if url else None, "days": registrations.LINK_DAYS},
        "simulator": settings.SIMULATOR,
    }


def _ask_for_code(request, form):
    context = {"form": form}
    return render(request, "coordinators/registrations/code.html", context, status=422 if form.errors else 200)
