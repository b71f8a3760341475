from django.contrib import admin
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from coordinators.actions import announcements, tellings
from coordinators.forms.announcement import AnnouncementForm
from coordinators.models import Announcement, Telling
from hotline.staff.admin import shelves
from hotline.staff.admin.base import HouseModelAdmin, button

State = Announcement.State


@admin.register(Announcement)
class AnnouncementAdmin(HouseModelAdmin):
    """A draft first, with the number of those who would get it, and never who; then it is sent by a button."""

    form = AnnouncementForm
    view_right = add_right = change_right = announcements.ANNOUNCE
    adding = _("Write an announcement")
    shelf = shelves.HELPERS
    tones = {
        "state": {State.DRAFT: "waiting", State.SENDING: "accent", State.SENT: "good", State.STOPPED: "urgent"},
    }
    nothing_here = _("A road is closed, stock has arrived: tell those who help in a region or with a kind of help.")
    list_display = ["code", "state", "place", "category", "got_it", "created_at", "sent_at"]
    list_filter = ["state"]
    list_select_related = ["category", "place"]
    search_fields = ["code"]
    search_help_text = _("Code of the announcement. Its text is sealed.")
    ordering = ["-created_at"]

    def get_fieldsets(self, request, obj=None):
        written = (None, {"fields": ["where", "category", "texts"]})
        if obj is None:
            return [written]
        if obj.state == State.DRAFT:
            return [written, (_("Who gets it"), {"fields": ["would_reach"]})]
        return [(None, {"fields": ["code", "place", "category", "words", "how_it_went", "created_by", "sent_at"]})]

    def get_readonly_fields(self, request, obj=None):
        return ["would_reach", "code", "words", "how_it_went", "created_by", "sent_at"]

    def get_form(self, request, obj=None, change=False, **kwargs):
        # Its boxes are made with the form; Django would look for them among the model's fields.
        form = super().get_form(request, obj, change, **{**kwargs, "fields": AnnouncementForm._meta.fields})
        if "category" in form.base_fields:
            # Whoever announces does not keep the kinds of help.
            category = form.base_fields["category"].widget
            category.can_add_related = category.can_change_related = category.can_view_related = False
        return form

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or obj.state == State.DRAFT)

    def save_model(self, request, obj, form, change):
        announcements.write(request.user, obj)

    @admin.display(description=_("would be told"))
    def would_reach(self, announcement):
        number = announcement.recipients().count()
        return ngettext("%(number)d coordinator", "%(number)d coordinators", number) % {"number": number}

    def get_queryset(self, request):
        delivered = Count("tellings", filter=Q(tellings__state=Telling.State.DELIVERED))
        return super().get_queryset(request).annotate(delivered=delivered, told=Count("tellings"))

    @admin.display(description=_("delivered"))
    def got_it(self, announcement):
        if announcement.state == State.DRAFT:
            return ""
        # Of what went out before tellings were kept nobody knows how it went.
        if not announcement.told:
            return self.get_empty_value_display()
        return _("%(delivered)d of %(all)d") % {"delivered": announcement.delivered, "all": announcement.reached}

    @admin.display(description=_("how it went"))
    def how_it_went(self, announcement):
        if not announcement.told:
            return self.get_empty_value_display()
        return _("%(delivered)d delivered · %(waiting)d waiting · %(failed)d not delivered") % tellings.counts(
            announcement
        )

    @admin.display(description=_("text"))
    def words(self, announcement):
        return "\n\n".join(f"{language}: {text}" for language, text in announcement.texts.items())

    @button(
        _("Send"),
        right=announcements.ANNOUNCE,
        when=lambda one: one.state == State.DRAFT,
        words=_("It goes to everybody whom it concerns, by the way they are reached, and cannot be called back."),
    )
    def send(self, request, obj):
        number = announcements.send(request.user, obj)
        return ngettext(
            "It goes to %(number)d coordinator, after what is more pressing.",
            "It goes to %(number)d coordinators, after what is more pressing.",
            number,
        ) % {"number": number}
