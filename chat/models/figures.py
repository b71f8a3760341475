"""What stays of a conversation for statistics: rows of their own, with no way back to it, times rounded to the hour."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ConversationFact(models.Model):
    """One conversation that ended, in numbers."""

    TEAM_PATH = "line__team"

    line = models.ForeignKey("chat.Line", on_delete=models.CASCADE, related_name="+")
    hour = models.DateTimeField(_("hour"), db_index=True)
    language = models.CharField(_("language"), max_length=8)
    end = models.CharField(_("how it ended"), max_length=10)
    taken = models.BooleanField(_("talked with somebody"))
    # None for whoever took over: nobody waited.
    wait_minutes = models.PositiveIntegerField(_("minutes waited"), null=True)
    talk_minutes = models.PositiveIntegerField(_("minutes talked"))
    messages = models.PositiveIntegerField(_("messages"))

    class Meta:
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        default_permissions = ()

    def __str__(self):
        return f"{self.line_id} {self.hour:%Y-%m-%d %H}"


class GivenAnswers(models.Model):
    """What a visitor or a volunteer answered after a conversation; free text lies apart."""

    TEAM_PATH = "line__team"

    class Asked(models.TextChoices):
        VISITOR = "survey", _("visitor, afterwards")
        VOLUNTEER = "wrap_up", _("volunteer, afterwards")

    line = models.ForeignKey("chat.Line", on_delete=models.CASCADE, related_name="+")
    asked = models.CharField(_("who was asked"), max_length=8, choices=Asked.choices)
    hour = models.DateTimeField(_("hour"), db_index=True)
    answers = models.JSONField(_("answers"), default=dict)

    class Meta:
        verbose_name = _("given answers")
        verbose_name_plural = _("given answers")
        default_permissions = ()

    def __str__(self):
        return f"{self.line_id} {self.asked}"


class AnswerText(models.Model):
    """One free text out of such answers; it goes much earlier than the figures."""

    TEAM_PATH = "line__team"

    line = models.ForeignKey("chat.Line", on_delete=models.CASCADE, related_name="+")
    asked = models.CharField(_("who was asked"), max_length=8, choices=GivenAnswers.Asked.choices)
    day = models.DateField(_("day"), db_index=True)
    question = models.CharField(_("question"), max_length=40)
    text = models.TextField(_("text"), max_length=2000)

    class Meta:
        verbose_name = _("answer in words")
        verbose_name_plural = _("answers in words")
        default_permissions = ()

    def __str__(self):
        return self.question
