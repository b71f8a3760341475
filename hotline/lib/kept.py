"""What is kept, where, who sees it, and until when: each room's rows, with the settings that hold right now put in.

It is the one truth. The page of the data-protection officer shows it, and the table of docs/security.md is written from it.
Beside it each room counts what somebody would find right now who takes a part of the house away.
"""

import re
from dataclasses import dataclass
from enum import Enum

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext, ngettext, override
from django.utils.translation import gettext_lazy as _

from hotline.lib import environment

# Said alike by every room, so that a reader can compare, and a translator writes it once.
PLAIN = _("plain")
HASHED = _("keyed hash")
UNDER_THE_SITE_KEY = _("under the site key; found by keyed hash")
NOBODY = _("nobody")
EVERYBODY_IN_THE_HOUSE = _("everybody in the house")
ADMINISTRATORS = _("administrators")
STAYS = _("stays")
ON_REMOVAL = _("on removal")
WITH_THE_ACCOUNT = _("with the account")

# Nobody needs to know it more exactly, and counting a million rows takes its time.
COUNTED = 100_000

_SETTING = re.compile(r"%\((\w+)\)s")
_VARIABLE = re.compile(r"\b[A-Z]+(?:_[A-Z]+)+\b")


@dataclass(frozen=True)
class Row:
    """One kind of datum.

    fields: "app.Model: field field", for each model; "all" are the fields of a model that no other row names. None for
    what is not in the database. kept: in what form; seen: by whom; gone: when. In the texts %(CONTACT_DAYS)s stands for
    the time of that setting.
    """

    datum: str
    fields: tuple[str, ...]
    kept: str
    seen: str
    gone: str

    def texts(self, running=True):
        """{"datum", "kept", "seen", "gone": str} in the active language, with the running settings or the defaults."""
        times = _Times(running)
        return {name: str(getattr(self, name)) % times for name in ("datum", "kept", "seen", "gone")}

    def settings(self):
        """Names of the settings that the row depends on, list of str."""
        return [name for text in (self.datum, self.kept, self.seen, self.gone) for name in _SETTING.findall(str(text))]


class Place(Enum):
    """Where an attacker may look."""

    DISK = "disk"
    DUMP = "dump"
    REDIS = "redis"
    LOGS = "logs"
    BACKUP = "backup"
    PHONE = "phone"


@dataclass(frozen=True)
class Figure:
    """How many of something are to be found in `place` now. count: int, None where it cannot be counted."""

    place: Place
    words: str
    count: int | None

    @property
    def shown(self):
        """The count as people read it, str."""
        if self.count is None:
            return gettext("not known")
        return gettext("%(count)d or more") % {"count": COUNTED} if self.count >= COUNTED else str(self.count)


def counted(queryset):
    """How many rows there are, int; beyond COUNTED nobody counts on."""
    return queryset.order_by()[:COUNTED].count()


def figures():
    """What all rooms count, {Place: [Figure]}: settings.KEPT_FIGURES names their functions, which take nothing."""
    found = {place: [] for place in Place}
    for path in settings.KEPT_FIGURES:
        for figure in import_string(path)():
            found[figure.place].append(figure)
    return found


class _Times:
    """{name of a setting: its time in words, with its bounds}, for the texts of rows."""

    def __init__(self, running):
        self._running = running

    def __getitem__(self, name):
        bounds = environment.BOUNDS[name]
        value = getattr(settings, name) if self._running else bounds.default
        words = [name]
        if value != bounds.default:
            words.append(gettext("usually %(count)d") % {"count": bounds.default})
        if bounds.maximum is not None:
            words.append(gettext("at most %(count)d") % {"count": bounds.maximum})
        return f"{time_in_words(name, value)} ({', '.join(words)})"


def time_in_words(name, count):
    """`count` (int) of the unit that a setting's `name` ends in or holds, as "7 days"; the bare number for no unit."""
    if "DAYS" in name:
        words = ngettext("%(count)d day", "%(count)d days", count)
    elif "HOURS" in name:
        words = ngettext("%(count)d hour", "%(count)d hours", count)
    elif "MINUTES" in name:
        words = ngettext("%(count)d minute", "%(count)d minutes", count)
    else:
        words = "%(count)d"
    return words % {"count": count}


def rows():
    """All rows, of every list that settings.KEPT names by its dotted path, in that order."""
    return [row for path in settings.KEPT for row in import_string(path)]


def times():
    """The settings behind the table, each {name, now, usual, most: str, changed: bool}, in the order of the table. list."""
    names = dict.fromkeys(name for row in rows() for name in row.settings())
    found = []
    for name in names:
        bounds, value = environment.BOUNDS[name], getattr(settings, name)
        most = "" if bounds.maximum is None else time_in_words(name, bounds.maximum)
        usual = time_in_words(name, bounds.default)
        now = time_in_words(name, value)
        found.append({"name": name, "now": now, "usual": usual, "most": most, "changed": value != bounds.default})
    return found


def markdown():
    """The table as docs/security.md has it: in English, with the defaults. str."""
    with override("en"):
        lines = ["| datum | fields | kept as | who sees it | gone |", "|---|---|---|---|---|"]
        for row in rows():
            texts = {name: _VARIABLE.sub(r"`\g<0>`", text) for name, text in row.texts(running=False).items()}
            fields = " ".join(f"`{one}`" for one in row.fields) or "–"
            lines.append(f"| {texts['datum']} | {fields} | {texts['kept']} | {texts['seen']} | {texts['gone']} |")
    return "\n".join(lines)
