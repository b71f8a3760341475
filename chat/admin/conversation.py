from django.contrib import admin
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.actions import holds
from chat.forms.hold import HoldForm
from chat.models import Conversation, Line
from chat.timeline import of_conversation
from chat.topics import supervised_queues
from hotline.staff.admin import lists, shelves
from hotline.staff.admin.base import HouseModelAdmin, button
from hotline.staff.permissions import rights_of, visible

State, End = Conversation.State, Conversation.End
TONES = {State.WAITING: "waiting", State.ACTIVE: "accent", End.ABUSE: "urgent"}


class LineFilter(admin.SimpleListFilter):
    """The lines that whoever looks supervises, and no other."""

    title = _("line")
    parameter_name = "line"

    def lookups(self, request, model_admin):
        lines = visible(rights_of(request), Line.objects.order_by("slug"), holds.SUPERVISE)
        return [(line.slug, line.title()) for line in lines]

    def queryset(self, request, queryset):
        return queryset.filter(line__slug=self.value()) if self.value() else queryset


class HeldFilter(admin.SimpleListFilter):
    title = _("held")
    parameter_name = "held"

    def lookups(self, request, model_admin):
        return [("yes", _("held"))]

    def queryset(self, request, queryset):
        return queryset.filter(hold_until__gt=timezone.now()) if self.value() == "yes" else queryset


@admin.register(Conversation)
class ConversationAdmin(HouseModelAdmin):
    """Codes, states and times of a team's conversations, for those who supervise it; never a word or a name of them."""

    view_right = holds.SUPERVISE
    shelf = shelves.NOW
    nothing_here = _("The conversations of your lines stand here until they are erased; never what was said.")
    list_display = ["code", "line", "course", "held", "erased", "created_at", "ended_at"]
    list_filter = [HeldFilter, "state", LineFilter, "created_at"]
    list_select_related = ["line"]
    search_fields = ["code"]
    search_help_text = _("Code, or the name of the line.")
    fields = [
        "code",
        "line",
        "state",
        "end",
        "practice",
        "created_at",
        "ended_at",
        "erased",
        "hold_until",
        "hold_reason",
        "feedback",
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("sealed_answers")

    def get_search_results(self, request, queryset, search_term):
        named = lists.among_shown(Line.objects.all(), search_term, lambda line: (line.slug, *line.titles.values()))
        in_line = Q(line__in=named) if search_term else Q()
        return queryset.filter(Q(code__icontains=search_term.strip()) | in_line), False

    def waiting(self, request):
        return visible(rights_of(request), Conversation.objects.waiting().filter(practice=False), holds.SUPERVISE)

    def topics(self, request):
        return supervised_queues(rights_of(request))

    def timeline(self, request, obj):
        return of_conversation(obj)

    @admin.display(description=_("state"), ordering="state")
    def course(self, conversation):
        words = conversation.get_end_display() or conversation.get_state_display()
        return lists.tag(words, TONES.get(conversation.end or conversation.state, ""))

    @admin.display(description=_("erased at"), ordering="erase_at")
    def erased(self, conversation):
        return holds.day(conversation.kept_until(timezone.now())) if conversation.ended_at else None

    @admin.display(description=_("Feedback"))
    def feedback(self, conversation):
        """The way to the page at the desk where one writes to its volunteer."""
        if not conversation.line.has_feedback or conversation.taken_at is None:
            return self.get_empty_value_display()
        page = reverse("chat:feedback-write", args=[conversation.code])
        return format_html('<a href="{}">{}</a>', page, gettext("Write to its volunteer about it"))

    @admin.display(description=_("held until"), ordering="hold_until")
    def held(self, conversation):
        return f"{holds.day(conversation.hold_until)}: {conversation.hold_reason}" if conversation.is_held else None

    @button(
        _("Hold longer"),
        right=holds.SUPERVISE,
        form=HoldForm,
        words=_("Its volunteer and its visitor see until when. The visitor can delete it at any time all the same."),
        many=_("Hold these longer"),
    )
    def hold(self, request, conversation, said):
        holds.hold(request.user, conversation, said["days"], said["reason"])
        return gettext("It is held. Its volunteer and its visitor see until when.")

    @button(
        _("Release"),
        right=holds.SUPERVISE,
        when=lambda conversation: conversation.hold_until is not None,
        words=_("What its line would have erased by now is gone within seconds, for good."),
        many=_("Release these"),
    )
    def release(self, request, conversation):
        holds.release(request.user, conversation)
        return gettext("Released. It goes when its line says so, at once if that is past.")
