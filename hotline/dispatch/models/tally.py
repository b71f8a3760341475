"""Calls that turned out to be no help request, counted by kind and hour; nothing else of them is kept."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Tally(models.Model):
    class Kind(models.TextChoices):
        SILENT = "silent", _("nobody spoke")
        WRONG_NUMBER = "wrong_number", _("wrong number")
        INFORMED = "informed", _("answered with a word")
        ELSEWHERE = "elsewhere", _("sent elsewhere")
        TALK = "talk", _("wanted to talk")
        HOAX = "hoax", _("hoax")
        ABUSE = "abuse", _("abuse")

    TEAM_PATH = "team"

    team = models.ForeignKey("staff.Team", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    hour = models.DateTimeField(_("hour"))
    count = models.PositiveIntegerField(_("count"), default=0)

    class Meta:
        verbose_name = _("call that was no request")
        verbose_name_plural = _("calls that were no request")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["team", "kind", "hour"], name="tally_once")]

    def __str__(self):
        return f"{self.kind} {self.hour:%Y-%m-%d %H}"
