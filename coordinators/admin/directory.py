from django.contrib import admin

from coordinators.actions.categories import MANAGE, save_entry
from coordinators.forms.categories import DirectoryEntryForm
from coordinators.models import DirectoryEntry
from coordinators.models.place import UP
from coordinators.search.folding import fold
from hotline.staff.admin.base import HouseModelAdmin


@admin.register(DirectoryEntry)
class DirectoryEntryAdmin(HouseModelAdmin):
    """None is deleted, or loading would bring it back. What is no longer true is switched off."""

    view_right = add_right = change_right = MANAGE
    form = DirectoryEntryForm
    list_display = ["__str__", "phone", "category", "place", "active"]
    list_filter = ["active", "category"]
    # A place is named with all it lies in.
    list_select_related = ["category", f"place__{UP[-1]}"]
    search_fields = ["slug"]
    raw_id_fields = ["place"]
    ordering = ["position", "slug"]

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []

    def get_search_results(self, request, queryset, search_term):
        word = fold(search_term)
        if word:
            found = [
                entry.pk
                for entry in queryset
                if any(word in fold(text) for text in [*entry.title.values(), entry.phone, entry.slug])
            ]
            queryset = queryset.filter(pk__in=found)
        return queryset, False

    def save_model(self, request, obj, form, change):
        save_entry(request.user, obj, form.changed_data)
