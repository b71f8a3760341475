"""My account: what there is, the password, the ways to log in, and where one is logged in."""

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from hotline.lib.errors import Refused
from hotline.staff.actions import factors, sessions
from hotline.staff.actions.passwords import change_password
from hotline.staff.actions.rescue import HELP
from hotline.staff.forms.passwords import ChangePasswordForm, DeviceForm
from hotline.staff.forms.waiting import told_to_wait
from hotline.staff.permissions import rights_of
from hotline.staff.reauthentication import fresh_required
from hotline.staff.sessions import DEVICE


@login_required
@require_GET
def account(request):
    """The one page of it."""
    device = request.session.get(DEVICE, "")
    context = {
        "factors": factors.factors_of(request.user),
        "log_ins": sessions.log_ins(request.user, request.session),
        "helps": rights_of(request).somewhere(HELP),
        "device_form": DeviceForm(initial={"device": device}),
    }
    return render(request, "staff/account/account.html", context)


@login_required
def password(request):
    """Another password; this browser stays logged in, every other is out."""
    form = ChangePasswordForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        change_password(request.user, form.cleaned_data["password"])
        update_session_auth_hash(request, request.user)
        sessions.end_others(request.user, request.session)
        messages.success(request, _("Your new password holds from now on. All other devices are logged out."))
        return HttpResponseRedirect(reverse("staff:account"))
    return told_to_wait(render(request, "staff/account/password.html", {"form": form}), form)


@login_required
@require_POST
@fresh_required
def remove_factor(request, pk):
    """POST: an app or a passkey of one's own opens nothing any more."""
    factor = get_object_or_404(Authenticator, pk=pk, user=request.user)
    try:
        factors.remove(request.user, factor)
        messages.success(request, _("Removed. It does not open your account any more."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("staff:account"))


@login_required
@require_POST
def name_device(request):
    """POST device: what this browser is called in one's own list."""
    form = DeviceForm(request.POST)
    if form.is_valid():
        request.session[DEVICE] = form.cleaned_data["device"]
        messages.success(request, _("Noted."))
    return HttpResponseRedirect(reverse("staff:account"))


@login_required
@require_POST
def end_session(request, session_id):
    """POST: one browser of one's own is logged out."""
    sessions.end(request.user, session_id)
    messages.success(request, _("That device is logged out."))
    return HttpResponseRedirect(reverse("staff:account"))


@login_required
@require_POST
def end_other_sessions(request):
    """POST: every browser but this one is logged out."""
    ended = sessions.end_others(request.user, request.session)
    words = ngettext("%(count)d other device is logged out.", "%(count)d other devices are logged out.", ended)
    messages.success(request, words % {"count": ended})
    return HttpResponseRedirect(reverse("staff:account"))
