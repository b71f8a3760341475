"""Kinds of help by what a caller says: in every language of the house, half typed or misspelt."""

import re
from bisect import bisect_left

from rapidfuzz import fuzz, process

from coordinators.models import Category, CategoryTree
from hotline.lib.folding import fold

# Below this much likeness (0–100, rapidfuzz's ratio) two words are different words.
LIKENESS = 78
# Shorter words are too easily like others: they must match as they are typed.
FUZZY_LENGTH = 4
# Points for how a word of the query meets a term; a hit in a name counts for more than one in the keywords.
WHOLE, WORD, BEGINNING, WORD_BEGINNING, LIKE, WORD_LIKE = 100, 85, 80, 70, 64, 60
NAME = 8
# Kinds with less than this part of the best one's points are not meant.
WORTH_SHOWING = 0.6
# A caller's sentence is read so far.
TEXT_HIGHEST, WORDS_HIGHEST = 500, 20
WORDS = re.compile(r"[^\W_]+")
# Words that stand in every sentence and say nothing.
_SMALL = """
a an and at by for from in is it my need of on or the to we with
am an auf das dem den der die ein eine einen für ich im in ist mit oder und von wir zu zum zur
av den det en er et for i jeg med og om på som til vi
або в від для до з за і й на не немає нам про та треба у що я
без в для до и из или к на нам не нет о от по с у что я
"""
SMALL = frozenset(_SMALL.split())


class Index:
    """The names and keywords of one state of the tree, folded: whole terms and single words, each with its kinds."""

    _kept = None

    def __init__(self, tree):
        self.stamp = tree.stamp
        # {folded text: {category id: points it earns beyond those for the way it was met}}
        self.wholes, self.parts = {}, {}
        for category in tree.by_id.values():
            for text, bonus in _texts(category):
                words = _folded(WORDS.findall(text))
                if words:
                    _note(self.wholes, fold(text), category.pk, bonus)
                    for word in words:
                        _note(self.parts, word, category.pk, bonus)
        self.sorted_wholes, self.sorted_parts = sorted(self.wholes), sorted(self.parts)

    @classmethod
    def of(cls, tree):
        """The index of `tree`, made once for each state of it."""
        kept = Index._kept
        if kept is None or tree.stamp is None or kept.stamp != tree.stamp:
            kept = Index._kept = cls(tree)
        return kept

    def points(self, word, shortest_beginning):
        """{category id: points} for one folded word; beginnings count from `shortest_beginning` letters on."""
        found = {}

        def give(kinds, points):
            for category_id, bonus in kinds.items():
                found[category_id] = max(points + bonus, found.get(category_id, 0))

        give(self.wholes.get(word, {}), WHOLE)
        give(self.parts.get(word, {}), WORD)
        if len(word) >= shortest_beginning:
            for text in _beginning(self.sorted_wholes, word):
                give(self.wholes[text], BEGINNING)
            for text in _beginning(self.sorted_parts, word):
                give(self.parts[text], WORD_BEGINNING)
        if len(word) >= FUZZY_LENGTH:
            for texts, points in ((self.wholes, LIKE), (self.parts, WORD_LIKE)):
                like = process.extract(word, texts.keys(), scorer=fuzz.ratio, score_cutoff=LIKENESS, limit=20)
                for text, likeness, _key in like:
                    give(texts[text], points * likeness / 100)
        return found


def search_categories(text: str, limit: int = 8, everything: bool = False) -> list[Category]:
    """The kinds of help that `text` may mean, likeliest first, at most `limit`.

    `text` may be one word, half a word, or a caller's sentence. Empty: the kinds in the tree's order, root last.
    Those switched off come only with `everything`.
    """
    tree = CategoryTree.current()
    order = [tree.by_id[pk] for pk in _in_tree_order(tree) if everything or tree.in_use(pk)]
    typed = WORDS.findall((text or "")[:TEXT_HIGHEST])[:WORDS_HIGHEST]
    if not typed:
        return order[:limit]
    index = Index.of(tree)
    words = _folded(typed) or list(filter(None, map(fold, typed)))
    totals = {}
    for word in words:
        for category_id, points in index.points(word, 2 if len(words) == 1 else 3).items():
            best, rest = totals.get(category_id, (0, 0))
            totals[category_id] = (max(best, points), rest + min(best, points))
    if len(words) > 1:
        for category_id, points in index.points(fold("".join(typed)), 2).items():
            best, rest = totals.get(category_id, (0, 0))
            totals[category_id] = (max(best, points + NAME), rest)
    # Further words of a sentence tip the scales but never outweigh one good hit.
    scored = {pk: best + min(rest, 100) / 10 for pk, (best, rest) in totals.items()}
    place = {category.pk: number for number, category in enumerate(order)}
    enough = WORTH_SHOWING * max((scored[pk] for pk in scored if pk in place), default=0)
    found = [pk for pk in scored if pk in place and scored[pk] >= enough]
    # Of two that fit alike, the narrower one.
    found.sort(key=lambda pk: (-scored[pk], -tree.depth(pk), place[pk]))
    return [tree.by_id[pk] for pk in found[:limit]]


def _folded(words):
    """The words folded, each once, without the small ones."""
    return list(dict.fromkeys(filter(None, (fold(word) for word in words if word.casefold() not in SMALL))))


def _texts(category):
    """(text, points): what finds the kind."""
    for name in {category.slug, *category.names.values()}:
        yield name, NAME
    for words in category.keywords.values():
        for word in words:
            yield word, 0


def _note(index, text, category_id, bonus):
    kinds = index.setdefault(text, {})
    kinds[category_id] = max(bonus, kinds.get(category_id, 0))


def _beginning(ordered, word):
    """Those of the sorted texts that begin with `word`."""
    start = bisect_left(ordered, word)
    while start < len(ordered) and ordered[start].startswith(word):
        yield ordered[start]
        start += 1


def _in_tree_order(tree):
    roots = tree.below.get(None, [])
    below = [pk for root in roots for pk in tree.descendant_ids(root) if pk != root]
    return [*below, *roots]
