"""A text that volunteers need again and again: one's own, a line's, or the whole house's."""

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from hotline.lib.codes import public_code
from hotline.lib.languages import localized

SHORT_CODE_LENGTH = 30
# What one volunteer finds at one line; so many are sent to their desk.
MOST_OFFERED = 300
PLACEHOLDERS = ("alias", "line", "opens")


class StandardMessageQuerySet(models.QuerySet):
    def own(self, person):
        """Those that are `person`'s (User) alone."""
        return self.filter(owner=StandardMessage.Owner.PERSON, person=person)

    def kept(self):
        """Those of the lines and of the house, and nobody's own."""
        return self.exclude(owner=StandardMessage.Owner.PERSON)

    def offered(self, person, line):
        """What `person` (User) may insert at `line`: their own first, then the line's, then the house's, by short code."""
        owner = StandardMessage.Owner
        theirs = Q(owner=owner.PERSON, person=person) | Q(owner=owner.LINE, line=line) | Q(owner=owner.HOUSE)
        nearest = Case(When(owner=owner.PERSON, then=0), When(owner=owner.LINE, then=1), default=2)
        return self.filter(theirs, state=StandardMessage.State.IN_USE).order_by(nearest, "short_code", "pk")


class StandardMessage(models.Model):
    """
    `texts` is {language: text}, with PLACEHOLDERS in braces. `used` counts how often it was inserted, never by whom or where.

    A volunteer's suggestion belongs to the line from the beginning; `answer` is what its supervisors said to it.
    """

    class Owner(models.TextChoices):
        PERSON = "person", _("a volunteer's own")
        LINE = "line", _("of a line")
        HOUSE = "house", _("of the whole house")

    class State(models.TextChoices):
        SUGGESTED = "suggested", _("suggested")
        IN_USE = "in_use", _("in use")
        PUT_ASIDE = "put_aside", _("put aside")

    # Allowed moves, as data: from → to. Every move is a conditional UPDATE in `actions`.
    MOVES = {
        State.SUGGESTED: {State.IN_USE, State.PUT_ASIDE},
        State.IN_USE: {State.PUT_ASIDE},
        State.PUT_ASIDE: {State.IN_USE},
    }
    TEAM_PATH = "line__team"

    code = models.CharField(_("code"), max_length=16, unique=True, default=public_code, editable=False)
    owner = models.CharField(_("whose"), max_length=6, choices=Owner.choices, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+", editable=False
    )
    line = models.ForeignKey(
        "chat.Line", null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("line")
    )
    # Written small, so that "Hello" and "hello" are one also where the database knows no big and small Cyrillic letters.
    short_code = models.CharField(_("short code"), max_length=SHORT_CODE_LENGTH)
    texts = models.JSONField(_("text"), default=dict)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.IN_USE, editable=False)
    used = models.PositiveIntegerField(_("how often used"), default=0, editable=False)
    suggested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("suggested by"),
        editable=False,
    )
    answer = models.CharField(_("what was said to the suggestion"), max_length=300, blank=True, editable=False)

    objects = StandardMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("standard message")
        verbose_name_plural = _("standard messages")
        default_permissions = ()
        ordering = ["short_code", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(owner="person", person__isnull=False, line__isnull=True)
                | Q(owner="line", person__isnull=True, line__isnull=False)
                | Q(owner="house", person__isnull=True, line__isnull=True),
                name="standardmessage_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(state="in_use")
                | Q(state="put_aside", owner__in=["line", "house"])
                | Q(state="suggested", owner="line"),
                name="standardmessage_state_of_its_owner",
            ),
            models.CheckConstraint(
                condition=Q(suggested_by__isnull=True) | Q(owner="line"), name="standardmessage_suggested_for_a_line"
            ),
            # Among what can be found by it. A suggestion may have one that is taken: whoever accepts it gives it another.
            models.UniqueConstraint(
                F("person"), Lower("short_code"), name="standardmessage_code_own", condition=Q(owner="person")
            ),
            models.UniqueConstraint(
                F("line"),
                Lower("short_code"),
                name="standardmessage_code_line",
                condition=Q(owner="line", state="in_use"),
            ),
            models.UniqueConstraint(
                Lower("short_code"), name="standardmessage_code_house", condition=Q(owner="house", state="in_use")
            ),
            models.UniqueConstraint(
                F("line"),
                F("suggested_by"),
                Lower("short_code"),
                name="standardmessage_suggested_once",
                condition=Q(state="suggested"),
            ),
        ]

    def __str__(self):
        return self.code

    def text(self, language=None):
        """The text in `language` (None: the reader's), else in English, else in any."""
        return localized(self.texts, language)
