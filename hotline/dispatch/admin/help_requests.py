from django.contrib import admin
from django.db.models import Count, Q
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordinators.models import LocalCoordinator
from coordinators.models.place import UP
from hotline.dispatch import reasons
from hotline.dispatch.forms.dry_run import DryRunForm
from hotline.dispatch.matching import Need, nearest_cover, rank
from hotline.dispatch.models import HelpRequest, Wave
from hotline.staff.admin.base import HouseModelAdmin
from hotline.staff.permissions import require

SUPERVISE = "dispatch.supervise_requests"


class WaveInline(admin.TabularInline):
    """How many were asked in each round and why others were not; never who."""

    model = Wave
    fields = readonly_fields = ["round", "number", "started_at", "asked", "declined", "left_out_words"]
    extra = 0
    can_delete = False

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .annotate(
                number_asked=Count("offers"),
                number_declined=Count("offers", filter=Q(offers__state="declined")),
            )
        )

    def has_view_permission(self, request, obj=None):
        return True

    def has_add_permission(self, request, obj=None):
        return False

    has_change_permission = has_delete_permission = has_add_permission

    @admin.display(description=_("asked"))
    def asked(self, wave):
        return wave.number_asked

    @admin.display(description=_("declined"))
    def declined(self, wave):
        return wave.number_declined

    @admin.display(description=_("left out"))
    def left_out_words(self, wave):
        return ", ".join(f"{reason} ({number})" for reason, number in reasons.left_out(wave.left_out)) or "–"


@admin.register(HelpRequest)
class HelpRequestAdmin(HouseModelAdmin):
    """Codes, states and waves of a team's requests, for those who supervise it; nothing that is sealed."""

    view_right = SUPERVISE
    inlines = [WaveInline]
    list_display = ["code", "category", "place", "urgency", "state", "team", "created_at"]
    list_filter = ["state", "urgency", "practice", "team", "created_at"]
    search_fields = ["=code"]
    search_help_text = _("The whole code.")
    fields = [
        "code", "team", "category", "place", "urgency", "needed_by", "spoken_to", "practice", "state", "state_since",
        "outcome", "round", "wave", "next_wave_at", "created_at", "erase_at",
    ]  # fmt: skip
    show_full_result_count = False
    list_per_page = 50

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("category", "team", f"place__{UP[-1]}")

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
            names = LocalCoordinator.objects.in_bulk([one.local_coordinator_id for one in ranking.candidates[:50]])
            context |= {
                "ranked": [(names[one.local_coordinator_id], one) for one in ranking.candidates[:50]],
                "left_out": reasons.left_out(ranking.left_out),
                "nearest": None if ranking.candidates else nearest_cover(need),
            }
        return TemplateResponse(request, "admin/dispatch/dry_run.html", context)
