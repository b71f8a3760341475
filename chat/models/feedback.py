"""What somebody who guides a line says to one of its volunteers about a conversation, and what the two of them answer."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hotline.lib import crypto
from hotline.lib.codes import public_code
from hotline.lib.keyring import KeyGone, keyring


class FeedbackQuerySet(models.QuerySet):
    def of(self, person):
        """Those that `person` (User) wrote or was given, and nobody else's."""
        return self.filter(Q(volunteer=person) | Q(by=person))

    def unread(self, person):
        """Those in which something stands that `person` (User) has not read."""
        given = Q(volunteer=person, read_by_volunteer__lt=F("head"))
        return self.filter(given | Q(by=person, read_by_writer__lt=F("head")))


class Feedback(models.Model):
    """
    It lies under a key of its own, which goes on a day that is fixed when it is written: whatever becomes of the conversation.

    What is written in it is numbered: the feedback is 1, each answer one more, `head` the last. `quoted` says how many
    messages were copied into it, also when the visitor's erasing has taken them.
    """

    # Those of its boxes, in the order in which they are read: what was good comes first.
    PARTS = {
        "good": _("What was good"),
        "better": _("What could be better"),
        "content": _("On the content"),
        "course": _("On the course of the conversation"),
    }
    TEAM_PATH = "line__team"

    code = models.CharField(_("code"), max_length=16, unique=True, default=public_code, editable=False)
    line = models.ForeignKey("chat.Line", on_delete=models.CASCADE, related_name="+", verbose_name=_("line"))
    conversation = models.ForeignKey(
        "chat.Conversation", null=True, on_delete=models.SET_NULL, related_name="feedback", editable=False
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    volunteer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # The form that it came by: sent twice it is one.
    form_id = models.UUIDField(unique=True, editable=False)
    wrapped_key = models.BinaryField(editable=False)
    key_due = models.DateField(editable=False)
    sealed_words = models.BinaryField(editable=False)
    sealed_quotes = models.BinaryField(null=True, editable=False)
    quoted = models.PositiveSmallIntegerField(default=0, editable=False)
    head = models.PositiveSmallIntegerField(default=1, editable=False)
    read_by_volunteer = models.PositiveSmallIntegerField(default=0, editable=False)
    read_by_writer = models.PositiveSmallIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("written"), editable=False)
    changed_at = models.DateTimeField(_("last word"), editable=False)
    erase_at = models.DateTimeField(_("erased at"), db_index=True, editable=False)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        default_permissions = ()
        ordering = ["-changed_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(by__isnull=True) | ~Q(by=F("volunteer")), name="feedback_between_two"),
            models.CheckConstraint(
                condition=Q(read_by_volunteer__lte=F("head"), read_by_writer__lte=F("head")),
                name="feedback_read_what_is_there",
            ),
        ]

    def __str__(self):
        return self.code

    def make_key(self, erase_at):
        """A new key that lives until the day of `erase_at` (aware datetime); sets the fields, does not save. Returns it."""
        key = crypto.new_key()
        self.erase_at, self.key_due = erase_at, keyring().due_day(erase_at)
        self.wrapped_key = keyring().wrap(key, self.key_due, self._context("wrapped_key"))
        return key

    def open_key(self):
        """Its key, bytes(32). Raises KeyGone."""
        return keyring().unwrap(bytes(self.wrapped_key), self.key_due, self._context("wrapped_key"))

    def seal(self, field, content, key):
        """Sealed form of `content` (JSON-able) for `field` ("sealed_words", …), bytes."""
        return crypto.seal_json(key, content, self._context(field))

    def read(self, field, sealed):
        """What was sealed for `field`; None where nothing was, or the key has gone."""
        if sealed is None:
            return None
        try:
            return crypto.unseal_json(self.open_key(), bytes(sealed), self._context(field))
        except KeyGone:
            return None

    @property
    def words(self):
        """{part: text} as written, None when the key has gone."""
        return self.read("sealed_words", self.sealed_words)

    @property
    def quotes(self):
        """[{who: role, alias, at, body}] of the messages it is about, in their order; None when there are none any more."""
        return self.read("sealed_quotes", self.sealed_quotes)

    def _context(self, field):
        return f"chat_feedback:{self.code}:{field}"


class FeedbackAnswer(models.Model):
    """One word back, of the volunteer or of whoever wrote the feedback; under the feedback's key."""

    feedback = models.ForeignKey("chat.Feedback", on_delete=models.CASCADE, related_name="answers")
    number = models.PositiveSmallIntegerField()
    from_volunteer = models.BooleanField()
    sealed_body = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("answer to feedback")
        verbose_name_plural = _("answers to feedback")
        default_permissions = ()
        ordering = ["feedback", "number"]
        constraints = [
            models.UniqueConstraint(fields=["feedback", "number"], name="feedbackanswer_number_once"),
            models.CheckConstraint(condition=Q(number__gte=2), name="feedbackanswer_after_the_feedback"),
        ]

    def __str__(self):
        return f"{self.feedback_id}:{self.number}"
