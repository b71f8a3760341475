"""What moderators do in a group: to what is written, to who writes it, and to how fast. Two at once: one of them did it."""

from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.actions import exclusion, group_staff, rooms
from chat.actions.group_visitors import DecidedAlready, move
from chat.models import AuthorKey, Event, Group, GroupMember, HeldMessage, Participant, Room
from chat.models.event import body_context
from hotline.lib import crypto, ledger
from hotline.lib.errors import Refused
from hotline.lib.keyring import KeyGone
from hotline.lib.scrub import scrub
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.audit import record

State = GroupMember.State
MESSAGE, MEMBER = "group-message", "group-member"
TABLES = [one._meta.db_table for one in (Event, HeldMessage, AuthorKey)]
# Held messages that are shown at once, the oldest first.
BOUND = 50


class GoneAlready(Refused):
    code = "already_changed"
    message = _("A colleague has decided about this message already.")


class AsItWas(Refused):
    code = "already_changed"
    message = _("A colleague has done this already.")


def mute(actor, member, muted):
    """The visitor may not write for now (True), or may again. Raises AsItWas, DecidedAlready, Over, NotAllowed, NotFound."""
    _switch(actor, member, "muted", muted, "group.muted" if muted else "group.unmuted")


def hold(actor, member, held):
    """What the visitor writes waits for approval (True), or no more; what waits already goes on waiting.

    Raises AsItWas, DecidedAlready, Over, NotAllowed, NotFound.
    """
    _switch(actor, member, "held", held, "group.held" if held else "group.released")


def _switch(actor, member, field, wanted, action):
    group_staff.require_moderator(actor, member.group)
    with transaction.atomic():
        group = group_staff.lock_open(member.group)
        inside = GroupMember.objects.filter(pk=member.pk, state=State.IN)
        if not inside.filter(**{field: not wanted}).update(**{field: wanted}):
            raise AsItWas if inside.exists() else DecidedAlready
        record(actor, action, group.code, visitor=member.participant.code)
        _tell(group)


def set_pace(actor, group, seconds):
    """So many seconds between two messages of one visitor (int). Raises AsItWas, Over, NotAllowed, NotFound."""
    _set(actor, group, "group.pace", "slow_seconds", seconds)


def set_holding(actor, group, holds):
    """Whether what any visitor writes waits for approval. Raises AsItWas, Over, NotAllowed, NotFound."""
    _set(actor, group, "group.holding", "holds_messages", holds)


def _set(actor, group, action, field, value):
    group_staff.require_moderator(actor, group)
    with transaction.atomic():
        current = group_staff.lock_open(group)
        if not Group.objects.filter(pk=group.pk).exclude(**{field: value}).update(**{field: value}):
            raise AsItWas
        record(actor, action, group.code, value=value)
        _tell(current)


def held_messages(room):
    """[(HeldMessage, body)] of what waits for approval in a group's Room, the oldest first, at most BOUND of them."""
    waiting = HeldMessage.objects.filter(author__room=room, state=HeldMessage.State.WAITING)
    found = waiting.select_related("key", "author").prefetch_related("author__keys").order_by("pk")[:BOUND]
    return [(one, body_of(room, one)) for one in found]


def body_of(room, held):
    """What stands in a HeldMessage, str; empty when its key has gone."""
    try:
        context = body_context(room.code, held.author.code, held.client_id)
        return crypto.unseal(held.key.open(), bytes(held.sealed_body), context).decode()
    except (AttributeError, KeyGone):
        return ""


def approve(actor, group, held):
    """Everybody in the group sees this HeldMessage from now on. Returns its Event.

    Raises GoneAlready, Over, NotAllowed, NotFound.
    """
    group_staff.require_moderator(actor, group)
    with transaction.atomic():
        current = group_staff.lock_open(group)
        waiting = HeldMessage.objects.filter(pk=held.pk, author__room=current.room, state=HeldMessage.State.WAITING)
        if not waiting.delete()[0]:
            raise GoneAlready
        said = {"client_id": held.client_id, "key_id": held.key_id, "sealed_body": held.sealed_body}
        event = rooms.add(current.room, Event.Kind.MESSAGE, timezone.now(), held.author, said)
        record(actor, "group.approved", group.code, seq=event.seq)
        ring(topics.groups(current.line_id))
    return event


def decline(actor, group, held):
    """Nobody sees this HeldMessage; its author is told. Raises GoneAlready, Over, NotAllowed, NotFound."""
    group_staff.require_moderator(actor, group)
    with transaction.atomic():
        current = group_staff.lock_open(group)
        waiting = HeldMessage.objects.filter(pk=held.pk, author__room=current.room, state=HeldMessage.State.WAITING)
        if not waiting.update(state=HeldMessage.State.DECLINED, sealed_body=None, key=None):
            raise GoneAlready
        record(actor, "group.declined", group.code, visitor=held.author.code)
        _tell(current)
        transaction.on_commit(partial(scrub, HeldMessage._meta.db_table))


def remove_message(actor, group, seq):
    """The message with this seq is gone for everybody, and cannot be read from the database any more.

    Raises GoneAlready, Over, NotAllowed, NotFound.
    """
    group_staff.require_moderator(actor, group)
    with transaction.atomic():
        current = group_staff.lock(group)
        said = Event.objects.filter(room=current.room, seq=seq, kind=Event.Kind.MESSAGE, sealed_body__isnull=False)
        client_id = said.values_list("client_id", flat=True).first()
        if not blank(said):
            raise GoneAlready
        # Its place in the log tells whoever reads on; this tells whoever has read it.
        rooms.add(current.room, Event.Kind.REDACTED, timezone.now(), of=seq)
        record(actor, "group.message_removed", group.code, seq=seq)
        transaction.on_commit(partial(_forgotten, MESSAGE, client_id))


def blank(events):
    """Take the words out of these events (QuerySet); how many."""
    return events.update(kind=Event.Kind.REDACTED, sealed_body=None, key=None)


def remove_visitor(actor, member):
    """The visitor is out, and stays out for a time also when they went by themselves; what they wrote is gone with their key.

    Raises DecidedAlready, Over, NotAllowed, NotFound.
    """
    group_staff.require_moderator(actor, member.group)
    with transaction.atomic():
        group = group_staff.lock_open(member.group)
        member.refresh_from_db()
        if not member.was_inside:
            raise DecidedAlready
        move(member, {State.IN, State.LEFT}, state=State.REMOVED, asked_by=None)
        exclusion.exclude_member(group, member.participant)
        take_words(group.room, member.participant, "removed")
        record(actor, "group.visitor_removed", group.code, visitor=member.participant.code)
        ring(topics.groups(group.line_id))


def take_words(room, participant, why):
    """All that this visitor wrote in a locked group room is gone, and their name; whoever met them there is told.

    In the caller's transaction. why: "removed" or "erased".
    """
    blank(Event.objects.filter(room=room, author=participant, sealed_body__isnull=False))
    HeldMessage.objects.filter(author=participant).delete()
    AuthorKey.objects.filter(participant=participant).delete()
    now = timezone.now()
    Participant.objects.filter(pk=participant.pk).update(sealed_alias=None, left_at=now)
    if Participant.objects.let_in().filter(pk=participant.pk).exists():
        rooms.add(room, Event.Kind.LEFT, now, participant, why=why)
    transaction.on_commit(partial(_forgotten, MEMBER, participant.code))


def put_out(members):
    """Whoever of these (QuerySet of GroupMember) is in their group has left; whoever is at its door never came in."""
    members.filter(state=State.IN).update(state=State.LEFT)
    members.filter(state=State.WAITING).update(state=State.LEFT, alias_mark=None)


def _forgotten(kind, code):
    ledger.note(kind, code)
    scrub(*TABLES)


def erase_again():
    """Take out again what the ledger says was taken out of groups, where a restored backup brought it back. How many."""
    messages = Event.objects.filter(room__kind=Room.Kind.GROUP, sealed_body__isnull=False).select_related("room")
    members = Participant.objects.filter(member__isnull=False, keys__isnull=False).select_related("room").distinct()
    gone = ledger.among(MESSAGE, messages, "client_id")
    blank(Event.objects.filter(pk__in=[one.pk for one in gone]))
    out = ledger.among(MEMBER, members)
    for one in out:
        with transaction.atomic():
            put_out(GroupMember.objects.filter(participant=one))
            take_words(rooms.lock(one.room_id), one, "erased")
    return len(gone) + len(out)


def _tell(group):
    """Whoever is in it asks anew what they may do there; whoever moderates it, how it stands."""
    ring(topics.room(group.room.code), changed=True)
    ring(topics.groups(group.line_id))
