from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from hotline.staff.admin.base import HouseModelAdmin
from hotline.staff.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(HouseModelAdmin):
    """Read only, found by the code of what it was done to."""

    view_right = "staff.view_audit"
    list_display = ["at", "actor_alias", "action", "subject", "reason"]
    list_filter = ["at", "action"]
    search_fields = ["=subject", "=actor_alias"]
    search_help_text = _("The whole code of a request, an account or a coordinator, or an alias.")
    fields = ["at", "actor_alias", "action", "subject", "details", "reason"]
    list_per_page = 100
    show_full_result_count = False
