"""Something that coordinators of a region or a kind of help should know: a road closed, stock that arrived."""

import json
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hotline.lib.codes import public_code
from hotline.lib.fields import SealedRow, SealedTextField, readable

from .category import CategoryTree
from .local_coordinator import LocalCoordinator
from .place import UP, lineage_ids


class Announcement(SealedRow):
    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SENDING = "sending", _("on its way")
        SENT = "sent", _("sent")
        STOPPED = "stopped", _("stopped")

    MOVES = {
        State.DRAFT: {State.SENDING},
        State.SENDING: {State.SENT, State.STOPPED},
        State.SENT: set(),
        State.STOPPED: set(),
    }
    SCOPE = None

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(_("code"), max_length=16, unique=True, default=public_code, editable=False)
    category = models.ForeignKey(
        "coordinators.Category",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("kind of help"),
        help_text=_("Empty: whatever they help with."),
    )
    place = models.ForeignKey(
        "coordinators.Place",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("place"),
    )
    # {language: text} as JSON: where stock lies is nobody else's business.
    sealed_texts = SealedTextField(max_length=12_000)
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.DRAFT, editable=False)
    # For so many it is on its way or was, up to and with this one; how many have got it, the tellings know.
    reached = models.PositiveIntegerField(_("meant for"), default=0, editable=False)
    done_up_to = models.UUIDField(null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("written by"),
        editable=False,
    )
    created_at = models.DateTimeField(_("written at"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, editable=False)

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        ordering = ["-created_at"]
        default_permissions = ()
        permissions = [("announce", "May tell coordinators of a region or kind of help something")]

    def __str__(self):
        return self.code

    @property
    def texts(self):
        """{language: text} in the languages that somebody wrote; {} when it can no longer be read."""
        return json.loads(self.sealed_texts) if readable(self, "sealed_texts") and self.sealed_texts else {}

    @texts.setter
    def texts(self, texts):
        self.sealed_texts = json.dumps(texts, ensure_ascii=False)

    def text_in(self, language):
        """The text for a reader of `language`: in it, else in English, else in whatever there is."""
        texts = self.texts
        return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")

    def recipients(self):
        """Active coordinators (QuerySet, by id) with a way to reach them whose coverage touches place and kind of help."""
        found = LocalCoordinator.objects.reachable().order_by("pk")
        covering = Q()
        if self.place_id:
            below = [Q(**{f"coverages__place__{step}": self.place_id}) for step in UP]
            covering = Q(coverages__place__in=lineage_ids(self.place_id))
            for one in below:
                covering |= one
        if self.category_id:
            tree = CategoryTree.current()
            kinds = {*tree.lineage_ids(self.category_id), *tree.descendant_ids(self.category_id)}
            covering &= Q(coverages__category__in=kinds)
        return found.filter(covering).distinct()
