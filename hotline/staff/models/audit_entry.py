"""Who did what to which code; never content."""

import json
from datetime import UTC

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from hotline.lib.crypto import keyed_hash
from hotline.lib.keyring import keyring


class AppendOnly(TypeError):
    """Somebody tried to change or remove a line of the audit. A fault in the program, not of its user."""


class AuditQuerySet(models.QuerySet):
    """Lines are only ever added; what is too old goes by `actions.audit_chain.erase_before`."""

    def update(self, **kwargs):
        raise AppendOnly("A line of the audit is never changed.")

    def delete(self):
        raise AppendOnly("A line of the audit goes only when its time is up: audit_chain.erase_before().")

    def bulk_update(self, objs, fields, batch_size=None):
        raise AppendOnly("A line of the audit is never changed.")

    def bulk_create(self, objs, *args, update_conflicts=False, **kwargs):
        if update_conflicts:
            raise AppendOnly("A line of the audit is never changed.")
        lines = list(objs)
        for line in lines:
            line.stamp = line.due_stamp()
        return super().bulk_create(lines, *args, **kwargs)

    def about(self, words):
        """The lines whose code or alias (of whoever did it) is `words` (str), written in capitals or not."""
        forms = {words, words.upper(), words.lower(), words.capitalize()}
        return self.filter(models.Q(subject__in=forms) | models.Q(actor_alias__in=forms))


class AuditEntry(models.Model):
    SCOPE = None

    at = models.DateTimeField(_("when"), default=timezone.now, db_index=True, editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("who"),
        editable=False,
    )
    # Stays when the account goes.
    actor_alias = models.CharField(_("alias"), max_length=60, blank=True, editable=False)
    action = models.CharField(_("what"), max_length=60, editable=False)
    subject = models.CharField(_("to which code"), max_length=60, blank=True, editable=False)
    details = models.JSONField(_("details"), default=dict, encoder=DjangoJSONEncoder, editable=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True, editable=False)
    # Keyed hash of all that: a line that somebody puts in by hand, or changes, does not have it.
    stamp = models.BinaryField(max_length=32, default=b"", editable=False)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of the audit")
        verbose_name_plural = _("audit")
        default_permissions = ()
        ordering = ["-id"]
        # Each for one way of looking, newest first.
        indexes = [
            models.Index(fields=["subject", "-id"], name="audit_by_subject"),
            models.Index(fields=["actor_alias", "-id"], name="audit_by_alias"),
            models.Index(fields=["action", "-id"], name="audit_by_action"),
        ]

    def __str__(self):
        return f"{self.action} {self.subject}".strip()

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise AppendOnly("A line of the audit is never changed.")
        self.stamp = self.due_stamp()
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnly("A line of the audit goes only when its time is up.")

    def written(self):
        """What the line says, as texts (tuple of str): all but the account, which it outlives, and its number."""
        details = json.dumps(self.details, cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":"))
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        return (at, self.actor_alias, self.action, self.subject, details, self.reason)

    def due_stamp(self):
        """The stamp (bytes) that a line with these words must have."""
        return keyed_hash(keyring().subkey("audit-line"), *self.written())

    def is_stamped(self):
        """Whether the house wrote the line as it stands. bool."""
        return constant_time_compare(bytes(self.stamp), self.due_stamp())
