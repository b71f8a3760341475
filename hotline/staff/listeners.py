"""What the house does when a message could not be delivered, or one that came could not be handled."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from hotline.outbox import outcome as outcomes
from hotline.outbox.models import Channel
from hotline.staff.actions import calls
from hotline.staff.actions.alarms import pass_on_failed, raise_alarm
from hotline.staff.actions.chats import lose
from hotline.staff.models import AlarmCall


def outbox(message, outcome):
    """Called by the outbox in the transaction that records `outcome`: a dead message calls the administrators.

    One alarm for each channel and reason stays open, however many messages die of it. None for a recipient who cannot be
    written to any more: the room that knows whose address it was calls by name. None for an alarm's own ring, since two
    would call each other for ever: that goes another way at once.
    """
    if outcome.state != outcomes.DEAD:
        return
    if outcome.reason == "blocked" and message.channel == Channel.TELEGRAM:
        lose(message.address())
    if message.purpose == calls.PURPOSE:
        # After the transaction, which has locked in another order. A sweep stands behind it.
        failed = AlarmCall.objects.filter(message=message.pk).values("pk")
        transaction.on_commit(lambda: pass_on_failed(timezone.now(), failed), robust=True)
        return
    if outcome.reason in outcomes.OF_THE_RECIPIENT or message.purpose == calls.TRIAL:
        return
    raise_alarm(
        None,
        "message_dead",
        f"{message.channel}:{outcome.reason}",
        text=gettext_noop("Messages by %(channel)s cannot be delivered (%(reason)s). The outbox shows which."),
        channel=message.channel,
        reason=outcome.reason,
    )


def telegram(update_id, error):
    """Called when an update of Telegram's is given up: somebody wrote or pressed a button, and nothing came of it.

    One alarm for each reason stays open. update_id: the update's number; error: the name of an error, never a text.
    """
    raise_alarm(
        None,
        "update_given_up",
        error[:100],
        text=gettext_noop("What somebody sent by Telegram could not be handled (%(reason)s)."),
        reason=error,
    )
