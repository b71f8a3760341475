"""What became of an attempt to send, and what the rooms above are told of it."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

SENT = "sent"
DEAD = "dead"
CANCELLED = "cancelled"
MIGRATED = "migrated"
# These stay inside: the message waits for another attempt.
LATER = "later"
LIMITED = "limited"
UNCERTAIN = "uncertain"


@dataclass(frozen=True)
class Outcome:
    """
    How an attempt ended.

    `sent`: arrived, `external_id` is its id at the channel. `dead`: no more attempts, `reason` says why: blocked (the
    recipient cannot be written to), rejected (the channel does not take this content), expired (its time is over),
    too_often (all attempts failed), uncertain (two attempts may have arrived, a third might be a second copy).
    `cancelled`: nobody needs it any more, or `gone`: the message it should change is no longer there. `migrated`: the
    recipient has a new address, `recipient`, and the message goes there.

    `later`: certainly not sent. `limited`: the channel wants to be left alone for `seconds`. `uncertain`: nobody knows.
    """

    state: str
    reason: str = ""
    external_id: str = ""
    recipient: str = ""
    seconds: float = 0
    at: datetime = field(default_factory=timezone.now)
