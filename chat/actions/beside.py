"""What stands beside a conversation and ends with it, or when its volunteer is another one: calls for help, guidance."""

from django.utils import timezone

from chat.models import DangerStep, HelpCall, Participant, Room
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.alarms import settle_alarm
from hotline.staff.actions.audit import record

ALARM, DANGER = "help_called", "danger"


def close(conversation):
    """It is over: nobody is called, nothing is in danger, and nothing more is said in its guidance.

    In the caller's transaction, which holds the conversation's room.
    """
    calm(conversation)
    _hush(conversation)
    _shut(conversation)


def calm(conversation):
    """Its danger is over."""
    if conversation.dangers.open().update(over_at=timezone.now()):
        settle_alarm(DANGER, conversation.code)


def _hush(conversation):
    _put_down(conversation)
    if conversation.calls.open().update(state=HelpCall.State.OVER):
        settle_alarm(ALARM, conversation.code)


def _put_down(conversation):
    """Whoever answered came to the volunteer whose conversation it was, and to nobody after them."""
    conversation.calls.filter(state=HelpCall.State.ANSWERED).update(state=HelpCall.State.OVER)


def _shut(conversation):
    said = Room.objects.filter(guidance__conversation=conversation, is_open=True)
    for code in said.values_list("code", flat=True):
        ring(topics.room(code))
    said.update(is_open=False)


def leave(conversation, now):
    """Its volunteer is another one, or nobody: nobody reads on in the guidance. A danger goes on, and its call rings on."""
    if conversation.dangers.open().exists():
        _put_down(conversation)
    else:
        _hush(conversation)
    _shut(conversation)
    Participant.objects.present().filter(room__guidance__conversation=conversation).update(left_at=now)


def inform(second, conversation):
    """This person (User) is told that the visitor was asked for their place, if they were; the audit keeps it.

    In the caller's transaction, which holds the conversation's room.
    """
    asked = DangerStep.objects.filter(
        danger__conversation=conversation, danger__over_at=None, kind=DangerStep.Kind.PLACE
    ).select_related("danger")
    for step in asked:
        if step.by_id != second.pk and write_down(step.danger, DangerStep.Kind.TOLD, second):
            record(second, "conversation.place_told", conversation.code)


def write_down(danger, kind, actor, text=""):
    """Keep what was done in a danger with its time, once; whether it is new, bool."""
    _step, new = DangerStep.objects.get_or_create(
        danger=danger, kind=kind, text=text, defaults={"by": actor, "at": timezone.now()}
    )
    return new
