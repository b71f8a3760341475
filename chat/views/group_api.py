"""The visitor's HTTP interface of a group; docs/protocol.md says what it promises. Reading and posting is in `consumers`."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import activate
from django.utils.translation import gettext_lazy as _

from chat.actions import asides, exclusion, group_erasure, group_visitors, groups, moderation
from chat.actions.conversations import alias_of
from chat.forms.group_entry import GroupEntryForm
from chat.forms.start import SecretField
from chat.models import Group, GroupMember, HeldMessage
from chat.views.api import spoken_by, started_answer
from chat.views.calls import BadCall, NotKnown, body_of, call, invalid, token_of
from chat.views.speech import speak_for, voice
from hotline.lib.errors import Refused
from hotline.lib.languages import localized
from hotline.lib.throttle import network_of

State = GroupMember.State


class Removed(Refused):
    code = "removed"
    message = _("A moderator has removed you from this group.")


def group_of(code):
    """The Group with this code, with its line. Raises Http404."""
    group = Group.objects.select_related("line").filter(code=code).first()
    if group is None:
        raise Http404
    return group


@call("GET", limit="chat-line")
def group(request, code):
    """How the group stands at this moment, and what it asks for."""
    found = group_of(code)
    speak_for(request, found.line)
    return JsonResponse(
        {
            "state": groups.state(found, timezone.now()),
            "title": found.title(),
            "rules": localized(found.rules),
            "languages": found.line.languages,
            "waiting_room": found.has_waiting_room,
            "starts_at": _iso(found.starts_at),
            "ends_at": _iso(found.ends_at),
        }
    )


def _iso(moment):
    return moment.isoformat() if moment else None


@call("POST", limit="chat-start")
def enter(request, code):
    """A visitor comes: in, or to the door, or the reason why not."""
    found = group_of(code)
    data = body_of(request)
    activate(voice(spoken_by(data, request, found.line), found.line))
    form = GroupEntryForm(found, data)
    if not form.is_valid():
        return invalid(form.errors_by_field)
    given = form.cleaned_data
    try:
        entered = group_visitors.enter(
            found, given["id"], alias=given["alias"], language=given["language"], network=network_of(request)
        )
    except group_visitors.WRONG_NAMES as wrong:
        return invalid({"alias": str(wrong)})
    answer = {"token": entered.token, "group": found.code, "state": entered.member.state}
    return JsonResponse(answer, status=201)


def _visitor(request):
    """The visitor's Participant by their token, who speaks as their line does. Raises NotKnown, Removed."""
    participant = group_visitors.visitor(token_of(request) or "")
    if participant is None:
        raise NotKnown
    speak_for(request, participant.member.group.line)
    if participant.member.state == State.REMOVED:
        raise Removed
    return participant


@call("GET", "DELETE", limit="chat-member")
def mine(request):
    """Where a token stands in its group, and what its visitor may do there; or: they erase all they wrote, now."""
    participant = _visitor(request)
    if request.method == "DELETE":
        group_erasure.erase_for_visitor(participant)
        return HttpResponse(status=204)
    member, now = participant.member, timezone.now()
    if member.state == State.WAITING:
        group_visitors.heard_of(participant, now)
    inside = member.state == State.IN
    if inside or member.state == State.WAITING:
        exclusion.remember_member(member.group, participant, network_of(request))
    held = list(HeldMessage.objects.filter(author=participant).select_related("key", "author").order_by("pk"))
    found = member.group
    return JsonResponse(
        {
            "group": found.code,
            "line": found.line.slug,
            "title": found.title(),
            "state": member.state,
            "was_inside": member.was_inside,
            "group_state": found.state,
            "room": participant.room.code if inside else None,
            "me": participant.code,
            "alias": alias_of(participant),
            "muted": member.muted,
            "holds": member.held or found.holds_messages,
            "slow_seconds": found.slow_seconds,
            "held": [_held(participant.room, one) for one in held if one.state == HeldMessage.State.WAITING],
            "declined": [str(one.client_id) for one in held if one.state == HeldMessage.State.DECLINED],
            "asked": {"alias": member.asked_by.alias} if inside and member.asked_by else None,
        }
    )


def _held(room, one):
    return {"id": str(one.client_id), "body": moderation.body_of(room, one), "at": one.at.isoformat()}


@call("POST", limit="chat-end")
def leave(request):
    """Out of the group; whoever is `leaving` at once, and for good."""
    leaving = body_of(request).get("leaving", False)
    if not isinstance(leaving, bool):
        raise BadCall
    group_visitors.leave(_visitor(request), leaving=leaving)
    return HttpResponse(status=204)


@call("POST", limit="chat-end")
def aside(request):
    """The answer of a visitor who is asked into a conversation of two."""
    data, participant = body_of(request), _visitor(request)
    if data.get("accept") is not True:
        asides.stay(participant)
        return HttpResponse(status=204)
    try:
        secret = SecretField(max_length=64).clean(data.get("id"))
    except ValidationError:
        raise BadCall from None
    return JsonResponse(started_answer(asides.accept(participant, secret, network_of(request))), status=201)
