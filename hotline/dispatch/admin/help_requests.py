from functools import reduce
from operator import or_

from django.contrib import admin
from django.db.models import Q
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coordinators.models import LocalCoordinator
from coordinators.models.place import UP
from coordinators.search.categories import search_categories
from coordinators.search.places import search_places
from hotline.dispatch import reasons
from hotline.dispatch.actions.tallies import note_dry_run
from hotline.dispatch.forms.dry_run import DryRunForm
from hotline.dispatch.matching import Need, nearest_cover, rank
from hotline.dispatch.models import HelpRequest
from hotline.dispatch.team_work import left_open
from hotline.dispatch.timeline import of_request
from hotline.live import topics
from hotline.staff.admin import shelves
from hotline.staff.admin.base import HouseModelAdmin
from hotline.staff.admin.filters import TeamFilter
from hotline.staff.admin.team import LEFT_OPEN
from hotline.staff.permissions import require, rights_of, visible

SUPERVISE = "dispatch.supervise_requests"
State = HelpRequest.State
# Kinds and places that one word of a search may mean.
MEANT = 50
shelves.HELPERS.page(_("Where would a request go?"), "admin:dispatch_dry_run", "coordinators.manage_registry")
LEFT_OPEN.append(left_open)


@admin.register(HelpRequest)
class HelpRequestAdmin(HouseModelAdmin):
    """Codes, states and waves of a team's requests, for those who supervise it; nothing that is sealed."""

    view_right = SUPERVISE
    shelf = shelves.NOW
    tones = {
        "state": {
            State.OFFERING: "accent",
            State.HELD: "waiting",
            State.UNANSWERED: "waiting",
            State.ACCEPTED: "good",
            State.EXPIRED: "waiting",
        },
        "urgency": {HelpRequest.Urgency.URGENT: "urgent"},
    }
    nothing_here = _("What the operators of your teams take stands here.")
    list_display = ["code", "category", "place", "urgency", "state", "team", "created_at"]
    list_filter = ["state", "urgency", "practice", TeamFilter, "created_at"]
    search_fields = ["code"]
    search_help_text = _("Code, kind of help or place, in any language; several words narrow it down.")
    fieldsets = [
        (None, {"fields": ["code", "team", "category", "place", "urgency", "needed_by", "at_the_desk"]}),
        (_("State"), {"fields": ["state", "outcome", "round", "wave", "next_wave_at", "erase_at"]}),
        (
            _("Intake"),
            {"fields": ["created_at", "source", "spoken_to", "looked_at", "practice"], "classes": ["collapse"]},
        ),
    ]
    readonly_fields = ["at_the_desk"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("category", "team", f"place__{UP[-1]}")

    def get_search_results(self, request, queryset, search_term):
        """Each word is part of the code, or a kind of help or a place (with what lies in it), as the desk finds them."""
        for word in search_term.split()[:5]:
            kinds = [one.pk for one in search_categories(word, limit=MEANT, everything=True)]
            places = [one.pk for one in search_places(word, limit=MEANT)]
            inside = (Q(**{f"place__{up}__in": places}) for up in UP)
            found = Q(code__icontains=word) | Q(category__in=kinds) | Q(place__in=places)
            queryset = queryset.filter(reduce(or_, inside, found))
        return queryset, False

    def waiting(self, request):
        rows = HelpRequest.objects.filter(state=State.UNANSWERED, practice=False)
        return visible(rights_of(request), rows, SUPERVISE)

    def topics(self, request):
        return [topics.team_requests(pk) for pk in rights_of(request).scope_pks(SUPERVISE)]

    def timeline(self, request, obj):
        return of_request(obj)

    @admin.display(description=_("at the desk"))
    def at_the_desk(self, help_request):
        return format_html('<a href="{}">{}</a>', reverse("dispatch:desk"), gettext("To the requests"))

    def get_urls(self):
        return [
            path("where-to/", self.admin_site.admin_view(self.dry_run), name="dispatch_dry_run"),
            *super().get_urls(),
        ]

    def dry_run(self, request):
        """Where would this request go? Runs the matching without taking anything."""
        require(request.user, "coordinators.manage_registry")
        form = DryRunForm(request.GET or None)
        context = {**self.admin_site.each_context(request), "form": form, "title": _("Where would this request go?")}
        if form.is_bound and form.is_valid():
            need = Need(**form.need())
            ranking = rank(need, timezone.now())
            if not ranking.candidates:
                note_dry_run(need.category, need.place, timezone.now())
            names = LocalCoordinator.objects.in_bulk([one.local_coordinator_id for one in ranking.candidates[:50]])
            context |= {
                "ranked": [(names[one.local_coordinator_id], one) for one in ranking.candidates[:50]],
                "left_out": reasons.left_out(ranking.left_out),
                "nearest": None if ranking.candidates else nearest_cover(need),
            }
        return TemplateResponse(request, "admin/dispatch/dry_run.html", context)
