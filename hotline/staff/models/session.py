"""Who is logged in, on which device: enough to end it, too little to follow anybody."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# How finely the last use is kept; also how rarely it is written down.
STEP = timedelta(minutes=5)
# How long what belongs to unfinished work waits for its person to log in again.
GRACE = timedelta(hours=2)


def full_hour(moment):
    """The next full hour after `moment` (aware datetime), from which a session's longest time counts."""
    return moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def step(moment):
    """`moment` (aware datetime) as coarsely as it is kept."""
    return moment.replace(minute=moment.minute - moment.minute % 5, second=0, microsecond=0)


class SessionQuerySet(models.QuerySet):
    def open(self, now):
        """Of somebody logged in, and still good: neither too old nor left alone for SESSION_IDLE_MINUTES."""
        return self.filter(user__isnull=False, begun_at__gt=over_since(now), used_at__gt=idle_since(now))

    def kept(self, now):
        """Still there, if only with what is unfinished in it."""
        return self.filter(begun_at__gt=over_since(now) - GRACE)

    def forgotten(self, now):
        return self.filter(begun_at__lte=over_since(now) - GRACE)


def over_since(now):
    """What began up to this moment has lasted SESSION_HOURS, counted from the full hour after the log-in."""
    return now - timedelta(hours=settings.SESSION_HOURS)


def idle_since(now):
    """Last uses up to this moment are too long ago. With the coarseness of what is kept, nobody is out too early."""
    return now - timedelta(minutes=settings.SESSION_IDLE_MINUTES) - 2 * STEP


class Session(models.Model):
    """One browser. No address, no name of the program: what it is called says its person, inside what is sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="sessions", editable=False
    )
    sealed_data = models.BinaryField(editable=False)
    begun_at = models.DateTimeField(db_index=True, editable=False)
    used_at = models.DateTimeField(editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("log-in")
        verbose_name_plural = _("log-ins")
        default_permissions = ()
        ordering = ["-used_at", "-begun_at"]

    def __str__(self):
        return str(self.pk)

    @classmethod
    def new(cls, key_hash, sealed_data, user_id):
        """A session that begins now, not yet saved."""
        now = timezone.now()
        return cls(
            key_hash=key_hash, sealed_data=sealed_data, user_id=user_id, begun_at=full_hour(now), used_at=step(now)
        )
