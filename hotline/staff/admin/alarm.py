from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hotline.staff.actions.alarms import acknowledge
from hotline.staff.admin import lists, shelves
from hotline.staff.admin.base import HouseModelAdmin, button
from hotline.staff.models import Alarm
from hotline.staff.permissions import rights_of, visible
from hotline.staff.topics import of_user


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
    shelf = shelves.NOW
    nothing_here = _("All quiet.")
    list_display = ["words", "state", "whose", "raised_at", "rings", "acknowledged_at", "acknowledged_by"]
    list_filter = [StateFilter, "raised_at"]
    list_select_related = ["team", "acknowledged_by"]
    search_fields = ["subject"]
    search_help_text = _("What happened, the code of what it is about, the team, or who saw to it.")
    fields = ["subject", "whose", "raised_at", "rings", "rings_again", "acknowledged_at", "acknowledged_by"]

    def get_search_results(self, request, queryset, search_term):
        def shown(alarm):
            return alarm.words(), alarm.subject, self.whose(alarm), alarm.acknowledged_by

        return lists.among_shown(queryset, search_term, shown), False

    def waiting(self, request):
        return visible(rights_of(request), Alarm.objects.open(), self.view_right)

    def topics(self, request):
        return of_user(rights_of(request))

    def audit_subject(self, obj):
        return obj.subject

    @admin.display(description=_("state"), ordering="acknowledged_at")
    def state(self, alarm):
        return lists.tag(_("seen to")) if alarm.acknowledged_at else lists.tag(_("rings"), "urgent")

    @admin.display(description=_("what happened"))
    def words(self, alarm):
        return alarm.words()

    @admin.display(description=_("team"), ordering="team__name")
    def whose(self, alarm):
        return alarm.team or _("the whole house")

    @admin.display(description=_("rings again"))
    def rings_again(self, alarm):
        return None if alarm.acknowledged_at else alarm.next_ring_at

    @button(
        _("I see to it"),
        right="staff.acknowledge_alarm",
        when=lambda alarm: alarm.acknowledged_at is None,
        many=_("I see to these"),
    )
    def acknowledge(self, request, alarm):
        acknowledge(request.user, alarm)
        return gettext("Thank you. It is quiet now.")
