"""Where a list or a page stands on the admin's first page and in its side bar: by what somebody comes for."""

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hotline.staff.admin.buttons import any_of
from hotline.staff.permissions import rights_of


@dataclass(frozen=True)
class Shelf:
    """key: for style sheets. name: lazy str. pages: what stands there besides lists, [(label, name of the address, right)]."""

    key: str
    name: str
    pages: list = field(default_factory=list, compare=False)

    def page(self, label, address, right):
        """Put a page here that is no list; it is shown to whoever holds the right (str), or one of several, somewhere."""
        self.pages.append((label, address, right))


NOW = Shelf("now", _("What is going on"))
HELPERS = Shelf("helpers", _("Who helps, with what, where"))
LINES = Shelf("lines", _("Lines and questions"))
PEOPLE = Shelf("people", _("People and teams"))
RECORDS = Shelf("records", _("What was done"))
# For lists that say nothing.
MORE = Shelf("more", _("More"))
SHELVES = (NOW, HELPERS, LINES, PEOPLE, RECORDS, MORE)


def arranged(request, models, registry):
    """The shelves that hold something for whoever asks, list of dicts as Django's `get_app_list` makes them.

    models: Django's dicts of the models that may be seen; registry: {model: its ModelAdmin}. `count` of a model is a
    function of no arguments, asked only by a page that shows it: how many of its rows wait, or None; `adding`: the words
    of its link that makes a new row.
    """
    rights, found = rights_of(request), []
    for shelf in SHELVES:
        here = [one for one in models if getattr(registry[one["model"]], "shelf", MORE) == shelf]
        shown = [_shown(request, one, registry[one["model"]]) for one in here]
        shown += [
            {"name": label, "object_name": address, "admin_url": reverse(address), "add_url": None, "view_only": True}
            for label, address, right in shelf.pages
            if any(map(rights.somewhere, any_of(right)))
        ]
        if shown:
            url = reverse("admin:index")
            found.append({"name": shelf.name, "app_label": shelf.key, "app_url": url, "models": shown})
    return found


def _shown(request, model, model_admin):
    more = {"count": _counter(request, model_admin), "key": model_admin.opts.label_lower, "adding": model_admin.adding}
    return model | more


def _counter(request, model_admin):
    def count():
        waiting = getattr(model_admin, "waiting", None)
        rows = waiting(request) if waiting else None
        return None if rows is None else rows.count()

    return count
