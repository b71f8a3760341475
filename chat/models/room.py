"""Where people talk. Every kind of talk is a room with one log, and belongs to one row that says who may be in it.

The rows that rooms belong to (`Room.owner`) answer alike, and for the volunteers' rights have a TEAM_PATH:

    room_state              the word for `state` in the frames
    functions               frozenset of "typing", "read": what is switched on
    right_of(role)          the right that staff in this role (Participant.Role) hold for it as long as they are in the room
    first_for(participant)  the lowest seq that this Participant may read
    SEEN                    what of it these answers need, as lookups from it
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hotline.lib.codes import public_code


class Room(models.Model):
    """`head` is the seq of the latest event, `first` the lowest that may still be read."""

    class Kind(models.TextChoices):
        CONVERSATION = "conversation", _("conversation")
        GUIDANCE = "guidance", _("guidance")
        GROUP = "group", _("group")
        BACKCHANNEL = "backchannel", _("internal chat of a group")
        TEAM = "team", _("internal chat")

    # Kind → name of the relation to the row it belongs to.
    OWNERS = {
        Kind.CONVERSATION: "conversation",
        Kind.GUIDANCE: "guidance",
        Kind.GROUP: "group",
        Kind.BACKCHANNEL: "group_behind",
        Kind.TEAM: "team_room",
    }

    code = models.CharField(_("code"), max_length=16, unique=True, default=public_code, editable=False)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices, default=Kind.CONVERSATION, editable=False)
    first = models.PositiveBigIntegerField(default=1, editable=False)
    head = models.PositiveBigIntegerField(default=0, editable=False)
    is_open = models.BooleanField(_("may be written in"), default=True, editable=False)
    # The day until which the keys of its authors live; moved forward while the room is open or held.
    key_due = models.DateField(db_index=True, editable=False)

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(first__lte=models.F("head") + 1), name="room_first_within_log"),
            models.CheckConstraint(
                condition=Q(kind__in=["conversation", "guidance", "group", "backchannel", "team"]),
                name="room_kind_known",
            ),
        ]

    def __str__(self):
        return self.code

    @property
    def never_ends(self):
        """Whether its authors get a new key each day and what is old goes, instead of all together at an end. Who has read
        how far is told nobody else there."""
        return self.kind == self.Kind.TEAM

    @property
    def owner(self):
        """The row it belongs to; see the head of this module."""
        return getattr(self, self.OWNERS[self.kind])
