"""Places for tests: single ones, the tree that the demo has, and as many as a measurement asks for."""

import random

from coordinators.actions.place_register import load_file
from coordinators.models import Place, PlaceName, PlaceStamp
from coordinators.writing import romanised
from hotline.lib.folding import fold_words

LETTERS = "аеиіоуяєбвгджзклмнпрстхцчшй"


def make_root():
    """The root, made when it is not there yet."""
    return Place.objects.get_or_create(kind=Place.Kind.ROOT, defaults={"name": "Anywhere"})[0]


def make_country(code="UA", name="Україна", **names):
    """A country below the root."""
    return make_place(name, make_root(), kind=Place.Kind.COUNTRY, country=code, names=names)


def make_place(name, parent, *spellings, kind=Place.Kind.SETTLEMENT, **fields):
    """A saved Place that is found by its names and by `spellings`."""
    fields.setdefault("country", parent.country)
    place = Place.objects.create(name=name, parent=parent, kind=kind, **fields)
    for spelling in spellings:
        place.spellings.create(name=spelling)
    return place


def mistyped(word, dice):
    """The word with one letter left out, doubled, swapped with the next, or another instead. dice: random.Random."""
    at = dice.randrange(len(word))
    return dice.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
            word[:at] + dice.choice(LETTERS) + word[at + 1 :],
        ]
    )


def grow_to(count, seed=1):
    """Load the demo's places and add made-up settlements, three spellings each, until there are `count` places."""
    load_file(None)
    dice = random.Random(seed)
    models = list(Place.objects.filter(kind=Place.Kind.SETTLEMENT, country="UA").values("name", "parent_id", "country"))
    made = []
    for _number in range(count - Place.objects.count()):
        model = dice.choice(models)
        name = mistyped(mistyped(model["name"], dice), dice)[:40] or "Нове"
        made.append(Place(**(model | {"name": name}), kind=Place.Kind.SETTLEMENT, population=dice.randrange(20_000)))
    Place.objects.bulk_create(made, batch_size=2000)
    PlaceName.objects.bulk_create(
        [
            PlaceName(place=place, name=name, key=fold_words(name))
            for place in made
            for name in {place.name, romanised(place.name), romanised(place.name, "de")}
        ],
        batch_size=2000,
    )
    PlaceStamp.renew()
