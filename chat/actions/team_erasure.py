"""Forgetting in the internal chat: each hour what is past its time, and at once what somebody wrote whose account is gone."""

from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import transaction

from chat.actions import rooms
from chat.models import AuthorKey, Event, Participant, Room, Sighting, TeamRoom
from hotline.lib.rows import each
from hotline.lib.scrub import scrub
from hotline.live import topics
from hotline.live.doorbell import ring

BOUND = 500
# Entries of one room that go in one sweep; the next takes more.
ENTRIES = 2000
TABLES = [model._meta.db_table for model in (Event, Sighting, AuthorKey)]


def erase_old(now):
    """Delete what was written before the time at `now` (aware datetime); returns from how many rooms.

    It goes by full hours, rather a little early: pages that show it are told once an hour and not at every message.
    """
    full_hour = now.replace(minute=0, second=0, microsecond=0)
    before = full_hour + timedelta(hours=1) - timedelta(days=settings.TEAM_ROOM_DAYS)
    old = TeamRoom.objects.filter(room__events__at__lt=before).distinct()
    done = each(old.select_related("room")[:BOUND], _erase, before)
    dead = AuthorKey.objects.filter(participant__room__kind=Room.Kind.TEAM, key_due__lt=now.date())
    dead.filter(pk__in=list(dead.values_list("pk", flat=True)[:BOUND])).delete()
    if done:
        transaction.on_commit(partial(scrub, *TABLES))
    return done


def _erase(team_room, before):
    with transaction.atomic():
        room = rooms.lock(team_room.room_id)
        old = Event.objects.filter(room=room, at__lt=before).order_by("seq")
        seqs = list(old.values_list("seq", flat=True)[:ENTRIES])
        if not seqs:
            return False
        # Times and seqs go the same way; a clock that was put back makes no hole in the log.
        Event.objects.filter(room=room, seq__lte=seqs[-1]).delete()
        Room.objects.filter(pk=room.pk, first__lte=seqs[-1]).update(first=seqs[-1] + 1)
        ring(topics.room(room.code))
        ring(topics.team_rooms())
    return True


def forget_those_gone(now):
    """Wipe the words of those whose account is gone, so that nobody can read them; their place in the log stays.

    Returns how many people.
    """
    gone = Participant.objects.filter(room__kind=Room.Kind.TEAM, user=None, keys__isnull=False).distinct()
    done = each(gone.select_related("room")[:BOUND], _wipe, now)
    if done:
        transaction.on_commit(partial(scrub, *TABLES))
    return done


def _wipe(participant, now):
    with transaction.atomic():
        room = rooms.lock(participant.room_id)
        said = Event.objects.filter(room=room, author=participant, sealed_body__isnull=False)
        said.update(kind=Event.Kind.REDACTED, sealed_body=None, key=None)
        AuthorKey.objects.filter(participant=participant).delete()
        if Participant.objects.present().filter(pk=participant.pk).exists():
            rooms.leave(room, participant, now)
        ring(topics.team_rooms())
    return True
