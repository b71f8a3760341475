"""Live view: the running conversations of a line as facts, without a word of them; and reading one along, which its
volunteer sees at once and the audit keeps."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.actions import rooms
from chat.actions.conversations import Unknown
from chat.actions.holds import SUPERVISE
from chat.actions.messages import Ended
from chat.models import Conversation, Danger, Event, HelpCall, Line, Participant, Room
from hotline.lib.errors import Refused
from hotline.lib.rows import each
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.audit import record
from hotline.staff.permissions import NotAllowed, NotFound, require

Role, State = Participant.Role, Conversation.State
# Of one line: no queue has more places, and no line as many volunteers.
MOST = 500
# Whoever closed the page, or lost the connection, no longer reads along after so long: three missed heartbeats.
GRACE = timedelta(seconds=50)


class NobodyYet(Refused):
    code = "not_taken"
    message = _("Nobody has taken this visitor yet.")


class YourOwn(Refused):
    code = "yours"
    message = _("This conversation is your own. It is on your desk.")


class NotTold(Refused):
    code = "not_told"
    message = _("This visitor was not told beforehand that somebody may read along.")


def open_one(actor, conversation):
    """Read a running conversation along: its volunteer sees it at once. Returns the Participant; twice is once.

    Raises NobodyYet, YourOwn, NotTold, Ended, Unknown (it is erased), NotAllowed, NotFound.
    """
    require(actor, SUPERVISE, conversation)
    with transaction.atomic():
        conversation = rooms.lock_conversation(conversation, Unknown)
        # it may have been passed on meanwhile
        require(actor, SUPERVISE, conversation)
        if conversation.state == State.ENDED:
            raise Ended
        if conversation.practice or not conversation.line.has_live_view:
            raise NotAllowed
        if not conversation.told_of_reading:
            raise NotTold
        if conversation.state == State.WAITING:
            raise NobodyYet
        if conversation.volunteer_id == actor.pk:
            raise YourOwn
        me = guiding(conversation.room, actor)
        if me is None:
            now = timezone.now()
            me = rooms.enter(conversation.room, actor, Role.OBSERVER, now, first_seq=conversation.history_from)
            record(actor, "conversation.watched", conversation.code)
            ring(topics.queue(conversation.line_id))
    return me


def close_one(actor, conversation):
    """They read along no more, or step out again; nothing happens when they did neither."""
    try:
        with transaction.atomic():
            conversation = rooms.lock_conversation(conversation, Unknown)
            _show_out(conversation, guiding(conversation.room, actor))
    except Unknown:
        return


def guiding(room, user):
    """The Participant as which `user` guides in a room now, or None."""
    return Participant.objects.present().filter(room=room, user=user, role__in=Participant.GUIDES).first()


def _show_out(conversation, participant):
    if participant is None:
        return False
    if participant.role == Role.COORDINATOR:
        rooms.leave(conversation.room, participant, timezone.now(), why="stepped_out")
        record(participant.user, "conversation.stepped_out", conversation.code)
    else:
        rooms.leave(conversation.room, participant, timezone.now())
        record(participant.user, "conversation.unwatched", conversation.code)
    ring(topics.queue(conversation.line_id))
    return True


def show_out_unattended(now):
    """Whoever guides and was not heard of for a while goes out of the conversation, or of the guidance beside it; returns
    how many."""
    beside = Q(room__guidance__isnull=False, room__is_open=True)
    found = Participant.objects.present().filter(
        Q(room__conversation__isnull=False) | beside, role__in=Participant.GUIDES, seen_at__lt=now - GRACE
    )
    shown = found.select_related("room__conversation", "room__guidance__conversation")
    return each(shown[:MOST], _show_out_unattended, now)


def _show_out_unattended(participant, now):
    room = participant.room
    is_beside = room.kind == Room.Kind.GUIDANCE
    try:
        with transaction.atomic():
            conversation = rooms.lock_conversation((room.guidance if is_beside else room).conversation, Unknown)
            found = Participant.objects.present().filter(pk=participant.pk, seen_at__lt=now - GRACE)
            still = found.select_related("user").first()
            if still is None or not is_beside:
                return _show_out(conversation, still)
            rooms.leave(rooms.lock(room.pk), still, now)
            ring(topics.queue(conversation.line_id))
            return True
    except Unknown:
        return False


def find(user, code):
    """The Conversation with this code at a line that `user` supervises. Raises NotFound, NotAllowed."""
    conversation = (
        Conversation.objects.filter(code=code).select_related("line__team", "room", "entrance", "volunteer").first()
    )
    if conversation is None:
        raise NotFound
    require(user, SUPERVISE, conversation)
    return conversation


# ---- the facts ----


def facts(line_pk):
    """(short name of the line, {code of a room: facts of its running conversation}), nothing while it has no live view.

    Facts: {conversation, state, since, taken, language, risk, volunteer, last: {by, at} or None, watched: [aliases],
    flagged, called: since when its volunteer calls for help or None, danger,
    may_open}. Six queries, however many run.
    """
    line = Line.objects.only("slug", "has_live_view").get(pk=line_pk)
    if not line.has_live_view:
        return line.slug, {}
    running = Conversation.objects.running().filter(line=line, practice=False).select_related("volunteer")
    running = running.annotate(in_danger=Exists(Danger.objects.open().filter(conversation=OuterRef("pk"))))
    found = list(running.order_by("created_at").select_related("room")[:MOST])
    said = last_words([one.room.code for one in found])
    open_calls = HelpCall.objects.open().filter(conversation__line=line)
    called = {pk: at.isoformat() for pk, at in open_calls.values_list("conversation", "called_at")}
    watched = _watched([one.room_id for one in found])
    return line.slug, {
        one.room.code: {
            "conversation": one.code,
            "state": str(one.state),
            "since": one.created_at.isoformat(),
            "taken": one.taken_at.isoformat() if one.state == State.ACTIVE else None,
            "language": one.language,
            "risk": one.risk,
            "volunteer": one.volunteer.alias if one.volunteer else "",
            "last": said.get(one.room.code),
            "watched": watched.get(one.room_id, []),
            "flagged": one.flagged_until is not None,
            "called": called.get(one.pk),
            "danger": one.in_danger,
            "may_open": one.state == State.ACTIVE and one.told_of_reading,
        }
        for one in found
    }


def last_words(codes):
    """{code of a room: {by: role of whoever spoke there last, at}} of those of these rooms where anybody spoke. Two queries."""
    latest = Event.objects.filter(room=OuterRef("pk"), kind=Event.Kind.MESSAGE).order_by("-seq").values("pk")[:1]
    rooms_asked = Room.objects.filter(code__in=codes).annotate(latest=Subquery(latest))
    pks = [pk for pk in rooms_asked.values_list("latest", flat=True) if pk is not None]
    shown = Event.objects.filter(pk__in=pks).order_by().values_list("room__code", "author__role", "at")
    return {code: {"by": role, "at": at.isoformat()} for code, role, at in shown}


def _watched(rooms_pks):
    found = {}
    reading = Participant.objects.present().filter(room__in=rooms_pks, role=Role.OBSERVER)
    for room, alias in reading.order_by("pk").values_list("room", "user__alias"):
        found.setdefault(room, []).append(alias)
    return found
