"""Announcements in the internal chat: what a coordinator wants everybody there to have seen, and who has."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from chat.actions import author_keys, log, rooms
from chat.actions.messages import IdReused, clean
from chat.actions.team_rooms import Mine
from chat.models import Event, Participant, Sighting
from chat.models.event import body_context
from hotline.lib import crypto
from hotline.lib.throttle import allow
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.audit import record
from hotline.staff.permissions import NotAllowed, NotFound

# Announcements of one room that are shown, and people who are named below one.
BOUND = 5
PEOPLE = 200


@dataclass(frozen=True)
class Announcement:
    """One as somebody sees it. seen, missing: aliases of those who have seen it and who have not, for whoever may announce."""

    mine: Mine
    seq: int
    by: str
    at: datetime
    text: str
    is_seen: bool
    seen: tuple = ()
    missing: tuple = ()


def announce(actor, mine, announcement_id, text):
    """Say something in the room of `mine` (the actor's Mine) that everybody there has to see. Returns the Event; the same
    for the same id (UUID).

    Raises NotAllowed, Empty, TooLong, IdReused, TooOften.
    """
    if not mine.may_announce or mine.me.user_id != actor.pk:
        raise NotAllowed
    body, now = clean(text), timezone.now()
    # Counted before anything is locked: a slow cache holds up nobody who writes there. The same press again counts once.
    if not Event.objects.filter(author=mine.me, client_id=announcement_id).exists():
        allow("chat-announce", str(actor.pk))
    with transaction.atomic():
        room = rooms.lock(mine.room.pk)
        if before := Event.objects.filter(author=mine.me, client_id=announcement_id).first():
            return _same(room, before, body)
        key = author_keys.of_today(mine.me, mine.me.keys.order_by("pk").last(), now)
        context = body_context(room.code, mine.me.code, announcement_id)
        said = {
            "client_id": announcement_id,
            "key": key,
            "sealed_body": crypto.seal(key.open(), body.encode(), context),
        }
        event = rooms.add(room, Event.Kind.NOTICE, now, mine.me, said)
        Sighting.objects.create(event=event, participant=mine.me, at=now)
        record(actor, "team_room.announced", room.code, seq=event.seq)
        ring(topics.team_rooms())
    return event


def _same(room, event, body):
    if event.kind != Event.Kind.NOTICE or log.said(room, event) != body:
        raise IdReused
    return event


def see(actor, mine, seq):
    """The actor has seen the announcement with this seq in the room of `mine`; a second time changes nothing.

    Raises NotFound.
    """
    event = Event.objects.filter(room=mine.room, seq=seq, kind=Event.Kind.NOTICE).first()
    if event is None or mine.me.user_id != actor.pk:
        raise NotFound
    with transaction.atomic():
        _sighting, made = Sighting.objects.get_or_create(
            event=event, participant=mine.me, defaults={"at": timezone.now()}
        )
        if made:
            ring(topics.sightings())


def shown(mine):
    """[Announcement] in these rooms (list of Mine), the newest first: what their person has not seen, the oldest of it
    before all else so that nothing falls out unseen, and for whoever may announce the latest ones with who has seen them.
    Three queries."""
    by_room, bound = {one.room.pk: one for one in mine}, BOUND * max(1, len(mine))
    said = Event.objects.filter(room__in=by_room, kind=Event.Kind.NOTICE, sealed_body__isnull=False)
    sighted = Sighting.objects.filter(event=OuterRef("pk"), participant__in=[one.me.pk for one in mine])
    unseen = said.filter(~Exists(sighted)).order_by("at", "pk").values("pk")[:bound]
    latest = said.filter(room__in=[one.room.pk for one in mine if one.may_announce]).order_by("-at", "-pk")
    rows = Event.objects.filter(Q(pk__in=unseen) | Q(pk__in=latest.values("pk")[:bound]))
    found = list(rows.select_related("author__user", "key").order_by("-at", "-pk"))
    if not found:
        return []
    sightings, people = _sightings(found), _people([one for one in mine if one.may_announce])
    announcements = [_shown(event, by_room[event.room_id], sightings, people) for event in found]
    return [one for one in announcements if one.text and (not one.is_seen or one.mine.may_announce)]


def _sightings(events):
    """{event pk: {participant pk: alias}}"""
    found = {}
    for one in Sighting.objects.filter(event__in=events).select_related("participant__user"):
        user = one.participant.user
        found.setdefault(one.event_id, {})[one.participant_id] = user.alias if user else ""
    return found


def _people(mine):
    """{room pk: {participant pk: alias}} of those who are in these rooms."""
    found = {one.room.pk: {} for one in mine}
    present = Participant.objects.present().filter(room__in=found, user__is_active=True).select_related("user")
    for one in present.order_by("user__alias")[: PEOPLE * max(1, len(mine))]:
        found[one.room_id][one.pk] = one.user.alias
    return found


def _shown(event, mine, sightings, people):
    seen, present = sightings.get(event.pk, {}), people.get(event.room_id, {})
    return Announcement(
        mine,
        event.seq,
        event.author.user.alias if event.author.user else "",
        event.at,
        log.said(mine.room, event),
        mine.me.pk in seen,
        tuple(sorted(alias for pk, alias in seen.items() if alias and pk != event.author_id)),
        tuple(alias for pk, alias in present.items() if pk not in seen),
    )


def announcement_id(text):
    """The UUID that a form carries, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None
