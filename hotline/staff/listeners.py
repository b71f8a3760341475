"""What the house does when a message could not be delivered, or one that came could not be handled."""

from django.utils.translation import gettext_noop

from hotline.outbox import outcome as outcomes
from hotline.staff.actions.alarms import MAIL_PURPOSE, raise_alarm


def outbox(message, outcome):
    """Called by the outbox in the transaction that records `outcome`: a dead message calls the administrators.

    One alarm for each channel and reason stays open, however many messages die of it. None for a recipient who cannot be
    written to any more: the room that knows whose address it was calls by name. None for an alarm's own mail: the alarm
    rings again anyway, and two would call each other for ever.
    """
    if outcome.state != outcomes.DEAD or outcome.reason == "blocked" or message.purpose == MAIL_PURPOSE:
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
