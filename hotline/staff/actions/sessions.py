"""Where one is logged in, and ending it from elsewhere. Sockets of an ended session close within seconds (live/watch.py)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from hotline.staff.actions.audit import record
from hotline.staff.models import Session

SHOWN = 50
AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class LogIn:
    """One browser as its person sees it.

    row: the Session; device: str, what they call it; since: the hour of the log-in; here: whether it is this one.
    """

    row: Session
    device: str
    since: datetime
    here: bool


def log_ins(person, here):
    """Where `person` is logged in, list of LogIn, this browser first. here: the SessionStore of this one."""
    rows = Session.objects.open(timezone.now()).filter(user=person)
    found = [LogIn(row, here.device_of(row), row.begun_at - AN_HOUR, here.is_row(row)) for row in rows[:SHOWN]]
    return sorted(found, key=lambda one: not one.here)


def end(actor, session_id):
    """Log out one browser of one's own; one that is gone already is fine. Whether it was there, bool."""
    with transaction.atomic():
        ended = Session.objects.filter(pk=session_id, user=actor).delete()[0]
        if ended:
            record(actor, "account.session_ended", actor.alias)
    return bool(ended)


def end_others(actor, here):
    """Log out every browser but this one. here: its SessionStore. How many, int."""
    with transaction.atomic():
        others = [row.pk for row in Session.objects.filter(user=actor) if not here.is_row(row)]
        ended = Session.objects.filter(pk__in=others).delete()[0]
        if ended:
            record(actor, "account.sessions_ended", actor.alias, count=ended)
    return ended
