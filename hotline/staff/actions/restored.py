"""What people have to know and do after a backup came back."""

from django.utils.translation import gettext_noop

from hotline.staff.actions.alarms import raise_alarm
from hotline.staff.actions.audit import record
from hotline.staff.models import Kind, OneTimeCode, Session

RESTORED = gettext_noop(
    "The house was restored from a backup of %(subject)s UTC. Rights, accounts and requests are as they were then: please "
    "look at what has changed since."
)


def end_sessions(moment):
    """Everybody logs in again: a session that was ended since the backup would be open once more, and a link good again."""
    Session.objects.all().delete()
    OneTimeCode.objects.exclude(kind=Kind.RECOVERY).delete()


def tell_administrators(moment):
    """An alarm that names the moment of the backup (aware datetime), and a line of the audit."""
    at = f"{moment:%Y-%m-%d %H:%M}"
    record(None, "house.restored", at)
    raise_alarm(None, "restored", at, text=RESTORED)
