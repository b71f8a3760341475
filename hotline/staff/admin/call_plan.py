"""Who is rung at night, in the hands of whoever supervises the team."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from hotline.staff.actions.call_plans import PLAN, delete_plan, save_plan
from hotline.staff.admin import lists, shelves
from hotline.staff.admin.base import HouseModelAdmin
from hotline.staff.alarm_kinds import KINDS
from hotline.staff.forms.call_plan import PLACES, CallPlanForm
from hotline.staff.models import CallPlan
from hotline.staff.permissions import rights_of


@admin.register(CallPlan)
class CallPlanAdmin(HouseModelAdmin):
    view_right = add_right = change_right = delete_right = PLAN
    adding = _("Write an on-call plan")
    form = CallPlanForm
    shelf = shelves.PEOPLE
    nothing_here = _("Without a plan everybody who may see to an alarm is rung at once. Write one for the night.")
    list_display = ["name", "whose", "order_of_people", "which", "minutes", "position"]
    list_display_links = ["name"]
    list_select_related = ["team"]
    search_fields = ["name"]
    search_help_text = _("Name of the plan, its team, or somebody in it.")
    ordering = ["team__name", "position", "pk"]
    actions = None

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("steps__person")

    def get_search_results(self, request, queryset, search_term):
        def shown(plan):
            return plan.name, self.whose(plan), self.order_of_people(plan)

        return lists.among_shown(queryset, search_term, shown), False

    def get_fieldsets(self, request, obj=None):
        return [
            (None, {"fields": ["team", "name", "position"]}),
            (
                _("Who is rung, one after the other"),
                {
                    "fields": [*(f"person_{number}" for number in range(PLACES)), "minutes"],
                    "description": _(
                        "Each by the way they chose themselves. After the last, everybody who may see to it is rung "
                        "at once, and then it begins again, until somebody says that they see to it."
                    ),
                },
            ),
            (_("When it counts"), {"fields": ["hours", "kinds"]}),
        ]

    def get_form(self, request, obj=None, change=False, **kwargs):
        own = type("CallPlanForm", (CallPlanForm,), {"rights": rights_of(request)})
        # Its places are made with the form; Django would look for them among the model's fields.
        form = super().get_form(request, obj, change, **{**kwargs, "form": own, "fields": own._meta.fields})
        form.base_fields["team"].widget.can_add_related = False
        return form

    def save_model(self, request, obj, form, change):
        save_plan(request.user, obj, form.cleaned_data["people"])

    def delete_model(self, request, obj):
        delete_plan(request.user, obj)

    @admin.display(description=_("team"), ordering="team__name")
    def whose(self, plan):
        return plan.team or _("the whole house")

    @admin.display(description=_("rings"))
    def order_of_people(self, plan):
        return " → ".join(step.person.alias for step in plan.steps.all())

    @admin.display(description=_("for these alarms"))
    def which(self, plan):
        return ", ".join(str(KINDS.get(kind, kind)) for kind in plan.kinds) or _("all")
