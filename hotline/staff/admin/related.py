"""What a page shows of related rows and of what is lost: links that lead on, none that leads to a refusal, a warning."""

from functools import wraps

from django.contrib import messages
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import ForeignKey
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from hotline.lib.fields import lost


def link_to_invite(team, words):
    """A link (HTML) to the page that invites somebody into this Team."""
    return format_html(
        '<a href="{}?{}">{}</a>', reverse("admin:staff_user_add"), urlencode({"works_in": team.pk}), words
    )


def without_side_doors(field):
    """A form's field (or None) without Django's pencil and eye beside it, which change and show the other row in a window
    of its own. What makes a new one stays: nobody should have to leave a form half filled in."""
    if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
        field.widget.can_change_related = field.widget.can_view_related = field.widget.can_delete_related = False
    return field


def without_dead_links(model_admin, request, shown):
    """Changes `shown` (Django's AdminForm): each related row that is not edited there comes as `_named` shows it, and what the
    page works out itself and is nothing as a dash, where Django writes None."""
    opts = model_admin.opts
    related = {one.name: one for one in opts.fields if isinstance(one, ForeignKey)}
    made = {}
    for name in filter(lambda one: isinstance(one, str), shown.readonly_fields):
        if hasattr(model_admin, name):
            made[name] = never_none(getattr(model_admin, name), model_admin.get_empty_value_display())
        elif name in related:
            made[name] = never_none(_named(model_admin, request, related[name]), model_admin.get_empty_value_display())
    shown.readonly_fields = [made.get(name, name) for name in shown.readonly_fields]
    shown.fieldsets = [
        (
            title,
            {**options, "fields": [made.get(one, one) if isinstance(one, str) else one for one in options["fields"]]},
        )
        for title, options in shown.fieldsets
    ]


def never_none(show, empty):
    """`show`, a function of a row with its words, which gives `empty` for None."""

    @wraps(show)
    def shown(row):
        value = show(row)
        return empty if value is None else value

    return shown


def _named(model_admin, request, field):
    """A function of a row, as Django takes one in place of a field."""
    site = model_admin.admin_site

    def show(row):
        other = getattr(row, field.name)
        if other is None:
            return None
        page = site._registry.get(type(other))
        if page is None or not page.has_view_permission(request, other):
            return str(other)
        opts = other._meta
        address = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[other.pk], current_app=site.name)
        return format_html('<a href="{}">{}</a>', address, other)

    show.__name__, show.short_description = field.name, field.verbose_name
    return show


def tell_what_is_lost(model_admin, request, obj):
    """A warning above the page of a row (or None) whose sealed fields no longer open, so that they are filled in anew."""
    if obj is None or request.method != "GET":
        return
    on_it = flatten_fieldsets(model_admin.get_fieldsets(request, obj))
    if names := ", ".join(str(one.verbose_name) for one in lost(obj) if one.name in on_it):
        words = _("The key under which this was sealed is gone; it can no longer be read: %(names)s.")
        messages.warning(request, words % {"names": names})
