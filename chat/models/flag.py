"""Something in a conversation that somebody has to follow up, and what became of it. A visitor's complaint is one too."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hotline.lib import crypto
from hotline.lib.codes import public_code
from hotline.lib.keyring import KeyGone


class FlagQuerySet(models.QuerySet):
    def unattended(self):
        """Those that nobody takes care of who still could."""
        nobody = Q(carer=None) | Q(carer__is_active=False)
        return self.filter(Q(state=Flag.State.OPEN) | Q(state=Flag.State.CARED_FOR) & nobody)


class Flag(models.Model):
    """
    Reason and outcome lie under the key that whoever set it has in the conversation's room, and go with it.

    `first_seq` and `last_seq` bound the messages that it is about, both included.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        CARED_FOR = "cared_for", _("somebody takes care of it")
        DONE = "done", _("done")

    # Allowed moves, as data: from → to. Every move is a conditional UPDATE in `actions`.
    MOVES = {
        State.OPEN: {State.CARED_FOR, State.DONE},
        State.CARED_FOR: {State.OPEN, State.DONE},
        State.DONE: set(),
    }
    TEAM_PATH = "line__team"

    code = models.CharField(_("code"), max_length=16, unique=True, default=public_code, editable=False)
    conversation = models.ForeignKey(
        "chat.Conversation", on_delete=models.CASCADE, related_name="flags", verbose_name=_("conversation")
    )
    # Where it was set: those who guide that line follow it up, wherever the visitor was passed on to since.
    line = models.ForeignKey("chat.Line", on_delete=models.CASCADE, related_name="+", verbose_name=_("line"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("set by")
    )
    # A complaint of the visitor, of which their volunteer is not told.
    from_visitor = models.BooleanField(_("complaint of the visitor"), default=False)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.OPEN)
    carer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("takes care")
    )
    key = models.ForeignKey("chat.AuthorKey", null=True, on_delete=models.SET_NULL, related_name="+")
    sealed_reason = models.BinaryField()
    sealed_outcome = models.BinaryField(null=True)
    first_seq = models.PositiveBigIntegerField()
    last_seq = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(_("set at"))
    done_at = models.DateTimeField(_("done at"), null=True)

    objects = FlagQuerySet.as_manager()

    class Meta:
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        default_permissions = ()
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["open", "cared_for", "done"]), name="flag_state_known"),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False) | (~Q(state="done") & Q(done_at__isnull=True)),
                name="flag_done_has_a_time",
            ),
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(from_visitor=True), name="flag_one_complaint_a_conversation"
            ),
            models.CheckConstraint(condition=Q(first_seq__lte=models.F("last_seq")), name="flag_range_is_one"),
        ]

    def __str__(self):
        return self.code

    def seal(self, field, text):
        """The bytes for `field` ("reason", "outcome") that hold `text` (str). Raises KeyGone."""
        if self.key is None:
            raise KeyGone(self.code)
        return crypto.seal(self.key.open(), text.encode(), self._context(field))

    def read(self, field):
        """What stands in `field` ("reason", "outcome"), str; empty when nothing does or its key has gone."""
        sealed = getattr(self, f"sealed_{field}")
        if sealed is None or self.key is None:
            return ""
        try:
            return crypto.unseal(self.key.open(), bytes(sealed), self._context(field)).decode()
        except KeyGone:
            return ""

    @property
    def reason(self):
        """What has to be followed up, str; empty when its key has gone."""
        return self.read("reason")

    def _context(self, field):
        return f"chat_flag:{self.code}:sealed_{field}"
