"""How fast things may leave, shared by all workers: a channel's slots, and when each recipient is free again."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Slot(models.Model):
    """One of a channel's places on the road. It is taken for the time of a call and a while after it."""

    SCOPE = None

    channel = models.CharField(max_length=16)
    number = models.PositiveSmallIntegerField()
    free_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("place in the sending rate")
        verbose_name_plural = _("places in the sending rate")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["channel", "number"], name="slot_once")]

    def __str__(self):
        return f"{self.channel} {self.number}"


class Pace(models.Model):
    """When a recipient may be written to again; the row with an empty hash holds back the whole channel."""

    SCOPE = None
    EVERYBODY = b""

    channel = models.CharField(max_length=16)
    recipient_hash = models.BinaryField(max_length=32)
    free_at = models.DateTimeField(default=timezone.now)
    # Ends of the last calls to a group, as seconds since 1970: at most as many as fit into a minute.
    recent = models.JSONField(default=list)

    class Meta:
        verbose_name = _("recipient's pace")
        verbose_name_plural = _("recipients' pace")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["channel", "recipient_hash"], name="pace_once")]

    def __str__(self):
        return self.channel
