"""Whether a channel is away as a whole: then one alarm rings for it, not one for everything that waits."""

from datetime import timedelta

from django.utils.translation import gettext_noop

from hotline.outbox.models import Channel, Message, State
from hotline.staff.actions.alarms import raise_alarm, settle_alarm
from hotline.staff.actions.freeze import may_leave
from hotline.staff.models import Alarm

AWAY = "channel_away"
# What is unsent after this long is late.
LATE = timedelta(minutes=2)
# A pause between two attempts may just have begun.
LONGEST_PAUSE = timedelta(seconds=90)
# Whose recipients share one way; webhooks are each its own.
SHARED = (Channel.TELEGRAM, Channel.EMAIL)
# The recipient's own mail server wants to be asked later.
OF_ONE_RECIPIENT = "recipient refused"


def away():
    """The channels (set of str) for which such an alarm is open."""
    return set(Alarm.objects.open().filter(kind=AWAY).values_list("subject", flat=True))


def watch(now):
    """Ring for channels by which nothing left for two minutes though something waits; settle what goes again. How many.

    now: aware datetime.
    """
    known = away()
    done = 0
    for channel in SHARED:
        if channel in known:
            done += _is_back(channel) and settle_alarm(AWAY, channel)
        elif _is_away(channel, now):
            raise_alarm(
                None,
                AWAY,
                channel,
                text=gettext_noop(
                    "Nothing leaves by %(channel)s. What waits takes another way where there is one. Look at the outbox."
                ),
                channel=channel,
            )
            done += 1
    return done


def _is_away(channel, now):
    late = Message.objects.ready(channel, now + LONGEST_PAUSE).filter(may_leave(), created_at__lte=now - LATE)
    if not late.exclude(error=OF_ONE_RECIPIENT).exists():
        return False
    sent = Message.objects.filter(channel=channel, state=State.SENT, created_at__gte=now - timedelta(hours=1))
    return not sent.filter(sent_at__gte=now - LATE).exists()


def _is_back(channel):
    alarm = Alarm.objects.open().filter(kind=AWAY, subject=channel).first()
    return alarm is not None and Message.objects.filter(channel=channel, sent_at__gte=alarm.raised_at).exists()
