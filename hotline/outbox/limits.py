"""
Telegram's limits, kept by all workers together through the database.

A channel has as many slots as calls may fall into its period. A slot is taken in the transaction that leases a message
and comes free one period after the call has *ended*. Whenever between its start and its end the channel counts a call,
no period can hold more calls than there are slots, however long the network takes; a clock that only spaced out the
starts could not promise that. A recipient's pace works alike, and a worker that dies gives both back when the lease of
its message runs out.

Slots and recipients are taken a moment before they are free, and the call begins when they are: so the time that the
database takes is not lost.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, F, Value, When

from hotline.outbox.models import Channel, Message, Pace, Slot, State

# How long before it is free a slot or a recipient may be taken.
AHEAD = timedelta(seconds=1)


@dataclass(frozen=True)
class Rate:
    """Calls in a period, the time between calls to one recipient, calls to a group in its period (seconds)."""

    calls: int
    period: float
    recipient_period: float
    group_calls: int
    group_period: float


RATES: dict[str, Rate] = {
    Channel.TELEGRAM: Rate(calls=30, period=1, recipient_period=1, group_calls=20, group_period=60),
    # One call to a host at a time, so that a slow one holds up nobody else.
    Channel.WEBHOOK: Rate(calls=20, period=0.05, recipient_period=0.05, group_calls=0, group_period=0),
}


@dataclass(frozen=True)
class Call:
    """A call that had taken a slot (primary key) and a recipient until `until`, and ended at `at`."""

    channel: str
    slot: int | None
    recipient_hash: bytes
    is_group: bool
    until: datetime
    at: datetime


def is_group(channel: str, recipient: str) -> bool:
    """Whether several people read there: Telegram numbers groups below zero."""
    return channel == Channel.TELEGRAM and recipient.startswith("-")


def prepare_slots(channel: str, now: datetime) -> None:
    """Make the channel's slots where they are missing."""
    numbers = set(range(RATES[channel].calls)) - set(_slots(channel).values_list("number", flat=True))
    fresh = [Slot(channel=channel, number=number, free_at=now) for number in sorted(numbers)]
    Slot.objects.bulk_create(fresh, ignore_conflicts=True)


def prepare_recipients(channel: str, now: datetime, hashes: set[bytes]) -> None:
    """Make the pace of recipients who have none. Not inside the transaction that takes them."""
    known = Pace.objects.filter(channel=channel, recipient_hash__in=hashes).values_list("recipient_hash", flat=True)
    fresh = hashes - {bytes(one) for one in known}
    if fresh:
        Pace.objects.bulk_create(
            [Pace(channel=channel, recipient_hash=one, free_at=now) for one in sorted(fresh)], ignore_conflicts=True
        )


def free_slots(channel: str, now: datetime, most: int) -> int:
    """How many calls may begin now, at most `most`; 0 while the whole channel is held back."""
    if channel not in RATES:
        return most
    if Pace.objects.filter(channel=channel, recipient_hash=Pace.EVERYBODY, free_at__gt=now).exists():
        return 0
    moments = list(_slots(channel).values_list("free_at", flat=True))
    if len(moments) < RATES[channel].calls:
        prepare_slots(channel, now)
        return min(most, RATES[channel].calls)
    return min(most, sum(moment <= now + AHEAD for moment in moments))


def lock_slots(channel: str, now: datetime, most: int) -> list[tuple[int, datetime]]:
    """Primary keys of slots that may be taken now, and when they are free; locked until the transaction ends."""
    free = _slots(channel).filter(free_at__lte=now + AHEAD).order_by("free_at")
    return list(free.select_for_update(skip_locked=True).values_list("pk", "free_at")[:most])


def lock_recipients(channel: str, now: datetime, hashes) -> dict[bytes, datetime]:
    """Those of these recipients that may be taken now, and when they are free; locked until the transaction ends."""
    free = Pace.objects.filter(channel=channel, recipient_hash__in=hashes, free_at__lte=now + AHEAD)
    found = free.select_for_update(skip_locked=True).values_list("recipient_hash", "free_at")
    return {bytes(recipient): free_at for recipient, free_at in found}


def take(channel: str, slots: list[int], hashes, until: datetime) -> None:
    """Take slots (primary keys) and recipients, at the longest until then."""
    if channel in RATES:
        Slot.objects.filter(pk__in=slots).update(free_at=until)
        Pace.objects.filter(channel=channel, recipient_hash__in=hashes).update(free_at=until)


def give_back(calls: list[Call]) -> None:
    """Calls have ended: their slots and recipients come free a period later."""
    for channel in {call.channel for call in calls} & RATES.keys():
        rate, ended = RATES[channel], [call for call in calls if call.channel == channel]
        after, recipient_after = timedelta(seconds=rate.period), timedelta(seconds=rate.recipient_period)
        slots = {call.slot: When(pk=call.slot, free_at=call.until, then=Value(call.at + after)) for call in ended}
        Slot.objects.filter(pk__in=slots).update(free_at=Case(*slots.values(), default=F("free_at")))
        free = {
            call.recipient_hash: When(
                recipient_hash=call.recipient_hash, free_at=call.until, then=Value(call.at + recipient_after)
            )
            for call in ended
        }
        groups = [call for call in ended if call.is_group]
        for call in groups:
            del free[call.recipient_hash]
            _give_back_group(rate, call)
        Pace.objects.filter(channel=channel, recipient_hash__in=free).update(
            free_at=Case(*free.values(), default=F("free_at"))
        )


def _give_back_group(rate: Rate, call: Call) -> None:
    pace = Pace.objects.filter(channel=call.channel, recipient_hash=call.recipient_hash, free_at=call.until).first()
    if pace is None:
        return
    pace.recent = [*pace.recent, call.at.timestamp()][-rate.group_calls :]
    pace.free_at = call.at + timedelta(seconds=rate.recipient_period)
    if len(pace.recent) == rate.group_calls:
        first = datetime.fromtimestamp(pace.recent[0], tz=call.at.tzinfo)
        pace.free_at = max(pace.free_at, first + timedelta(seconds=rate.group_period))
    pace.save(update_fields=["free_at", "recent"])


def hold(call: Call, until: datetime) -> None:
    """The channel wants to be left alone until then: by everybody, or only in that group.

    We keep the limits of a private chat ourselves, so a refusal there is meant for the whole bot. A group can have a
    slow mode of its own, an hour if its owner likes, and must not be able to silence the house.
    """
    held = call.recipient_hash if call.is_group else Pace.EVERYBODY
    Pace.objects.bulk_create([Pace(channel=call.channel, recipient_hash=held)], ignore_conflicts=True)
    Pace.objects.filter(channel=call.channel, recipient_hash=held, free_at__lt=until).update(free_at=until)


def seconds_to_wait(channel: str, now: datetime, most: float) -> float:
    """When it is worth looking again: at the latest in `most` seconds, sooner when something waits for its moment."""
    queue = Message.objects.filter(channel=channel, state=State.QUEUED)
    moments = list(queue.filter(not_before__gt=now).order_by("not_before").values_list("not_before", flat=True)[:1])
    if channel in RATES and queue.filter(not_before__lte=now).exists():
        first = queue.order_by("priority", "created_at").values_list("recipient_hash", flat=True)[:100]
        busy = Pace.objects.filter(channel=channel, recipient_hash__in=[Pace.EVERYBODY, *first])
        for found in (busy, _slots(channel)):
            soonest = found.filter(free_at__gt=now + AHEAD).order_by("free_at").values_list("free_at", flat=True)
            moments += [moment - AHEAD for moment in soonest[:1]]
    return min([most, *((moment - now).total_seconds() for moment in moments)])


def forget_idle(now: datetime) -> int:
    """Drop the pace of recipients nobody wrote to for an hour; how many."""
    return Pace.objects.filter(free_at__lte=now - timedelta(hours=1)).delete()[0]


def _slots(channel: str):
    return Slot.objects.filter(channel=channel, number__lt=RATES[channel].calls)
