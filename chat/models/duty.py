"""A volunteer's place at a line: how many they take, and whether they are there."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Duty(models.Model):
    """One row for each volunteer and line; locked while they take somebody, so that their number holds."""

    TEAM_PATH = "line__team"

    line = models.ForeignKey("chat.Line", on_delete=models.CASCADE, related_name="duties", editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", editable=False)
    maximum = models.PositiveSmallIntegerField(_("conversations at once"))
    away = models.BooleanField(_("away"), default=False)
    seen_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["line", "user"], name="duty_once")]

    def __str__(self):
        return f"{self.line_id} {self.user_id}"
