"""What stands beside a conversation and ends with it, or when its volunteer is another one: calls for help, guidance."""

from chat.models import HelpCall, Participant, Room
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.alarms import settle_alarm

ALARM = "help_called"


def close(conversation):
    """Nobody is called any more, and nothing more is said in its guidance.

    In the caller's transaction, which holds the conversation's room.
    """
    if conversation.calls.open().update(state=HelpCall.State.OVER):
        settle_alarm(ALARM, conversation.code)
    said = Room.objects.filter(guidance__conversation=conversation, is_open=True)
    for code in said.values_list("code", flat=True):
        ring(topics.room(code))
    said.update(is_open=False)


def leave(conversation, now):
    """Its volunteer is no longer theirs: as `close`, and nobody reads on in the guidance either."""
    close(conversation)
    Participant.objects.present().filter(room__guidance__conversation=conversation).update(left_at=now)
