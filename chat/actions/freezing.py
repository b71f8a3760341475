"""What the chat does when the house is frozen, and when it goes on."""

from chat.actions import conversations, groups
from chat.models import Conversation, Group, Line
from hotline.lib.rows import each
from hotline.live import topics
from hotline.live.doorbell import ring

BATCH = 100


def freeze(frozen, now):
    """One round: conversations end, with kind words, and groups close. How many, int.

    Whether a line is open says `lines.state`.

    frozen: the staff's Freeze. now: aware datetime.
    """
    if frozen.settled_at is None:
        _ring_doors()
    running = Conversation.objects.running().order_by("pk")[:BATCH]
    opened = Group.objects.filter(state=Group.State.OPEN).select_related("line").order_by("pk")[:BATCH]
    return each(running, conversations.end_by_house) + each(opened, groups.close_by_house)


def thaw(frozen, now):
    """Doors are as they were set: whoever looks at one is told."""
    _ring_doors()


def _ring_doors():
    for pk in Line.objects.values_list("pk", flat=True):
        ring(topics.queue(pk))
