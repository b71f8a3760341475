"""A volunteer's place at a line: how many they take, whether they are there, and whether they are taking it easy."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Duty(models.Model):
    """One row for each volunteer and line; locked while they take somebody, so that their number holds."""

    class Word(models.TextChoices):
        """What colleagues read beside a name while somebody takes nobody new."""

        SOON = "soon", pgettext_lazy("of somebody who is away", "back in a moment")
        BREATH = "breath", pgettext_lazy("of somebody who is away", "catching their breath")
        MEAL = "meal", pgettext_lazy("of somebody who is away", "having something to eat")
        TALK = "talk", pgettext_lazy("of somebody who is away", "talking with somebody")
        ENDING = "ending", pgettext_lazy("of somebody who is away", "finishing for today")
        HOME = "home", pgettext_lazy("of somebody who is away", "gone home")

    # Those that one chooses for a break; the others belong to the end of a shift.
    BREAKS = (Word.BREATH, Word.MEAL, Word.TALK, Word.SOON)
    TEAM_PATH = "line__team"

    line = models.ForeignKey(
        "chat.Line", on_delete=models.CASCADE, related_name="duties", editable=False, verbose_name=_("line")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        editable=False,
        verbose_name=_("volunteer"),
    )
    maximum = models.PositiveSmallIntegerField(_("conversations at once"))
    away = models.BooleanField(_("away"), default=False)
    away_word = models.CharField(_("why away"), max_length=8, choices=Word.choices, blank=True, editable=False)
    # After a hard conversation: until then the line gives them fewer at once.
    rest_until = models.DateTimeField(_("takes it easy until"), null=True, editable=False)
    seen_at = models.DateTimeField(_("last there"), null=True, editable=False)

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["line", "user"], name="duty_once"),
            models.CheckConstraint(
                condition=Q(away_word="")
                | Q(away=True, away_word__in=["soon", "breath", "meal", "talk", "ending", "home"]),
                name="duty_word_known_and_only_away",
            ),
        ]

    def __str__(self):
        return f"{self.line_id} {self.user_id}"

    def rests(self, now):
        """Whether they take it easy at `now` (aware datetime), bool."""
        return self.rest_until is not None and self.rest_until > now
