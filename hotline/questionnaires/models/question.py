"""One question: how it is put in each language, what counts as an answer, and who may see the answer."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from hotline.lib.languages import localized

from .questionnaire import Questionnaire

TEXT_LIMIT = 500
TEXT_LIMIT_HIGHEST = 2000

key_validator = RegexValidator(
    r"^[a-z][a-z0-9_]*\Z", _("Use small Latin letters, digits and _ only, and begin with a letter.")
)


class Question(models.Model):
    SCOPE = None

    class Kind(models.TextChoices):
        NUMBER = "number", _("Number")
        CHOICE = "choice", _("One of several")
        TEXT = "text", _("Text")
        DATE = "date", _("Date")
        YESNO = "yesno", _("Yes or no")

    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.CASCADE, related_name="questions", verbose_name=_("questionnaire")
    )
    key = models.CharField(_("key"), max_length=40, validators=[key_validator])
    kind = models.CharField(_("kind of answer"), max_length=8, choices=Kind.choices)
    label = models.JSONField(_("question"), default=dict)
    help = models.JSONField(_("hint"), default=dict, blank=True)
    required = models.BooleanField(_("must be answered"), default=False)
    public = models.BooleanField(
        _("public"),
        default=False,
        help_text=_(
            "The answer leaves the house before anybody has accepted. Never for what could tell who somebody is, "
            "where exactly they are, who is with them, or that they are alone or a minor."
        ),
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    choices = models.JSONField(_("choices"), default=list, blank=True)
    minimum = models.IntegerField(
        _("smallest"), null=True, blank=True, help_text=_("A number; for a date: days from today, as 0 or -30.")
    )
    maximum = models.IntegerField(
        _("largest"),
        null=True,
        blank=True,
        help_text=_("A number; for a date: days from today; for a text: its length."),
    )

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["questionnaire", "position", "id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "key"], name="question_key_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["number", "choice", "text", "date", "yesno"]), name="question_kind_known"
            ),
        ]

    def __str__(self):
        return self.text()

    def text(self, language=None):
        """The question in `language` (None: the reader's), else its key."""
        return localized(self.label, language) or self.key

    def hint(self, language=None):
        """The help under the question, or an empty text."""
        return localized(self.help, language)

    def options(self, language=None):
        """For a choice: the list of (value, label in `language`), in their order."""
        return [(choice["value"], localized(choice["label"], language) or choice["value"]) for choice in self.choices]

    def limit(self):
        """The greatest length of a text answer, in characters."""
        return min(self.maximum or TEXT_LIMIT, TEXT_LIMIT_HIGHEST)

    def clean(self):
        """Refuses a choice without choices and bounds that leave nothing between them."""
        super().clean()
        if self.kind == self.Kind.CHOICE and len(self.choices) < 2:
            raise ValidationError({"choices": _("Give at least two choices.")})
        values = [choice["value"] for choice in self.choices]
        if len(values) != len(set(values)):
            raise ValidationError({"choices": _("Each choice needs a value of its own.")})
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValidationError({"maximum": _("The largest cannot lie below the smallest.")})
