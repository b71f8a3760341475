"""What is forgotten on time."""

from datetime import datetime, timedelta

from django.conf import settings

from hotline.outbox import limits
from hotline.outbox.actions.delivery import expire
from hotline.outbox.models import Message, State


def erase_old(now: datetime) -> int:
    """Let messages die whose time is over, erase the texts of dead ones, and old rows; how many rows were touched."""
    over = [State.SENT, State.DEAD, State.CANCELLED]
    erased = Message.objects.filter(state__in=over, sealed__isnull=False, expires_at__lte=now).update(sealed=None)
    old = Message.objects.filter(state__in=over, created_at__lte=now - timedelta(days=settings.OUTBOX_DAYS))
    deleted, _by_model = Message.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:1000])).delete()
    return expire(now) + erased + deleted + limits.forget_idle(now)
