"""Forgetting groups: what a visitor wants gone, everything at its time, and keys that live as long as what they cover."""

from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import transaction

from chat.actions import group_staff, moderation, rooms
from chat.actions.erasure import wrap_room
from chat.models import AuthorKey, Event, Group, GroupMember, HeldMessage, Participant, Room
from hotline.lib import ledger
from hotline.lib.keyring import keyring
from hotline.lib.rows import each
from hotline.lib.scrub import scrub
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.audit import record

BOUND = 100
LEDGER = "group"
State = Group.State
TABLES = [one._meta.db_table for one in (Event, HeldMessage, AuthorKey, GroupMember, Participant, Room)]


def erase_for_visitor(participant):
    """All that this visitor wrote in the group is gone now, and their name; their token opens nothing any more."""
    with transaction.atomic():
        try:
            room = rooms.lock(participant.room_id)
        except Room.DoesNotExist:  # emptied meanwhile, and their words with it
            return
        theirs = GroupMember.objects.filter(participant=participant)
        moderation.put_out(theirs)
        theirs.update(asked_by=None)
        Participant.objects.filter(pk=participant.pk).update(token_hash=None)
        moderation.take_words(room, participant, "erased")
        theirs.exclude(state=GroupMember.State.REMOVED).update(alias_mark=None)
        record(None, "group.words_erased", participant.member.group.code, by="visitor")
        ring(topics.groups(participant.member.group.line_id))


def erase_due(now):
    """Empty the groups whose time is up at `now` (aware datetime); returns how many."""
    due = Group.objects.filter(state=State.CLOSED, erase_at__lte=now)
    emptied = each(due.select_related("line").order_by("pk")[:BOUND], _empty, "house")
    if emptied:
        transaction.on_commit(partial(scrub, *TABLES))
    return emptied


def erase_again():
    """Empty groups that the ledger says were emptied: a restored backup brought them back. Returns how many."""
    return each(ledger.among(LEDGER, Group.objects.standing().select_related("line")), _empty, "restore")


def _empty(group, by):
    with transaction.atomic():
        try:
            room = group_staff.lock(group).room
        except group_staff.Over:
            return False
        backroom = rooms.lock(group.backroom_id)
        at = group.erase_at or group.opened_at
        Group.objects.filter(pk=group.pk).update(
            state=State.EMPTIED, room=None, backroom=None, erase_at=at, closed_at=group.closed_at or at
        )
        record(None, "group.emptied", group.code, by=by)
        for one in (room, backroom):
            ring(topics.room(one.code))
            one.delete()
        ring(topics.groups(group.line_id))
        transaction.on_commit(partial(ledger.note, LEDGER, group.code))
    return True


def forward_keys(now):
    """Move the keys of open groups forward, so that they live as long as what they cover; how many groups."""
    soonest = (now + timedelta(days=1)).date()
    running = Group.objects.filter(state=State.OPEN, room__key_due__lte=soonest).select_related("line")
    return each(running.order_by("pk")[:BOUND], _forward, now)


def _forward(group, now):
    due = keyring().due_day(now + group.line.retention)
    with transaction.atomic():
        room = group_staff.lock(group).room
        if due <= room.key_due:
            return False
        for one in (room, rooms.lock(group.backroom_id)):
            wrap_room(one, due)
    return True


def drop_old(now):
    """Delete the plans of groups that were emptied long ago; how many."""
    old = Group.objects.filter(state=State.EMPTIED, closed_at__lt=now - timedelta(days=settings.FIGURE_DAYS))
    return old.delete()[0]
