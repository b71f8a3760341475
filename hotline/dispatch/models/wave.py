"""A round of offers: who was asked together, and why others were not."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Wave(models.Model):
    TEAM_PATH = "help_request__team"

    help_request = models.ForeignKey("dispatch.HelpRequest", on_delete=models.CASCADE, related_name="waves")
    round = models.PositiveSmallIntegerField(_("round"))
    number = models.PositiveSmallIntegerField(_("wave"))
    started_at = models.DateTimeField(_("started"))
    # Reason → how many local coordinators it kept out; never who.
    left_out = models.JSONField(_("left out"), default=dict)

    class Meta:
        verbose_name = _("wave")
        verbose_name_plural = _("waves")
        default_permissions = ()
        ordering = ["round", "number"]
        constraints = [models.UniqueConstraint(fields=["help_request", "round", "number"], name="wave_once")]

    def __str__(self):
        return f"{self.help_request} · {self.round}.{self.number}"
