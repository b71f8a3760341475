"""What happens to an update: stored sealed, taken to be handled, finished, put off, given up."""

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from hotline.lib.background import Bell
from hotline.lib.crypto import Unreadable
from hotline.lib.keyring import KeyGone, keyring
from hotline.telegram.listeners import tell_given_up
from hotline.telegram.models import TelegramUpdate

# An update that nobody handled by then is forgotten.
WORTH_HANDLING = timedelta(hours=1)
# The pauses after each failure; after the last the update is given up.
PAUSES = [timedelta(seconds=seconds) for seconds in (2, 10, 30, 120)]
# After a week without updates Telegram counts on from a random number, which may be a smaller one.
OFFSET_HOLDS = timedelta(days=6)
HIGHEST_ID = 2**63 - 1

stored = Bell()
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pending:
    """An update to be handled; `body` is the JSON object that Telegram sent."""

    update_id: int
    body: dict


def is_update(raw) -> bool:
    """Whether this JSON value has the one thing that an update needs to be stored: its number."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= HIGHEST_ID


def store(raw: list) -> int:
    """Store updates as Telegram sent them (JSON values), unread; the number of those that were new.

    What has no number of its own cannot be told from others and is dropped, with a line in the log.
    """
    updates = {value["update_id"]: value for value in raw if is_update(value)}
    if len(updates) < len(raw):
        logger.warning("%d of %d updates had no number or came twice", len(raw) - len(updates), len(raw))
    due = keyring().due_day(timezone.now() + WORTH_HANDLING)
    with transaction.atomic():
        for number in TelegramUpdate.objects.filter(update_id__in=updates).values_list("update_id", flat=True):
            del updates[number]
        rows = []
        for number, value in sorted(updates.items()):
            row = TelegramUpdate(update_id=number, due=due)
            row.sealed = keyring().seal(json.dumps(value).encode(), due, row.context)
            rows.append(row)
        # Two processes may bring the same one in the same moment.
        TelegramUpdate.objects.bulk_create(rows, ignore_conflicts=True)
        transaction.on_commit(stored.ring)
    return len(rows)


def next_offset() -> int | None:
    """The number of the update that the bot waits for; None when Telegram should begin with the oldest it has."""
    recent = TelegramUpdate.objects.filter(received_at__gt=timezone.now() - OFFSET_HOLDS)
    last = recent.aggregate(last=Max("update_id"))["last"]
    return None if last is None else last + 1


def take(limit: int, besides: set[int] = frozenset()) -> list[Pending]:
    """Up to `limit` updates that wait to be handled, the oldest first, besides those (numbers) already in hand."""
    waiting = TelegramUpdate.objects.filter(
        handled_at=None, failed_at=None, not_before__lte=timezone.now(), sealed__isnull=False
    ).exclude(update_id__in=besides)
    found = []
    for row in waiting.order_by("update_id")[:limit]:
        try:
            # More attempts than pauses: the process died over it each time.
            if row.attempts > len(PAUSES):
                raise KeyGone
            body = json.loads(keyring().unseal(bytes(row.sealed), row.due, row.context))
        except (KeyGone, Unreadable) as error:
            give_up(row.update_id, type(error).__name__)
        else:
            found.append(Pending(row.update_id, body))
    TelegramUpdate.objects.filter(update_id__in=[one.update_id for one in found]).update(attempts=F("attempts") + 1)
    return found


def finish(*update_ids: int) -> None:
    """The updates were handled: their bodies go, their numbers stay."""
    TelegramUpdate.objects.filter(update_id__in=update_ids).update(handled_at=timezone.now(), sealed=None, error="")


def put_off(update_id: int, error: str) -> None:
    """Handling failed (`error`: the name of an exception class): try again after a pause, or give up after the last."""
    with transaction.atomic():
        row = TelegramUpdate.objects.select_for_update().get(update_id=update_id)
        if row.attempts > len(PAUSES):
            give_up(update_id, error)
            return
        TelegramUpdate.objects.filter(pk=row.pk).update(
            not_before=timezone.now() + PAUSES[row.attempts - 1], error=error[:64]
        )


def give_up(update_id: int, error: str) -> bool:
    """No more attempts: the body goes, and those who must know are told. False when it was over already."""
    with transaction.atomic():
        open_row = TelegramUpdate.objects.filter(update_id=update_id, handled_at=None, failed_at=None)
        if open_row.update(failed_at=timezone.now(), sealed=None, error=error[:64]) != 1:
            return False
        tell_given_up(update_id, error)
    return True


def forget(now: datetime, keep: timedelta) -> int:
    """Give up what nobody handled in time, delete the numbers of what is older than `keep`; how many rows."""
    late = TelegramUpdate.objects.filter(handled_at=None, failed_at=None, received_at__lte=now - WORTH_HANDLING)
    given_up = sum(give_up(number, "too late") for number in late.values_list("update_id", flat=True)[:1000])
    old = TelegramUpdate.objects.filter(received_at__lte=now - keep)
    return given_up + old.delete()[0]
