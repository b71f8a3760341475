from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.actions import groups
from chat.actions.groups import SUPERVISE
from chat.forms.group import GroupForm
from chat.models import Group
from hotline.staff.admin import lists, shelves
from hotline.staff.admin.base import HouseModelAdmin, button
from hotline.staff.permissions import rights_of

State = Group.State


def is_in(state):
    """For a button: whether the group is in this state."""
    return lambda group: group.state == state


@admin.register(Group)
class GroupAdmin(HouseModelAdmin):
    """Groups of the lines that somebody supervises: planned here, opened and closed here or at the desk."""

    view_right = add_right = change_right = SUPERVISE
    adding = _("Plan a group")
    form = GroupForm
    shelf = shelves.NOW
    tones = {"state": {State.PLANNED: "waiting", State.OPEN: "good", State.CLOSED: "", State.EMPTIED: ""}}
    nothing_here = _("A group is a room for several visitors, volunteers and moderators, for a time. Plan one.")
    list_display = ["__str__", "line", "state", "starts_at", "ends_at", "maximum"]
    list_filter = ["state"]
    list_select_related = ["line"]
    search_fields = ["code"]
    search_help_text = _("Code, or the title in any language.")

    def has_change_permission(self, request, obj=None):
        over = obj is not None and obj.state not in (State.PLANNED, State.OPEN)
        return not over and super().has_change_permission(request, obj)

    def get_search_results(self, request, queryset, search_term):
        return lists.among_shown(queryset, search_term, lambda group: (group.code, *group.titles.values())), False

    def get_readonly_fields(self, request, obj=None):
        return [] if obj is None else ["line", "state", "page", "opened_at", "closed_at", "erase_at"]

    def get_fieldsets(self, request, obj=None):
        course = [] if obj is None else [(None, {"fields": ["state", "page", "opened_at", "closed_at", "erase_at"]})]
        return [
            *course,
            (_("The group"), {"fields": ["line", "titles", "rules", "starts_at", "ends_at"]}),
            (
                _("Who comes in, and how they write"),
                {"fields": ["maximum", "has_waiting_room", "holds_messages", "slow_seconds", "moderators"]},
            ),
        ]

    def get_form(self, request, obj=None, change=False, **kwargs):
        own = type("GroupForm", (GroupForm,), {"rights": rights_of(request)})
        return super().get_form(request, obj, change, **{**kwargs, "form": own})

    def save_model(self, request, obj, form, change):
        groups.save_group(request.user, obj, form.cleaned_data["moderators"], form.changed_data)

    def save_related(self, request, form, formsets, change):
        """Who moderates is written with the rest."""

    def next_step(self, obj):
        if obj.starts_at:
            return gettext("It opens by itself at its time.")
        return gettext("It opens when somebody opens it, at the chat desk or here.")

    @admin.display(description=_("page for visitors"))
    def page(self, group):
        address = reverse("chat:group", args=[group.line.slug, group.code])
        return format_html('<a href="{0}" target="_blank" rel="noopener">{0}</a>', address)

    @button(_("Open the group"), right=SUPERVISE, when=is_in(State.PLANNED))
    def open_group(self, request, group):
        groups.open_group(request.user, group)
        return gettext("The group is open.")

    @button(
        _("Close the group"),
        right=SUPERVISE,
        when=is_in(State.OPEN),
        words=_("It is over for everybody in it, and does not open again."),
    )
    def close_group(self, request, group):
        groups.close_group(request.user, group)
        return gettext("The group is over.")

    @button(
        _("Call it off"), right=SUPERVISE, when=is_in(State.PLANNED), words=_("The plan is deleted. Nobody was in it.")
    )
    def call_off(self, request, group):
        groups.call_off(request.user, group)
        return gettext("The group is called off.")
