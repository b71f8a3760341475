"""How a list of the admin shows and finds: state words, times that stay fresh, yes and no in words, search in what is shown."""

from django.db import models
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext

from hotline.lib.folding import fold

# Rows that a search opens one by one, where the database cannot look: the newest, or the first of the list's order.
LOOKED_THROUGH = 5000


def tag(words, tone=""):
    """A state in a word, as includes/tag.html draws it: tone is urgent, waiting, good, accent or nothing."""
    return render_to_string("includes/tag.html", {"words": words, "tone": tone})


def ago(moment):
    """How long ago, or in how long, with the exact time as title; None for None. moment: aware datetime."""
    if moment is None:
        return None
    exact = date_format(localtime(moment), "SHORT_DATETIME_FORMAT")
    return format_html(
        '<time datetime="{}" title="{}" data-ago>{}</time>', moment.isoformat(timespec="minutes"), exact, exact
    )


def yes_no(value):
    """In a word; a tick alone says nothing to whoever does not see it."""
    return gettext("Yes") if value else gettext("No")


def column(model_admin, name):
    """What `list_display` gets for `name`: a field with tones becomes a state word, a moment says how long ago, a yes or no
    is a word; everything else stays as it is."""
    if not isinstance(name, str) or hasattr(model_admin, name) or name not in _fields(model_admin.model):
        return name
    field = model_admin.model._meta.get_field(name)
    tones = model_admin.tones.get(name)
    if tones is not None:

        def show(row):
            words = getattr(row, f"get_{name}_display")()
            return tag(words, tones.get(getattr(row, name), "")) if words else None

    elif isinstance(field, models.DateTimeField):

        def show(row):
            return ago(getattr(row, name))

    elif isinstance(field, models.BooleanField):

        def show(row):
            return yes_no(getattr(row, name))

    else:
        return name
    show.__name__ = name
    show.short_description, show.admin_order_field = field.verbose_name, name
    return show


def _fields(model):
    return {field.name for field in model._meta.get_fields()}


def among_shown(queryset, term, shown):
    """The rows of `queryset` in whose words every word of `term` (str) is found, whatever the script, a QuerySet.

    For what the database cannot search: what is sealed, or said in the reader's language. shown: function of a row, the
    words (iterable of str) that the list shows of it. Looks through at most LOOKED_THROUGH rows.
    """
    wanted = [key for key in map(fold, term.split()) if key]
    if not wanted:
        return queryset.none() if term.strip() else queryset
    found = []
    for row in queryset[:LOOKED_THROUGH].iterator(chunk_size=500):
        text = " ".join(fold(str(words)) for words in shown(row) if words)
        if all(key in text for key in wanted):
            found.append(row.pk)
    return queryset.filter(pk__in=found)
