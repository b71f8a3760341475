"""Beside a conversation, where no visitor ever is: the room in which its volunteer is guided, and their call for help."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chat.models.participant import Participant
from hotline.lib.codes import public_code


class Guidance(models.Model):
    """The room of one volunteer and whoever guides them with one conversation; as long as they have it."""

    TEAM_PATH = "conversation__line__team"
    SEEN = ("volunteer", "conversation__state", "conversation__volunteer", "conversation__line__team")
    RIGHTS = {
        Participant.Role.VOLUNTEER: "chat.talk",
        Participant.Role.COORDINATOR: "chat.supervise_conversations",
    }

    conversation = models.ForeignKey("chat.Conversation", on_delete=models.CASCADE, related_name="guidances")
    volunteer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    room = models.OneToOneField("chat.Room", on_delete=models.CASCADE, related_name="guidance")
    begun_at = models.DateTimeField()

    class Meta:
        verbose_name = _("guidance")
        verbose_name_plural = _("guidance")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["conversation", "volunteer"], name="guidance_once_a_volunteer"),
        ]

    def __str__(self):
        return str(self.room_id)

    @property
    def room_state(self):
        """As `Room.owner` says."""
        runs = self.conversation.state == "active" and self.conversation.volunteer_id == self.volunteer_id
        return "active" if runs else "ended"

    @property
    def functions(self):
        """As `Room.owner` says: among colleagues everything is on."""
        return frozenset({"typing", "read"})

    def right_of(self, role):
        """As `Room.owner` says."""
        return self.RIGHTS[role]

    def first_for(self, participant):
        """As `Room.owner` says."""
        return max(participant.room.first, participant.first_seq)


class HelpCallQuerySet(models.QuerySet):
    def open(self):
        """Those that nobody has answered yet."""
        return self.filter(state=HelpCall.State.OPEN)


class HelpCall(models.Model):
    """A volunteer calls whoever guides the line; it rings until one of them answers."""

    class State(models.TextChoices):
        OPEN = "open", _("rings")
        ANSWERED = "answered", _("answered")
        OVER = "over", _("no longer needed")

    # Allowed moves, as data: from → to. Every move is a conditional UPDATE in `actions`.
    MOVES = {State.OPEN: {State.ANSWERED, State.OVER}, State.ANSWERED: {State.OVER}, State.OVER: set()}
    TEAM_PATH = "conversation__line__team"

    code = models.CharField(_("code"), max_length=16, unique=True, default=public_code, editable=False)
    conversation = models.ForeignKey("chat.Conversation", on_delete=models.CASCADE, related_name="calls")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OPEN)
    answerer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    called_at = models.DateTimeField()

    objects = HelpCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call for help")
        verbose_name_plural = _("calls for help")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["open", "answered", "over"]), name="helpcall_state_known"),
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(state="open"), name="helpcall_one_open_a_conversation"
            ),
        ]

    def __str__(self):
        return self.code
