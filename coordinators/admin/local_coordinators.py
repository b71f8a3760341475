from django.conf import settings
from django.contrib import admin
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coordinators.actions import availability, endpoints, registrations, registry
from coordinators.admin.registry_file import RegistryFileMixin
from coordinators.admin.trust import SecondLookFilter, TrustMixin
from coordinators.admin.ways import WaysMixin, outcome_words
from coordinators.forms.local_coordinators import LinkForm, LocalCoordinatorForm, PauseForm, ReasonForm
from coordinators.forms.trust import CoverageFormSet
from coordinators.models import Coverage, Endpoint, Level, LocalCoordinator
from hotline.lib.qr import modules
from hotline.staff.actions.audit import record
from hotline.staff.admin import lists, shelves
from hotline.staff.admin.base import HouseModelAdmin, button
from hotline.staff.permissions import rights_of, visible
from hotline.telegram.bot import username

MANAGE, REPRESENT = "coordinators.manage_registry", "coordinators.represent"
State = LocalCoordinator.State


class RegistryInline(admin.TabularInline):
    """Rows of a coordinator's page: only administrators change them, its representatives see them."""

    extra = 0

    def has_view_permission(self, request, obj=None):
        rights = rights_of(request)
        return rights.can(MANAGE) or (obj is not None and rights.can(REPRESENT, obj))

    def has_add_permission(self, request, obj=None):
        return rights_of(request).can(MANAGE)

    has_change_permission = has_delete_permission = has_add_permission


class CoverageInline(RegistryInline):
    model = Coverage
    formset = CoverageFormSet
    autocomplete_fields = ["category", "place"]


class EndpointInline(RegistryInline):
    model = Endpoint
    fields = ["channel", "language", "is_group", "receives_offers", "position", "state", "off_reason", "went"]
    readonly_fields = ["channel", "is_group", "state", "off_reason", "went"]
    show_change_link = True

    @admin.display(description=_("last outcome"))
    def went(self, endpoint):
        return outcome_words(endpoint) or self.get_empty_value_display()

    def has_add_permission(self, request, obj=None):
        """An endpoint is made by linking, which proves that it is theirs, and switched off rather than deleted."""
        return False

    has_delete_permission = has_add_permission


@admin.register(LocalCoordinator)
class LocalCoordinatorAdmin(WaysMixin, TrustMixin, RegistryFileMixin, HouseModelAdmin):
    """The registry for administrators; a representative sees and pauses their own."""

    form = LocalCoordinatorForm
    view_right = (MANAGE, REPRESENT)
    add_right = change_right = MANAGE
    adding = _("Add a local coordinator")
    inlines = [CoverageInline, EndpointInline]
    autocomplete_fields = ["base"]
    filter_horizontal = ["checked_for"]
    shelf = shelves.HELPERS
    tones = {
        "state": {State.PENDING: "waiting", State.ACTIVE: "good", State.PAUSED: "accent", State.SUSPENDED: "urgent"},
        "level": {Level.NEWCOMER: "waiting", Level.KNOWN: "accent", Level.TRUSTED: "good"},
    }
    nothing_here = _(
        "Organisations and people who take requests: add one, say what they cover, link their chat, activate."
    )
    list_display = ["called", "code", "state", "level", "open_requests", "capacity", "paused_until"]
    list_filter = ["state", "level", SecondLookFilter, "checked_for"]
    search_fields = ["code"]
    search_help_text = _("Name or code. Names are sealed: they are opened one by one to be compared, in any script.")
    readonly_fields = ["code", "state", "paused_until", "open_requests", "created_at", *TrustMixin.trust_fields]

    def get_fieldsets(self, request, obj=None):
        fields = ["name", "languages", "base", "time_zone", "hours", "urgent_outside_hours", "capacity"]
        if rights_of(request).can(MANAGE):
            fields += ["contact_limit", "checked_for", "notes"]
        sets = [(None, {"fields": fields})]
        if obj is None:
            return sets
        sets.append((_("State"), {"fields": ["code", "state", "paused_until", "open_requests", "created_at"]}))
        if rights_of(request).can(MANAGE):
            sets.append((_("Trust"), {"fields": self.trust_fields, "description": self.trust_words}))
        return sets

    def get_search_results(self, request, queryset, search_term):
        return lists.among_shown(queryset, search_term, lambda one: (one.shown_name, one.code)), False

    @admin.display(description=_("name"))
    def called(self, one):
        return one.shown_name

    def waiting(self, request):
        return visible(rights_of(request), LocalCoordinator.objects.filter(state=State.PENDING), MANAGE)

    def next_step(self, obj):
        return gettext("Now link their chat, and activate them when they are checked.")

    def save_model(self, request, obj, form, change):
        registry.save_local_coordinator(request.user, obj, form.changed_data)

    def save_formset(self, request, form, formset, change):
        super().save_formset(request, form, formset, change)
        if formset.has_changed():
            record(request.user, f"{formset.model._meta.model_name}.changed", form.instance.code)

    @button(
        _("Activate"),
        right=MANAGE,
        when=lambda one: one.state in (State.PENDING, State.SUSPENDED),
        words=_("Requests that fit go there from now on, with what they may see of a caller. Check them first."),
        many=_("Activate these"),
    )
    def activate(self, request, obj):
        availability.activate(request.user, obj)
        return gettext("Requests that fit go there from now on.")

    @button(
        _("Pause"),
        right=(MANAGE, REPRESENT),
        when=lambda one: one.state == State.ACTIVE,
        form=PauseForm,
        words=_("Nothing new is offered meanwhile; what is accepted stays accepted."),
        many=_("Pause these"),
    )
    def pause(self, request, obj, said):
        availability.pause(request.user, obj, said["hours"])
        return gettext("Paused. Nothing new is offered.")

    @button(_("Resume"), right=(MANAGE, REPRESENT), when=lambda one: one.state == State.PAUSED, many=_("Resume these"))
    def resume(self, request, obj):
        availability.resume(request.user, obj)
        return gettext("Requests that fit go there from now on.")

    @button(
        _("Link a chat"),
        right=(MANAGE, REPRESENT),
        when=lambda one: one.state != State.SUSPENDED,
        form=LinkForm,
    )
    def link(self, request, obj, said):
        code = endpoints.issue_link(request.user, obj, receives_offers=said["receives_offers"])
        bot = username()
        url = f"https://t.me/{bot}?start={code}" if bot else ""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": obj,
            "title": gettext("Link a chat"),
            "code": code,
            "url": url,
            "qr": modules(url) if url else None,
            "days": endpoints.LINK_DAYS,
            "simulator": settings.SIMULATOR,
        }
        return TemplateResponse(request, "admin/coordinators/link.html", context)

    @button(
        _("Switch off its chats"),
        right=MANAGE,
        when=lambda one: one.endpoints.filter(state="active").exists(),
        words=_("Nothing reaches them any more. To use these chats again they need a new link."),
    )
    def switch_off(self, request, obj):
        registrations.switch_off_all(obj)
        return gettext("Switched off. To use them again they need a new link.")

    @button(
        _("Suspend"),
        right=MANAGE,
        when=lambda one: one.state != State.SUSPENDED,
        form=ReasonForm,
        words=_("Everything they hold is taken back and offered to others, and no contact opens for them any more."),
        many=_("Suspend these"),
    )
    def suspend(self, request, obj, said):
        availability.suspend(request.user, obj, said["reason"])
        return gettext("Suspended. What it held is offered to others again.")

    @button(
        _("Stop at once"),
        right=MANAGE,
        when=lambda one: one.state in (State.ACTIVE, State.PAUSED),
    )
    def stop_at_once(self, request, obj):
        availability.suspend(request.user, obj, gettext("Stopped at once, without a word."))
        return gettext("Suspended. What it held is offered to others again.")

    @button(
        _("Remove"),
        right=MANAGE,
        when=lambda one: one.state == State.SUSPENDED and not one.open_requests,
        form=ReasonForm,
        words=_("Name, notes, coverage and chats are deleted for good. This cannot be undone."),
    )
    def remove(self, request, obj, said):
        registry.remove(request.user, obj)
        return gettext("Removed, with everything that led there.")
