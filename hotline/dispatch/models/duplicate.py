"""By what a help request that comes twice is known: hashes whose key dies after a few days, and they with it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DuplicateMark(models.Model):
    class Kind(models.TextChoices):
        NEED = "need", _("number, kind and district")
        LINK = "link", _("link of a post")

    TEAM_PATH = "help_request__team"

    help_request = models.ForeignKey("dispatch.HelpRequest", on_delete=models.CASCADE, related_name="duplicate_marks")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    value = models.BinaryField(max_length=32)
    # The day whose key it was made with.
    due = models.DateField()

    class Meta:
        verbose_name = _("mark of a request that may come twice")
        verbose_name_plural = _("marks of requests that may come twice")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["help_request", "kind"], name="duplicate_mark_once")]
        indexes = [models.Index(fields=["value"], name="duplicate_mark_value")]

    def __str__(self):
        return f"{self.kind} {self.help_request_id}"
