"""A conversation goes from one volunteer to another, whoever decided that."""

from chat.actions import beside, care, figures, rooms, shifts
from chat.models import Conversation, Event, Participant


def hand_over(conversation, former, actor, line, now, **how):
    """A locked conversation goes from its volunteer `former` (pk) to `actor` (User), who has it at `line` from `now` on;
    whether it was still theirs, bool.

    In the caller's transaction. how: codes for the log.
    """
    from_line, room = conversation.line, conversation.room
    # The next event tells of it; what stands before is theirs only where no line on the way has kept it back.
    history_from = conversation.history_from if from_line.passes_history else room.head + 1
    moved = Conversation.objects.filter(pk=conversation.pk, state=Conversation.State.ACTIVE, volunteer=former)
    if not moved.update(
        volunteer=actor, line=line, passed_on_at=now, taken_at=now, taken_by_id=None, history_from=history_from
    ):
        return False
    conversation.ended_at, conversation.end = now, figures.PASSED_ON
    figures.keep_fact(conversation)
    gone = Participant.objects.get(room=room, user=former)
    Participant.objects.filter(pk=gone.pk).update(left_at=now)
    if line != from_line:
        # Those who guide the one line have nothing to do with the other, unless they look there anew.
        rooms.clear(room, now, *Participant.GUIDES)
    beside.leave(conversation, now)
    care.after(conversation, former, now)
    shifts.settle(conversation)
    rooms.add(room, Event.Kind.TRANSFERRED, now, gone, history=from_line.passes_history, **how)
    rooms.enter(room, actor, Participant.Role.VOLUNTEER, now, first_seq=history_from)
    return True
