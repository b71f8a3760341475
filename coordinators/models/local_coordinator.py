"""A registered organisation or person that takes help requests."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hotline.lib.codes import public_code
from hotline.lib.fields import SealedRow, SealedTextField, shown
from hotline.lib.hours import within_hours

from .trust import Level


def default_time_zone():
    return settings.TIME_ZONE


class LocalCoordinatorQuerySet(models.QuerySet):
    def reachable(self):
        """Those who may be offered something: active, with at least one verified endpoint that takes offers."""
        from .endpoint import Endpoint

        ready = Endpoint.objects.ready().filter(local_coordinator=models.OuterRef("pk"))
        return self.filter(state=LocalCoordinator.State.ACTIVE).filter(models.Exists(ready))


class LocalCoordinator(SealedRow):
    """Names and notes are under the site key: a list of helpers is a list to arrest."""

    class State(models.TextChoices):
        PENDING = "pending", _("to be checked")
        ACTIVE = "active", _("active")
        PAUSED = "paused", _("paused")
        SUSPENDED = "suspended", _("suspended")

    # Allowed moves, as data: from → to.
    MOVES = {
        State.PENDING: {State.ACTIVE, State.SUSPENDED},
        State.ACTIVE: {State.PAUSED, State.SUSPENDED},
        State.PAUSED: {State.ACTIVE, State.SUSPENDED},
        State.SUSPENDED: {State.ACTIVE},
    }
    SCOPE = None

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(_("code"), max_length=16, unique=True, default=public_code, editable=False)
    name = SealedTextField(pgettext_lazy("of a person or organisation", "name"), max_length=200)
    notes = SealedTextField(_("notes of checking"), max_length=4000, blank=True, default="")
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.PENDING, editable=False)
    paused_until = models.DateTimeField(_("paused until"), null=True, blank=True, editable=False)
    base = models.ForeignKey(
        "coordinators.Place",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("where they are"),
        help_text=_("Of several who cover a place, those who are nearer are asked first."),
    )
    languages = models.JSONField(_("languages"), default=list, blank=True)
    capacity = models.PositiveSmallIntegerField(
        _("open requests at once"), default=5, help_text=_("No new request is offered while this many are open.")
    )
    contact_limit = models.PositiveSmallIntegerField(
        _("open contacts at most"), default=10, help_text=_("Nothing more can be accepted while this many are open.")
    )
    open_requests = models.PositiveIntegerField(_("open now"), default=0, editable=False)
    time_zone = models.CharField(_("time zone"), max_length=64, default=default_time_zone)
    hours = models.JSONField(
        _("hours"),
        default=dict,
        blank=True,
        help_text=_("For each weekday a list of times, as mon 08:00–20:00. Empty: always."),
    )
    urgent_outside_hours = models.BooleanField(_("urgent requests outside these hours too"), default=False)
    checked_for = models.ManyToManyField(
        "coordinators.Category",
        blank=True,
        related_name="+",
        verbose_name=_("checked for"),
        help_text=_("Kinds of help that only checked coordinators get; each with everything below it."),
    )
    # What it may, by how it has gone so far; see actions/trust.py. `completed` is counted since `trusted_from`, when it
    # joined or was last complained of.
    level = models.CharField(
        _("level of trust"), max_length=8, choices=Level.choices, default=Level.NEWCOMER, editable=False
    )
    is_vouched = models.BooleanField(_("somebody known has vouched"), default=False, editable=False)
    # Whose word that was: looked at again when that one is doubted. Neither is told of the other.
    vouched_by = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+", editable=False)
    completed = models.PositiveIntegerField(_("days with a good outcome"), default=0, editable=False)
    completed_on = models.DateField(null=True, editable=False)
    trusted_from = models.DateTimeField(_("trust grows since"), default=timezone.now, editable=False)
    second_look_at = models.DateTimeField(_("second look"), null=True, blank=True, editable=False)
    answer_seconds = models.FloatField(_("usual time to answer, in seconds"), null=True, editable=False)
    created_at = models.DateTimeField(_("registered"), auto_now_add=True)

    objects = LocalCoordinatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("local coordinator")
        verbose_name_plural = _("local coordinators")
        ordering = ["code"]
        # No right of the stock admin is asked anywhere; "represent" is given for one object, never as a role.
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["completed"],
                name="local_coordinator_may_grow",
                condition=Q(completed__gt=0) & ~Q(level=Level.TRUSTED),
            ),
            models.Index(
                fields=["second_look_at"],
                name="local_coordinator_second_look",
                condition=Q(second_look_at__isnull=False),
            ),
        ]
        permissions = [("represent", "Act for this local coordinator")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["pending", "active", "paused", "suspended"]),
                name="local_coordinator_state_known",
            ),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="local_coordinator_level_known"),
        ]

    def __str__(self):
        return self.code

    @property
    def shown_name(self):
        """The name, or the words that it can no longer be read."""
        return shown(self, "name")

    def is_open(self, at):
        """Whether `at` (aware datetime) lies in the weekly hours; no hours at all means always."""
        return within_hours(self.hours, self.time_zone, at)
