from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from coordinators.actions.categories import MANAGE, save_entry
from coordinators.forms.categories import DirectoryEntryForm
from coordinators.models import DirectoryEntry
from coordinators.models.place import UP
from hotline.staff.admin import lists, shelves
from hotline.staff.admin.base import HouseModelAdmin


@admin.register(DirectoryEntry)
class DirectoryEntryAdmin(HouseModelAdmin):
    """None is deleted, or loading would bring it back. What is no longer true is switched off."""

    view_right = add_right = change_right = MANAGE
    adding = _("Add a place to turn to")
    form = DirectoryEntryForm
    list_display = ["__str__", "phone", "category", "place", "active"]
    list_filter = ["active", "category"]
    # A place is named with all it lies in.
    list_select_related = ["category", f"place__{UP[-1]}"]
    shelf = shelves.HELPERS
    nothing_here = _("Whom else operators can name to a caller: emergency numbers, other hotlines.")
    search_fields = ["slug"]
    search_help_text = _("Name in any language, number, short name, or kind of help.")
    raw_id_fields = ["place"]
    ordering = ["position", "slug"]

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []

    def get_search_results(self, request, queryset, search_term):
        def shown(entry):
            return *entry.title.values(), entry.phone, entry.phone.replace(" ", ""), entry.slug, entry.category

        return lists.among_shown(queryset, search_term, shown), False

    def save_model(self, request, obj, form, change):
        save_entry(request.user, obj, form.changed_data)
