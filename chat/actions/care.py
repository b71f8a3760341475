"""After a hard conversation: the volunteer takes it easy for a while, and is asked whether they want to talk about it.

Hard is what was flagged by its volunteer, was in imminent danger, came with an answer that the line calls a risk, or was
marked so afterwards. That somebody marked it stands nowhere but in what follows from it.
"""

from datetime import timedelta

from django.db.models import Q

from chat.models import Debrief, Duty
from hotline.live import topics
from hotline.live.doorbell import ring


def after(conversation, volunteer, now):
    """The conversation is over for `volunteer` (pk, or None) at `now`: if it was hard, they are looked after. In the
    caller's transaction."""
    if volunteer is None or conversation.practice:
        return
    if conversation.risk or conversation.dangers.exists() or conversation.flags.filter(by=volunteer).exists():
        look_after(conversation, volunteer, now)


def look_after(conversation, volunteer, now):
    """As its line does it: fewer conversations for `volunteer` (pk) at the lines of its team for a while, and the offer
    to talk. In the caller's transaction."""
    resting = Duty.objects.filter(user=volunteer, line__team=conversation.line.team_id, line__rest_minutes__gt=0)
    # In one order, so that two that end at once do not wait for each other.
    for duty in resting.select_related("line").select_for_update(no_key=True, of=("self",)).order_by("pk"):
        until = now + timedelta(minutes=duty.line.rest_minutes)
        later = Q(rest_until=None) | Q(rest_until__lt=until)
        if Duty.objects.filter(later, pk=duty.pk).update(rest_until=until):
            ring(topics.queue(duty.line_id))
    if conversation.line.offers_debrief:
        offered = Debrief(line=conversation.line, conversation=conversation, by_id=volunteer, at=now)
        # Once for each conversation.
        Debrief.objects.bulk_create([offered], ignore_conflicts=True)
        ring(topics.queue(conversation.line_id))
