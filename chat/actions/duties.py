"""Volunteers at their lines: how many they take, whether they are there, and who has room for one more."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from chat.models import Conversation, Duty, Line
from hotline.lib.errors import Refused
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.permissions import require, visible

# Whoever was not heard of for so long is gone: three missed heartbeats.
GRACE = timedelta(seconds=50)
# Colleagues that a desk names.
MOST_HERE = 200


class OutOfBounds(Refused):
    code = "out_of_bounds"
    message = _("This line allows %(least)s to %(most)s conversations at once.")


class AtCapacity(Refused):
    code = "at_capacity"
    message = _("You have %(maximum)s conversations, as many as you set. End one, or raise your number.")


class Away(Refused):
    code = "away"
    message = _("You are on a break, and nobody new comes to you. Say first that you are back.")


class Resting(AtCapacity):
    """Parameters: until (str), number (int)."""

    message = _(
        "That was a hard one just now. Until %(until)s fewer come to you (%(number)s at once): take a breath, nobody minds."
    )


class RestingAlone(Resting):
    message = _("That was a hard one just now. Until %(until)s nobody new comes to you: take a breath, nobody minds.")


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


def lock_both(actor, line, former, left):
    """Lock the Duties on which a handing over writes, until the transaction ends: that of `actor` at `line`, made if there
    was none, and those of `former` (pk) at the lines of the team of `left` (Line).

    All in one order, so that two who take from each other at the same moment do not wait for each other.
    """
    Duty.objects.get_or_create(line=line, user=actor, defaults={"maximum": line.least_conversations})
    both = Duty.objects.filter(Q(user=actor, line=line) | Q(user=former, line__team=left.team_id))
    list(both.select_for_update(no_key=True, of=("self",)).order_by("pk"))


def limit(duty, line, now):
    """How many conversations of `line` whoever has this Duty takes at once as things stand at `now`, int."""
    number = min(duty.maximum, line.most_conversations)
    return min(number, line.rest_conversations) if duty.rests(now) else number


def claim(actor, line):
    """Their Duty at `line`, locked until the transaction ends, with room for one conversation more.

    Raises Away, AtCapacity, Resting.
    """
    now, duty = timezone.now(), lock(actor, line)
    if duty.away:
        raise Away
    number = limit(duty, line, now)
    if load(actor, line) < number:
        return duty
    if number < duty.maximum and duty.rests(now):
        raise resting(duty, line)
    raise AtCapacity(maximum=number)


def resting(duty, line):
    """The kind words (Resting) for a volunteer who takes it easy."""
    until, number = time_format(timezone.localtime(duty.rest_until)), line.rest_conversations
    return Resting(until=until, number=number) if number else RestingAlone(until=until)


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
    """The volunteer takes nobody new of this line for the moment (True), or is back. Raises NotAllowed, NotFound."""
    require(actor, "chat.talk", line)
    with transaction.atomic():
        duty = lock(actor, line)
        duty.away, duty.away_word = away, Duty.Word.SOON if away else ""
        duty.save(update_fields=["away", "away_word"])
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


def here(lines, user, now):
    """{line pk: [Duty with user]} of the colleagues of `user` at their desks at these lines, with whoever takes a break;
    by alias. One query."""
    found = {}
    there = Duty.objects.filter(line__in=lines, user__is_active=True, seen_at__gt=now - GRACE).exclude(user=user)
    for duty in there.exclude(away_word=Duty.Word.HOME).select_related("user").order_by("user__alias")[:MOST_HERE]:
        found.setdefault(duty.line_id, []).append(duty)
    return found
