"""A volunteer's break and the end of their shift, at all their lines at once. Nobody is handed over without a word."""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from chat.actions import duties, rooms
from chat.models import Conversation, Duty
from hotline.lib.errors import Refused
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.alarms import raise_alarm, settle_alarm
from hotline.staff.actions.audit import record
from hotline.staff.models import Alarm
from hotline.staff.permissions import NotAllowed, require

Word = Duty.Word
# The alarm by which a coordinator is asked to see to a conversation whose volunteer has to go.
ALARM = "shift_ends"


class StillTalking(Refused):
    code = "still_talking"
    message = _("Somebody is still talking with you. End it together, pass it on, or ask a coordinator first.")


class NotNow(Refused):
    code = "not_now"
    message = _("This conversation is no longer yours, or it has ended.")


def take_break(actor, word):
    """Nobody new comes to them, at no line; what they have goes on. word: one of Duty.BREAKS, which colleagues read.

    Raises NotAllowed for who works at no line.
    """
    if word not in Duty.BREAKS:
        raise ValueError(word)
    _set(actor, word)


def come_back(actor):
    """They take visitors again at all their lines. Raises NotAllowed for who works at no line."""
    _set(actor, "")


def begin_end(actor):
    """Their shift ends: nobody new comes to them, and their desk says what is still open. Raises NotAllowed for who works
    at no line."""
    _set(actor, Word.ENDING)


def go_home(actor):
    """The shift is over. Raises StillTalking while a conversation of theirs runs, NotAllowed for who works at no line."""
    _set(actor, Word.HOME)


def _set(actor, word):
    lines = sorted(duties.of(actor))
    if not lines:
        raise NotAllowed
    with transaction.atomic():
        # Locked as whoever gives them somebody locks them, all in one order.
        mine = Duty.objects.filter(user=actor, line__in=lines)
        list(mine.select_for_update(no_key=True).order_by("pk"))
        if word == Word.HOME and Conversation.objects.active().filter(volunteer=actor).exists():
            raise StillTalking
        mine.update(away=bool(word), away_word=word)
        for line in lines:
            ring(topics.queue(line))


def ask_coordinator(actor, conversation):
    """A coordinator is called to see to a running conversation whose volunteer has to go; until somebody takes over, it
    stays where it is. Raises NotNow, NotAllowed, NotFound."""
    require(actor, "chat.talk", conversation)
    with transaction.atomic():
        conversation = rooms.lock_conversation(conversation, NotNow)
        if conversation.state != Conversation.State.ACTIVE or conversation.volunteer_id != actor.pk:
            raise NotNow
        if conversation.practice:
            raise NotAllowed
        raise_alarm(
            conversation.line.team,
            ALARM,
            conversation.code,
            text=gettext_noop(
                "The volunteer of the conversation %(subject)s has to go. Somebody is asked to take over."
            ),
        )
        record(actor, "conversation.help_to_go", conversation.code)
        ring(topics.queue(conversation.line_id))


def settle(conversation):
    """Its volunteer has not to go any more, or no longer has it: nobody is asked. In the caller's transaction."""
    settle_alarm(ALARM, conversation.code)


def asked_for(conversations):
    """{code of a conversation: alias of who sees to it, or "" while nobody does} of those (list of Conversation) for which
    a coordinator was asked since their volunteer has them. One query."""
    taken = {one.code: one.taken_at for one in conversations if one.taken_at}
    asked = Alarm.objects.filter(Q(acknowledged_at=None) | ~Q(acknowledged_by=None), kind=ALARM, subject__in=taken)
    return {
        one.subject: one.acknowledged_by.alias if one.acknowledged_by else ""
        for one in asked.select_related("acknowledged_by").order_by("raised_at")
        if one.raised_at >= taken[one.subject]
    }
