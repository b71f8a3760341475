from django.contrib import admin, messages
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hotline.staff.actions.teams import save_team
from hotline.staff.admin import shelves
from hotline.staff.admin.base import HouseModelAdmin
from hotline.staff.admin.related import link_to_invite
from hotline.staff.forms.team import TeamForm
from hotline.staff.models import Team
from hotline.staff.permissions import members
from hotline.staff.roles import SUPERVISE, WORK
from hotline.staff.team_work import work_of

# What rooms above make for a new team: [(label, name of the address of its page)].
LEADS_ON = []
# What rooms above say of a team that no longer takes requests or reads other channels: functions Team → words, "" for nothing.
LEFT_OPEN = []


@admin.register(Team)
class TeamAdmin(HouseModelAdmin):
    """Who belongs to a team is said on each person's page."""

    form = TeamForm
    view_right = add_right = change_right = "staff.manage_people"
    adding = _("Make a team")
    shelf = shelves.PEOPLE
    nothing_here = _("A team is a call centre, a crawling team, or the volunteers of a line. Begin with one.")
    list_display = ["name", "code", "takes_requests", "crawls"]
    list_filter = ["takes_requests"]
    search_fields = ["name", "code"]
    search_help_text = _("Name or short name.")
    readonly_fields = ["work", "workers", "supervisors"]
    prepopulated_fields = {"code": ["name"]}

    def get_fields(self, request, obj=None):
        return ["name", "code", "takes_requests", "crawls", "in_common_room", *(self.readonly_fields if obj else [])]

    def save_model(self, request, obj, form, change):
        save_team(request.user, obj)
        if change and any(form.initial[name] and not form.cleaned_data[name] for name in ("takes_requests", "crawls")):
            for words in filter(None, (left(obj) for left in LEFT_OPEN)):
                self.message_user(request, words, messages.WARNING)

    def next_step(self, obj):
        links = [(reverse(address), urlencode({"team": obj.pk}), words) for words, address in LEADS_ON]
        others = format_html_join(" ", '<a href="{}?{}">{}</a>', links)
        return format_html("{} {}", others, link_to_invite(obj, gettext("Invite somebody who works here")))

    @admin.display(description=_("what it does"))
    def work(self, team):
        return work_of([team])[team.pk] or None

    @admin.display(description=_("work here"), empty_value=_("nobody"))
    def workers(self, team):
        return ", ".join(members(team, WORK).values_list("alias", flat=True))

    @admin.display(description=_("supervise it"), empty_value=_("nobody"))
    def supervisors(self, team):
        return ", ".join(members(team, SUPERVISE).values_list("alias", flat=True))
