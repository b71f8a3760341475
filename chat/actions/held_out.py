"""Calling back what is held out to somebody, when there is nothing to take over any more."""

from chat.actions import shifts
from chat.models import Transfer
from hotline.live import topics
from hotline.live.doorbell import ring


def call_back(conversation):
    """Nobody can take this conversation over any more; whoever was asked no longer sees it. In the caller's transaction."""
    held_out = conversation.transfers.open()
    for line in held_out.exclude(to_line=None).values_list("to_line", flat=True):
        ring(topics.queue(line))
    held_out.update(state=Transfer.State.WITHDRAWN)
    shifts.settle(conversation)
