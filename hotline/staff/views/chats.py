"""How a person is reached at night: their Telegram, their e-mail, which of them first, and a trial."""

from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from hotline.lib.crypto import Unreadable
from hotline.lib.errors import Refused
from hotline.staff.actions import chats
from hotline.staff.models import LinkedChat
from hotline.staff.permissions import NotFound, rights_of
from hotline.telegram import bot


def _own_page(view):
    """For everybody with a role; whoever is not logged in is sent to do so, anybody else finds nothing (404)."""

    @wraps(view)
    def wrapped(request):
        if not rights_of(request).is_staff:
            raise NotFound
        return view(request)

    return never_cache(login_required(wrapped))


@require_safe
@_own_page
def reached(request):
    """The page. It shows the person's own address only as far as they need to recognise it."""
    return _page(request)


def _page(request, code=""):
    chat = LinkedChat.objects.filter(user=request.user).first()
    username = bot.username() if code else ""
    context = {
        "email": _masked(request.user),
        "chat": chat,
        "has_bot": bool(settings.TELEGRAM_BOT_TOKEN),
        "code": code,
        "link": f"https://t.me/{username}?start={code}" if username and not settings.SIMULATOR else "",
        "minutes": chats.CODE_MINUTES,
        "simulator": settings.SIMULATOR,
    }
    return render(request, "staff/account/reached.html", context)


def _masked(user):
    """The e-mail address with all but its first letter and its domain hidden; "" without one."""
    try:
        name, at, domain = user.email.partition("@")
    except Unreadable:
        return ""
    return f"{name[:1]}…{at}{domain}" if at else ""


@require_POST
@_own_page
def issue_code(request):
    """Answers with the page, the new code on it: it is shown once and stands in no address."""
    return _page(request, chats.issue_code(request.user))


@require_POST
@_own_page
def try_out(request):
    """Rings now."""
    try:
        chats.try_out(request.user)
        messages.success(request, _("It rings now, by every way that is noted here."))
    except NotFound:
        raise
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("staff:reached")


@require_POST
@_own_page
def unlink(request):
    """Ends the link."""
    chats.unlink(request.user)
    messages.success(request, _("Unlinked. No alarm rings there any more."))
    return redirect("staff:reached")


@require_POST
@_own_page
def choose_first(request):
    """Which way rings first: `first` is "telegram", or anything else for the e-mail."""
    chats.ring_first_by(request.user, telegram=request.POST.get("first") == "telegram")
    messages.success(request, _("Noted."))
    return redirect("staff:reached")
