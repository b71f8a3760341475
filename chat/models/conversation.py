"""A visitor's case: waiting → active → ended."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models.participant import Participant
from hotline.lib.codes import public_code

# Whoever comes back to the queue stands before all who wait: nobody's turn lies further back than this.
FRONT = timedelta(days=1000)


class ConversationQuerySet(models.QuerySet):
    def waiting(self):
        """Those in the queue, the next first."""
        return self.filter(state=Conversation.State.WAITING).order_by("turn_at", "pk")

    def active(self):
        return self.filter(state=Conversation.State.ACTIVE)

    def running(self):
        """Waiting or active."""
        return self.exclude(state=Conversation.State.ENDED)

    def due(self, now):
        """Those whose time is up at `now` (aware datetime) and which neither a hold nor an open flag keeps."""
        return self.filter(erase_at__lte=now).exclude(hold_until__gt=now).exclude(flagged_until__gt=now)


class Conversation(models.Model):
    """`turn_at` orders the queue: the moment somebody came, made earlier where the line raises them."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        ACTIVE = "active", _("in conversation")
        ENDED = "ended", _("ended")

    class End(models.TextChoices):
        VISITOR = "visitor", _("ended by the visitor")
        VOLUNTEER = "volunteer", _("ended by the volunteer")
        LEFT = "left", _("the visitor did not come back")
        EXIT = "exit", _("left at once")
        ABUSE = "abuse", _("ended as abuse")
        HOUSE = "house", _("ended because the house closed")

    # Allowed moves, as data: from → to. Every move is a conditional UPDATE in `actions`.
    MOVES = {
        State.WAITING: {State.ACTIVE, State.ENDED},
        State.ACTIVE: {State.WAITING, State.ENDED},
        State.ENDED: set(),
    }
    TEAM_PATH = "line__team"
    SEEN = (
        *("state", "turn_at", "line__team", "line__shows_typing", "line__shows_read"),
        "entrance__can_keep_transcript",
    )
    RIGHTS = {
        Participant.Role.VOLUNTEER: "chat.talk",
        Participant.Role.COORDINATOR: "chat.supervise_conversations",
        Participant.Role.OBSERVER: "chat.supervise_conversations",
    }

    code = models.CharField(_("code"), max_length=16, unique=True, default=public_code, editable=False)
    line = models.ForeignKey(
        "chat.Line", on_delete=models.PROTECT, related_name="conversations", verbose_name=_("line"), editable=False
    )
    # The line to whose page the visitor came: its words, questions and survey are theirs, whatever line they talk at now.
    entrance = models.ForeignKey("chat.Line", on_delete=models.PROTECT, related_name="+", editable=False)
    room = models.OneToOneField("chat.Room", on_delete=models.CASCADE, related_name="conversation", editable=False)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING, editable=False)
    volunteer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    language = models.CharField(_("language"), max_length=8, editable=False)
    practice = models.BooleanField(_("practice"), default=False, editable=False)
    # Whether the visitor was told, before they began, that somebody who guides the volunteers may read along.
    told_of_reading = models.BooleanField(default=False, editable=False)
    # The key of the question whose answer raised their place in the queue, for the volunteers to see.
    risk = models.CharField(_("raised because of"), max_length=40, blank=True, editable=False)
    turn_at = models.DateTimeField(editable=False)
    created_at = models.DateTimeField(_("came"), editable=False)
    # The `take` that it answers: the same one again gives the same answer.
    taken_by_id = models.UUIDField(null=True, unique=True, editable=False)
    taken_at = models.DateTimeField(_("taken"), null=True, editable=False)
    # The lowest seq that its volunteers may read: a line may keep back what was said before it passed a visitor on.
    history_from = models.PositiveBigIntegerField(default=1, editable=False)
    # When its volunteer took it over from another one: for them it began then.
    passed_on_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, editable=False)
    end = models.CharField(_("how it ended"), max_length=10, choices=End.choices, blank=True, editable=False)
    # After the end it stays on its volunteer's desk until they have put it away, with or without wrap-up answers.
    put_away = models.BooleanField(default=False, editable=False)
    # That the visitor answered, never what: their answers lie apart, without a way back.
    survey_given = models.BooleanField(default=False, editable=False)
    resume_hash = models.BinaryField(max_length=32, null=True, unique=True, editable=False)
    sealed_answers = models.BinaryField(null=True, editable=False)
    # By the line's retention alone: a hold puts erasing off, and its release brings this moment back.
    erase_at = models.DateTimeField(_("erased at"), null=True, editable=False)
    hold_until = models.DateTimeField(_("held until"), null=True, editable=False)
    # The longest that its open flags keep it; None without any.
    flagged_until = models.DateTimeField(null=True, editable=False)
    hold_reason = models.CharField(_("held because"), max_length=200, blank=True, editable=False)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        default_permissions = ()
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["line", "turn_at"], name="conversation_queue", condition=Q(state="waiting")),
            models.Index(fields=["volunteer", "state"], name="conversation_desk"),
            models.Index(fields=["erase_at"], name="conversation_erase", condition=Q(erase_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "active", "ended"]), name="conversation_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False) | (~Q(state="ended") & Q(ended_at__isnull=True)),
                name="conversation_ended_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(volunteer__isnull=True) | ~Q(state="waiting"), name="conversation_waits_for_nobody_yet"
            ),
            models.CheckConstraint(
                condition=Q(survey_given=False) | Q(state="ended"), name="conversation_survey_after_its_end"
            ),
            models.CheckConstraint(
                condition=Q(hold_until__isnull=True, hold_reason="")
                | (Q(hold_until__isnull=False) & ~Q(hold_reason="")),
                name="conversation_held_with_a_reason",
            ),
        ]

    def __str__(self):
        return self.code

    @property
    def room_state(self):
        """As `Room.owner` says."""
        return self.state

    @property
    def functions(self):
        """As `Room.owner` says: what its line has switched on."""
        return self.line.functions

    def right_of(self, role):
        """As `Room.owner` says."""
        return self.RIGHTS[role]

    def first_for(self, participant):
        """As `Room.owner` says. Where the line lets no visitor see it again after the end, that it ended is all they see."""
        room = participant.room
        if participant.is_visitor and self.state == self.State.ENDED and not self.entrance.can_keep_transcript:
            return room.head
        return max(room.first, participant.first_seq)

    @property
    def is_held(self):
        """Whether somebody holds it longer than its line keeps it."""
        return self.hold_until is not None and self.hold_until > timezone.now()

    @property
    def retention(self):
        """timedelta: how long it is kept after its end. No line that it was passed on to keeps it longer than promised."""
        return min(self.entrance.retention, self.line.retention)

    def kept_until(self, now):
        """The moment (aware datetime) until which it is kept, as things stand at `now`."""
        due = self.erase_at or now + self.retention
        return max(due, self.hold_until or due, self.flagged_until or due)

    @property
    def kept_longer_until(self):
        """The moment (aware datetime) until which a hold or an open flag keeps it, None when neither does."""
        anyway = max(self.erase_at or timezone.now(), timezone.now())
        later = [one for one in (self.hold_until, self.flagged_until) if one is not None and one > anyway]
        return max(later, default=None)
