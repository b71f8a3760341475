"""Volunteers at their lines: how many they take, and whether they are there."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models import Conversation, Duty, Line
from hotline.lib.errors import Refused
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.permissions import require, visible

# Whoever was not heard of for so long is gone: three missed heartbeats.
GRACE = timedelta(seconds=50)


class OutOfBounds(Refused):
    code = "out_of_bounds"
    message = _("This line allows %(least)s to %(most)s conversations at once.")


def of(user):
    """{line pk: Duty} of `user` for every line they may work at; missing ones are made. Ends with the line's bounds kept."""
    lines = list(visible(user, Line.objects.all(), "chat.talk"))
    found = {duty.line_id: duty for duty in Duty.objects.filter(user=user, line__in=lines)}
    for line in lines:
        if line.pk not in found:
            found[line.pk], _made = Duty.objects.get_or_create(
                line=line, user=user, defaults={"maximum": line.least_conversations}
            )
    return found


def lock(user, line):
    """This volunteer's Duty at `line`, locked until the transaction ends, made if there was none."""
    Duty.objects.get_or_create(line=line, user=user, defaults={"maximum": line.least_conversations})
    return Duty.objects.select_for_update(no_key=True).get(line=line, user=user)


def set_maximum(actor, line, number):
    """So many conversations at once (int), from now on; those that run go on. Raises OutOfBounds, NotAllowed, NotFound."""
    require(actor, "chat.talk", line)
    if not line.least_conversations <= number <= line.most_conversations:
        raise OutOfBounds(least=line.least_conversations, most=line.most_conversations)
    with transaction.atomic():
        duty = lock(actor, line)
        duty.maximum = number
        duty.save(update_fields=["maximum"])
        ring(topics.queue(line.pk))
    return duty


def set_away(actor, line, away):
    """The volunteer takes nobody new for the moment (True), or is back. Raises NotAllowed, NotFound."""
    require(actor, "chat.talk", line)
    with transaction.atomic():
        duty = lock(actor, line)
        duty.away = away
        duty.save(update_fields=["away"])
        ring(topics.queue(line.pk))
    return duty


def load(user, line):
    """How many conversations of `line` the volunteer has now, int."""
    return Conversation.objects.active().filter(line=line, volunteer=user).count()


def loads(line):
    """{pk of a volunteer: how many conversations of `line` they have now}, of those who have any. One query."""
    running = Conversation.objects.active().filter(line=line).order_by()
    return dict(running.values_list("volunteer").annotate(number=Count("pk")))


def present(line, now=None):
    """Duties (QuerySet with user) of the volunteers who are at their desk and not away."""
    now = now or timezone.now()
    return Duty.objects.filter(line=line, away=False, user__is_active=True, seen_at__gt=now - GRACE).select_related(
        "user"
    )
