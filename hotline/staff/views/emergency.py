"""The page for emergencies: stop the house, let it go on, destroy its keys. For administrators."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from hotline.lib.errors import Refused
from hotline.staff.actions import destruction
from hotline.staff.actions.freeze import FREEZE, freeze, thaw
from hotline.staff.forms.emergency import DestroyForm, FreezeForm, PassphraseForm, ThawForm
from hotline.staff.models import DestroyPassphrase, KeyDestruction
from hotline.staff.models import Freeze as FreezeRow
from hotline.staff.permissions import NotAllowed, NotFound, require
from hotline.staff.reauthentication import fresh_required


def _administrators(view):
    """For whoever holds the right: a colleague gets 403, a stranger 404, nobody is sent to log in."""

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        require(request.user, FREEZE)
        return view(request, *args, **kwargs)

    return never_cache(login_required(wrapped))


@require_safe
@_administrators
def emergency(request):
    """How the house stands, and what can be done now."""
    return _page(request)


def _page(request, *, status=200, **forms):
    now = timezone.now()
    context = {
        "frozen": FreezeRow.objects.current(),
        "waiting": KeyDestruction.waiting(now).select_related("asked_by")[:5],
        "destroyed": KeyDestruction.objects.filter(done_at__isnull=False).first(),
        "has_passphrase": DestroyPassphrase.objects.exists(),
        "freeze_form": FreezeForm(prefix="freeze"),
        "thaw_form": ThawForm(prefix="thaw"),
        "destroy_form": DestroyForm(prefix="destroy"),
        "passphrase_form": PassphraseForm(prefix="passphrase"),
        **forms,
    }
    return render(request, "staff/emergency/page.html", context, status=status)


def _said(request, name, form_class, act, done):
    """Carry out `act(cleaned)` when the form is right; what is refused is shown beside what was typed."""
    form = form_class(request.POST, prefix=name)
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except (NotAllowed, NotFound):
            raise
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, done)
            return redirect("staff:emergency")
    return _page(request, status=422, **{f"{name}_form": form})


# No second proof here: it can be undone, and seconds count.
@require_POST
@_administrators
def stop(request):
    """Freezes the house."""
    return _said(
        request,
        "freeze",
        FreezeForm,
        lambda said: freeze(request.user, said["reason"], FreezeRow.Way.PAGE),
        _("The house is frozen."),
    )


@require_POST
@_administrators
@fresh_required
def go_on(request):
    """Thaws it."""
    done = _("The house goes on. Requests that were out stand on the desks, with nobody.")
    return _said(request, "thaw", ThawForm, lambda said: thaw(request.user, said["reason"]), done)


@require_POST
@_administrators
@fresh_required
def ask_to_destroy(request):
    """The first of two people."""
    return _said(
        request,
        "destroy",
        DestroyForm,
        lambda said: destruction.ask(request.user, with_site_key=said["with_site_key"]),
        _("Another administrator has half an hour to confirm it on this page."),
    )


@require_POST
@_administrators
def destroy(request):
    """By the passphrase. The answer comes as a page of its own: without the site key there is no session left."""

    def act(said):
        destruction.destroy_by_passphrase(
            request.user, said["passphrase"], with_site_key=said["with_site_key"], way=FreezeRow.Way.PAGE
        )

    form = PassphraseForm(request.POST, prefix="passphrase")
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except (NotAllowed, NotFound):
            raise
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return _destroyed(request, with_site_key=form.cleaned_data["with_site_key"])
    return _page(request, status=422, passphrase_form=form)


def _destroyed(request, *, with_site_key):
    if with_site_key:
        # Nothing is left that could open it; whoever saved it would fail.
        request.session.modified = False
    return render(request, "staff/emergency/destroyed.html", {"with_site_key": with_site_key})


@require_POST
@_administrators
@fresh_required
def confirm(request, asked_id):
    """The second person."""
    asked = KeyDestruction.objects.filter(pk=asked_id).first()
    if asked is None:
        raise Http404
    try:
        destruction.confirm(request.user, asked)
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("staff:emergency")
    return _destroyed(request, with_site_key=asked.with_site_key)


@require_POST
@_administrators
def withdraw(request, asked_id):
    """Stops what was asked for; without a second proof, since keeping is the safe side."""
    asked = KeyDestruction.objects.filter(pk=asked_id).first()
    if asked is None:
        raise Http404
    try:
        destruction.withdraw(request.user, asked)
        messages.success(request, _("Withdrawn: no key is destroyed."))
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("staff:emergency")
