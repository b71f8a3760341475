"""What becomes due by itself; the worker asks every few seconds."""

from datetime import timedelta

from django.conf import settings

from hotline.staff.actions import audit_chain, channels, destruction, freeze, invitations, one_time_codes, signed_calls
from hotline.staff.actions.alarms import pass_on_failed, ring
from hotline.staff.actions.chats import drop_old_codes
from hotline.staff.actions.people import forget_left
from hotline.staff.models import Alarm, Session

AT_ONCE = 100
# Steps of the audit in one round: a house that was asleep catches up in small transactions.
STEPS = 10


def pass_on_calls(now):
    """Rings that failed, or that do not leave the house, go another way or to the next person. How many, int."""
    return pass_on_failed(now)


def watch_channels(now):
    """Ring for channels that are away as a whole, once for each, and settle what goes again. How many, int."""
    return channels.watch(now)


def ring_alarms(now):
    """Ring every alarm that nobody has seen to and whose pause is over. How many, int."""
    due = Alarm.objects.due(now).select_related("team").order_by("next_ring_at")
    return sum(ring(alarm) for alarm in due[:AT_ONCE])


def erase_old_alarms(now):
    """Remove alarms that somebody saw to ALARM_DAYS ago or earlier, with who was rung for them. How many, int."""
    old = Alarm.objects.filter(acknowledged_at__lte=now - timedelta(days=settings.ALARM_DAYS))
    return (
        Alarm.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:AT_ONCE])).delete()[1].get("staff.Alarm", 0)
    )


def send_forgotten(now):
    """Send letters to those who forgot their password. How many asked, int."""
    return invitations.send_forgotten()


def link_audit(now):
    """Put what was written into the audit into its chain. How many lines, int."""
    return _in_steps(lambda: audit_chain.link_lines(now))


def verify_audit(now):
    """Once a day, look whether the audit is as it was written. How many lines were looked at, int."""
    return _in_steps(lambda: audit_chain.look_on(now))


def erase_old_audit(now):
    """Remove lines of the audit older than AUDIT_DAYS. How many, int."""
    return _in_steps(lambda: audit_chain.erase_before(now - timedelta(days=settings.AUDIT_DAYS)))


def forget_sessions(now):
    """Remove log-ins whose time is over, with what was unfinished in them. How many, int."""
    return Session.objects.forgotten(now).delete()[0]


def forget_codes(now):
    """Remove one-time codes whose time has long been over. How many, int."""
    return one_time_codes.forget_old(now)


def erase_left(now):
    """Remove accounts that were disabled ACCOUNT_DAYS ago or earlier. How many, int."""
    return forget_left(now.date() - timedelta(days=settings.ACCOUNT_DAYS))


def _in_steps(step):
    """Take steps until one does nothing, at most STEPS; the sum of what they did."""
    done = 0
    for _turn in range(STEPS):
        more = step()
        done += more
        if not more:
            break
    return done


def drop_chat_codes(now):
    """Remove codes that would have linked a Telegram chat and ran out. How many, int."""
    return drop_old_codes(now)


def carry_on_freezing(now):
    """While the house is frozen: stop whatever is still under way. How many things, int."""
    return freeze.carry_on(now)


def finish_destruction(now):
    """Destroy keys whose destruction was confirmed by a process that died over it. How many times, int."""
    return destruction.carry_out(now)


def forget_signed_calls(now):
    """Forget calls from afar that can no longer be repeated. How many, int."""
    return signed_calls.forget(now)
