"""One chat service: its words, its hours, its bounds, and which of its functions are on."""

from datetime import timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hotline.lib.hours import next_opening, within_hours
from hotline.lib.languages import localized

RETENTION_LOWEST, RETENTION_HIGHEST = 10, 30 * 24 * 60
# Minutes: a shift is over by then.
REST_LONGEST = 240


def default_time_zone():
    return settings.TIME_ZONE


def interface_languages():
    return [code for code, _name in settings.LANGUAGES]


class Line(models.Model):
    """
    Texts are {language: text}. `alternatives` is [{name, address}], `hours` as in `hotline.lib.hours`.

    Whether visitors may come now is `state()`: never a stored word alone, since hours and places in the queue count too.
    """

    class Mode(models.TextChoices):
        HOURS = "hours", _("by its hours")
        OPEN = "open", _("open")
        PAUSED = "paused", _("paused: nobody new, those who wait are served")
        CLOSED = "closed", _("closed")

    class Alias(models.TextChoices):
        NONE = "none", _("not asked")
        OPTIONAL = "optional", _("if they like")
        REQUIRED = "required", _("always")

    TEAM_PATH = "team"
    # Fields that nobody needs who only asks what a line allows.
    TEXTS = (
        *("titles", "welcome", "danger", "privacy", "when_closed", "when_full", "when_paused", "goodbye"),
        *(
            "alternatives",
            "suggested_aliases",
            "hosts",
            "exit_address",
            "hours",
            "exceptions",
            "danger_steps",
            "danger_numbers",
        ),
    )

    slug = models.SlugField(_("short name"), max_length=40, unique=True, help_text=_("Part of the address: /chat/…/"))
    team = models.ForeignKey("staff.Team", on_delete=models.PROTECT, related_name="lines", verbose_name=_("team"))
    mode = models.CharField(_("open"), max_length=8, choices=Mode.choices, default=Mode.CLOSED, editable=False)

    titles = models.JSONField(_("title"), default=dict)
    welcome = models.JSONField(_("welcome"), default=dict, blank=True)
    danger = models.JSONField(
        _("in immediate danger"), default=dict, blank=True, help_text=_("Shown first of all: what to do, whom to ring.")
    )
    privacy = models.JSONField(
        _("what happens with what I write"),
        default=dict,
        blank=True,
        help_text=_("Two lines. That somebody may read along is added by itself where the live view is on."),
    )
    when_closed = models.JSONField(_("when closed"), default=dict, blank=True)
    when_full = models.JSONField(_("when full"), default=dict, blank=True)
    when_paused = models.JSONField(_("when paused"), default=dict, blank=True)
    goodbye = models.JSONField(_("after the end"), default=dict, blank=True)
    alternatives = models.JSONField(_("other numbers"), default=list, blank=True)
    languages = models.JSONField(_("languages"), default=interface_languages)
    formal_address = models.BooleanField(
        _("addresses visitors formally"), default=False, help_text=_("In German “Sie” instead of “du”.")
    )
    colour = models.CharField(_("colour"), max_length=7, blank=True, help_text=_("As #0b6e74; empty: the house's own."))
    hosts = models.JSONField(
        _("websites that may show it"),
        default=list,
        blank=True,
        help_text=_("As https://example.org, one a line. Empty: none but this house."),
    )
    exit_address = models.URLField(
        _("where “Leave this page” goes"), max_length=200, default="https://www.wikipedia.org/"
    )

    time_zone = models.CharField(_("time zone"), max_length=64, default=default_time_zone)
    hours = models.JSONField(_("hours"), default=dict, blank=True)
    exceptions = models.JSONField(
        _("other hours on single days"), default=dict, blank=True, help_text=_("As 2026-12-24 10:00–14:00, or closed.")
    )

    maximum_waiting = models.PositiveSmallIntegerField(
        _("places in the queue"), default=20, validators=[MinValueValidator(1), MaxValueValidator(500)]
    )
    least_conversations = models.PositiveSmallIntegerField(
        _("conversations of a volunteer, at least"), default=1, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    most_conversations = models.PositiveSmallIntegerField(
        _("conversations of a volunteer, at most"), default=4, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    rest_minutes = models.PositiveSmallIntegerField(
        _("minutes to take it easy after a hard conversation"), default=30, validators=[MaxValueValidator(REST_LONGEST)]
    )
    rest_conversations = models.PositiveSmallIntegerField(
        _("conversations at once meanwhile"), default=1, validators=[MaxValueValidator(20)]
    )
    offers_debrief = models.BooleanField(
        _("asks volunteers after a hard conversation whether they want to talk"), default=True
    )
    retention_minutes = models.PositiveIntegerField(
        _("kept after the end, in minutes"),
        default=7 * 24 * 60,
        validators=[MinValueValidator(RETENTION_LOWEST), MaxValueValidator(RETENTION_HIGHEST)],
    )

    alias = models.CharField(_("alias"), max_length=8, choices=Alias.choices, default=Alias.OPTIONAL)
    suggested_aliases = models.JSONField(_("suggested names"), default=dict, blank=True)
    questions = models.ForeignKey(
        "questionnaires.Questionnaire",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("questions before the chat"),
    )
    risk_answers = models.JSONField(
        _("answers that raise the place in the queue"),
        default=dict,
        blank=True,
        help_text=_("As danger = yes; volunteers see which answer it was."),
    )
    risk_minutes = models.PositiveSmallIntegerField(
        _("raised as if come so many minutes earlier"), default=0, validators=[MaxValueValidator(240)]
    )
    survey = models.ForeignKey(
        "questionnaires.Questionnaire",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("questions to the visitor afterwards"),
    )
    wrap_up = models.ForeignKey(
        "questionnaires.Questionnaire",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("questions to the volunteer afterwards"),
    )

    shows_typing = models.BooleanField(_("shows that somebody is typing"), default=True)
    shows_read = models.BooleanField(_("shows what was read"), default=True)
    can_resume = models.BooleanField(_("code to come back with"), default=True)
    can_keep_transcript = models.BooleanField(_("visitor may see the conversation again after its end"), default=True)
    can_transfer = models.BooleanField(_("visitors can be passed on to a colleague"), default=True)
    passes_on_to = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        related_name="+",
        verbose_name=_("lines that visitors can be passed on to"),
    )
    passes_history = models.BooleanField(_("whoever takes over reads what was said before"), default=True)
    can_flag = models.BooleanField(_("volunteers can flag a conversation for follow-up"), default=True)
    takes_complaints = models.BooleanField(_("visitors can complain after the end"), default=True)
    can_exclude = models.BooleanField(_("abusive visitors are kept out for a time"), default=True)
    has_standard_messages = models.BooleanField(_("standard messages"), default=True)
    has_live_view = models.BooleanField(_("live view: coordinators may read along"), default=True)
    has_groups = models.BooleanField(_("group chats"), default=True)
    has_guidance = models.BooleanField(_("guidance beside a conversation, and a call for help"), default=True)
    has_danger = models.BooleanField(_("a button for imminent danger"), default=True)
    danger_steps = models.JSONField(_("checklist in imminent danger"), default=dict, blank=True)
    danger_numbers = models.JSONField(_("emergency numbers"), default=dict, blank=True)
    can_step_in = models.BooleanField(_("coordinators can step into a conversation, or take it over"), default=True)
    has_history = models.BooleanField(_("coordinators find and read past conversations"), default=True)
    has_feedback = models.BooleanField(_("feedback to volunteers on conversations"), default=True)
    has_team_room = models.BooleanField(_("internal chat of its volunteers"), default=True)
    in_common_room = models.BooleanField(_("its volunteers are in the internal chat of all lines"), default=True)

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        default_permissions = ()
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(condition=Q(mode__in=["hours", "open", "paused", "closed"]), name="line_mode_known"),
            models.CheckConstraint(
                condition=Q(least_conversations__lte=F("most_conversations")), name="line_least_below_most"
            ),
            models.CheckConstraint(
                condition=Q(retention_minutes__gte=RETENTION_LOWEST, retention_minutes__lte=RETENTION_HIGHEST),
                name="line_retention_within_bounds",
            ),
        ]

    def __str__(self):
        return self.title()

    def title(self, language=None):
        """The title in `language` (None: the reader's), else the short name."""
        return localized(self.titles, language) or self.slug

    @property
    def functions(self):
        """What visitors and volunteers see of each other here: a frozenset of "typing" and "read"."""
        return frozenset(name for name, on in (("typing", self.shows_typing), ("read", self.shows_read)) if on)

    @property
    def retention(self):
        """timedelta: how long a conversation is kept after its end."""
        return timedelta(minutes=self.retention_minutes)

    def door(self, now):
        """Where its door stands at `now` (aware datetime), by button or hours: "open", "paused" or "closed"."""
        if self.mode == self.Mode.HOURS:
            return "open" if within_hours(self.hours, self.time_zone, now, self.exceptions) else "closed"
        return str(self.mode)

    def opens_at(self, now):
        """When it opens next by its hours, aware datetime; None when it does not go by hours."""
        if self.mode != self.Mode.HOURS:
            return None
        return next_opening(self.hours, self.time_zone, now, self.exceptions)
