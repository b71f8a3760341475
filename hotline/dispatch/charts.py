"""Figures as pictures: what the SVG templates draw, what the table under each says, and what its CSV holds."""

from dataclasses import dataclass, field

from hotline.lib.tables import as_csv, harmless

# Heights in pixels: of one lying bar with its words, of standing columns, and of the words under them.
LYING, STANDING, FOOT = 44, 160, 22
# Columns that get a word of their own underneath.
MOST_WORDS = 6


@dataclass(frozen=True)
class Bar:
    """One bar. x, y, width, height: as SVG attributes, some in percent, so that words stay as large as they are."""

    label: str
    value: int
    x: str
    y: str
    width: str
    height: str
    word: bool = True


@dataclass(frozen=True)
class Chart:
    """key: in the address of its CSV; rows: [(label, number)]; about: heading of the labels; note: a sentence beside it;
    standing: columns over time, else bars that lie under their words."""

    key: str
    title: str
    about: str
    rows: list = field(default_factory=list)
    note: str = ""
    standing: bool = False

    @property
    def is_empty(self):
        return not any(number for _label, number in self.rows)

    @property
    def height(self):
        """Pixels of the whole picture."""
        return STANDING + FOOT if self.standing else LYING * len(self.rows)

    @property
    def middle(self):
        return STANDING + FOOT - 6

    def bars(self):
        """The bars (list of Bar), the longest as long as there is room."""
        most = max((number for _label, number in self.rows), default=0) or 1
        return [self._bar(place, *row, most) for place, row in enumerate(self.rows)]

    def _bar(self, place, label, number, most):
        if not self.standing:
            width = f"{100 * number / most:.1f}%"
            return Bar(str(label), number, "0", str(place * LYING + 22), width, "12")
        step, high = 100 / len(self.rows), round((STANDING - 20) * number / most)
        every = -(-len(self.rows) // MOST_WORDS)
        x, width = f"{place * step + step * 0.1:.2f}%", f"{step * 0.8:.2f}%"
        return Bar(str(label), number, x, str(STANDING - high), width, str(high), place % every == 0)

    def csv(self):
        """The table as CSV, str."""
        head = [str(self.about), str(self.title)]
        return as_csv([head, *([harmless(str(label)), number] for label, number in self.rows)])
