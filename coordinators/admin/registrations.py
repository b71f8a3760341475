"""Registrations that wait to be checked: what an organisation told of itself, notes, approval and refusal."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coordinators import topics
from coordinators.actions import checking
from coordinators.actions.trust import MANAGE
from coordinators.forms.registrations import ApproveForm, NoteForm, RefuseForm
from coordinators.models import Registration
from coordinators.models.place import UP
from hotline.lib.languages import SPOKEN
from hotline.staff.admin import lists, shelves
from hotline.staff.admin.base import HouseModelAdmin, button
from hotline.staff.permissions import rights_of

State = Registration.State
WAITS = {"right": MANAGE, "when": lambda one: one.state == State.WAITING}


@admin.register(Registration)
class RegistrationAdmin(HouseModelAdmin):
    """Nothing is edited here: who registered wrote it, and buttons decide."""

    view_right = MANAGE
    shelf = shelves.HELPERS
    tones = {"state": {State.WAITING: "waiting", State.APPROVED: "good"}}
    nothing_here = _(
        "Organisations that register themselves wait here to be checked. Hand on the address of the form: /join/"
    )
    list_display = ["name", "code", "state", "is_vouched", "created_at"]
    list_filter = ["state", "is_vouched"]
    search_fields = ["code"]
    search_help_text = _("Name or code. Names are sealed: they are opened one by one to be compared, in any script.")
    ordering = ["-created_at"]
    fieldsets = [
        (None, {"fields": ["name", "covers", "where", "speaks", "note"]}),
        (_("To check"), {"fields": ["reached", "checkable", "vouching", "same_address", "noted"]}),
        (_("State"), {"fields": ["code", "state", "created_at", "answer", "became"]}),
    ]
    readonly_fields = ["name", "covers", "where", "speaks", "note", "reached", "checkable", "vouching", "same_address", "noted",
                       "became"]  # fmt: skip

    def get_search_results(self, request, queryset, search_term):
        return lists.among_shown(queryset, search_term, lambda one: (self.name(one), one.code)), False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("vouched_by", "local_coordinator")

    def waiting(self, request):
        return self.get_queryset(request).filter(state=State.WAITING)

    def topics(self, request):
        return topics.of_user(rights_of(request))

    @admin.display(description=_("name"), empty_value="–")
    def name(self, registration):
        return registration.told.get("name")

    @admin.display(description=_("can help with"))
    def covers(self, registration):
        return ", ".join(sorted(kind.label() for kind in registration.categories.all())) or "–"

    @admin.display(description=_("where"))
    def where(self, registration):
        places = registration.places.select_related(UP[-1])
        return format_html_join("", "{}<br>", ((place.label(),) for place in places)) or "–"

    @admin.display(description=_("languages"))
    def speaks(self, registration):
        return ", ".join(SPOKEN.get(code, code) for code in registration.languages) or "–"

    @admin.display(description=_("what they say besides"), empty_value="–")
    def note(self, registration):
        return _paragraphs(registration.told.get("note"))

    @admin.display(description=_("how they are reached"), empty_value="–")
    def reached(self, registration):
        told = registration.told
        ways = [told[name] for name in ("person", "phone", "email") if told.get(name)]
        return format_html_join("", "{}<br>", ((way,) for way in ways)) or None

    @admin.display(description=_("how they can be checked"), empty_value="–")
    def checkable(self, registration):
        return _paragraphs(registration.told.get("check"))

    @admin.display(description=_("vouched for by"), empty_value="–")
    def vouching(self, registration):
        if not registration.is_vouched:
            return None
        if registration.vouched_by is None:
            return gettext("somebody who is no longer here")
        return _link("localcoordinator", registration.vouched_by)

    @admin.display(description=_("the same address is known of"), empty_value="–")
    def same_address(self, registration):
        return ", ".join(checking.twins(registration)) or None

    @admin.display(description=_("notes of checking"), empty_value="–")
    def noted(self, registration):
        return _paragraphs(registration.notes)

    @admin.display(description=_("became"), empty_value="–")
    def became(self, registration):
        found = registration.local_coordinator
        return _link("localcoordinator", found) if found else None

    @button(_("Add a note"), **WAITS, form=NoteForm, words=_("For whoever checks them with you. They do not see it."))
    def add_note(self, request, obj, said):
        checking.add_note(request.user, obj, said["words"])
        return gettext("The note is sealed with the registration.")

    @button(
        _("Approve"),
        **WAITS,
        form=ApproveForm,
        words=_(
            "They are let in as newcomers, told so, and connect their Telegram by themselves. Few contacts open for them "
            "at first; look at them once more in a month."
        ),
    )
    def approve(self, request, obj, said):
        found = checking.approve(request.user, obj, words=said["words"], checked_for=said["checked_for"])
        words = gettext(
            "They are in, as %(code)s. Under the code that they noted they find the link for their Telegram."
        )
        return words % {"code": found.code}

    @button(
        _("Refuse"),
        **WAITS,
        form=RefuseForm,
        words=_("They are thanked and told that it is not possible now. What they wrote is erased after a while."),
        many=_("Refuse these"),
    )
    def refuse(self, request, obj, said):
        checking.refuse(request.user, obj, said["words"])
        return gettext("Refused, with thanks.")


def _paragraphs(text):
    return format_html_join("", "{}<br>", ((line,) for line in text.splitlines())) if text else None


def _link(model, obj):
    return format_html('<a href="{}">{}</a>', reverse(f"admin:coordinators_{model}_change", args=[obj.pk]), obj.code)
