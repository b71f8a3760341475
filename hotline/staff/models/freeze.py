"""The house stands still, by one person's word; and the second step, destroying its keys."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# How long somebody else may confirm that keys are destroyed.
TO_CONFIRM = timedelta(minutes=30)
# Calls from afar are forgotten after this; longer than their time stamp is good for.
CALLS_KEPT = timedelta(minutes=30)


class FreezeQuerySet(models.QuerySet):
    def current(self):
        """The Freeze that holds now, or None."""
        return self.filter(is_on=True).select_related("started_by").first()


class Freeze(models.Model):
    """At most one is on. `settled_at`: its steps have all been gone through; until then the worker carries on."""

    class Way(models.TextChoices):
        PAGE = "page", _("on a page of the house")
        TELEGRAM = "telegram", "Telegram"
        COMMAND = "command", _("by the command")
        CALL = "call", _("by a signed call")

    SCOPE = None

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    is_on = models.BooleanField(default=True)
    way = models.CharField(max_length=8, choices=Way.choices)
    reason = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    settled_at = models.DateTimeField(null=True)
    thawed_at = models.DateTimeField(null=True)
    thawed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = FreezeQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(fields=["is_on"], condition=Q(is_on=True), name="freeze_one_at_a_time"),
            models.CheckConstraint(condition=Q(is_on=True) ^ Q(thawed_at__isnull=False), name="freeze_on_or_thawed"),
        ]

    def __str__(self):
        return self.way


class KeyDestruction(models.Model):
    """asked → confirmed by somebody else or by the passphrase → done, or none of it after half an hour."""

    SCOPE = None

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    with_site_key = models.BooleanField()
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    # None: by the passphrase.
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["-asked_at"]
        constraints = [
            # A second person means another one, whatever the code does.
            models.CheckConstraint(
                condition=Q(asked_by__isnull=True) | Q(confirmed_by__isnull=True) | ~Q(asked_by=F("confirmed_by")),
                name="key_destruction_two_people",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(confirmed_at__isnull=False), name="key_destruction_confirmed"
            ),
        ]

    def __str__(self):
        return f"{self.asked_at:%Y-%m-%d}"

    @classmethod
    def waiting(cls, now):
        """Those (QuerySet) that somebody else may confirm or withdraw at `now` (aware datetime)."""
        return cls.objects.filter(confirmed_at=None, withdrawn_at=None, asked_at__gt=now - TO_CONFIRM)


class DestroyPassphrase(models.Model):
    """One row: the slow hash of the words that stand for the second person."""

    SCOPE = None
    THE_ROW = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ROW, editable=False)
    hash = models.CharField(max_length=200)
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="destroy_passphrase_one")]

    def __str__(self):
        return f"{self.set_at:%Y-%m-%d}"


class SignedCall(models.Model):
    """A call from afar that was heard: it is not heard again."""

    SCOPE = None

    nonce_hash = models.BinaryField(max_length=32, unique=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.at:%Y-%m-%d}"
