"""Setting up a second factor: as the last step of a log-in, or later on one's own account. Same pages, same actions."""

import json
from functools import wraps
from urllib.parse import quote, urlencode

from allauth.account.stages import LoginStageController
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.webauthn.internal import auth as webauthn
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hotline.lib.qr import modules
from hotline.staff.actions import factors
from hotline.staff.actions.factors import WrongCode
from hotline.staff.forms.factors import AppForm, PasskeyForm
from hotline.staff.reauthentication import require_fresh
from hotline.staff.stages import SetUpStage

# In the session, which is sealed, until the page is done; each with the account that it is for, since another person may
# log in at the same browser before that.
SECRET, NEW_CODES = "new_app_secret", "new_recovery_codes"


def _kept(request, name, person):
    whose, value = request.session.get(name, (None, None))
    return value if whose == str(person.pk) else None


def _keep(request, name, person, value):
    request.session[name] = (str(person.pk), value)
    return value


def for_owner(view):
    """`view(request, person, stage)`: for whoever is logged in and has just proven it (stage None), or is about to be."""

    @wraps(view)
    def wrapper(request, *args, **kwargs):
        if request.user.is_authenticated:
            require_fresh(request)
            return view(request, request.user, None, *args, **kwargs)
        stage = LoginStageController.enter(request, SetUpStage.key)
        if stage is None or not stage.login.user:
            return redirect_to_login(reverse("staff:account"))
        return view(request, stage.login.user, stage, *args, **kwargs)

    return wrapper


@require_http_methods(["GET"])
@for_owner
def choose(request, person, stage):
    """What there is to choose from, and why."""
    if stage is None:
        return HttpResponseRedirect(reverse("staff:account"))
    if _kept(request, NEW_CODES, person):
        return HttpResponseRedirect(reverse("staff:recovery_codes"))
    return render(request, "staff/account/set_up.html", {"person": person, "rescued": stage.rescued})


@require_http_methods(["GET", "POST"])
@for_owner
def app(request, person, stage):
    """An authenticator app: the secret as a picture, as a link and as text; POST its first code."""
    form = AppForm(request.POST if request.method == "POST" else None)
    secret = _kept(request, SECRET, person) or _keep(request, SECRET, person, generate_totp_secret())
    if request.method == "POST" and form.is_valid():
        try:
            factors.add_app(person, secret, form.cleaned_data["code"], instead=bool(stage and stage.rescued))
        except WrongCode as refusal:
            form.add_error("code", str(refusal))
        else:
            del request.session[SECRET]
            return _added(request, person, stage)
    label = f"{settings.HOTLINE_NAME}:{person.username}"
    more = urlencode({"secret": secret, "issuer": settings.HOTLINE_NAME}, quote_via=quote)
    url = f"otpauth://totp/{quote(label)}?{more}"
    context = {
        "form": form,
        "url": url,
        "qr": modules(url),
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "back": _back(stage),
    }
    return render(request, "staff/account/app.html", context)


@require_http_methods(["GET", "POST"])
@for_owner
def passkey(request, person, stage):
    """A passkey; POST what the browser made."""
    form = PasskeyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        factors.add_passkey(person, said["name"], said["credential"], instead=bool(stage and stage.rescued))
        return _added(request, person, stage)
    options = webauthn.begin_registration(person, passwordless=True)
    context = {"form": form, "options": json.dumps(options), "back": _back(stage)}
    return render(request, "staff/account/passkey.html", context)


@require_http_methods(["GET", "POST"])
@for_owner
def recovery_codes(request, person, stage):
    """The new recovery codes, to be written down; POST says that they are, or asks for new ones."""
    if request.method == "POST":
        if "again" in request.POST:
            _keep(request, NEW_CODES, person, factors.new_recovery_codes(person))
            return HttpResponseRedirect(request.path)
        request.session.pop(NEW_CODES, None)
        return HttpResponseRedirect(reverse("staff:account")) if stage is None else stage.exit()
    codes = _kept(request, NEW_CODES, person)
    if not codes:
        return HttpResponseRedirect(_back(stage))
    return render(request, "staff/account/recovery_codes.html", {"codes": codes})


def _added(request, person, stage):
    """After the first factor come the recovery codes."""
    if not factors.factors_of(person).codes_left:
        _keep(request, NEW_CODES, person, factors.new_recovery_codes(person))
        return HttpResponseRedirect(reverse("staff:recovery_codes"))
    messages.success(request, _("Done. From now on it opens your account."))
    return HttpResponseRedirect(reverse("staff:account"))


def _back(stage):
    return reverse("staff:account") if stage is None else reverse("account_set_up")
