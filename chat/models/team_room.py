"""The volunteers' own rooms: one for each line, and a common one. They never end; what is old in them goes."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.models.line import Line
from hotline.staff.models import Team

TALK, SUPERVISE = "chat.talk", "chat.supervise_conversations"


class TeamRoom(models.Model):
    """Of a line, for whoever talks there; or the common one, of no line, for the teams of `common_teams`."""

    TEAM_PATH = "line__team"
    SEEN = ("common", "line__team", "line__has_team_room")

    room = models.OneToOneField("chat.Room", on_delete=models.CASCADE, related_name="team_room", editable=False)
    line = models.OneToOneField(
        "chat.Line", null=True, on_delete=models.CASCADE, related_name="team_room", editable=False
    )
    common = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("room of the internal chat")
        verbose_name_plural = _("rooms of the internal chat")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(common=True, line__isnull=True) | Q(common=False, line__isnull=False),
                name="team_room_of_a_line_or_common",
            ),
            models.UniqueConstraint(fields=["common"], condition=Q(common=True), name="team_room_one_in_common"),
        ]

    def __str__(self):
        return gettext("All lines") if self.line is None else self.line.title()

    @property
    def room_state(self):
        """As `Room.owner` says."""
        return "open"

    @property
    def functions(self):
        """As `Room.owner` says; how far somebody has read is told themself alone."""
        return frozenset({"typing", "read"})

    def right_of(self, _role):
        """As `Room.owner` says: the right in a line's room. Who may be in the common one says `lets_in`."""
        return TALK

    def first_for(self, participant):
        """As `Room.owner` says: whoever is new reads what there still is."""
        return max(participant.room.first, participant.first_seq)

    def lets_in(self, rights, common_teams):
        """Whether whoever has these Rights may be in it. common_teams: function that gives the teams of the common room."""
        return self._holds(rights, TALK, common_teams)

    def lets_announce(self, rights, common_teams):
        """Whether whoever has these Rights may announce something in it, bool."""
        return self._holds(rights, SUPERVISE, common_teams)

    def _holds(self, rights, right, common_teams):
        if self.common:
            pks = rights.scope_pks(right)
            return bool(pks) and not pks.isdisjoint(common_teams())
        return self.line.has_team_room and rights.can(right, self.line)


def common_teams():
    """Primary keys (set of str) of the teams whose people are in the common room. One query."""
    of_lines = Q(pk__in=Line.objects.filter(in_common_room=True).values("team"))
    teams = Team.objects.filter(of_lines | Q(in_common_room=True)).order_by()
    return {str(pk) for pk in teams.values_list("pk", flat=True)}


class Sighting(models.Model):
    """That somebody has seen an announcement in an internal chat; it goes with the announcement."""

    event = models.ForeignKey("chat.Event", on_delete=models.CASCADE, related_name="sightings", editable=False)
    participant = models.ForeignKey("chat.Participant", on_delete=models.CASCADE, related_name="+", editable=False)
    at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("seen announcement")
        verbose_name_plural = _("seen announcements")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["event", "participant"], name="sighting_once")]

    def __str__(self):
        return f"{self.event_id} {self.participant_id}"
