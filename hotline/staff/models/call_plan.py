"""Who is rung for which alarms in which hours, one after the other."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hotline.lib.hours import within_hours


class CallPlan(models.Model):
    """Of several plans of a team the first one counts whose kinds and hours fit. `hours` as in `hotline.lib.hours`."""

    TEAM_PATH = "team"

    team = models.ForeignKey(
        "staff.Team",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="call_plans",
        verbose_name=_("team"),
        help_text=_("Whose alarms it is about. Empty: alarms of the whole house."),
    )
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=60, help_text=_("As Nights, or Weekend."))
    position = models.PositiveSmallIntegerField(
        _("order"), default=0, help_text=_("Of several plans that fit, the smallest number counts.")
    )
    kinds = models.JSONField(_("for these alarms"), default=list, blank=True)
    hours = models.JSONField(_("in these hours"), default=dict, blank=True)
    minutes = models.PositiveSmallIntegerField(
        _("minutes until the next is rung"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_("So long each person has to say that they see to it."),
    )

    class Meta:
        verbose_name = _("on-call plan")
        verbose_name_plural = _("on-call plans")
        default_permissions = ()
        ordering = ["team__name", "position", "pk"]

    def __str__(self):
        return self.name

    def fits(self, kind, now):
        """Whether it is for alarms of this kind at this moment (aware datetime)."""
        return (not self.kinds or kind in self.kinds) and within_hours(self.hours, settings.TIME_ZONE, now)


class CallStep(models.Model):
    """One person of a plan, rung alone."""

    TEAM_PATH = "plan__team"

    plan = models.ForeignKey(CallPlan, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        default_permissions = ()
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "position"], name="call_step_one_a_place"),
            models.UniqueConstraint(fields=["plan", "person"], name="call_step_once_a_person"),
        ]

    def __str__(self):
        return f"{self.position}"
