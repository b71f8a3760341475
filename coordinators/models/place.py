"""Where help is needed or given: anywhere → country → region → (district) → settlement → part of a town."""

import math
import re
import uuid
from itertools import pairwise

from django.conf import settings
from django.db import models
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from coordinators.writing import CYRILLIC_READERS, in_script_of, script

# The longest way from a part of a town up to the root; the joins of lineage_ids() and with_lineage() reach this far.
DEPTH = 6
UP = ["__".join(["parent"] * steps) for steps in range(1, DEPTH)]
EARTH_RADIUS_KM = 6371.0
# The three forms of a place's public code.
_GEONAMES, _OWN = re.compile(r"geonames:([0-9]{1,9})\b"), re.compile(r"place:([0-9]{1,9})\b")
_KATOTTG = re.compile(r"UA[0-9]{17}\b")
LINEAGE = """
WITH RECURSIVE upward (id, parent_id, step) AS (
    SELECT id, parent_id, 1 FROM coordinators_place WHERE id = %s
    UNION ALL
    SELECT place.id, place.parent_id, upward.step + 1
    FROM coordinators_place AS place JOIN upward ON place.id = upward.parent_id WHERE upward.step < %s
)
SELECT place.* FROM upward JOIN coordinators_place AS place ON place.id = upward.id ORDER BY upward.step
"""


class PlaceStamp(models.Model):
    """One row that changes with every change of names or of the tree: an index made under another value is stale."""

    SCOPE = None
    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    value = models.UUIDField(_("value"))
    source = models.CharField(_("file loaded last"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("stamp of the places")
        verbose_name_plural = _("stamps of the places")

    def __str__(self):
        return str(self.value)

    @classmethod
    def renew(cls, **fields) -> None:
        """Part of the writing transaction, so that others see the new stamp together with the new names."""
        cls.objects.update_or_create(pk=cls.ONLY, defaults={"value": uuid.uuid4(), **fields})

    @classmethod
    def read(cls):
        """The stamp now (UUID), or None before there was any place."""
        return cls.objects.filter(pk=cls.ONLY).values_list("value", flat=True).first()


class PlaceQuerySet(models.QuerySet):
    def with_lineage(self):
        """Each place with everything above it loaded in the same query: labels and barriers ask no further ones."""
        return self.select_related(UP[-1])

    def one_with_lineage(self, pk):
        """The place with everything above it loaded, in one query that costs a fraction of the joins for many.

        Raises Place.DoesNotExist.
        """
        lineage = list(self.raw(LINEAGE, [pk, DEPTH]))
        if not lineage:
            raise self.model.DoesNotExist
        for place, above in pairwise(lineage):
            place.parent = above
        return lineage[0]

    def of_code(self, text):
        """The place (with its lineage) whose code `text` begins with, or None; see `Place.code`. One query at most."""
        rows = self.with_lineage()
        if found := _GEONAMES.match(text):
            return rows.of_geoname(int(found[1])).first()
        if found := _KATOTTG.match(text):
            return rows.filter(katottg=found[0]).first()
        found = _OWN.match(text)
        return rows.filter(pk=int(found[1])).first() if found else None

    def of_geoname(self, geoname_id: int):
        """The place of this GeoNames number (none or one), also where that is only a second one of it."""
        return self.filter(models.Q(geoname_id=geoname_id) | models.Q(twins__geoname_id=geoname_id)).distinct()


class Place(models.Model):
    """One node of the tree of places. Public geography: nothing here says anything about a person."""

    SCOPE = None

    class Kind(models.TextChoices):
        ROOT = "root", _("Anywhere")
        COUNTRY = "country", _("Country")
        REGION = "region", _("Region")
        DISTRICT = "district", _("District")
        SETTLEMENT = "settlement", _("Town or village")
        QUARTER = "quarter", _("Part of a town")

    class Reachability(models.TextChoices):
        OPEN = "open", _("Reachable")
        CUT = "cut", _("Road cut")
        OCCUPIED = "occupied", _("Occupied")
        EVACUATED = "evacuated", _("Evacuated")

    parent = models.ForeignKey(
        "self", verbose_name=_("lies in"), null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    name = models.CharField(_("name there"), max_length=120)
    names = models.JSONField(_("names by language"), default=dict, blank=True)
    near = models.CharField(_("town beside it"), max_length=120, blank=True)
    country = models.CharField(_("country code"), max_length=2, blank=True)
    geoname_id = models.PositiveIntegerField(_("GeoNames number"), null=True, blank=True, unique=True)
    katottg = models.CharField(_("KATOTTG code"), max_length=19, blank=True)
    admin_code = models.CharField(_("code of the region"), max_length=10, blank=True)
    population = models.PositiveIntegerField(_("inhabitants"), default=0)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    reachability = models.CharField(
        _("reachability"), max_length=10, choices=Reachability.choices, default=Reachability.OPEN
    )
    reachability_note = models.CharField(_("why"), max_length=200, blank=True)
    reachability_since = models.DateTimeField(_("since"), null=True, blank=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        indexes = [
            models.Index(fields=["country", "kind"], name="place_country_kind"),
            models.Index(fields=["reachability"], name="place_unreachable", condition=~models.Q(reachability="open")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["kind"], condition=models.Q(kind="root"), name="place_one_root"),
            models.UniqueConstraint(
                fields=["country"], condition=models.Q(kind="country"), name="place_one_of_each_country"
            ),
            models.UniqueConstraint(
                fields=["country", "admin_code"],
                condition=models.Q(kind="region") & ~models.Q(admin_code=""),
                name="place_one_of_each_region",
            ),
            models.UniqueConstraint(
                fields=["katottg"], condition=~models.Q(katottg=""), name="place_one_of_each_katottg"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="root", parent=None) | (~models.Q(kind="root") & ~models.Q(parent=None)),
                name="place_root_alone_has_no_parent",
            ),
        ]

    def __str__(self):
        return self.label()

    def save(self, *args, **kwargs):
        """Save, and make the place found by its names. Lists are loaded in bulk, which does not come by here."""
        super().save(*args, **kwargs)
        known = set(self.spellings.values_list("name", flat=True))
        for name in sorted({self.name, *self.names.values()} - known):
            self.spellings.create(name=name)
        PlaceStamp.renew()

    @property
    def code(self) -> str:
        """A public code that stays the same however often the lists are read."""
        if self.katottg:
            return self.katottg
        return f"geonames:{self.geoname_id}" if self.geoname_id else f"place:{self.pk}"

    def lineage(self):
        """Itself, then what it lies in, up to the root; no query when loaded with it."""
        place = self
        while place is not None:
            yield place
            place = place.parent

    def ancestors(self):
        """What it lies in, nearest first, the root last."""
        return list(self.lineage())[1:]

    def barrier(self):
        """The nearest of itself and what it lies in that cannot be reached, or None when the way is open."""
        return next((place for place in self.lineage() if place.reachability != self.Reachability.OPEN), None)

    def name_in(self, language=None):
        """Its name for readers of `language` (the current one by default), in their script where that is known."""
        language = language or get_language() or "en"
        if language in self.names:
            return self.names[language]
        if language in CYRILLIC_READERS:
            return self.name if script(self.name) == "CYRILLIC" else self.names.get("uk", self.name)
        if script(self.name) == "CYRILLIC":
            return in_script_of(language, self.name)
        return self.names.get("en", self.name)

    def title(self, language=None):
        """The name used there, then the reader's where it differs: "Харків – Kharkiv"."""
        shown = self.name_in(language)
        if self.kind == self.Kind.ROOT or shown == self.name:
            return shown
        return f"{self.name} – {shown}"

    def label(self, language=None):
        """All that tells it from others of its name: "Харків – Kharkiv, Kharkiv Oblast, Ukraine".

        The district is named for small settlements only: nobody knows where one of a hundred villages of a name lies
        by its region, and everybody knows where the city lies.
        """
        language = language or get_language() or "en"
        parts = [self.title(language)]
        if self.near:
            with override(language):
                parts[0] += " " + _("(near %(town)s)") % {"town": in_script_of(language, self.near)}
        small = self.kind == self.Kind.SETTLEMENT and self.population < settings.PLACE_POPULATION_FLOOR
        for place in self.ancestors():
            if place.kind == self.Kind.ROOT:
                break
            if place.kind != self.Kind.DISTRICT or small:
                parts.append(place.name_in(language))
        return ", ".join(parts)


def lineage_ids(place_id: int) -> list[int]:
    """Ids of the place (first) and of all it lies in, the root last, in one query; [] when there is no such place."""
    row = Place.objects.filter(pk=place_id).values_list("pk", *(f"{step}_id" for step in UP)).first()
    return [pk for pk in row or () if pk is not None]


def coarse(place: Place) -> Place:
    """What an offer may say: the settlement, or what it lies in where so few live there that it would name somebody."""
    for candidate in place.lineage():
        if candidate.kind not in (Place.Kind.SETTLEMENT, Place.Kind.QUARTER):
            return candidate
        if candidate.population >= settings.PLACE_POPULATION_FLOOR:
            return candidate
    return place


def distance_km(one: Place, other: Place) -> float | None:
    """Kilometres as the crow flies, or None when either lies nowhere in particular."""
    if None in (one.latitude, one.longitude, other.latitude, other.longitude):
        return None
    north, south = math.radians(one.latitude), math.radians(other.latitude)
    across = math.radians(other.longitude - one.longitude)
    bow = math.sin((south - north) / 2) ** 2 + math.cos(north) * math.cos(south) * math.sin(across / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(bow)))
