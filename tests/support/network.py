"""A registry of any size for measurements: 30,000 places, local coordinators with five coverages each, needs for them.

It grows: whoever comes later works in districts that nobody covered before, so that a request finds about as many
coordinators in a network of a thousand as in one of a hundred thousand. Made up, and the same for the same seed.
"""

import random
import uuid
from itertools import accumulate

from django.db import connection

from coordinators.loading import load_categories
from coordinators.models import Category, Coverage, Endpoint, Level, LocalCoordinator, Place
from coordinators.models.endpoint import address_hash
from hotline.dispatch.matching import Need

COUNTRIES, REGIONS, DISTRICTS, SETTLEMENTS = 3, 20, 10, 49
COVERAGES = 5
# Coordinators for each district that is covered.
PER_DISTRICT = 167
BATCH = 5000
# Where a coverage lies, and how far it reaches in the kinds.
REACH = {"settlement": 0.80, "district": 0.17, "region": 0.029, "country": 0.0007, "anywhere": 0.0003}
WIDTH = {"leaf": 0.70, "group": 0.22, "any": 0.08}
# The town in a district, which a quarter of all that happens there is about.
TOWN = 0.25
LANGUAGES = ["uk", "ru", "de", "nb", "en", "pl"]
OFFICE = {day: [["08:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def _pick(dice, shares):
    return dice.choices(list(shares), list(shares.values()))[0]


class Network:
    """`grow_to(n)` makes local coordinators until there are n; `needs(n)` are requests from where they work."""

    def __init__(self, seed=1):
        self.dice = random.Random(seed)
        self.size = 0
        load_categories()
        self.any = Category.objects.get(parent=None)
        self.groups = list(Category.objects.filter(parent=self.any))
        self.leaves = [one for one in Category.objects.exclude(parent=None) if not one.children.exists()]
        # Some kinds are asked for and offered much more than others.
        self.leaf_weights = list(accumulate(1 / (rank + 3) for rank in range(len(self.leaves))))
        self._make_places()

    def _make_places(self):
        root = Place.objects.create(kind=Place.Kind.ROOT, name="Anywhere")
        box = {"UA": (49.0, 32.0), "DE": (51.0, 10.0), "NO": (61.0, 10.0)}
        level = self._level(
            [(root, code, *box[code]) for code in ["UA", "DE", "NO"][:COUNTRIES]], Place.Kind.COUNTRY, 1, 0
        )
        self.countries = level
        self.root = root
        self.regions = self._below(level, Place.Kind.REGION, REGIONS, 4.0)
        self.districts = self._below(self.regions, Place.Kind.DISTRICT, DISTRICTS, 0.7)
        self.settlements = self._below(self.districts, Place.Kind.SETTLEMENT, SETTLEMENTS, 0.2)
        self.of_district = {}
        for place in self.settlements:
            self.of_district.setdefault(place.parent_id, []).append(place)

    def _below(self, parents, kind, count, spread):
        wanted = [(place, place.country, place.latitude, place.longitude) for place in parents for _one in range(count)]
        return self._level(wanted, kind, count, spread)

    def _level(self, wanted, kind, count, spread):
        made = [
            Place(
                parent=parent,
                kind=kind,
                country=country,
                name=f"{kind} {number}",
                population=self.dice.randrange(200, 40_000),
                latitude=latitude + self.dice.uniform(-spread, spread),
                longitude=longitude + self.dice.uniform(-spread, spread),
            )
            for number, (parent, country, latitude, longitude) in enumerate(wanted)
        ]
        return Place.objects.bulk_create(made, batch_size=BATCH)

    def covered(self):
        """The districts in which somebody works, nearest neighbours first."""
        return self.districts[: max(1, round(self.size / PER_DISTRICT))]

    def grow_to(self, size):
        """Make coordinators, each with coverages and a phone, until there are `size`; asks the database to look at them."""
        before = len(self.covered()) if self.size else 0
        missing, self.size = size - self.size, size
        districts = self.covered()[before:]
        made = [self._coordinator(self.dice.choice(districts)) for _number in range(missing)]
        checked = LocalCoordinator.checked_for.through
        for start in range(0, missing, BATCH):
            part = made[start : start + BATCH]
            LocalCoordinator.objects.bulk_create([one for one, _district in part])
            Endpoint.objects.bulk_create([self._endpoint(one) for one, _district in part])
            rows = {(one.pk, *pair) for one, district in part for pair in self._coverage(one, district)}
            Coverage.objects.bulk_create(
                [
                    Coverage(local_coordinator_id=who, category_id=kind, place_id=place)
                    for who, kind, place in sorted(rows)
                ]
            )
            checked.objects.bulk_create(
                [
                    checked(localcoordinator_id=one.pk, category_id=group.pk)
                    for one, _district in part
                    for group in self.groups
                    if self.dice.random() < 0.6
                ]
            )
        if connection.vendor == "postgresql":
            # Which autovacuum does by itself, a while later.
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")

    def _settlement(self, district):
        places = self.of_district[district.pk]
        return places[0] if self.dice.random() < TOWN else self.dice.choice(places)

    def _leaf(self):
        return self.dice.choices(self.leaves, cum_weights=self.leaf_weights)[0]

    def _coordinator(self, district):
        capacity = self.dice.randint(2, 10)
        state = _pick(self.dice, {"active": 92, "paused": 4, "pending": 2, "suspended": 2})
        one = LocalCoordinator(
            level=Level.TRUSTED,
            id=uuid.UUID(int=self.dice.getrandbits(128), version=4),
            name="Helping hands",
            state=state,
            base_id=self._settlement(district).pk if self.dice.random() < 0.8 else None,
            languages=self.dice.sample(LANGUAGES, self.dice.randint(1, 3)),
            capacity=capacity,
            open_requests=capacity if self.dice.random() < 0.1 else self.dice.randrange(capacity),
            hours=OFFICE if self.dice.random() < 0.4 else {},
            urgent_outside_hours=self.dice.random() < 0.5,
            answer_seconds=self.dice.lognormvariate(5.5, 1.2) if self.dice.random() < 0.8 else None,
        )
        return one, district

    def _endpoint(self, one):
        address = str(self.dice.randrange(10**9))
        return Endpoint(
            id=uuid.UUID(int=self.dice.getrandbits(128), version=4),
            local_coordinator=one,
            address=address,
            address_hash=address_hash("telegram", address),
            state="active" if self.dice.random() < 0.97 else "off",
        )

    def _coverage(self, one, district):
        for _number in range(COVERAGES):
            reach = _pick(self.dice, REACH)
            place = {
                "settlement": lambda: self._settlement(district).pk,
                "district": lambda: district.pk,
                "region": lambda: district.parent_id,
                "country": lambda: district.parent.parent_id,
                "anywhere": lambda: self.root.pk,
            }[reach]()
            width = _pick(self.dice, WIDTH)
            leaf = self._leaf()
            kind = {"leaf": leaf.pk, "group": leaf.parent_id, "any": self.any.pk}[width]
            yield kind, place

    def needs(self, count, seed=2):
        """What callers from the covered districts ask for: list of (Category, id of the settlement, urgency, languages)."""
        dice, districts = random.Random(seed), self.covered()
        found = []
        for _number in range(count):
            places = self.of_district[dice.choice(districts).pk]
            place = places[0] if dice.random() < TOWN else dice.choice(places)
            leaf = dice.choices(self.leaves, cum_weights=self.leaf_weights)[0]
            urgency = dice.choice(["urgent", "today", "soon"])
            found.append((leaf, place.pk, urgency, tuple(dice.sample(LANGUAGES[:3], dice.randint(1, 2)))))
        return found


def need(category, place_id, urgency, languages):
    """The Need that matching asks for, its place read from the database as for a request that is due."""
    return Need(category, Place.objects.one_with_lineage(place_id), urgency, languages)
