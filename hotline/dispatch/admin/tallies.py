from django.contrib import admin

from hotline.dispatch.models import Tally
from hotline.staff.admin.base import HouseModelAdmin


@admin.register(Tally)
class TallyAdmin(HouseModelAdmin):
    """Calls that were no request, by kind and hour."""

    view_right = "dispatch.supervise_requests"
    list_display = ["hour", "team", "kind", "count"]
    list_filter = ["kind", "team", "hour"]
    list_select_related = ["team"]
    ordering = ["-hour"]
    show_full_result_count = False
