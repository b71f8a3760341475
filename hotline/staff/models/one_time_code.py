"""What somebody is given once, to be used once: an invitation, a way to a new password, recovery and rescue codes."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    INVITATION = "invitation", _("invitation")
    PASSWORD = "password", _("new password")
    RECOVERY = "recovery", _("recovery code")
    RESCUE = "rescue", _("rescue code")


class OneTimeCodeQuerySet(models.QuerySet):
    def alive(self, now):
        """Those that still open something."""
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))


class OneTimeCode(models.Model):
    """Used by removing it, which only one can. Kept as a keyed hash."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=Kind.choices, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="one_time_codes", editable=False
    )
    code_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, db_index=True, editable=False)

    objects = OneTimeCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("one-time code")
        verbose_name_plural = _("one-time codes")
        default_permissions = ()
        constraints = [
            # A new one takes the place of the last. Recovery codes come by the dozen.
            models.UniqueConstraint(
                fields=["user", "kind"], condition=~Q(kind="recovery"), name="one_time_code_one_of_a_kind"
            )
        ]

    def __str__(self):
        return str(self.pk)
