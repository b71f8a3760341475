"""What somebody needs, and where. Whatever could identify them is sealed under a key of the request's own."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordinators.models import Place
from hotline.lib import crypto
from hotline.lib.codes import hash_token, public_code
from hotline.lib.keyring import KeyGone, keyring
from hotline.lib.spoken import normalise_spoken

# Longer than any three words, however they are written.
LONGEST_SPOKEN = 200


def spoken_code_hash(text):
    """What a spoken code is found by (32 bytes), however somebody wrote it who heard it."""
    return hash_token(normalise_spoken(text[:LONGEST_SPOKEN]), "spoken-code")


class HelpRequestQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state__in=HelpRequest.OPEN)

    def by_spoken_code(self, text):
        """The request (QuerySet of one or none) of the words somebody typed; words near to its own find nothing."""
        return self.filter(spoken_code_hash=spoken_code_hash(text))


class HelpRequest(models.Model):
    class Urgency(models.TextChoices):
        URGENT = "urgent", _("urgent, now")
        TODAY = "today", _("today")
        SOON = "soon", _("this week")

    class Source(models.TextChoices):
        """Where a call for help was found in writing."""

        TELEGRAM = "telegram", _("Telegram channel or group")
        FACEBOOK = "facebook", "Facebook"
        INSTAGRAM = "instagram", "Instagram"
        X = "x", "X"
        VIBER = "viber", "Viber"
        FORUM = "forum", _("forum")
        WEBSITE = "website", _("website")
        OTHER = "other", pgettext_lazy("source of a call for help", "elsewhere")

    class State(models.TextChoices):
        HELD = "held", _("not out yet")
        OFFERING = "offering", _("offered")
        UNANSWERED = "unanswered", _("nobody took it")
        ACCEPTED = "accepted", _("accepted")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")
        EXPIRED = "expired", _("run out")

    class Outcome(models.TextChoices):
        HELPED = "helped", _("helped")
        PARTLY = "partly", _("helped in part")
        NOT_REACHED = "not_reached", _("not reached")
        NOT_NEEDED = "not_needed", _("no longer needed")

    OPEN = (State.HELD, State.OFFERING, State.UNANSWERED, State.ACCEPTED)
    TAKEABLE = (State.OFFERING, State.UNANSWERED)
    # Allowed moves, as data: from → to. Every move is a conditional UPDATE in `actions`.
    MOVES = {
        State.HELD: {State.OFFERING, State.CANCELLED, State.EXPIRED},
        State.OFFERING: {State.HELD, State.UNANSWERED, State.ACCEPTED, State.CANCELLED, State.EXPIRED},
        State.UNANSWERED: {State.HELD, State.OFFERING, State.ACCEPTED, State.CANCELLED, State.EXPIRED},
        State.ACCEPTED: {State.HELD, State.OFFERING, State.UNANSWERED, State.DONE, State.CANCELLED, State.EXPIRED},
        State.DONE: {State.HELD, State.OFFERING},
        State.CANCELLED: {State.HELD, State.OFFERING},
        State.EXPIRED: set(),
    }
    TEAM_PATH = "team"

    code = models.CharField(_("code"), max_length=16, unique=True, default=public_code, editable=False)
    team = models.ForeignKey(
        "staff.Team", on_delete=models.PROTECT, related_name="help_requests", verbose_name=_("team")
    )
    category = models.ForeignKey("coordinators.Category", on_delete=models.PROTECT, verbose_name=_("kind of help"))
    place = models.ForeignKey("coordinators.Place", on_delete=models.PROTECT, verbose_name=_("place"))
    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency.choices)
    needed_by = models.DateTimeField(_("needed by"), null=True, blank=True)
    spoken_to = models.BooleanField(_("somebody has spoken to the person"), default=True)
    # Found in writing, and where; empty for a call. Of the post itself nothing is kept but what is sealed.
    source = models.CharField(_("found in writing"), max_length=16, choices=Source.choices, blank=True, editable=False)
    looked_at = models.DateTimeField(_("looked at by a second person"), null=True, editable=False)
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    # Whether somebody has to ring back or look at it first: its kind asked for that when it was taken, corrected or offered
    # anew. A kind that asks for it later changes nothing for what somebody has accepted.
    look_due = models.BooleanField(default=False, editable=False)
    # When nobody has rung back or looked at it by then, the alarm rings; when the desk is asked whether it is still needed,
    # and since when it has been.
    held_alarm_at = models.DateTimeField(null=True, editable=False)
    ask_needed_at = models.DateTimeField(null=True, editable=False)
    needed_asked_at = models.DateTimeField(null=True, editable=False)
    practice = models.BooleanField(
        _("practice"), default=False, help_text=_("Goes the whole way, but stays out of all figures.")
    )
    # Needs of one caller that were taken in one call.
    bundle = models.UUIDField(null=True, editable=False, db_index=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("taken by")
    )
    created_at = models.DateTimeField(_("taken"), db_index=True)

    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.OFFERING, editable=False)
    state_since = models.DateTimeField(editable=False)
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome.choices, blank=True, editable=False)
    # A request that comes back is offered again in a new round; waves are counted within it.
    round = models.PositiveSmallIntegerField(default=1, editable=False)
    wave = models.PositiveSmallIntegerField(default=0, editable=False)
    # The round that began with another kind or place: "not my area" of earlier rounds no longer counts.
    corrected_round = models.PositiveSmallIntegerField(default=0, editable=False)
    next_wave_at = models.DateTimeField(null=True, editable=False)

    wrapped_key = models.BinaryField(null=True, editable=False)
    key_due = models.DateField(null=True, editable=False)
    sealed_contact = models.BinaryField(null=True, editable=False)
    sealed_details = models.BinaryField(null=True, editable=False)
    erase_at = models.DateTimeField(_("contact and text erased at"), null=True, editable=False)
    erasure_asked_at = models.DateTimeField(null=True, editable=False)
    spoken_code_hash = models.BinaryField(null=True, unique=True, editable=False)

    objects = HelpRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("help request")
        verbose_name_plural = _("help requests")
        default_permissions = ()
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["team", "state", "-created_at"], name="help_request_desk"),
            models.Index(fields=["next_wave_at"], name="help_request_wave", condition=Q(next_wave_at__isnull=False)),
            models.Index(fields=["held_alarm_at"], name="help_request_held", condition=Q(held_alarm_at__isnull=False)),
            models.Index(
                fields=["ask_needed_at"], name="help_request_needed", condition=Q(ask_needed_at__isnull=False)
            ),
            models.Index(fields=["erase_at"], name="help_request_erase", condition=Q(erase_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["held", "offering", "unanswered", "accepted", "done", "cancelled", "expired"]),
                name="help_request_state_known",
            ),
            models.CheckConstraint(condition=Q(outcome="") | Q(state="done"), name="help_request_outcome_when_done"),
            models.CheckConstraint(
                condition=Q(next_wave_at__isnull=True) | Q(state="offering"), name="help_request_waves_while_offering"
            ),
            models.CheckConstraint(condition=~Q(state="held") | ~Q(source=""), name="help_request_held_when_found"),
        ]

    def __str__(self):
        return self.code

    def _context(self, field):
        return f"dispatch_helprequest:{self.code}:{field}"

    def record_key(self):
        """The request's own key, bytes(32). Raises KeyGone once it is erased."""
        if self.wrapped_key is None:
            raise KeyGone(self.code)
        return keyring().unwrap(bytes(self.wrapped_key), self.key_due, self._context("wrapped_key"))

    def wrap_key(self, key, erase_at):
        """Put `key` under the key of the day on which `erase_at` (aware datetime) lies; sets the fields, does not save."""
        self.key_due = keyring().due_day(erase_at)
        self.wrapped_key = keyring().wrap(key, self.key_due, self._context("wrapped_key"))
        self.erase_at = erase_at

    def seal(self, field, content, key):
        """Sealed form of `content` (JSON-able) for `field`, bytes."""
        return crypto.seal_json(key, content, self._context(field))

    def details(self):
        """What the operator wrote but the contact: {public, people, protected, languages, answers, note}, and what the
        caller was told: {code_language, spoken_code, pass_words, pass_words_told}. Raises KeyGone.
        """
        return crypto.unseal_json(self.record_key(), bytes(self.sealed_details), self._context("sealed_details"))

    def contact(self):
        """The caller's contact. Only `actions.contacts` asks for it, since each opening is audited. Raises KeyGone."""
        return crypto.unseal_json(self.record_key(), bytes(self.sealed_contact), self._context("sealed_contact"))

    def whole_place(self):
        """Its place with everything above it, in one query unless the place was read before."""
        if not HelpRequest.place.is_cached(self):
            self.place = Place.objects.one_with_lineage(self.place_id)
        return self.place

    def needs_a_look(self):
        """Whether it was found in writing, and its kind goes out only once somebody rang back or a second person looked.

        That is the rule as it stands now, for what goes out anew; `waits_for_a_look` says what waits.
        """
        if not self.source or self.spoken_to or self.looked_at:
            return False
        return bool(self.category.effective("ring_back"))

    @property
    def waits_for_a_look(self):
        """Whether nobody goes on with it before somebody rang back or looked: not out yet, or corrected with its winner."""
        return self.state == self.State.HELD or (self.state == self.State.ACCEPTED and self.look_due)

    @property
    def is_sealed(self):
        """Whether contact and text are still there."""
        return self.wrapped_key is not None
