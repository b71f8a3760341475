"""Filters that more than one list has."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from hotline.staff.admin.buttons import any_of
from hotline.staff.models import Team
from hotline.staff.permissions import rights_of


class TeamFilter(admin.SimpleListFilter):
    """The teams for which whoever looks holds the list's right, and no other: also the names of teams are theirs."""

    title = _("team")
    parameter_name = "team"

    def lookups(self, request, model_admin):
        rights = rights_of(request)
        pks = set().union(*(rights.scope_pks(one) for one in any_of(model_admin.view_right)))
        return [(team.code, team.name) for team in Team.objects.filter(pk__in=pks)]

    def queryset(self, request, queryset):
        path = getattr(queryset.model, "TEAM_PATH", "team")
        return queryset.filter(**{f"{path}__code": self.value()}) if self.value() else queryset
