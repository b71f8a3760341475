"""Somebody says that they forgot their password: handled after they have their answer, which is the same for everybody."""

import uuid

from django.db import models
from django.utils import timezone

from hotline.lib.fields import SealedTextField


class ForgottenPassword(models.Model):
    """What was typed, whether there is such an account or not; removed when it was looked at."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = SealedTextField(max_length=254)
    asked_at = models.DateTimeField(default=timezone.now, db_index=True, editable=False)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return str(self.pk)
