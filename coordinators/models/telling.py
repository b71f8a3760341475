"""One announcement to one local coordinator, and whether it arrived."""

import uuid

from django.db import models
from django.db.models import Q

from hotline.outbox.models import Message


class Telling(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting"
        DELIVERED = "delivered"
        FAILED = "failed"

    # A mail may come back after it was delivered; then another way is tried.
    MOVES = {
        State.WAITING: {State.DELIVERED, State.FAILED},
        State.DELIVERED: {State.WAITING, State.FAILED},
        State.FAILED: set(),
    }
    SCOPE = None

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    announcement = models.ForeignKey("coordinators.Announcement", on_delete=models.CASCADE, related_name="tellings")
    local_coordinator = models.ForeignKey("coordinators.LocalCoordinator", on_delete=models.CASCADE, related_name="+")
    # By which way it goes now, and those that were tried before.
    endpoint = models.ForeignKey("coordinators.Endpoint", null=True, on_delete=models.SET_NULL, related_name="+")
    message = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="+")
    tried = models.JSONField(default=list)
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING, editable=False)

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["announcement", "local_coordinator"], name="told_once"),
        ]
        indexes = [models.Index(fields=["state"], name="telling_waiting", condition=Q(state="waiting"))]

    def __str__(self):
        return f"{self.announcement_id}"
