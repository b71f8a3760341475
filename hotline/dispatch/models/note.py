"""A sealed note that a colleague adds to a help request."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestNote(models.Model):
    TEAM_PATH = "help_request__team"

    help_request = models.ForeignKey("dispatch.HelpRequest", on_delete=models.CASCADE, related_name="notes")
    sealed_text = models.BinaryField()
    author = models.ForeignKey("staff.User", null=True, on_delete=models.SET_NULL, related_name="+")
    written_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        default_permissions = ()
        ordering = ["written_at"]

    def __str__(self):
        return f"{self.help_request_id}"
