"""Imminent danger in a conversation: who said so and when, and what was done."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DangerQuerySet(models.QuerySet):
    def open(self):
        """Those that are not over."""
        return self.filter(over_at=None)


class Danger(models.Model):
    """While one is open, whoever guides the line is called first, and nothing asks before somebody writes where or who they
    are: no guard on identifiers holds up a conversation in danger."""

    conversation = models.ForeignKey("chat.Conversation", on_delete=models.CASCADE, related_name="dangers")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    declared_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True)

    objects = DangerQuerySet.as_manager()

    class Meta:
        verbose_name = _("imminent danger")
        verbose_name_plural = _("imminent dangers")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["conversation"], condition=Q(over_at=None), name="danger_one_open"),
        ]

    def __str__(self):
        return f"{self.conversation_id} {self.declared_at}"


class DangerStep(models.Model):
    """Something that was done: a step of the line's checklist in its words, that the place was asked for, or that a second
    person knows of that."""

    class Kind(models.TextChoices):
        STEP = "step", _("step")
        PLACE = "place", _("asked for the place")
        TOLD = "told", _("a second person knows that the place was asked for")

    danger = models.ForeignKey("chat.Danger", on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    text = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("step in danger")
        verbose_name_plural = _("steps in danger")
        default_permissions = ()
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["step", "place", "told"]), name="dangerstep_kind_known"),
            models.UniqueConstraint(fields=["danger", "kind", "text"], name="dangerstep_once"),
        ]

    def __str__(self):
        return f"{self.danger_id} {self.kind}"
