"""What left the house and what did not: states alone, never a text or an address; dead messages can be sent again.

It stands here and not in the outbox, which knows nothing of people and their rights.
"""

from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hotline.outbox.models import Message, State
from hotline.staff.actions.messages import resend
from hotline.staff.admin import shelves
from hotline.staff.admin.base import HouseModelAdmin, button


@admin.register(Message)
class MessageAdmin(HouseModelAdmin):
    view_right = "outbox.manage"
    shelf = shelves.NOW
    tones = {"state": {State.QUEUED: "accent", State.LEASED: "accent", State.SENT: "good", State.DEAD: "urgent"}}
    nothing_here = _("What is sent to coordinators and colleagues stands here, without its text.")
    list_display = ["subject", "purpose", "state", "channel", "priority", "attempts", "error", "created_at", "sent_at"]
    list_filter = ["state", "channel", "purpose", "created_at"]
    search_fields = ["subject", "purpose", "error"]
    search_help_text = _("Code of what it is about, purpose or error. Addresses are sealed and cannot be searched.")
    ordering = ["-created_at"]
    fields = [*list_display, "uncertain", "not_before", "expires_at"]

    def waiting(self, request):
        return self.get_queryset(request).filter(state=State.DEAD)

    def audit_subject(self, obj):
        return obj.subject

    @button(
        _("Send again"),
        right="outbox.manage",
        when=lambda message: message.state == State.DEAD,
        many=_("Send these again"),
    )
    def send_again(self, request, message):
        resend(request.user, message)
        return gettext("The message is sent again.")
