"""What left the house and what did not: states alone, never a text or an address; dead messages can be sent again.

It stands here and not in the outbox, which knows nothing of people and their rights.
"""

from django.contrib import admin, messages
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from hotline.lib.errors import Refused
from hotline.outbox.models import Message, State
from hotline.staff.actions.messages import resend
from hotline.staff.admin.base import HouseModelAdmin, button


@admin.register(Message)
class MessageAdmin(HouseModelAdmin):
    view_right = "outbox.manage"
    list_display = ["created_at", "channel", "purpose", "subject", "priority", "state", "attempts", "error", "sent_at"]
    list_filter = ["state", "channel", "purpose", "created_at"]
    search_fields = ["=subject"]
    search_help_text = _("The whole code of what it is about.")
    date_hierarchy = "created_at"
    ordering = ["-created_at"]
    list_per_page = 50
    show_full_result_count = False
    actions = ["send_chosen_again"]
    fields = [*list_display, "uncertain", "not_before", "expires_at"]

    @button(_("Send again"), right="outbox.manage", when=lambda message: message.state == State.DEAD)
    def send_again(self, request, message):
        resend(request.user, message)
        return gettext("The message is sent again.")

    @admin.action(description=_("Send again what was not delivered"), permissions=["view"])
    def send_chosen_again(self, request, queryset):
        """Send the chosen dead messages again; why some cannot be is said once for each reason."""
        sent, refusals = 0, set()
        for message in queryset:
            try:
                resend(request.user, message)
                sent += 1
            except Refused as refusal:
                refusals.add(str(refusal))
        if sent:
            words = ngettext("%(count)d message is sent again.", "%(count)d messages are sent again.", sent)
            self.message_user(request, words % {"count": sent}, messages.SUCCESS)
        for words in sorted(refusals):
            self.message_user(request, words, messages.WARNING)
