"""Where else to turn, for a kind of help in a place."""

from django.db.models import Q

from coordinators.models import DirectoryEntry
from coordinators.models.place import lineage_ids


def find_entries(category=None, place=None, limit: int = 20) -> list[DirectoryEntry]:
    """Entries in use that serve `category` and `place` (each may be None: then only what serves all of them).

    Nearest first: an entry for the kind itself stands before one for every kind, a country's before the world's.
    """
    kinds = category.lineage_ids() if category else []
    places = lineage_ids(place.pk) if place else []
    found = (
        DirectoryEntry.objects.filter(active=True)
        .filter(Q(category=None) | Q(category__in=kinds), Q(place=None) | Q(place__in=places))
        .order_by("position", "slug")
    )

    def distance(entry):
        far = len(kinds) + len(places)
        return (
            kinds.index(entry.category_id) if entry.category_id else far,
            places.index(entry.place_id) if entry.place_id else far,
        )

    return sorted(found, key=distance)[:limit]
