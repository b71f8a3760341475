"""What a coordinator's own system said to an offer: kept until it is done, and a while longer, so that it counts once."""

from django.db import models

from hotline.dispatch.models.offer import Offer


class WebhookAnswer(models.Model):
    class Answer(models.TextChoices):
        ACCEPT = "accept"
        DECLINE = "decline"

    SCOPE = None

    endpoint = models.ForeignKey("coordinators.Endpoint", on_delete=models.CASCADE, related_name="+")
    offer = models.ForeignKey("dispatch.Offer", on_delete=models.CASCADE, related_name="webhook_answers")
    # The id of the signed call; for what was said in answer to ours, the id of that.
    call_id = models.CharField(max_length=64)
    answer = models.CharField(max_length=8, choices=Answer.choices)
    reason = models.CharField(max_length=16, choices=Offer.DeclineReason.choices, blank=True)
    heard_at = models.DateTimeField(db_index=True)
    # "accepted", "declined" or why not, once it is done.
    result = models.CharField(max_length=32, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["endpoint", "call_id"], name="webhook_answer_once")]

    def __str__(self):
        return str(self.pk)
