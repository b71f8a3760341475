"""Passing a conversation on: whom to ask, and the buttons of whoever asks and of whoever is asked."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from chat.actions import transfers
from chat.models import Line
from chat.views.desk import desk_page, press
from chat.views.desk_talk import my_conversation, show_about
from hotline.lib.errors import Refused
from hotline.staff.permissions import NotAllowed, NotFound

PERSON, LINE = "person:", "line:"


class NobodyChosen(Refused):
    code = "nobody_chosen"
    message = _("Choose first who is to take over.")


@require_safe
@desk_page
def choose(request, code):
    """The right column with those who could take over, as it stands now."""
    return _choose(request, my_conversation(request, code))


def _choose(request, conversation, *, refused=None, status=200):
    passing = {
        "colleagues": transfers.colleagues(conversation),
        "lines": list(transfers.other_lines(conversation)),
        "limit": transfers.NOTE_LIMIT,
        "to": request.POST.get("to", ""),
        "note": request.POST.get("note", ""),
    }
    return show_about(request, conversation, passing=passing, refused=refused, status=status)


@require_POST
@desk_page
def offer(request, code):
    """Hold the conversation out to whoever was chosen; what was typed stays when that cannot be."""
    conversation = my_conversation(request, code)
    to, note = request.POST.get("to", ""), request.POST.get("note", "")
    try:
        if to.startswith(PERSON):
            people = [one.user for one in transfers.colleagues(conversation) if one.user.alias == to[len(PERSON) :]]
            if not people:
                raise transfers.NotThere
            transfers.offer(request.user, conversation, to_user=people[0], note=note)
        elif to.startswith(LINE):
            line = get_object_or_404(Line, slug=to[len(LINE) :])
            transfers.offer(request.user, conversation, to_line=line, note=note)
        else:
            raise NobodyChosen
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        return _choose(request, conversation, refused=refused, status=409)
    return show_about(request, conversation)


@require_POST
@desk_page
def withdraw(request, code):
    """Keep it after all."""
    transfer = transfers.find(request.user, code)
    return press(request, transfers.withdraw, transfer)


@require_POST
@desk_page
def accept(request, code):
    """Take over what is held out to me."""
    transfer = transfers.find(request.user, code)
    return press(request, transfers.accept, transfer)


@require_POST
@desk_page
def decline(request, code):
    """Not now."""
    transfer = transfers.find(request.user, code)
    return press(request, transfers.decline, transfer)
