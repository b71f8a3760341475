"""All spellings of all places in this process's memory, sorted by their skeleton; made anew when the stamp changes.

Plain arrays instead of objects: about 1 KB for each place with its names, whatever the number of searches.
"""

import logging
import math
import threading
from array import array
from bisect import bisect_left
from collections import defaultdict

from django.db import DatabaseError, connection
from rapidfuzz import process
from rapidfuzz.distance import OSA

from coordinators.models import Place, PlaceName, PlaceStamp
from hotline.lib.folding import joined, plain

# How far the query is from a place, in steps. A step outweighs any difference in people (see places.STEP), a tenth of
# one outweighs ten times as many people. A typo costs a step for each wrong letter on top.
SAME, BEGINS, LATER_WORD, LATER_WORD_BEGINS, TYPO, TYPO_BEGINS = 0.0, 2.0, 3.0, 4.0, 5.0, 6.0
OTHER_NAME = 0.2  # by an older or foreign name, where others bear it as their own
OTHER_LETTERS = 0.5  # alike by its sound, but written otherwise: "Суми" and "Чуми" have one skeleton
UNLIKE = 99.0
# Letters from which on so many wrong ones are forgiven.
FORGIVEN = ((10, 3), (6, 2), (4, 1))
SHORTEST_BEGINNING = 2
SHORTEST_TYPO_BEGINNING = 5
SHORTEST_LATER_WORD = 3
LETTERS = "abcdefghijklmnopqrstuvwxyz"
MARK_BITS = 32
MARK_MASK = (1 << MARK_BITS) - 1
AFTER_ALL = "~"  # sorts after every letter and digit of a skeleton
# A region is wider than its towns, not likelier: so many times fewer people count for it.
WIDER = 10.0

logger = logging.getLogger(__name__)


class Index:
    """The spellings under one stamp. Positions are numbers of places in the arrays, not primary keys."""

    def __init__(self, stamp):
        self.stamp = stamp
        self.pks, self.weights, self.parents = array("q"), array("f"), array("i")
        self.countries = []
        names = defaultdict(list)
        self._read_names(names, *self._read_places())
        self.keys = sorted(names)
        self.starts, self.meant = array("l", [0]), array("q")
        one = {key: key for key in self.keys}
        self.own_keys = [one.get(key, key) for key in self.own_keys]
        for key in self.keys:
            self.meant.extend(names.pop(key))
            self.starts.append(len(self.meant))

    def _read_places(self):
        positions, own_names, parents = {}, [], []
        rows = Place.objects.order_by("pk").values_list("pk", "parent_id", "name", "kind", "country", "population")
        codes = {}
        for pk, parent, name, kind, country, population in rows.iterator(chunk_size=5000):
            positions[pk] = len(self.pks)
            self.pks.append(pk)
            parents.append(parent)
            own_names.append(name)
            self.countries.append(codes.setdefault(country, country))
            wide = kind not in (Place.Kind.SETTLEMENT, Place.Kind.QUARTER)
            self.weights.append(math.log10(10 + population / (WIDER if wide else 1)))
        self.parents.extend(positions.get(parent, -1) for parent in parents)
        return positions, own_names

    def _read_names(self, names, positions, own_names):
        """Fill {skeleton: [position and mark in one number]}; a later word of a name has no mark."""
        self.own_keys = [""] * len(own_names)
        rows = PlaceName.objects.values_list("place_id", "name", "key")
        for pk, name, words in rows.iterator(chunk_size=5000):
            position = positions.get(pk)
            if position is None or not words:
                continue
            key = joined(words)
            names[key].append(position << MARK_BITS | mark_of(name))
            if name == own_names[position]:
                self.own_keys[position] = key
            if " " in words:
                parts = words.split(" ")
                for start in range(1, len(parts)):
                    rest = joined(" ".join(parts[start:]))
                    if len(rest) >= SHORTEST_LATER_WORD:
                        names[rest].append(position << MARK_BITS)

    def find(self, key: str, mark: int, enough: int) -> dict[int, float]:
        """{position: steps} for a skeleton; typos are looked for when fewer than `enough` are found without."""
        found = {}
        for at in self._beginning_with(key):
            if self.keys[at] == key:
                self._meet(found, at, SAME, LATER_WORD, key, mark)
            elif len(key) >= SHORTEST_BEGINNING:
                self._meet(found, at, BEGINS, LATER_WORD_BEGINS, key)
        if len(found) < enough:
            self._typos(found, key)
        return found

    def _typos(self, found, key):
        forgiven = next((wrong for length, wrong in FORGIVEN if len(key) >= length), 0)
        if not forgiven:
            return
        near = process.extract(key, self._alike(key), scorer=OSA.distance, score_cutoff=forgiven, limit=None)
        for match, wrong, _number in near:
            if wrong:
                self._meet(found, bisect_left(self.keys, match), TYPO + wrong, TYPO + wrong, match)
        if len(key) >= SHORTEST_TYPO_BEGINNING:
            # Half typed and mistyped: the first half is taken to be right, else every name would have to be tried.
            for at in self._beginning_with(key[: len(key) // 2]):
                beginning = self.keys[at][: len(key)]
                if len(self.keys[at]) > len(key) and OSA.distance(key, beginning, score_cutoff=1) == 1:
                    self._meet(found, at, TYPO_BEGINS + 1, TYPO_BEGINS + 1, beginning)

    def _alike(self, key):
        """Keys that may be `key` mistyped: those of its first letter, and those whose start it has but for one letter.

        All keys would take five times as long; what is missed has two wrong letters among its first three.
        """
        starts = {key[0], key[1:3], key[1] + key[0]}
        for letter in LETTERS:
            starts |= {letter + key[1:3], letter + key[:2]}
        starts = {start for start in starts if start[0] != key[0] or start == key[0]}
        ranges = [self._beginning_with(start) for start in sorted(starts)]
        return [key for found in ranges for key in self.keys[found.start : found.stop]]

    def _beginning_with(self, start):
        return range(bisect_left(self.keys, start), bisect_left(self.keys, start + AFTER_ALL))

    def _meet(self, found, at, steps, steps_later, beginning, mark=0):
        """Note the places of one key, unless they were found nearer. `beginning`: what of the key was typed."""
        for meant in self.meant[self.starts[at] : self.starts[at + 1]]:
            place, own_mark = meant >> MARK_BITS, meant & MARK_MASK
            way = steps_later
            if own_mark:
                way = steps
                if not self.own_keys[place].startswith(beginning):
                    way += OTHER_NAME
                if mark and own_mark != mark:
                    way += OTHER_LETTERS
            if way < found.get(place, UNLIKE):
                found[place] = way

    def above(self, position: int):
        """Positions of all it lies in, nearest first."""
        position = self.parents[position]
        while position >= 0:
            yield position
            position = self.parents[position]


def mark_of(name: str) -> int:
    """A number for a spelling as typed, the same in this process alone; never 0."""
    return hash(plain(name)) & MARK_MASK or 1


_lock = threading.Lock()
_kept = None


def current() -> Index:
    """The index under the present stamp. While one thread makes a new one, the others search in the old one."""
    global _kept
    stamp = PlaceStamp.read()
    kept = _kept
    if kept is not None and kept.stamp == stamp and stamp is not None:
        return kept
    if not _lock.acquire(blocking=kept is None):
        return kept
    try:
        if _kept is None or _kept.stamp != stamp or stamp is None:
            _kept = Index(stamp)
        return _kept
    finally:
        _lock.release()


def warm_up() -> None:
    """Make the index before anybody asks for it: the first search would wait for seconds. For a thread of its own."""
    try:
        current()
    except DatabaseError:
        logger.exception("The places could not be read yet; the first search does it")
    finally:
        connection.close()
