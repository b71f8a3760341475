"""A conversation held out by its volunteer to a colleague or to another line, until somebody takes it or time is up."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hotline.lib import crypto
from hotline.lib.codes import public_code
from hotline.lib.keyring import KeyGone


class TransferQuerySet(models.QuerySet):
    def open(self):
        """Those that nobody has answered yet."""
        return self.filter(state=Transfer.State.OFFERED)

    def overdue(self, now):
        """Those whose time was up at `now` (aware datetime) without an answer."""
        return self.open().filter(expires_at__lte=now)


class Transfer(models.Model):
    """
    It is offered to a person or to a line, never to both.

    The note is for whoever takes over; it lies under the key that its writer has in the conversation's room.
    """

    class State(models.TextChoices):
        OFFERED = "offered", _("held out")
        ACCEPTED = "accepted", _("taken over")
        DECLINED = "declined", _("declined")
        LAPSED = "lapsed", _("not answered in time")
        WITHDRAWN = "withdrawn", _("taken back")

    # Allowed moves, as data: from → to. Every move is a conditional UPDATE in `actions`.
    MOVES = {
        State.OFFERED: {State.ACCEPTED, State.DECLINED, State.LAPSED, State.WITHDRAWN},
        State.ACCEPTED: set(),
        State.DECLINED: set(),
        State.LAPSED: set(),
        State.WITHDRAWN: set(),
    }

    code = models.CharField(_("code"), max_length=16, unique=True, default=public_code, editable=False)
    conversation = models.ForeignKey("chat.Conversation", on_delete=models.CASCADE, related_name="transfers")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    from_line = models.ForeignKey("chat.Line", on_delete=models.CASCADE, related_name="+")
    to_user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    to_line = models.ForeignKey("chat.Line", null=True, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.OFFERED)
    key = models.ForeignKey("chat.AuthorKey", null=True, on_delete=models.SET_NULL, related_name="+")
    sealed_note = models.BinaryField(null=True)
    offered_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        default_permissions = ()
        indexes = [models.Index(fields=["expires_at"], name="transfer_open", condition=Q(state="offered"))]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(state="offered"), name="transfer_one_open_a_conversation"
            ),
            models.CheckConstraint(
                condition=Q(to_user__isnull=True, to_line__isnull=False)
                | Q(to_user__isnull=False, to_line__isnull=True),
                name="transfer_to_one_of_both",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["offered", "accepted", "declined", "lapsed", "withdrawn"]),
                name="transfer_state_known",
            ),
        ]

    def __str__(self):
        return self.code

    def _context(self):
        return f"chat_transfer:{self.code}:sealed_note"

    def seal_note(self, key, text):
        """Put `text` (str) under `key` (AuthorKey); sets the fields, does not save. Raises KeyGone."""
        self.key = key
        self.sealed_note = crypto.seal(key.open(), text.encode(), self._context())

    @property
    def note(self):
        """The note, str; empty when there is none or its key has gone."""
        if self.key is None or self.sealed_note is None:
            return ""
        try:
            return crypto.unseal(self.key.open(), bytes(self.sealed_note), self._context()).decode()
        except KeyGone:
            return ""
