"""One update as Telegram sent it, sealed until it is handled; afterwards only its id, so that a repeat is known."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class TelegramUpdate(models.Model):
    SCOPE = None

    update_id = models.BigIntegerField(_("number"), unique=True)
    # The raw JSON under the key of the day `due`; None as soon as nobody needs it.
    sealed = models.BinaryField(null=True)
    due = models.DateField()
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    # Not to be handled before then: a pause after a failure, or somebody is at it right now.
    not_before = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    handled_at = models.DateTimeField(_("handled at"), null=True)
    # Given up, and why: the name of an exception class or one of our own words, never a text of anybody's.
    failed_at = models.DateTimeField(_("given up at"), null=True)
    error = models.CharField(_("error"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("Telegram update")
        verbose_name_plural = _("Telegram updates")
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["update_id"],
                name="update_waiting",
                condition=Q(handled_at__isnull=True, failed_at__isnull=True),
            ),
            models.Index(fields=["received_at"], name="update_by_age"),
        ]

    def __str__(self):
        return str(self.update_id)

    @property
    def context(self) -> str:
        """What the sealed body is bound to."""
        return f"telegram_telegramupdate:{self.update_id}:sealed"
