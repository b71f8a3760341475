"""Writes down what became of what was sent."""

import logging
import random
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from hotline.lib.logs import named
from hotline.outbox import limits
from hotline.outbox import outcome as outcomes
from hotline.outbox.actions.leases import Letter
from hotline.outbox.actions.messages import arrived, cancel_edits, learn
from hotline.outbox.listeners import tell
from hotline.outbox.models import Channel, Message, State
from hotline.outbox.outcome import Outcome

FIRST_PAUSE, LONGEST_PAUSE = 2, 60
MOST_ATTEMPTS = 1000
# The first uncertain attempt may have left a copy; the second is the last, for a third might make two twins.
MOST_DOUBTS = 2

logger = logging.getLogger(__name__)


def record_all(results: list[tuple[Letter, Outcome]]) -> None:
    """Record what became of leased messages, in one transaction, for each waits for the disk; one by one if that fails.

    Gives back their places on the road and tells the listeners what is final.
    """
    try:
        _record(results)
    except Exception:
        if len(results) == 1:
            raise
        for result in results:
            try:
                _record([result])
            except Exception as error:
                # Its lease runs out, and then it counts as uncertain.
                logger.error("what became of a message could not be recorded: %s", named(error))


def record(letter: Letter, outcome: Outcome) -> None:
    """Record what became of one message."""
    record_all([(letter, outcome)])


def _record(results: list[tuple[Letter, Outcome]]) -> None:
    news = []
    with transaction.atomic():
        calls = [letter.call(outcome.at) for letter, outcome in results]
        limits.give_back(calls)
        for call, (_letter, outcome) in zip(calls, results, strict=True):
            if outcome.state == outcomes.LIMITED:
                limits.hold(call, outcome.at + timedelta(seconds=outcome.seconds))
        found = Message.objects.filter(pk__in=[letter.pk for letter, _outcome in results]).order_by("pk")
        rows = {row.pk: row for row in found.select_for_update()}
        for letter, outcome in results:
            row = rows.get(letter.pk)
            if row is None:
                continue
            if row.state == State.LEASED and row.lease_holder == letter.holder and row.lease_until == letter.until:
                news += _conclude(row, outcome)
            elif outcome.state == outcomes.SENT and not row.edits_id:
                # The lease ran out meanwhile: it arrived all the same, or is a copy of what somebody else sent.
                arrived(row, outcome.external_id)
        tell(news)


def recover_lost(now: datetime) -> int:
    """Messages whose sender died between sending and recording: nobody knows whether they arrived. How many."""
    lost = 0
    for pk in Message.objects.lease_ran_out(now).values_list("pk", flat=True)[:100]:
        with transaction.atomic():
            row = Message.objects.lease_ran_out(now).select_for_update(skip_locked=True).filter(pk=pk).first()
            if row is not None:
                tell(_conclude(row, Outcome(outcomes.UNCERTAIN, "sender died")))
                lost += 1
    return lost


def expire(now: datetime) -> int:
    """Messages that were not sent in their time die. How many."""
    expired = 0
    for pk in Message.objects.filter(state=State.QUEUED, expires_at__lte=now).values_list("pk", flat=True)[:1000]:
        with transaction.atomic():
            row = Message.objects.select_for_update(skip_locked=True).filter(pk=pk, state=State.QUEUED).first()
            if row is not None:
                tell(_conclude(row, Outcome(outcomes.DEAD, "expired")))
                expired += 1
    return expired


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: twice as long each time, and never all at the same moment."""
    seconds = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(attempts - 1, 10))
    return timedelta(seconds=seconds * random.uniform(0.75, 1.25))


def _conclude(row: Message, outcome: Outcome) -> list[tuple[Message, Outcome]]:
    """Bring a locked row into its next state; what the listeners are to be told."""
    row.lease_holder, row.lease_until = "", None
    row.error = outcome.reason[:64]
    final = _settle(row, outcome)
    row.save()
    if not row.is_there():
        cancel_edits(row)
    return [(row, final)] if final else []


def _settle(row: Message, outcome: Outcome) -> Outcome | None:
    """Set the row's next state; what the listeners are told, or None when it is not over."""
    is_edit = row.edits_id is not None
    if row.external_id and not is_edit and outcome.state in (outcomes.LATER, outcomes.LIMITED, outcomes.UNCERTAIN):
        # Its button came back while we tried: an earlier attempt had arrived.
        outcome = Outcome(outcomes.SENT, external_id=row.external_id)
    if outcome.state == outcomes.SENT:
        row.state, row.sent_at, row.sealed, row.error = State.SENT, outcome.at, None, ""
        learn(row, outcome.external_id)
        return outcome
    if outcome.state == outcomes.CANCELLED or (outcome.state == outcomes.MIGRATED and is_edit):
        # A new address has new numbers for its messages: what the edit names is not there, or somebody else's.
        row.state, row.sealed = State.CANCELLED, None
        row.error = row.error or "gone"
        return outcome
    if outcome.state == outcomes.MIGRATED:
        row.address_to(outcome.recipient)
        return _queue(row, outcome.at, outcome)
    if outcome.state == outcomes.LIMITED:
        row.attempts -= 1
        return _queue(row, outcome.at + timedelta(seconds=outcome.seconds))
    if outcome.state == outcomes.DEAD:
        return _die(row, outcome)
    if outcome.state == outcomes.UNCERTAIN and not is_edit:
        row.uncertain = True
        row.doubts += 1
        # A webhook knows a copy by its id, and drops it.
        if row.doubts >= MOST_DOUBTS and row.channel != Channel.WEBHOOK:
            return _die(row, Outcome(outcomes.DEAD, "uncertain"))
    if row.attempts >= MOST_ATTEMPTS:
        return _die(row, Outcome(outcomes.DEAD, "too_often"))
    if row.expires_at <= timezone.now():
        return _die(row, Outcome(outcomes.DEAD, "expired"))
    return _queue(row, timezone.now() + pause_after(row.attempts))


def _queue(row: Message, not_before: datetime, told: Outcome | None = None) -> Outcome | None:
    row.state, row.not_before = State.QUEUED, not_before
    newer = Message.objects.filter(edits=row.edits_id, target_id=row.target_id, created_at__gt=row.created_at)
    if row.edits_id and newer.exists():
        # Tried again later, it would undo what was said since.
        row.state, row.sealed = State.CANCELLED, None
    return told


def _die(row: Message, outcome: Outcome) -> Outcome:
    row.state, row.error = State.DEAD, outcome.reason[:64]
    return outcome
