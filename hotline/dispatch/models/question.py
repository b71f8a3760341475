"""A coordinator's question to the desk before accepting, and the answer; neither learns who the other is."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OfferQuestion(models.Model):
    class Ready(models.TextChoices):
        HOW_MANY = "how_many", _("How many people is it about?")
        WHICH_DISTRICT = "which_district", _("Which part of the place is it?")
        STILL_NEEDED = "still_needed", _("Is it still needed?")
        UNTIL_WHEN = "until_when", _("Until when is it needed?")
        STEPS = "steps", _("Can everybody climb stairs?")
        OTHER = "other", _("something else")

    TEAM_PATH = "offer__help_request__team"

    offer = models.ForeignKey("dispatch.Offer", on_delete=models.CASCADE, related_name="questions")
    ready = models.CharField(_("question"), max_length=16, choices=Ready.choices)
    # Free text is under the help request's key, as the answer is.
    sealed_text = models.BinaryField(null=True)
    sealed_answer = models.BinaryField(null=True)
    asked_at = models.DateTimeField(_("asked"))
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_by = models.ForeignKey("staff.User", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        default_permissions = ()
        ordering = ["asked_at"]

    def __str__(self):
        return f"{self.offer_id}"
