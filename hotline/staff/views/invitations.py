"""Into an account by a link or a code: an invitation, or a way to a new password. Opening changes nothing, a button does."""

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hotline.lib.throttle import limited
from hotline.staff.actions import invitations
from hotline.staff.actions.invitations import WayGone
from hotline.staff.forms.forgotten import ForgottenForm, TypedCodeForm
from hotline.staff.forms.passwords import NewPasswordForm
from hotline.staff.models import Kind

get_or_post = require_http_methods(["GET", "POST"])
tries = limited("one-time-code")


@get_or_post
@tries
def invitation(request, code):
    """An invitation: who one is going to be, and a password to choose. Then the log-in goes on by itself."""
    return _way(request, Kind.INVITATION, code)


@get_or_post
@tries
def new_password(request, code):
    """A way to a new password; one logs in with it afterwards."""
    return _way(request, Kind.PASSWORD, code)


def _way(request, kind, code):
    way = invitations.find(kind, code)
    context = {"kind": kind, "invited": kind == Kind.INVITATION}
    if way is None or not invitations.is_open(way):
        return render(request, "staff/account/way_gone.html", {**context, "late": bool(way)}, status=404)
    context["person"] = way.user
    if request.user.is_authenticated:
        return render(request, "staff/account/way_of_another.html", context, status=409)
    form = NewPasswordForm(request.POST if request.method == "POST" else None, user=way.user)
    if request.method == "POST" and form.is_valid():
        try:
            person = invitations.take_way(way, form.cleaned_data["password"])
        except WayGone:
            return render(request, "staff/account/way_gone.html", {**context, "late": False}, status=404)
        if kind == Kind.INVITATION:
            return perform_password_login(request, {}, Login(user=person, redirect_url=reverse("home")))
        messages.success(request, _("Your new password holds from now on. Please log in with it."))
        return HttpResponseRedirect(reverse("account_login"))
    return render(request, "staff/account/way.html", {**context, "form": form})


@get_or_post
@tries
def typed_code(request):
    """Whoever was handed a code types it here; a good one leads to its page."""
    form = TypedCodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return HttpResponseRedirect(form.address)
    return render(request, "staff/account/typed_code.html", {"form": form})


@get_or_post
def forgotten(request):
    """A letter with a way to a new password. The answer is the same for every name, in words and in time: whether there is
    such an account is looked up afterwards, by the worker."""
    form = ForgottenForm(request.POST if request.method == "POST" else None)
    sent = False
    if request.method == "POST" and form.is_valid():
        form.send(request)
        sent = True
    context = {"form": form, "sent": sent, "minutes": settings.PASSWORD_LETTER_MINUTES}
    return render(request, "staff/account/forgotten.html", context)
