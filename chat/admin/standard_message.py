from textwrap import shorten

from django.contrib import admin
from django.db.models import Case, When
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.actions import standard_messages, suggestions
from chat.actions.standard_messages import MANAGE, SUPERVISE
from chat.forms.standard_message import AcceptForm, KeptStandardMessageForm, SetAsideForm
from chat.models import Line, StandardMessage
from hotline.staff.admin import lists, shelves
from hotline.staff.admin.base import HouseModelAdmin, button
from hotline.staff.permissions import rights_of, visible

State = StandardMessage.State
KEEPERS = (MANAGE, SUPERVISE)
WHOLE_HOUSE = _("the whole house")
# Letters of a text in the list.
SHOWN = 80


def lines_of(rights):
    """The lines (QuerySet) whose messages whoever has these Rights keeps."""
    lines = Line.objects.order_by("slug")
    return lines if rights.can(MANAGE) else visible(rights, lines, SUPERVISE)


class WhereFilter(admin.SimpleListFilter):
    """The lines whose messages whoever looks keeps, and for administrators the house."""

    title = _("line")
    parameter_name = "line"
    # No line can be called so: a short name has no star.
    HOUSE = "*"

    def lookups(self, request, model_admin):
        rights = rights_of(request)
        house = [(self.HOUSE, WHOLE_HOUSE)] if rights.can(MANAGE) else []
        return house + [(line.slug, line.title()) for line in lines_of(rights)]

    def queryset(self, request, queryset):
        if self.value() == self.HOUSE:
            return queryset.filter(line=None)
        return queryset.filter(line__slug=self.value()) if self.value() else queryset


def is_in(state):
    """For a button: whether the message is in this state."""
    return lambda message: message.state == state


@admin.register(StandardMessage)
class StandardMessageAdmin(HouseModelAdmin):
    """Messages of lines and of the house, with how often they were used; never what is a volunteer's own."""

    view_right = add_right = change_right = delete_right = KEEPERS
    adding = _("Write a standard message")
    form = KeptStandardMessageForm
    shelf = shelves.LINES
    tones = {"state": {State.SUGGESTED: "waiting", State.IN_USE: "good", State.PUT_ASIDE: ""}}
    nothing_here = _(
        "What volunteers need to say again and again: a greeting, a number, a goodbye. They can suggest some."
    )
    list_display = ["short_code", "where", "words", "state", "used", "suggested"]
    list_filter = ["state", WhereFilter]
    list_select_related = ["line", "suggested_by"]
    search_fields = ["short_code"]
    search_help_text = _("Short code, words of the text in any language, or the name of the line.")
    ordering = [Case(When(state=State.SUGGESTED, then=0), default=1), "line__slug", "short_code", "pk"]

    def get_queryset(self, request):
        return super().get_queryset(request).kept()

    def get_search_results(self, request, queryset, search_term):
        def shown(message):
            return message.short_code, *message.texts.values(), self.where(message)

        return lists.among_shown(queryset, search_term, shown), False

    def get_readonly_fields(self, request, obj=None):
        return ["state", "used", "suggested", "answer", *(["line"] if obj else [])]

    def get_fieldsets(self, request, obj=None):
        written = (None, {"fields": ["line", "short_code", "texts"]})
        if obj is None:
            return [written]
        suggestion = ["suggested", "answer"] if obj.suggested_by_id or obj.answer else []
        return [written, (_("How it is used"), {"fields": ["state", "used", *suggestion]})]

    def get_form(self, request, obj=None, change=False, **kwargs):
        own = type("KeptStandardMessageForm", (KeptStandardMessageForm,), {"rights": rights_of(request)})
        return super().get_form(request, obj, change, **{**kwargs, "form": own})

    def save_model(self, request, obj, form, change):
        standard_messages.save_kept(request.user, obj)

    def delete_model(self, request, obj):
        standard_messages.remove_kept(request.user, obj)

    def waiting(self, request):
        # When it may have changed is told by the lists of the same lines: see the conversations.
        return self.get_queryset(request).filter(state=State.SUGGESTED)

    def next_step(self, obj):
        return gettext("Volunteers find it by typing /%(code)s.") % {"code": obj.short_code}

    @admin.display(description=_("line"), ordering="line__slug")
    def where(self, message):
        return message.line or WHOLE_HOUSE

    @admin.display(description=_("text"))
    def words(self, message):
        return shorten(message.text(), SHOWN, placeholder=" …")

    @admin.display(description=_("suggested by"))
    def suggested(self, message):
        return message.suggested_by and message.suggested_by.alias

    @button(
        _("Take it into use"),
        right=KEEPERS,
        when=is_in(State.SUGGESTED),
        form=AcceptForm,
        words=_("The volunteers of the line find it from now on, as it stands on its page."),
    )
    def accept(self, request, message, said):
        suggestions.accept(request.user, message, said["words"])
        return gettext("It is in use. Whoever suggested it sees that.")

    @button(_("Set it aside"), right=KEEPERS, when=is_in(State.SUGGESTED), form=SetAsideForm)
    def set_aside(self, request, message, said):
        suggestions.set_aside(request.user, message, said["words"])
        return gettext("It is set aside. Whoever suggested it reads your words.")

    @button(
        _("Take it out of use"),
        right=KEEPERS,
        when=is_in(State.IN_USE),
        words=_("No volunteer finds it any more, until somebody uses it again."),
    )
    def put_aside(self, request, message):
        standard_messages.put_aside(request.user, message)
        return gettext("It is no longer in use.")

    @button(_("Use it again"), right=KEEPERS, when=is_in(State.PUT_ASIDE))
    def use_again(self, request, message):
        standard_messages.use_again(request.user, message)
        return gettext("It is in use again.")
