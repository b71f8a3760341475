"""The rights side of people in the admin: one page for each, and teams for many at once."""

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from hotline.lib.errors import Refused
from hotline.staff.actions import rights
from hotline.staff.explained import explain
from hotline.staff.forms.rights import RightsForm, TeamForm
from hotline.staff.models import Team
from hotline.staff.permissions import NotAllowed, NotFound
from hotline.staff.reauthentication import require_fresh
from hotline.staff.roles import ROLES, SUPERVISE, WORK

TEAM_RELATIONS = (WORK, SUPERVISE)


class RoleFilter(admin.SimpleListFilter):
    title = _("role")
    parameter_name = "role"

    def lookups(self, request, model_admin):
        return [*ROLES.items(), ("none", _("without a role"))]

    def queryset(self, request, queryset):
        if self.value() == "none":
            return queryset.exclude(groups__name__in=ROLES)
        return queryset.filter(groups__name=self.value()) if self.value() in ROLES else queryset


class TeamFilter(admin.SimpleListFilter):
    title = _("team")
    parameter_name = "team"

    def lookups(self, request, model_admin):
        return [*Team.objects.values_list("code", "name"), ("none", _("in no team"))]

    def queryset(self, request, queryset):
        if self.value() == "none":
            return queryset.exclude(userobjectpermission__permission__codename__in=TEAM_RELATIONS)
        team = Team.objects.filter(code=self.value() or "").first()
        if team is None:
            return queryset
        return queryset.filter(
            userobjectpermission__object_pk=str(team.pk), userobjectpermission__permission__codename__in=TEAM_RELATIONS
        ).distinct()


class RightsMixin:
    """For the admin of people. The page of rights hangs on each person's page; the actions on their list."""

    actions = ["add_to_team", "take_out_of_team"]

    def get_urls(self):
        page = self.admin_site.admin_view(self.rights_view)
        return [path("<path:object_id>/rights/", page, name="staff_user_rights"), *super().get_urls()]

    @admin.display(description=_("rights"))
    def rights_page(self, person):
        """A link to the page of rights, with the roles in words."""
        address = reverse("admin:staff_user_rights", args=[person.pk], current_app=self.admin_site.name)
        words = ", ".join(str(ROLES[role]) for role in rights.rights_given(person)["roles"]) or gettext("no role")
        link = gettext("What %(alias)s may do, where, and why") % {"alias": person.alias}
        return format_html('{} · <a href="{}">{}</a>', words, address, link)

    @admin.display(description=_("roles"))
    def roles(self, person):
        return ", ".join(str(ROLES[group.name]) for group in person.groups.all() if group.name in ROLES)

    def rights_view(self, request, object_id):
        """GET: what the person holds and what follows from it. POST: gives and takes, and shows what follows now."""
        person = self.get_object(request, unquote(object_id))
        if request.method == "POST":
            require_fresh(request)
        given = rights.rights_given(person)
        form = RightsForm(request.POST if request.method == "POST" else None, given=given)
        if request.method == "POST" and form.is_valid():
            try:
                rights.give_rights(request.user, person, **form.wanted())
                messages.success(request, gettext("This is what holds from now on."))
                return HttpResponseRedirect(request.path)
            except (NotAllowed, NotFound):
                raise
            except rights.ChangedMeanwhile as refusal:
                messages.error(request, str(refusal))
                return HttpResponseRedirect(request.path)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        words = gettext("What %(alias)s may do, where, and why") % {"alias": person.alias}
        context = {"original": person, "form": form, "explained": explain(person), "title": words}
        return self._page(request, "admin/staff/user/rights.html", context)

    @admin.action(description=_("Add to a team"), permissions=["change"])
    def add_to_team(self, request, queryset):
        """Ask which team, then let the chosen people work in it or supervise it."""
        return self._with_team(request, queryset, "add_to_team", gettext("Add to a team"))

    @admin.action(description=_("Take out of a team"), permissions=["change"])
    def take_out_of_team(self, request, queryset):
        """Ask which team, then take the chosen people out of it."""
        return self._with_team(request, queryset, "take_out_of_team", gettext("Take out of a team"))

    def _with_team(self, request, queryset, action, title):
        """The page that asks which team; None when it is done, which leads back to the list."""
        form = TeamForm(request.POST if "team" in request.POST else None)
        if form.is_valid():
            require_fresh(request)
            try:
                count = getattr(rights, action)(request.user, list(queryset), **form.cleaned_data)
                words = ngettext("Changed for %(count)d person.", "Changed for %(count)d people.", count)
                self.message_user(request, words % {"count": count}, messages.SUCCESS)
            except (NotAllowed, NotFound):
                raise
            except Refused as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
            return None
        chosen = {"people": queryset, "action": action, "checkbox": ACTION_CHECKBOX_NAME}
        return self._page(request, "admin/staff/user/team.html", {**chosen, "form": form, "title": title})

    def _page(self, request, template, context):
        shared = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, template, {**shared, **context})
