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
# Reasons of what is dead that lie with the one recipient alone; whose room it is speaks of them by name.
OF_THE_RECIPIENT = ("blocked", "gone", "redirected", "refused", "forbidden")


@dataclass(frozen=True)
class Outcome:
    """
    How an attempt ended.

    `sent`: arrived, `external_id` is its id at the channel, and `answer` what the recipient's system said to it. `dead`: no
    more attempts, `reason` says why: blocked (the recipient cannot be written to), gone (a webhook wants no more),
    redirected, refused and forbidden (a webhook that is set up wrongly), rejected (the channel does not take this content),
    expired (its time is over), too_often (all attempts failed), uncertain (two attempts may have arrived, a third might be
    a second copy).
    `cancelled`: nobody needs it any more, or `gone`: the message it should change is no longer there. `migrated`: the
    recipient has a new address, `recipient`, and the message goes there.

    `later`: certainly not sent. `limited`: the channel wants to be left alone for `seconds`. `uncertain`: nobody knows.

    signed_by: of a call to a webhook, the id in whose name it was signed, as in the message's content.
    """

    state: str
    reason: str = ""
    external_id: str = ""
    recipient: str = ""
    seconds: float = 0
    answer: dict = field(default_factory=dict)
    signed_by: str = ""
    at: datetime = field(default_factory=timezone.now)
