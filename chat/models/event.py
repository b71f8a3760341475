"""What happened in a room, in its order."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

BODY_LIMIT = 4000


class Event(models.Model):
    """
    One entry of a room's log; `seq` has no gap.

    What somebody wrote lies in `sealed_body` under its author's key; `data` holds codes only.
    """

    class Kind(models.TextChoices):
        MESSAGE = "message", _("message")
        REDACTED = "redacted", _("removed message")
        JOINED = "joined", _("joined")
        LEFT = "left", pgettext_lazy("somebody went out of the room", "left")
        TRANSFERRED = "transferred", _("passed on")
        ENDED = "ended", _("ended")
        NOTICE = "notice", _("notice")

    room = models.ForeignKey("chat.Room", on_delete=models.CASCADE, related_name="events")
    seq = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    author = models.ForeignKey("chat.Participant", null=True, on_delete=models.CASCADE, related_name="events")
    # The id that the author's device gave: the same message sent again is the same message.
    client_id = models.UUIDField(null=True)
    key = models.ForeignKey("chat.AuthorKey", null=True, on_delete=models.SET_NULL, related_name="+")
    sealed_body = models.BinaryField(null=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        default_permissions = ()
        ordering = ["room", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["room", "seq"], name="event_seq_once"),
            models.UniqueConstraint(
                fields=["author", "client_id"], condition=Q(client_id__isnull=False), name="event_client_id_once"
            ),
            models.CheckConstraint(condition=Q(seq__gte=1), name="event_seq_from_one"),
        ]

    def __str__(self):
        return f"{self.room_id}:{self.seq}"


def body_context(room_code: str, participant_code: str, client_id: uuid.UUID) -> str:
    """What a body is bound to: it opens as this message of this author in this room and as no other."""
    return f"chat_event:{room_code}:{participant_code}:{client_id}"
