from datetime import datetime, time

from django.contrib import admin
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from hotline.dispatch.figures import charts_of
from hotline.dispatch.forms.figures import FiguresForm
from hotline.dispatch.gaps import MOST_SHOWN, as_table, gaps_of
from hotline.dispatch.models import Tally
from hotline.staff.admin import lists, shelves
from hotline.staff.admin.base import HouseModelAdmin
from hotline.staff.admin.filters import TeamFilter
from hotline.staff.models import Team
from hotline.staff.permissions import require_somewhere, rights_of, visible

SUPERVISE, REGISTRY = "dispatch.supervise_requests", "coordinators.manage_registry"
# In a file there is room for more.
MOST_IN_FILE = 5000
GAP_HEADS = (
    _("Kind of help"), _("Region"), _("Covered now"), _("Taken"), _("Accepted"), _("Nobody left to ask"), _("Dry runs"),
    _("Not answered in time"), _("Not delivered"), _("Declined"), _("Declined as not theirs"),
)  # fmt: skip
shelves.RECORDS.page(_("How dispatch goes"), "admin:dispatch_figures", SUPERVISE)
shelves.HELPERS.page(_("Where somebody is missing"), "admin:dispatch_gaps", (SUPERVISE, REGISTRY))


def _file(name, content):
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{timezone.localdate():%Y-%m-%d}.csv"'
    return response


@admin.register(Tally)
class TallyAdmin(HouseModelAdmin):
    """What is counted by the hour: as a list, as pictures, and as gaps."""

    view_right = SUPERVISE
    shelf = shelves.RECORDS
    nothing_here = _("What happens to requests, and calls that were none, are counted here by the hour.")
    list_display = ["hour", "team", "kind", "category", "region", "count"]
    list_filter = ["kind", TeamFilter, "hour"]
    list_select_related = ["team", "category", "region"]
    search_fields = ["kind"]
    search_help_text = _("What was counted, kind of help or team, as they stand in the list.")
    ordering = ["-hour"]
    fields = ["hour", "team", "kind", "category", "region", "count"]

    def get_search_results(self, request, queryset, search_term):
        def shown(tally):
            return tally.get_kind_display(), tally.team.name, str(tally.category or "")

        return lists.among_shown(queryset, search_term, shown), False

    def get_urls(self):
        views = {"figures/": self.figures, "figures/<slug:key>.csv": self.figures_file}
        views |= {"gaps/": self.gaps, "gaps.csv": self.gaps_file}
        names = ("dispatch_figures", "dispatch_figures_file", "dispatch_gaps", "dispatch_gaps_file")
        return [
            *(
                path(route, self.admin_site.admin_view(view), name=name)
                for (route, view), name in zip(views.items(), names, strict=True)
            ),
            *super().get_urls(),
        ]

    def _asked(self, request, *rights_enough):
        """(the form, the rows that may be counted): of one's own teams, or of all for whoever keeps the registry."""
        require_somewhere(request.user, next(filter(rights_of(request).somewhere, rights_enough), rights_enough[0]))
        rights = rights_of(request)
        if REGISTRY in rights_enough and rights.somewhere(REGISTRY):
            return FiguresForm(request.GET, teams=[]), Tally.objects.all()
        teams = list(Team.objects.filter(pk__in=rights.scope_pks(SUPERVISE)).order_by("name"))
        form = FiguresForm(request.GET, teams=teams)
        rows = visible(rights, Tally.objects.all(), SUPERVISE)
        chosen = form.cleaned_data.get("team")
        return form, rows.filter(team__code=chosen) if chosen else rows

    def _page(self, request, template, title, form, **context):
        context |= {
            **self.admin_site.each_context(request),
            "title": title,
            "form": form,
            "query": urlencode(form.query),
        }
        return TemplateResponse(request, template, context)

    def figures(self, request):
        """Pictures of what happened in a period, each with its table and its file."""
        form, rows = self._asked(request, SUPERVISE)
        charts = charts_of(rows, form.since, form.until)
        return self._page(request, "admin/dispatch/figures/page.html", _("How dispatch goes"), form, charts=charts)

    def figures_file(self, request, key):
        form, rows = self._asked(request, SUPERVISE)
        chart = next((one for one in charts_of(rows, form.since, form.until) if one.key == key), None)
        if chart is None:
            raise Http404
        return _file(f"dispatch-{chart.key}", chart.csv())

    def gaps(self, request):
        """Kinds of help and regions where somebody is missing, and the way to invite."""
        form, found = self._gaps(request, MOST_SHOWN)
        join = request.build_absolute_uri(reverse("coordinators:join"))
        for gap in found:
            gap.invitation = f"{join}?{urlencode({'kind': gap.category.slug, 'place': gap.region.code})}"
        return self._page(
            request,
            "admin/dispatch/figures/gaps.html",
            _("Where somebody is missing"),
            form,
            gaps=found,
            heads=GAP_HEADS,
            most=MOST_SHOWN,
            join=join,
        )

    def gaps_file(self, request):
        _form, found = self._gaps(request, MOST_IN_FILE)
        return _file("gaps", as_table(found, GAP_HEADS))

    def _gaps(self, request, most):
        form, rows = self._asked(request, SUPERVISE, REGISTRY)
        since = timezone.make_aware(datetime.combine(form.since, time.min))
        return form, gaps_of(rows, since, most=most)
