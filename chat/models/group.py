"""A group: a room of a line for several visitors, volunteers and moderators, and beside it one of its staff alone."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.models.participant import Participant
from hotline.lib.codes import public_code
from hotline.lib.languages import localized

MOST_VISITORS, SLOWEST = 200, 600


class GroupQuerySet(models.QuerySet):
    def standing(self):
        """Those that still have their rooms: open, or over and not emptied yet."""
        return self.filter(state__in=[Group.State.OPEN, Group.State.CLOSED])


class Group(models.Model):
    """Texts are {language: text}. It has rooms from its opening until it is emptied."""

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("state of a group", "planned")
        OPEN = "open", pgettext_lazy("state of a group", "open")
        CLOSED = "closed", pgettext_lazy("state of a group", "over")
        EMPTIED = "emptied", pgettext_lazy("state of a group", "emptied")

    # Allowed moves, as data: from → to. Every move is a conditional UPDATE in `actions`.
    MOVES = {
        State.PLANNED: {State.OPEN},
        State.OPEN: {State.CLOSED},
        State.CLOSED: {State.EMPTIED},
        State.EMPTIED: set(),
    }
    TEAM_PATH = "line__team"
    SEEN = ("state", "line__team")
    # Whoever moderates may be a volunteer who was named for it; what moderating asks for says `actions.group_staff`.
    RIGHTS = {
        Participant.Role.VOLUNTEER: "chat.talk",
        Participant.Role.COORDINATOR: "chat.talk",
    }

    code = models.CharField(_("code"), max_length=16, unique=True, default=public_code, editable=False)
    line = models.ForeignKey("chat.Line", on_delete=models.PROTECT, related_name="groups", verbose_name=_("line"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PLANNED, editable=False)
    titles = models.JSONField(_("title"), default=dict)
    rules = models.JSONField(
        _("rules"), default=dict, blank=True, help_text=_("Visitors accept them before they come in.")
    )
    starts_at = models.DateTimeField(
        _("opens at"), null=True, blank=True, help_text=_("Empty: somebody opens it by hand.")
    )
    ends_at = models.DateTimeField(
        _("closes at"), null=True, blank=True, help_text=_("Empty: somebody closes it by hand.")
    )
    maximum = models.PositiveSmallIntegerField(
        _("visitors at most"), default=20, validators=[MinValueValidator(1), MaxValueValidator(MOST_VISITORS)]
    )
    has_waiting_room = models.BooleanField(
        _("waiting room"), default=True, help_text=_("Moderators let each visitor in.")
    )
    holds_messages = models.BooleanField(
        _("messages wait for approval"),
        default=False,
        help_text=_("What a visitor writes is seen by the others when a moderator has approved it."),
    )
    slow_seconds = models.PositiveSmallIntegerField(
        _("seconds between two messages of a visitor"),
        default=0,
        validators=[MaxValueValidator(SLOWEST)],
        help_text=_("0: as fast as they write."),
    )
    moderators = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="+",
        verbose_name=_("moderators"),
        help_text=_("Volunteers who moderate this group. Whoever supervises the line may do so anyway."),
    )
    room = models.OneToOneField("chat.Room", null=True, on_delete=models.SET_NULL, related_name="group", editable=False)
    backroom = models.OneToOneField(
        "chat.Room", null=True, on_delete=models.SET_NULL, related_name="group_behind", editable=False
    )
    opened_at = models.DateTimeField(_("opened at"), null=True, editable=False)
    closed_at = models.DateTimeField(_("over since"), null=True, editable=False)
    erase_at = models.DateTimeField(_("erased at"), null=True, editable=False)

    objects = GroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        default_permissions = ()
        ordering = ["-pk"]
        indexes = [models.Index(fields=["erase_at"], name="group_erase", condition=Q(erase_at__isnull=False))]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["planned", "open", "closed", "emptied"]), name="group_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "emptied"], room__isnull=True, backroom__isnull=True)
                | Q(state__in=["open", "closed"], room__isnull=False, backroom__isnull=False),
                name="group_has_rooms_while_it_stands",
            ),
            models.CheckConstraint(
                condition=Q(maximum__gte=1, maximum__lte=MOST_VISITORS, slow_seconds__lte=SLOWEST),
                name="group_within_bounds",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "open"], erase_at__isnull=True)
                | Q(state__in=["closed", "emptied"], erase_at__isnull=False),
                name="group_erased_after_its_end",
            ),
        ]

    def __str__(self):
        return self.title()

    def clean(self):
        """Raises ValidationError when it would close before it opens, or be open for longer than the house lets it."""
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("It has to close after it opens.")})
        if self.starts_at and self.ends_at and self.ends_at - self.starts_at > timedelta(hours=settings.GROUP_HOURS):
            words = _("The house closes it earlier. Hours that a group is open at the longest: %(hours)s")
            raise ValidationError({"ends_at": ValidationError(words, params={"hours": settings.GROUP_HOURS})})

    def title(self, language=None):
        """The title in `language` (None: the reader's), else its code."""
        return localized(self.titles, language) or self.code

    @property
    def room_state(self):
        """As `Room.owner` says."""
        return self.state

    @property
    def functions(self):
        """As `Room.owner` says: among so many nobody is told who types and who has read what."""
        return frozenset()

    def right_of(self, role):
        """As `Room.owner` says."""
        return self.RIGHTS[role]

    def first_for(self, participant):
        """As `Room.owner` says: a visitor reads from when they were let in."""
        return max(participant.room.first, participant.first_seq)


class GroupMember(models.Model):
    """A visitor in a group: beside their place in the room what moderators decided about them. Goes with the group."""

    class State(models.TextChoices):
        WAITING = "waiting", _("in the waiting room")
        IN = "in", _("in the group")
        # out by themselves, or into a conversation; without a name: from the door, see `was_inside`
        LEFT = "left", pgettext_lazy("state of a visitor in a group", "left")
        # turned away at the door, or there at the end
        REFUSED = "refused", _("not let in")
        REMOVED = "removed", _("removed")

    MOVES = {
        State.WAITING: {State.IN, State.LEFT, State.REFUSED},
        State.IN: {State.LEFT, State.REMOVED},
        State.LEFT: {State.REMOVED},
        State.REFUSED: set(),
        State.REMOVED: set(),
    }

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="members")
    participant = models.OneToOneField("chat.Participant", on_delete=models.CASCADE, related_name="member")
    state = models.CharField(max_length=8, choices=State.choices, editable=False)
    # A keyed hash of what the alias looks like, so that nobody takes one that could be mistaken for it.
    alias_mark = models.BinaryField(max_length=32, null=True, editable=False)
    language = models.CharField(max_length=8, editable=False)
    muted = models.BooleanField(_("may not write"), default=False, editable=False)
    held = models.BooleanField(_("messages wait for approval"), default=False, editable=False)
    said_at = models.DateTimeField(null=True, editable=False)
    came_at = models.DateTimeField(_("came"), editable=False)
    # Who asked them into a conversation of two; None when nobody does.
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("visitor in a group")
        verbose_name_plural = _("visitors in groups")
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "in", "left", "refused", "removed"]), name="group_member_state_known"
            ),
            models.UniqueConstraint(
                fields=["group", "alias_mark"],
                condition=Q(alias_mark__isnull=False),
                name="group_member_alias_once",
            ),
        ]

    def __str__(self):
        return self.participant.code

    @property
    def was_inside(self):
        """Whether the others have seen them: whoever goes from the door leaves no name behind."""
        return self.state == self.State.IN or (self.state == self.State.LEFT and self.alias_mark is not None)


class HeldMessage(models.Model):
    """What a visitor wrote in a group and others do not see yet. Approved, it becomes an event; declined, it is emptied."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for approval")
        DECLINED = "declined", pgettext_lazy("state of a held message", "declined")

    code = models.CharField(_("code"), max_length=16, unique=True, default=public_code, editable=False)
    author = models.ForeignKey("chat.Participant", on_delete=models.CASCADE, related_name="held_messages")
    client_id = models.UUIDField(editable=False)
    key = models.ForeignKey("chat.AuthorKey", null=True, on_delete=models.SET_NULL, related_name="+")
    sealed_body = models.BinaryField(null=True, editable=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING, editable=False)
    at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("held message")
        verbose_name_plural = _("held messages")
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["waiting", "declined"]), name="held_message_state_known"),
            models.UniqueConstraint(fields=["author", "client_id"], name="held_message_client_id_once"),
        ]

    def __str__(self):
        return self.code
