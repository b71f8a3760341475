"""Kinds of help: a tree below "any kind". What a kind leaves empty it takes from the kind above it."""

import uuid

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection, models
from django.utils.translation import gettext_lazy as _
from tree_queries.fields import TreeNodeForeignKey
from tree_queries.models import TreeNode
from tree_queries.query import TreeQuerySet

from hotline.lib.languages import localized

ROOT_SLUG = "any"
CONTACT_HOURS_HIGHEST = 72
STILL_NEEDED_HOURS_HIGHEST = 168
EMPTY = (None, "", {})
# Dicts with a number for each urgency, taken from above one by one.
BY_URGENCY = ("wave_minutes", "wave_size")
# What a kind may leave to the one above it.
INHERITED = (
    "cluster", "danger", "needs_checked", "needs_language", "ring_back", "still_needed_hours", "default_urgency",
    "wave_minutes", "wave_size", "contact_hours", "questionnaire",
)  # fmt: skip


class Urgency(models.TextChoices):
    URGENT = "urgent", _("within hours")
    TODAY = "today", _("today")
    SOON = "soon", _("this week")


class Cluster(models.TextChoices):
    """The humanitarian clusters and areas of responsibility, with OCHA's codes."""

    CCM = "CCM", _("Camp coordination and camp management")
    CSS = "CSS", _("Coordination and support services")
    EDU = "EDU", _("Education")
    ERY = "ERY", _("Early recovery")
    FSC = "FSC", _("Food security")
    HEA = "HEA", _("Health")
    LOG = "LOG", _("Logistics")
    MPC = "MPC", _("Multipurpose cash")
    MS = "MS", _("Several at once")
    NUT = "NUT", _("Nutrition")
    PRO = "PRO", _("Protection")
    PRO_CPN = "PRO-CPN", _("Child protection")
    PRO_GBV = "PRO-GBV", _("Gender-based violence")
    PRO_HLP = "PRO-HLP", _("Housing, land and property")
    PRO_MIN = "PRO-MIN", _("Mine action")
    SHL = "SHL", _("Shelter and household items")
    TEL = "TEL", _("Emergency telecommunications")
    WSH = "WSH", _("Water, sanitation and hygiene")


class CategoryQuerySet(TreeQuerySet):
    """Changes in bulk renew the stamp as single ones do."""

    def update(self, **values):
        changed = super().update(**values)
        CategoryStamp.renew()
        return changed

    def bulk_create(self, *args, **kwargs):
        created = super().bulk_create(*args, **kwargs)
        CategoryStamp.renew()
        return created

    def delete(self):
        deleted = super().delete()
        CategoryStamp.renew()
        return deleted


class Category(TreeNode):
    """One kind of help. Only the root must fill what others may take from above; see `effective`."""

    SCOPE = None

    parent = TreeNodeForeignKey(
        "self", verbose_name=_("belongs to"), null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    slug = models.SlugField(_("short name"), max_length=40, unique=True)
    names = models.JSONField(_("names"), default=dict)
    keywords = models.JSONField(_("words callers use"), default=dict, blank=True)
    cluster = models.CharField(_("cluster"), max_length=8, choices=Cluster.choices, blank=True)
    danger = models.JSONField(_("what to do first in danger"), default=dict, blank=True)
    needs_checked = models.BooleanField(
        _("only for checked coordinators"),
        null=True,
        blank=True,
        help_text=_("For kinds of help that put people into strangers' hands."),
    )
    needs_language = models.BooleanField(
        _("needs a common language"),
        null=True,
        blank=True,
        help_text=_("Only coordinators who speak a language of the person are asked."),
    )
    ring_back = models.BooleanField(
        _("ring back first"),
        null=True,
        blank=True,
        help_text=_(
            "A call for help found in writing goes out only when somebody has rung the person back, or a second person of "
            "the desk has looked at it."
        ),
    )
    still_needed_hours = models.PositiveSmallIntegerField(
        _("hours until “still needed?”"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(STILL_NEEDED_HOURS_HIGHEST)],
        help_text=_("Then the desk is asked of a call for help found in writing, and again after as long."),
    )
    default_urgency = models.CharField(_("usual urgency"), max_length=8, choices=Urgency.choices, blank=True)
    wave_minutes = models.JSONField(
        _("minutes until more are asked"), default=dict, blank=True, help_text=_("How long the first ones have.")
    )
    wave_size = models.JSONField(_("how many are asked at a time"), default=dict, blank=True)
    contact_hours = models.PositiveSmallIntegerField(
        _("hours the contact stays open"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(CONTACT_HOURS_HIGHEST)],
        help_text=_("How long whoever accepted can open the contact: 72 hours at most."),
    )
    questionnaire = models.ForeignKey(
        "questionnaires.Questionnaire",
        verbose_name=_("questions"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="categories",
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    active = models.BooleanField(
        _("in use"), default=True, help_text=_("Switched off, it is no longer found, nor anything below it.")
    )
    # Digest of what the data file brought, so that a loader can tell its own work from an administrator's.
    loaded = models.CharField(max_length=64, blank=True, editable=False)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("kind of help")
        verbose_name_plural = _("kinds of help")
        ordering = ["position", "slug"]
        default_permissions = ()
        constraints = [
            # Slugs are unique, so this allows exactly one root.
            models.CheckConstraint(
                condition=models.Q(parent=None, slug=ROOT_SLUG) | (~models.Q(parent=None) & ~models.Q(slug=ROOT_SLUG)),
                name="category_one_root",
            ),
            models.CheckConstraint(
                condition=models.Q(contact_hours=None) | models.Q(contact_hours__range=(1, CONTACT_HOURS_HIGHEST)),
                name="category_contact_hours_bounded",
            ),
        ]

    def __str__(self):
        return self.label()

    def label(self, language=None):
        """The name in `language` (a code of the house; None: the reader's)."""
        return localized(self.names, language) or self.slug

    def effective(self, name):
        """The value of field `name`, taken from the nearest kind above when this one leaves it empty.

        `wave_minutes` and `wave_size` are taken urgency by urgency. None when not even the root says anything.
        """
        return CategoryTree.current().effective(self, name)

    def lineage_ids(self):
        """The ids of this kind and of every kind above it: itself first, the root last."""
        return CategoryTree.current().lineage_ids(self.pk)

    def clean(self):
        """Refuses a loop, a second root, and a root that leaves open what all others take from it."""
        super().clean()
        if self.slug != ROOT_SLUG:
            if self.parent_id is None:
                raise ValidationError({"parent": _("Say which kind of help this belongs to.")})
            return
        if self.parent_id is not None:
            raise ValidationError({"parent": _("Everything belongs to this one; it belongs to nothing.")})
        urgencies = set(Urgency.values)
        open_ones = [
            name
            for name in INHERITED
            if getattr(self, name) in EMPTY or (name in BY_URGENCY and set(getattr(self, name)) != urgencies)
        ]
        if open_ones:
            raise ValidationError(dict.fromkeys(open_ones, _("All others fall back on this one: fill it in.")))

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        CategoryStamp.renew()

    def delete(self, *args, **kwargs):
        deleted = super().delete(*args, **kwargs)
        CategoryStamp.renew()
        return deleted


class CategoryStamp(models.Model):
    """One row that changes with every change of the tree: by it each process knows whether its copy is still true."""

    SCOPE = None

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    value = models.UUIDField()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return str(self.value)

    @classmethod
    def renew(cls):
        """Part of the writing transaction, so others see the new stamp together with the new tree."""
        cls.objects.update_or_create(pk=1, defaults={"value": uuid.uuid4()})

    @classmethod
    def read(cls):
        """The stamp now, as the database gives it, or None when nothing was ever written.

        In SQL, since every question to the tree begins with it.
        """
        with connection.cursor() as cursor:
            cursor.execute("SELECT value FROM coordinators_categorystamp WHERE id = 1")
            row = cursor.fetchone()
        return row and row[0]


class CategoryTree:
    """All kinds of help in memory (some dozens), with the questions the tree answers without the database."""

    _kept = None

    def __init__(self, stamp, categories):
        self.stamp = stamp
        self.by_id = {category.pk: category for category in categories}
        self.by_slug = {category.slug: category for category in categories}
        self.below = {}
        for category in categories:
            self.below.setdefault(category.parent_id, []).append(category.pk)

    @classmethod
    def current(cls):
        """The tree as it stands in the database: one small query, and a second one after a change."""
        stamp = CategoryStamp.read()
        kept = CategoryTree._kept
        if kept is None or stamp is None or kept.stamp != stamp:
            kept = CategoryTree._kept = cls(stamp, list(Category.objects.select_related("questionnaire")))
        return kept

    def lineage_ids(self, category_id):
        """[category_id, its parent, …, root]; empty for an unknown id."""
        found = []
        while category_id in self.by_id and category_id not in found:
            found.append(category_id)
            category_id = self.by_id[category_id].parent_id
        return found

    def effective(self, category, name):
        """See Category.effective; `category` may be an unsaved or changed copy: its own values come first."""
        above = [self.by_id[pk] for pk in self.lineage_ids(category.parent_id)]
        values = [getattr(each, name) for each in [category, *above]]
        if name in BY_URGENCY:
            merged = {}
            for value in values:
                merged = {**value, **merged}
            return merged or None
        return next((value for value in values if value not in EMPTY), None)

    def descendant_ids(self, category_id):
        """The ids of the kind itself and of everything below it, in the tree's order."""
        found = [category_id] if category_id in self.by_id else []
        for child in self.below.get(category_id, []):
            found += self.descendant_ids(child)
        return found

    def depth(self, category_id):
        """Steps up to the root; the root's is 0."""
        return len(self.lineage_ids(category_id)) - 1

    def in_use(self, category_id):
        """Whether the kind and everything above it is switched on."""
        lineage = self.lineage_ids(category_id)
        return bool(lineage) and all(self.by_id[pk].active for pk in lineage)
