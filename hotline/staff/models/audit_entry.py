"""Who did what to which code; never content."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AppendOnly(TypeError):
    """Somebody tried to change or remove a line of the audit. A fault in the program, not of its user."""


class AuditQuerySet(models.QuerySet):
    def update(self, **kwargs):
        raise AppendOnly("A line of the audit is never changed.")

    def delete(self):
        raise AppendOnly("A line of the audit goes only when its time is up: forget_before().")

    def bulk_update(self, objs, fields, batch_size=None):
        raise AppendOnly("A line of the audit is never changed.")

    def bulk_create(self, objs, *args, update_conflicts=False, **kwargs):
        if update_conflicts:
            raise AppendOnly("A line of the audit is never changed.")
        return super().bulk_create(objs, *args, **kwargs)

    def forget_before(self, moment):
        """Remove all lines older than `moment` (aware datetime); returns how many. The only way a line goes."""
        return self.filter(at__lt=moment)._raw_delete(self.db)


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
    subject = models.CharField(_("to which code"), max_length=60, blank=True, db_index=True, editable=False)
    details = models.JSONField(_("details"), default=dict, encoder=DjangoJSONEncoder, editable=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True, editable=False)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of the audit")
        verbose_name_plural = _("audit")
        default_permissions = ()
        ordering = ["-id"]

    def __str__(self):
        return f"{self.action} {self.subject}".strip()

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise AppendOnly("A line of the audit is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnly("A line of the audit goes only when its time is up.")
