"""What stays of calls and help requests for statistics: counts by the hour, with no way back to any of them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Tally(models.Model):
    """How often one thing happened in one hour. What was just counted stands in rows of its own until `fold` adds it up.

    detail: of ENDED the outcome, of WHY the reason, of CAME_BACK why, of FIRST_OFFER and ACCEPTED the longest of the TIMES that
    it is not above. seconds: the sum of these times. region: what the place lies in; None with the kinds of calls.
    """

    class Kind(models.TextChoices):
        """Calls that turned out to be no help request."""

        SILENT = "silent", _("nobody spoke")
        WRONG_NUMBER = "wrong_number", _("wrong number")
        INFORMED = "informed", _("answered with a word")
        ELSEWHERE = "elsewhere", _("sent elsewhere")
        TALK = "talk", _("wanted to talk")
        HOAX = "hoax", _("hoax")
        ABUSE = "abuse", _("abuse")

    class Step(models.TextChoices):
        """What happened to help requests."""

        TAKEN = "taken", _("taken")
        FIRST_OFFER = "first_offer", _("first offered to somebody")
        WAVE = "wave", _("waves")
        OFFERED = "offered", _("offers")
        NOBODY = "nobody", _("nobody was left to ask")
        DECLINED = "declined", _("declined")
        WHY = "why", _("declined for a reason")
        UNHEARD = "unheard", _("not answered in time")
        UNDELIVERED = "undelivered", _("could not be delivered")
        ACCEPTED = "accepted", _("accepted")
        AGAIN = "again", _("accepted again after coming back")
        CAME_BACK = "came_back", _("came back")
        ENDED = "ended", pgettext_lazy("a help request", "ended")
        DRY_RUN = "dry_run", _("a dry run found nobody")

    class Source(models.TextChoices):
        CALL = "call", _("called")
        WRITTEN = "written", _("found in writing")

    TEAM_PATH = "team"
    # Upper ends of the classes in which times are counted, in seconds; what is above the last is counted under BEYOND.
    TIMES = (60, 120, 300, 600, 1800, 3600, 4 * 3600, 24 * 3600)
    BEYOND = "beyond"

    # None: of the house, as dry runs.
    team = models.ForeignKey(
        "staff.Team", null=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("team")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=[*Kind.choices, *Step.choices])
    detail = models.CharField(max_length=16, blank=True)
    category = models.ForeignKey(
        "coordinators.Category", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("kind of help")
    )
    region = models.ForeignKey(
        "coordinators.Place", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("region")
    )
    source = models.CharField(max_length=8, choices=Source.choices, blank=True)
    hour = models.DateTimeField(_("hour"), db_index=True)
    count = models.PositiveIntegerField(_("count"), default=0)
    seconds = models.PositiveBigIntegerField(default=0)
    folded = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("figure of calls and requests")
        verbose_name_plural = _("figures of calls and requests")
        default_permissions = ()
        indexes = [models.Index(fields=["id"], name="tally_to_fold", condition=models.Q(folded=False))]

    def __str__(self):
        return f"{self.kind} {self.hour:%Y-%m-%d %H}"

    @classmethod
    def time_class(cls, span):
        """The class of a time (timedelta), as `detail` holds it."""
        return next((str(end) for end in cls.TIMES if span.total_seconds() <= end), cls.BEYOND)
