"""Somebody in a room, and the keys under which their words in that room lie."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hotline.lib import crypto
from hotline.lib.codes import public_code
from hotline.lib.keyring import KeyGone, keyring

ALIAS_LIMIT = 40


class ParticipantQuerySet(models.QuerySet):
    def present(self):
        """Those who have not left."""
        return self.filter(left_at=None)

    def let_in(self):
        """Without those who are at the door of a group, or were not let in: nobody in the room learns of them."""
        beyond_the_door = self.exclude(member__state__in=["waiting", "refused"])
        return beyond_the_door.exclude(member__state="left", member__alias_mark=None)

    def met_by(self, visitor):
        """Those of a group whom this visitor (Participant) meets there: present, or with a part in what they may read."""
        readable = visitor.room.events.filter(seq__gte=visitor.first_seq)
        return self.filter(Q(left_at=None) | Q(pk__in=readable.values("author")))


class Participant(models.Model):
    """A visitor is known by the hash of their token, a member of staff by their account."""

    class Role(models.TextChoices):
        VISITOR = "visitor", _("visitor")
        VOLUNTEER = "volunteer", _("volunteer")
        # Whoever guides the volunteers: named and with a voice, or only reading along, of which visitors see nothing.
        COORDINATOR = "coordinator", _("coordinator")
        OBSERVER = "observer", _("reads along")

    GUIDES = (Role.COORDINATOR, Role.OBSERVER)

    room = models.ForeignKey("chat.Room", on_delete=models.CASCADE, related_name="participants")
    code = models.CharField(_("code"), max_length=16, unique=True, default=public_code, editable=False)
    role = models.CharField(_("role"), max_length=16, choices=Role.choices, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    token_hash = models.BinaryField(max_length=32, null=True, unique=True, editable=False)
    sealed_alias = models.BinaryField(null=True, editable=False)
    # The lowest seq that they may read: what was said before somebody came is not always theirs.
    first_seq = models.PositiveBigIntegerField(default=1, editable=False)
    read_seq = models.PositiveBigIntegerField(default=0, editable=False)
    # When their device was last heard of: how a process that was killed is noticed too.
    seen_at = models.DateTimeField(editable=False)
    left_at = models.DateTimeField(null=True, editable=False)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        default_permissions = ()
        indexes = [models.Index(fields=["seen_at"], name="participant_seen", condition=Q(left_at=None))]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=["visitor", "volunteer", "coordinator", "observer"]),
                name="participant_role_known",
            ),
            models.UniqueConstraint(
                fields=["room", "user"], condition=Q(user__isnull=False), name="participant_user_once_a_room"
            ),
        ]

    def __str__(self):
        return self.code

    @property
    def is_visitor(self):
        """Whether this is the anonymous side."""
        return self.role == self.Role.VISITOR

    @property
    def guides(self):
        """Whether they are here to guide the volunteers, and at no desk of their own."""
        return self.role in self.GUIDES

    @property
    def may_write(self):
        """Whether this role has a voice in the room."""
        return self.role != self.Role.OBSERVER


class AuthorKey(models.Model):
    """
    The key of one author's words in one room. Without it nobody reads them, whatever copy of the rows there is.

    In a room that ends an author has one; in one that never ends a new one each day.
    """

    participant = models.ForeignKey("chat.Participant", on_delete=models.CASCADE, related_name="keys")
    wrapped_key = models.BinaryField(editable=False)
    key_due = models.DateField(db_index=True, editable=False)

    class Meta:
        verbose_name = _("key of an author")
        verbose_name_plural = _("keys of authors")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["participant", "key_due"], name="author_key_once_a_day")]

    def __str__(self):
        return f"{self.participant_id} {self.key_due}"

    @classmethod
    def make(cls, participant, key_due):
        """A new, saved key of `participant` that lives until the end of `key_due` (date)."""
        made = cls(participant=participant)
        made.wrap(crypto.new_key(), key_due)
        made.save()
        return made

    def _context(self):
        return f"chat_authorkey:{self.participant_id}"

    def wrap(self, key, key_due):
        """Put `key` (bytes) under the key of the day; sets the fields, does not save."""
        self.key_due = key_due
        self.wrapped_key = keyring().wrap(key, key_due, self._context())

    def open(self):
        """The key, bytes(32). Raises KeyGone when its day is past."""
        if self.wrapped_key is None:
            raise KeyGone(str(self))
        return keyring().unwrap(bytes(self.wrapped_key), self.key_due, self._context())
