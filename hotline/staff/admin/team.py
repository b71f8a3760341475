from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from hotline.staff.actions.teams import save_team
from hotline.staff.admin import shelves
from hotline.staff.admin.base import HouseModelAdmin
from hotline.staff.forms.team import TeamForm
from hotline.staff.models import Team
from hotline.staff.permissions import members
from hotline.staff.roles import SUPERVISE, WORK


@admin.register(Team)
class TeamAdmin(HouseModelAdmin):
    """Who belongs to a team is said on each person's page."""

    form = TeamForm
    view_right = add_right = change_right = "staff.manage_people"
    shelf = shelves.PEOPLE
    nothing_here = _("A team is a call centre, a crawling team, or the volunteers of a line. Begin with one.")
    list_display = ["name", "code", "takes_requests"]
    list_filter = ["takes_requests"]
    search_fields = ["name", "code"]
    search_help_text = _("Name or short name.")
    readonly_fields = ["workers", "supervisors"]

    def get_fields(self, request, obj=None):
        return ["name", "code", "takes_requests", *(["workers", "supervisors"] if obj else [])]

    def save_model(self, request, obj, form, change):
        save_team(request.user, obj)

    @admin.display(description=_("work here"), empty_value=_("nobody"))
    def workers(self, team):
        return ", ".join(members(team, WORK).values_list("alias", flat=True))

    @admin.display(description=_("supervise it"), empty_value=_("nobody"))
    def supervisors(self, team):
        return ", ".join(members(team, SUPERVISE).values_list("alias", flat=True))
