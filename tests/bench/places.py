"""Finding a place while the caller talks, among 60,000."""

import random
import tracemalloc

from coordinators.models import Place
from coordinators.search import place_index
from coordinators.search.places import search_places
from coordinators.writing import romanised
from tests.bench import Result, compare, measures, milliseconds, percentile
from tests.support.places import grow_to, mistyped

PLACES = 60_000
QUERIES = 200


@measures("places.search_p95", "places.index_build", "places.index_memory")
def search():
    """p95 of what is typed: names in either script, their beginnings, mistyped; with and without a country.

    Baseline: what the database finds without us, spellings that begin as typed (no other script, no typo).
    """
    grow_to(PLACES)
    setting = f"{PLACES} places, names, beginnings and typos in two scripts"
    took = milliseconds(place_index.current)
    tracemalloc.start()
    kept = place_index.Index(None)
    memory = tracemalloc.get_traced_memory()[0] / 2**20
    tracemalloc.stop()
    del kept
    queries = typed(random.Random(7))
    ours, plain, ratio = compare(lambda: p95(queries, search_places), lambda: p95(queries, by_database))
    yield Result("places.search_p95", ours, "ms", plain, ratio, setting)
    yield Result("places.index_build", took, "ms", setting=setting)
    yield Result("places.index_memory", memory, "MiB", setting=setting)


def typed(dice):
    """What operators type, as (text, country), the same for the same dice."""
    names = list(Place.objects.filter(kind=Place.Kind.SETTLEMENT).order_by("pk").values_list("name", "country"))
    found = []
    for name, country in dice.sample(names, QUERIES):
        text = dice.choice([name, romanised(name, dice.choice(["en", "de", "nb"]))])
        text = dice.choice([text, text[: dice.randint(2, 6)], mistyped(text, dice), mistyped(text, dice).lower()])
        found.append((text, dice.choice([None, country])))
    return found


def p95(queries, find):
    return percentile([milliseconds(lambda asked=asked: find(asked[0], "en", asked[1])) for asked in queries], 0.95)


def by_database(text, _language, country):
    found = Place.objects.with_lineage().filter(spellings__name__istartswith=text).order_by("-population").distinct()
    return list((found.filter(country=country) if country else found)[:8])
