from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hotline.staff.actions.alarms import acknowledge
from hotline.staff.admin.base import HouseModelAdmin, button
from hotline.staff.models import Alarm


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("open", _("rings")), ("done", _("seen to"))]

    def queryset(self, request, queryset):
        if self.value() in ("open", "done"):
            return queryset.filter(acknowledged_at__isnull=self.value() == "open")
        return queryset


@admin.register(Alarm)
class AlarmAdmin(HouseModelAdmin):
    """Shown to whoever may see to it; the button says that they do."""

    view_right = "staff.acknowledge_alarm"
    list_display = ["words", "whose", "raised_at", "rings", "acknowledged_at", "acknowledged_by"]
    list_filter = [StateFilter, "raised_at"]
    list_select_related = ["team", "acknowledged_by"]
    search_fields = ["=subject"]
    search_help_text = _("The whole code of what it is about.")
    fields = ["subject", "whose", "raised_at", "rings", "rings_again", "acknowledged_at", "acknowledged_by"]
    show_full_result_count = False

    @admin.display(description=_("what happened"))
    def words(self, alarm):
        return alarm.words()

    @admin.display(description=_("team"), ordering="team__name")
    def whose(self, alarm):
        return alarm.team or _("the whole house")

    @admin.display(description=_("rings again"))
    def rings_again(self, alarm):
        return None if alarm.acknowledged_at else alarm.next_ring_at

    @button(_("I see to it"), right="staff.acknowledge_alarm", when=lambda alarm: alarm.acknowledged_at is None)
    def acknowledge(self, request, alarm):
        acknowledge(request.user, alarm)
        return gettext("Thank you. It is quiet now.")
