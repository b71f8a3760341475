"""Something that a person must look at; it rings until one of them says so."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

# For kinds that bring no words of their own.
GENERIC = gettext_noop("Something needs you: %(kind)s %(subject)s")


class AlarmQuerySet(models.QuerySet):
    def open(self):
        return self.filter(acknowledged_at__isnull=True)

    def due(self, now):
        """Open ones that ring again at `now` (aware datetime)."""
        return self.open().filter(next_ring_at__lte=now)


class Alarm(models.Model):
    TEAM_PATH = "team"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(
        "staff.Team",
        null=True,
        on_delete=models.CASCADE,
        related_name="alarms",
        verbose_name=_("team"),
        editable=False,
        help_text=_("Empty: an alarm of the whole house, for its administrators."),
    )
    kind = models.CharField(_("kind"), max_length=60, editable=False)
    subject = models.CharField(_("about"), max_length=100, blank=True, editable=False)
    # The English source; each reader gets it in a language of their own.
    text = models.CharField(_("text"), max_length=300, blank=True, editable=False)
    params = models.JSONField(default=dict, editable=False)
    raised_at = models.DateTimeField(_("raised"), default=timezone.now, editable=False)
    next_ring_at = models.DateTimeField(_("rings again"), default=timezone.now, editable=False)
    rings = models.PositiveIntegerField(_("rung"), default=0, editable=False)
    acknowledged_at = models.DateTimeField(_("seen to at"), null=True, editable=False)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("seen to by"),
        editable=False,
    )

    objects = AlarmQuerySet.as_manager()

    class Meta:
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        default_permissions = ()
        ordering = ["-raised_at"]
        indexes = [models.Index(fields=["next_ring_at"], name="alarm_due", condition=Q(acknowledged_at__isnull=True))]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(acknowledged_at__isnull=True), name="alarm_open_once"
            )
        ]

    def __str__(self):
        return self.words()

    def words(self):
        """What happened, in the active language, str. A fault in a translation never silences an alarm."""
        known = {"kind": self.kind, "subject": self.subject}
        try:
            return gettext(self.text or GENERIC) % {**self.params, **known}
        except (KeyError, TypeError, ValueError):
            return gettext(GENERIC) % known
