"""Takes messages out of the queue, each for one sender and a short time."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string

from hotline.lib.keyring import KeyGone
from hotline.outbox import limits
from hotline.outbox.actions.messages import cancel
from hotline.outbox.models import Channel, Message, State

# Longer than sending takes with all its time-outs; after it a message counts as one whose sender died.
LEASE = {
    Channel.TELEGRAM: timedelta(seconds=60),
    Channel.EMAIL: timedelta(minutes=5),
    Channel.WEBHOOK: timedelta(seconds=60),
}


@dataclass(frozen=True)
class Letter:
    """A leased message, opened. To be sent at `begin`, and to be recorded before `until`.

    `target` is the id of the message that it changes (our own, while the channel's is not known), "" when it is a new one.
    """

    pk: object
    channel: str
    recipient: str
    recipient_hash: bytes
    content: dict | None
    target: str
    is_edit: bool
    may_have_arrived: bool
    purpose: str
    holder: str
    until: datetime
    slot: int | None
    begin: datetime

    def call(self, at: datetime) -> limits.Call:
        """The call that sent it and ended at `at`, for the limits."""
        group = limits.is_group(self.channel, self.recipient)
        return limits.Call(self.channel, self.slot, self.recipient_hash, group, self.until, at)


def take(channel: str, holder: str, most: int) -> list[Letter]:
    """Lease up to `most` messages that may be sent now, at most one to a recipient where the channel has a pace.

    A letter without content could not be opened: its time is over.
    """
    now = timezone.now()
    room = limits.free_slots(channel, now, most)
    # Chosen outside the transaction, to keep that short: whether they are still free is asked again inside.
    chosen = _choose(channel, now, 2 * room + 20) if room else {}
    if not chosen:
        return []
    with transaction.atomic():
        # It may have waited for its turn to write.
        now = timezone.now()
        until = now + LEASE[channel]
        recipients, slots = dict.fromkeys(chosen.values(), now), [(None, now)] * most
        if channel in limits.RATES:
            slots = limits.lock_slots(channel, now, most)
            recipients = limits.lock_recipients(channel, now, recipients)
        free = Message.objects.filter(
            pk__in=[pk for pk, one in chosen.items() if one in recipients], state=State.QUEUED
        )
        free = free.select_related("edits").order_by("priority", "created_at")
        rows = _still_wanted(list(free.select_for_update(skip_locked=True, of=("self",))[: len(slots)]))
        Message.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=State.LEASED, lease_holder=holder, lease_until=until, attempts=F("attempts") + 1
        )
        used = slots[: len(rows)]
        limits.take(channel, [slot for slot, _at in used], [bytes(row.recipient_hash) for row in rows], until)
    return [
        _open(row, holder, until, slot, max(free_at, recipients[bytes(row.recipient_hash)]))
        for row, (slot, free_at) in zip(rows, used, strict=True)
    ]


def _still_wanted(rows: list[Message]) -> list[Message]:
    """Those of the locked rows that may still leave; the others are called back.

    settings.OUTBOX_STILL_WANTED names for some purposes the function that knows: messages → ids of those that may.
    """
    for purpose, path in settings.OUTBOX_STILL_WANTED.items():
        going = [row for row in rows if row.purpose == purpose]
        wanted = import_string(path)(going) if going else set()
        for row in going:
            if row.pk not in wanted:
                cancel(row)
                rows.remove(row)
    return rows


def _choose(channel: str, now: datetime, most: int) -> dict:
    """Messages that may be sent now, the most pressing first: {primary key: hash of the recipient}.

    settings.OUTBOX_GATE names the function that says what may leave at all, as a Q; the house may stand still.
    """
    may_leave = import_string(settings.OUTBOX_GATE)()
    ready = Message.objects.ready(channel, now, now + limits.AHEAD).filter(may_leave)
    ready = ready.values_list("pk", "recipient_hash")[:most]
    if channel not in limits.RATES:
        return {pk: bytes(recipient) for pk, recipient in ready}
    first_of = {}
    for pk, recipient in ready:
        first_of.setdefault(bytes(recipient), pk)
    limits.prepare_recipients(channel, now, set(first_of))
    return {pk: recipient for recipient, pk in first_of.items()}


def _open(row: Message, holder: str, until: datetime, slot: int | None, begin: datetime) -> Letter:
    recipient, content = "", None
    with suppress(KeyGone):
        recipient = row.address()
        content = row.content() if recipient else None
    return Letter(
        pk=row.pk,
        channel=row.channel,
        recipient=recipient,
        recipient_hash=bytes(row.recipient_hash),
        content=content,
        target=(row.target_id or row.edits.external_id or str(row.edits_id)) if row.edits else "",
        is_edit=row.edits_id is not None,
        may_have_arrived=row.doubts > 0,
        purpose=row.purpose,
        holder=holder,
        until=until,
        slot=slot,
        begin=begin,
    )
