"""The internal chat at the desk: its rooms, and announcements. What is said there goes by the socket."""

from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from chat import team_desk
from chat.actions import team_announcements, team_rooms
from chat.views.desk import back_to_desk, desk_page
from hotline.lib.errors import Refused
from hotline.staff.permissions import NotAllowed, NotFound, rights_of


def _context(request):
    return team_desk.context(request.user, rights_of(request), timezone.now())


@require_safe
@desk_page
def rooms(request):
    """The rooms of whoever asks, with what is unread there."""
    return render(request, "chat/team/rooms.html", _context(request))


@require_safe
@desk_page
def announced(request):
    """What was announced and they have not seen yet."""
    return render(request, "chat/team/announced.html", _context(request))


@require_safe
@desk_page
def announcements(request):
    """What was announced, with who has seen it, for those who announce."""
    return render(request, "chat/team/who_has_read.html", _context(request))


@require_POST
@desk_page
def announce(request):
    """Announce something in a room; what was typed stays when that cannot be."""
    text, code = request.POST.get("text", ""), request.POST.get("room", "")
    announcement_id = team_announcements.announcement_id(request.POST.get("id", ""))
    try:
        mine = team_rooms.find(request.user, rights_of(request), code)
        if announcement_id is None:
            raise OutOfDate
        team_announcements.announce(request.user, mine, announcement_id, text)
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        if not request.htmx:
            return back_to_desk(request, refused)
        typed = {"text": text, "room": code, "refused": refused}
        return render(request, "chat/team/announcements.html", _context(request) | {"typed": typed}, status=409)
    if not request.htmx:
        return back_to_desk(request)
    return render(request, "chat/team/announcements.html", _context(request) | {"done": _("Announced.")})


@require_POST
@desk_page
def seen(request, code, seq):
    """They have seen an announcement."""
    mine = team_rooms.find(request.user, rights_of(request), code)
    team_announcements.see(request.user, mine, seq)
    if not request.htmx:
        return back_to_desk(request)
    return render(request, "chat/team/announced.html", _context(request))


class OutOfDate(Refused):
    code = "bad_frame"
    message = gettext_lazy("That was not understood. Load the page again.")
