from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from hotline.dispatch.models import Tally
from hotline.staff.admin import lists, shelves
from hotline.staff.admin.base import HouseModelAdmin
from hotline.staff.admin.filters import TeamFilter


@admin.register(Tally)
class TallyAdmin(HouseModelAdmin):
    """Calls that were no request, by kind and hour."""

    view_right = "dispatch.supervise_requests"
    shelf = shelves.RECORDS
    nothing_here = _("Operators count a call that was no request at their desk.")
    list_display = ["hour", "team", "kind", "count"]
    list_filter = ["kind", TeamFilter, "hour"]
    list_select_related = ["team"]
    search_fields = ["kind"]
    search_help_text = _("Kind of call or team, as they stand in the list.")
    ordering = ["-hour"]

    def get_search_results(self, request, queryset, search_term):
        return lists.among_shown(
            queryset, search_term, lambda tally: (tally.get_kind_display(), tally.team.name)
        ), False
