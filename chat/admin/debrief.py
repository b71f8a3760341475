from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.actions import debriefs
from chat.actions.holds import SUPERVISE
from chat.forms.debrief import WhenForm
from chat.models import Debrief
from chat.topics import supervised_queues
from hotline.staff.admin import lists, shelves
from hotline.staff.admin.base import HouseModelAdmin, button
from hotline.staff.permissions import NotAllowed, NotFound, rights_of, visible

State = Debrief.State
TONES = {State.ASKED: "urgent", State.ANSWERED: "good"}


@admin.register(Debrief)
class DebriefAdmin(HouseModelAdmin):
    """Volunteers who want to talk after a hard conversation, for those who supervise the line; not what was only offered."""

    view_right = SUPERVISE
    shelf = shelves.NOW
    nothing_here = _("When a volunteer wants to talk after a hard conversation, it stands here. Nobody else sees it.")
    list_display = ["by", "line", "course", "at", "carer"]
    list_filter = ["state"]
    list_select_related = ["by", "line", "carer"]
    search_fields = ["by__alias", "carer__alias", "line__slug"]
    search_help_text = _("Alias of who wants to talk or of who talks with them, or the short name of the line.")
    fields = ["by", "line", "conversation", "course", "at", "carer", "when"]
    ordering = ["-state", "at"]

    def get_queryset(self, request):
        # Nobody answers themselves, and what was not asked for is nobody's business.
        return super().get_queryset(request).exclude(state=State.OFFERED).exclude(by=request.user)

    def get_object(self, request, object_id, from_field=None):
        """Not even that there is one is told."""
        try:
            return super().get_object(request, object_id, from_field)
        except NotAllowed:
            raise NotFound from None

    def waiting(self, request):
        return visible(rights_of(request), Debrief.objects.asked(), SUPERVISE).exclude(by=request.user)

    def topics(self, request):
        return supervised_queues(rights_of(request))

    @admin.display(description=_("state"), ordering="state")
    def course(self, debrief):
        return lists.tag(debrief.get_state_display(), TONES.get(debrief.state, ""))

    @button(
        _("I talk with them"),
        right=SUPERVISE,
        when=lambda debrief: debrief.state == State.ASKED,
        form=WhenForm,
        words=_("They read your alias and when. Nothing of what you say to each other is kept."),
    )
    def answer(self, request, debrief, said):
        debriefs.answer(request.user, debrief, said["when"])
        return gettext("They read it at their desk. Thank you.")
