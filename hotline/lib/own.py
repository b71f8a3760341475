"""What the house keeps about one person with an account, for themself: each room brings the parts it knows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Part:
    """One kind of thing that hangs on an account.

    name: its name in the file, str. title: its words. fields: the relations to the account that it covers, as
    "app.Model: field", each of which stands in exactly one part. columns: {name in the file: words}. rows: function of
    the account, whatever can be sliced and gives tuples in the order of the columns, the newest first; never a word that
    is about somebody else. words: {name of a column: function of its value}, for the page; the file has the value itself.
    """

    name: str
    title: str
    fields: tuple[str, ...]
    columns: dict[str, str]
    rows: Callable[..., Iterable[tuple]]
    words: dict[str, Callable[[object], str]] = field(default_factory=dict)


def parts():
    """All parts, of every list that settings.OWN_DATA names by its dotted path, in that order."""
    return [part for path in settings.OWN_DATA for part in import_string(path)]
