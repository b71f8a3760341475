"""Kinds and places as they stand in a table: by short name or code, or by a name that means one and no other."""

from django.utils.translation import gettext, gettext_noop

from coordinators.models import CategoryTree, Place
from coordinators.search.places import search_places
from hotline.lib.errors import Refused
from hotline.lib.folding import fold
from hotline.lib.languages import LANGUAGES

# So many places of one name are told apart for whoever has to choose.
TOLD = 5


class UnknownCell(Refused):
    """A cell that means nothing here. message: English, marked; its parameters are what the cell holds."""

    code = "unknown_cell"

    def __str__(self):
        return gettext(str(self.message)) % self.params


def parts(cell):
    """What stands in one cell with plus signs between, [str], without empty ones."""
    return [part.strip() for part in cell.split("+") if part.strip()]


def joined(found):
    """The other way round."""
    return " + ".join(found)


class Kinds:
    """Kinds of help by their short names, and by their names in any language."""

    def __init__(self):
        tree = CategoryTree.current()
        self._by_slug = {fold(slug): one for slug, one in tree.by_slug.items()}
        self._by_name = {}
        for one in tree.by_slug.values():
            for name in {fold(name) for name in one.names.values()}:
                self._by_name.setdefault(name, []).append(one)

    def read(self, cell):
        """The Category: a short name means that one kind, whatever others are called so. Raises UnknownCell, which names the
        candidates where a name means several."""
        if found := self._by_slug.get(fold(cell)):
            return found
        named = self._by_name.get(fold(cell), [])
        if not named:
            raise UnknownCell(gettext_noop("No kind of help is called %(cell)s."), cell=cell[:60])
        if len(named) > 1:
            told = "; ".join(sorted(kind.slug for kind in named)[:TOLD])
            words = gettext_noop(
                "%(cell)s may mean several kinds of help. Write the short name of the one you mean: %(kinds)s."
            )
            raise UnknownCell(words, cell=cell[:60], kinds=told)
        return named[0]


class Places:
    """Places by code, or by a name with what they lie in after a comma; each is looked for once."""

    def __init__(self):
        self._read = {}

    def read(self, cell):
        """The Place, with what it lies in. Raises UnknownCell, which names the candidates where several are meant."""
        if cell not in self._read:
            self._read[cell] = Place.objects.of_code(cell) or self._by_name(cell)
        return self._read[cell]

    def _by_name(self, cell):
        wanted = fold(cell.partition(",")[0])
        named = [place for place in search_places(cell, limit=50) if wanted in _names(place)]
        if "," in cell:
            inside = fold(cell.partition(",")[2])
            named = [place for place in named if any(inside in fold(above) for above in _above(place))]
        if not named:
            raise UnknownCell(gettext_noop("No place is called %(cell)s."), cell=cell[:60])
        if len(named) > 1:
            told = "; ".join(f"{place.code} ({place.label()})" for place in named[:TOLD])
            words = gettext_noop("%(cell)s may mean several places. Write the code of the one you mean: %(places)s.")
            raise UnknownCell(words, cell=cell[:60], places=told)
        return named[0]


def _names(place):
    shown = (place.name_in(language) for language, _own in LANGUAGES)
    return {fold(name) for name in (place.name, *place.names.values(), *shown)}


def _above(place):
    return [name for above in place.ancestors() for name in (above.name, *above.names.values(), above.name_in("en"))]
