"""Places by what a caller says: half typed or misspelt, in any script, with or without what the place lies in."""

import heapq
import re

from coordinators.models import Place
from hotline.lib.folding import fold, variants

from . import place_index
from .place_index import BEGINS, LATER_WORD_BEGINS, UNLIKE

LONGEST = 120
# Words for a kind of settlement in front of its name, as Ukrainian and Russian addresses have them.
_KIND_OF_PLACE = re.compile(
    r"^(?:(?:м|с|смт|сщ|г|пгт|пос|д|х|m|s|smt)(?:\.\s*|\s+)|(?:село|селище|місто|хутір|город|посёлок|поселок|деревня)\s+)",
    re.IGNORECASE,
)
_FURTHER = re.compile(r"[,;(/]")
# Being abroad costs as much as being two steps less alike; lying in what was named besides gains a step and a half.
ABROAD = 2.0
IN_WHAT_WAS_NAMED = 1.5
# One step of likeness outweighs any difference in people: their logarithm stays below it, for a whole country too.
STEP = 10.0
SHORTEST_CONTEXT = 3
# No name has more words; what follows can only be what the place lies in.
MOST_WORDS = 5
_NO_NAMES = {
    fold(word) for word in ("район", "область", "обл", "громада", "raion", "rayon", "rajon", "oblast", "fylke")
}


def search_places(text: str, language: str | None = None, country: str | None = None, limit: int = 8) -> list[Place]:
    """Places that `text` may mean, likeliest first, at most `limit`, each loaded with what it lies in; two queries.

    `text` may go on with a district, region or country ("Іванівка, Ізюмський район"); country: an ISO code whose
    places come first. Of places of one name the bigger ones come first; their labels tell them apart. `language` is the
    reader's, and orders nothing: a name is known in every language. Nothing that can be spoken: [].
    """
    name, *further = _FURTHER.split(text[:LONGEST])
    name = _KIND_OF_PLACE.sub("", name.strip()) or name
    index = place_index.current()
    found = _find(index, name, limit)
    if not further and min(found.values(), default=UNLIKE) > BEGINS + 1:
        # Nothing is called so: the last words may name what it lies in.
        words = name.split()
        for length in range(min(len(words) - 1, MOST_WORDS), 0, -1):
            shorter = _find(index, " ".join(words[:length]), 0)
            if min(shorter.values(), default=UNLIKE) < BEGINS:
                found, further = shorter, [" ".join(words[length:])]
                break
    named = set().union(*(_named(index, part) for part in further))

    def rank(position):
        way = found[position]
        if country and index.countries[position] not in ("", country):
            way += ABROAD
        if named and not named.isdisjoint(index.above(position)):
            way -= IN_WHAT_WAS_NAMED
        return way * STEP - index.weights[position], index.pks[position]

    return _load(index, heapq.nsmallest(limit, found, key=rank))


def places_called(name: str, limit: int = 8) -> list[Place]:
    """The places that are called so and not otherwise, the biggest first, each loaded with what it lies in.

    In any script, and by an older or foreign name too where nothing bears it as its own. None that only begins so.
    """
    name = _KIND_OF_PLACE.sub("", name[:LONGEST].strip()) or name[:LONGEST]
    index = place_index.current()
    found = {at: way for at, way in _find(index, name, 0).items() if way < BEGINS}
    nearest = min(found.values(), default=UNLIKE)
    alike = [at for at, way in found.items() if way == nearest]
    return _load(index, heapq.nsmallest(limit, alike, key=lambda at: (-index.weights[at], index.pks[at])))


def _load(index, positions):
    """The places at these positions, each with what it lies in, by one query without joins."""
    above = {other for position in positions for other in index.above(position)}
    places = Place.objects.in_bulk([index.pks[position] for position in above.union(positions)])
    for place in places.values():
        if place.parent_id in places:
            place.parent = places[place.parent_id]
    pks = [index.pks[position] for position in positions]
    return [places[pk] for pk in pks if pk in places]


def _find(index, name, limit):
    mark = place_index.mark_of(name)
    found = {}
    for key in variants(name):
        for position, way in index.find(key, mark, limit).items():
            found[position] = min(way, found.get(position, way))
    return found


def _named(index, text):
    """Positions of what the words after the name may mean: all of them together, else each."""
    words = [word for word in text.split() if fold(word) not in _NO_NAMES]
    for part in (text, *words):
        key = fold(part)
        if len(key) >= SHORTEST_CONTEXT:
            found = {at for at, way in index.find(key, 0, 1).items() if way < LATER_WORD_BEGINS}
            if found:
                return found
    return set()
