"""Lines: made by administrators, opened, paused and closed by those who work at them."""

from django.db import transaction

from chat.models import Conversation, Line
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.audit import record
from hotline.staff.actions.freeze import is_frozen
from hotline.staff.permissions import require

Mode = Line.Mode


def save_line(actor, line):
    """Write a new Line or what was changed in one. Returns it. Raises NotAllowed, NotFound."""
    require(actor, "chat.manage_lines")
    adding = line._state.adding
    with transaction.atomic():
        line.save()
        record(actor, "line.created" if adding else "line.changed", line.slug)
        ring(topics.queue(line.pk))
        ring(topics.team_rooms())
    return line


def set_mode(actor, line, mode):
    """Open, pause or close the line, or let it go by its hours (mode: Line.Mode); those who wait keep their place.

    Raises NotAllowed, NotFound.
    """
    require(actor, "chat.run_line", line)
    with transaction.atomic():
        if Line.objects.filter(pk=line.pk).exclude(mode=mode).update(mode=Mode(mode)):
            record(actor, "line.mode", line.slug, mode=mode)
            ring(topics.queue(line.pk))
    line.mode = mode
    return line


def state(line, now, waiting=None, frozen=None):
    """What a visitor who comes now (aware datetime) meets: "open", "paused", "full" or "closed".

    While the house is frozen every line is closed, however it is set. waiting (int), frozen (bool): where somebody has
    asked for many lines already.
    """
    frozen = is_frozen() if frozen is None else frozen
    door = "closed" if frozen else line.door(now)
    if door != "open":
        return door
    if waiting is None:
        waiting = Conversation.objects.waiting().filter(line=line).count()
    return "full" if waiting >= line.maximum_waiting else "open"
