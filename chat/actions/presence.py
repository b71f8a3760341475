"""Who is there: devices are heard of at every heartbeat, and whoever was not heard of for long is gone.

It lies in the database, so that a killed process, a closed laptop and a disabled account are all noticed the same way.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q

from chat.actions import conversations, duties, queue
from chat.models import Conversation, Duty, Participant
from hotline.lib.rows import each
from hotline.staff.permissions import Rights

# A visitor who was not heard of is reconnecting; after so long they have left. On a phone in a bad network that is long.
RECONNECTING = timedelta(seconds=35)
LEFT_WAITING = timedelta(minutes=3)
LEFT_TALKING = timedelta(minutes=10)
BOUND = 500


def touch(participants, users, now):
    """These participants (pks) and the staff with these pks were heard of at `now` (aware datetime). Four queries.

    Whoever guides is in a room only as long as they have it open there: their account alone does not say it.
    """
    heard = Q(pk__in=participants) | Q(user__in=users) & ~Q(role__in=Participant.GUIDES)
    _hear(Participant.objects.present().filter(heard, room__is_open=True), now)
    if users:
        _hear(Duty.objects.filter(user__in=users), now)


def _hear(rows, now):
    """Whoever is just being written waits for nobody, and nobody for them: the next heartbeat is soon enough."""
    with transaction.atomic():
        free = rows.select_for_update(skip_locked=True, no_key=True, of=("self",)).order_by("pk")
        rows.model.objects.filter(pk__in=[one.pk for one in free.only("pk")]).update(seen_at=now)


def keep_own(users, now):
    """Whom the staff with these pks talk to stays theirs while they are at the live view; nobody new comes to them by that.

    One query.
    """
    own = Participant.objects.present().filter(
        user__in=users, room__conversation__volunteer=F("user"), room__conversation__state=Conversation.State.ACTIVE
    )
    own.exclude(role__in=Participant.GUIDES).update(seen_at=now)


def give_back_unattended(now):
    """Put visitors back to the front whose volunteer is gone or may work here no more; returns how many.

    Practice is nobody else's: it ends when its visitor does not come back.
    """
    active = (
        Conversation.objects.active().filter(practice=False).select_related("line__team", "volunteer").order_by("pk")
    )
    gone = Q(volunteer=None) | Q(
        room__participants__user=F("volunteer"), room__participants__seen_at__lt=now - duties.GRACE
    )
    unattended = list(active.filter(gone).distinct()[:BOUND])
    attended = list(active.exclude(volunteer=None).exclude(pk__in=[one.pk for one in unattended])[:BOUND])
    rights = Rights.of_many(conversation.volunteer for conversation in attended)
    unattended += [one for one in attended if not rights[one.volunteer_id].can("chat.talk", one)]
    return each(unattended, lambda conversation: queue.give_back(conversation, conversation.volunteer))


def end_abandoned(now):
    """End conversations whose visitor did not come back in time; returns how many."""
    visitors = Participant.objects.filter(role=Participant.Role.VISITOR)
    waiting = visitors.filter(room__conversation__state=Conversation.State.WAITING, seen_at__lt=now - LEFT_WAITING)
    talking = visitors.filter(room__conversation__state=Conversation.State.ACTIVE, seen_at__lt=now - LEFT_TALKING)
    found = [
        participant.room.conversation
        for group in (waiting, talking)
        for participant in group.select_related("room__conversation")[:BOUND]
    ]
    return each(found, conversations.end_abandoned)
