"""The offer to talk about a hard conversation: between its volunteer and those who guide the line, and nobody else."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hotline.lib.codes import public_code


class DebriefQuerySet(models.QuerySet):
    def asked(self):
        """Those that wait for an answer."""
        return self.filter(state=Debrief.State.ASKED)


class Debrief(models.Model):
    """Nothing that is said stands here. One that is declined, or over, is deleted."""

    class State(models.TextChoices):
        OFFERED = "offered", pgettext_lazy("of a talk after a hard conversation", "offered")
        ASKED = "asked", pgettext_lazy("of a talk after a hard conversation", "asked for")
        ANSWERED = "answered", pgettext_lazy("of a talk after a hard conversation", "answered")

    class When(models.TextChoices):
        NOW = "now", _("now: I am coming to you")
        TODAY = "today", _("later today")
        SHIFT = "shift", _("before the next shift")

    # Allowed moves, as data: from → to. Every move is a conditional UPDATE in `actions`.
    MOVES = {State.OFFERED: {State.ASKED}, State.ASKED: {State.ANSWERED}, State.ANSWERED: set()}
    TEAM_PATH = "line__team"

    code = models.CharField(_("code"), max_length=16, unique=True, default=public_code, editable=False)
    line = models.ForeignKey("chat.Line", on_delete=models.CASCADE, related_name="+", verbose_name=_("line"))
    conversation = models.ForeignKey(
        "chat.Conversation", null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("conversation")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("who wants to talk")
    )
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OFFERED)
    carer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("talks with them"),
    )
    when = models.CharField(_("when"), max_length=8, choices=When.choices, blank=True)
    # Of its last move.
    at = models.DateTimeField(_("since"), db_index=True)

    objects = DebriefQuerySet.as_manager()

    class Meta:
        verbose_name = _("wish to talk")
        verbose_name_plural = _("wishes to talk")
        default_permissions = ()
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "by"], name="debrief_once_a_conversation"),
            models.CheckConstraint(
                condition=Q(state__in=["offered", "asked"], when="")
                | Q(state="answered", when__in=["now", "today", "shift"]),
                name="debrief_answered_says_when",
            ),
        ]

    def __str__(self):
        return self.code
