from django.contrib import admin
from django.template.response import TemplateResponse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.actions import flags
from chat.actions.conversations import alias_of
from chat.actions.holds import SUPERVISE
from chat.forms.flag import OutcomeForm
from chat.models import Flag
from chat.topics import supervised_queues
from hotline.staff.admin import lists, shelves
from hotline.staff.admin.base import HouseModelAdmin, button
from hotline.staff.permissions import rights_of, visible

State = Flag.State
TONES = {State.OPEN: "urgent", State.CARED_FOR: "waiting", State.DONE: "good"}


@admin.register(Flag)
class FlagAdmin(HouseModelAdmin):
    """What volunteers asked to have followed up, for those who supervise their lines. The oldest open one stands first."""

    view_right = SUPERVISE
    shelf = shelves.NOW
    nothing_here = _(
        "When a volunteer flags a conversation for follow-up, it stands here until somebody says what came of it."
    )
    list_display = ["code", "line", "course", "cared_for_by", "created_at", "conversation"]
    list_filter = ["state", "created_at"]
    list_select_related = ["conversation", "line", "carer"]
    search_fields = ["code", "conversation__code"]
    search_help_text = _("Code of the flag or of its conversation.")
    fields = [
        "line",
        "conversation",
        "course",
        "set_by",
        "reason",
        "about",
        "cared_for_by",
        "created_at",
        "done_at",
        "outcome",
    ]
    ordering = ["done_at", "created_at"]

    def waiting(self, request):
        return visible(rights_of(request), Flag.objects.unattended(), SUPERVISE)

    def topics(self, request):
        return supervised_queues(rights_of(request))

    @admin.display(description=_("set by"))
    def set_by(self, flag):
        return (
            gettext("the visitor, as a complaint") if flag.from_visitor else flag.by or self.get_empty_value_display()
        )

    @admin.display(description=_("state"), ordering="state")
    def course(self, flag):
        return lists.tag(flag.get_state_display(), TONES[flag.state])

    @admin.display(description=_("takes care"), ordering="carer__alias")
    def cared_for_by(self, flag):
        return flag.carer or self.get_empty_value_display()

    @admin.display(description=_("what has to be followed up"))
    def reason(self, flag):
        return flag.reason or self.get_empty_value_display()

    @admin.display(description=_("about"))
    def about(self, flag):
        return gettext("messages %(first)s to %(last)s") % {"first": flag.first_seq, "last": flag.last_seq}

    @admin.display(description=_("what came of it"))
    def outcome(self, flag):
        return flag.read("outcome") or self.get_empty_value_display()

    @button(
        _("Read what was written"),
        right=SUPERVISE,
        words=_("Open it only as far as following it up asks for it: the audit says that you read it, and when."),
    )
    def read(self, request, flag):
        found = flags.read(request.user, flag)
        lines = [
            (alias_of(author), author.is_visitor, parse_datetime(event["at"]), event.get("body"))
            for author, event in found
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("What was written"),
            "subtitle": flag.code,
            "opts": self.opts,
            "original": flag,
            "reason": flag.reason,
            "lines": lines,
        }
        return TemplateResponse(request, "admin/chat/flag_read.html", context)

    @button(
        _("I take care of it"),
        right=SUPERVISE,
        when=lambda flag: flag.state == State.OPEN,
        words=_("Others see that you do."),
    )
    def take_care(self, request, flag):
        flags.take_care(request.user, flag)
        return gettext("It is yours. Say what came of it when it is followed up.")

    @button(
        _("Give back"),
        right=SUPERVISE,
        when=lambda flag: flag.state == State.CARED_FOR,
        words=_("Somebody else may take care of it then."),
    )
    def let_go(self, request, flag):
        flags.let_go(request.user, flag)
        return gettext("It is open again.")

    @button(
        _("Followed up"),
        right=SUPERVISE,
        when=lambda flag: flag.state != State.DONE,
        form=OutcomeForm,
        words=_("With the last open flag the conversation is kept no longer than its line keeps it."),
    )
    def finish(self, request, flag, said):
        flags.finish(request.user, flag, said["outcome"])
        return gettext("Done. Thank you.")
