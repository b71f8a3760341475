"""One thing that was found in a text, and which of two that overlap stays."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Kind(StrEnum):
    """What it is; those that come first win where two overlap."""

    EMAIL = "email"
    LINK = "link"
    HANDLE = "handle"
    PHONE = "phone"
    STREET = "street"

    @property
    def label(self):
        """Its name for the reader."""
        return LABELS[self]


LABELS = {
    Kind.EMAIL: _("e-mail"),
    Kind.LINK: _("profile"),
    Kind.HANDLE: _("profile"),
    Kind.PHONE: _("phone number"),
    Kind.STREET: _("address"),
}
ORDER = list(Kind)


@dataclass(frozen=True)
class Found:
    """kind; start, end: where it stands in the text; value: as it goes into the contact."""

    kind: Kind
    start: int
    end: int
    value: str


def without_overlaps(found):
    """Those (list of Found, in the order of the text) of which none covers another."""
    kept = []
    taken = set()
    for one in sorted(found, key=lambda one: (ORDER.index(one.kind), one.start)):
        span = range(one.start, one.end)
        if taken.isdisjoint(span):
            taken.update(span)
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)
