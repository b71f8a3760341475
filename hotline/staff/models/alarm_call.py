"""One ring at one person by one way."""

import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode

from django.conf import settings
from django.db import models
from django.utils.crypto import constant_time_compare

from hotline.lib.crypto import keyed_hash
from hotline.lib.keyring import keyring


class AlarmCall(models.Model):
    TEAM_PATH = "alarm__team"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    alarm = models.ForeignKey("staff.Alarm", on_delete=models.CASCADE, related_name="calls")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    message = models.OneToOneField("outbox.Message", on_delete=models.CASCADE, related_name="+")
    # The number of the ring, and whether this person was rung alone, so that there is a next one to ask.
    ring = models.PositiveIntegerField()
    alone = models.BooleanField()
    channel = models.CharField(max_length=16)
    # It failed, or waited too long, and the next way or person was rung instead.
    passed_on_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["alarm", "ring", "person", "channel"], name="alarm_call_once"),
        ]

    def __str__(self):
        return f"{self.alarm_id} {self.ring}"

    @property
    def token(self):
        """What stands in this call's link and button: its id and a seal over it, 43 characters, known to nobody else."""
        return _text(self.pk.bytes + _seal(self.pk))

    @classmethod
    def by_token(cls, token):
        """The call (QuerySet of one or none) of a token (str) that somebody brought."""
        try:
            raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
            pk, seal = uuid.UUID(bytes=raw[:16]), raw[16:]
        except ValueError:
            return cls.objects.none()
        return cls.objects.filter(pk=pk) if constant_time_compare(seal, _seal(pk)) else cls.objects.none()


def _seal(pk):
    return keyed_hash(keyring().subkey("alarm-call"), str(pk))[:16]


def _text(raw):
    return urlsafe_b64encode(raw).decode().rstrip("=")
