"""`/desk/chat/groups/`: the groups of somebody's lines, and one of them with all that is done there."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from chat import topics
from chat.actions import asides, group_staff, group_visitors, groups, moderation
from chat.actions.group_staff import TALK
from chat.group_desk import groups_of, panel
from chat.models import Group, GroupMember, HeldMessage
from chat.models.group import SLOWEST
from chat.views.desk import desk_page
from hotline.lib.errors import Refused
from hotline.staff.permissions import NotAllowed, NotFound, rights_of, visible


class NotUnderstood(Refused):
    code = "not_understood"
    message = _("That was not understood. Load the page again.")


def _group(request, code):
    rows = Group.objects.select_related("line", "room", "backroom").exclude(state=Group.State.EMPTIED)
    return get_object_or_404(visible(rights_of(request), rows, TALK), code=code)


def _panel(request, code):
    return panel(_group(request, code), request.user, rights_of(request))


@require_safe
@desk_page
def all_groups(request):
    """The list."""
    rights = rights_of(request)
    shown = {"groups": groups_of(request.user, rights), "topics": " ".join(topics.of_groups(rights))}
    return render(request, "chat/groups/rows.html" if request.htmx else "chat/groups/list.html", shown)


@require_safe
@desk_page
def one(request, code):
    """The page of one group."""
    return render(request, "chat/groups/desk.html", _panel(request, code))


@require_safe
@desk_page
def shown(request, code):
    """Its panel alone, for the ring."""
    return render(request, "chat/groups/panel.html", _panel(request, code))


def _press(request, code, act, *arguments):
    """Run a button's `act(person, *arguments)`; the panel as it stands then, with the words of a refusal in the corner."""
    told, status = "", 200
    try:
        act(request.user, *arguments)
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        told, status = refused, 409
    if not request.htmx:
        return redirect("chat:desk-group", code)
    answer = render(request, "chat/groups/panel.html", _panel(request, code), status=status)
    return trigger_client_event(answer, "told", {"words": str(told)}, after="settle") if told else answer


def _act(request, acts):
    try:
        return acts[request.POST.get("act", "")]
    except KeyError:
        raise Http404 from None


def _number(text, highest):
    if not (text.isascii() and text.isdecimal() and len(text) <= 9) or int(text) > highest:
        raise NotUnderstood
    return int(text)


def _set_pace(actor, group, seconds):
    moderation.set_pace(actor, group, _number(seconds, SLOWEST))


def _remove(actor, group, seq):
    moderation.remove_message(actor, group, _number(seq, 10**9))


@require_POST
@desk_page
def act(request, code):
    """What is done to the group as a whole, or to a message in it (`value`: its seq, seconds, yes or no)."""
    group, value = _group(request, code), request.POST.get("value", "")
    chosen, arguments = _act(
        request,
        {
            "open": (groups.open_group, ()),
            "close": (groups.close_group, ()),
            "come_in": (group_staff.come_in, ()),
            "go_out": (group_staff.go_out, ()),
            "pace": (_set_pace, (value,)),
            "holding": (moderation.set_holding, (value == "yes",)),
            "remove": (_remove, (value,)),
        },
    )
    return _press(request, code, chosen, group, *arguments)


@require_POST
@desk_page
def act_on_visitor(request, code, visitor):
    """What is done to one visitor."""
    members = GroupMember.objects.select_related("participant", "group__line")
    member = get_object_or_404(members, group=_group(request, code), participant__code=visitor)
    chosen, arguments = _act(
        request,
        {
            "let_in": (group_visitors.let_in, ()),
            "turn_away": (group_visitors.turn_away, ()),
            "mute": (moderation.mute, (True,)),
            "unmute": (moderation.mute, (False,)),
            "hold": (moderation.hold, (True,)),
            "release": (moderation.hold, (False,)),
            "remove": (moderation.remove_visitor, ()),
            "ask": (asides.ask, ()),
            "take_back": (asides.take_back, ()),
        },
    )
    return _press(request, code, chosen, member, *arguments)


@require_POST
@desk_page
def act_on_held(request, code, held):
    """Approve or decline what waits. Of what a colleague has approved nothing is left here: that is said, not 404."""
    group = _group(request, code)
    chosen = _act(request, {"approve": moderation.approve, "decline": moderation.decline})
    waiting = HeldMessage.objects.select_related("author").filter(author__room=group.room_id, code=held).first()
    if waiting is None:
        group_staff.require_moderator(request.user, group)
        return _press(request, code, _gone)
    return _press(request, code, chosen, group, waiting)


def _gone(_actor):
    raise moderation.GoneAlready
