from django.conf import settings
from django.contrib import admin
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from chat.actions import lines
from chat.forms.line import LineForm
from chat.models import Line
from hotline.staff.admin import lists, shelves
from hotline.staff.admin.base import HouseModelAdmin, button
from hotline.staff.admin.related import link_to_invite
from hotline.staff.admin.team import LEADS_ON

MANAGE, RUN = "chat.manage_lines", "chat.run_line"
Mode = Line.Mode
DOORS = {
    "open": (pgettext_lazy("state of a line", "Open"), "good"),
    "paused": (pgettext_lazy("state of a line", "Paused"), "waiting"),
    "closed": (pgettext_lazy("state of a line", "Closed"), ""),
}

LEADS_ON.append((_("Make its line"), "admin:chat_line_add"))


def has_other_mode(mode):
    """For a button that sets `mode`: whether the line has another one."""
    return lambda line: line.mode != mode


@admin.register(Line)
class LineAdmin(HouseModelAdmin):
    """Lines for administrators. None is deleted: conversations and figures hang on them. What is over is closed."""

    view_right = add_right = change_right = MANAGE
    adding = _("Make a line")
    form = LineForm
    list_display = ["__str__", "slug", "team", "door", "set_to"]
    list_filter = ["team", "mode"]
    list_select_related = ["team"]
    shelf = shelves.LINES
    nothing_here = _("A line is one chat for visitors, with its own words, hours and volunteers. Begin with one.")
    search_fields = ["slug"]
    search_help_text = _("Short name, or the title in any language.")
    ordering = ["slug"]

    def get_readonly_fields(self, request, obj=None):
        shown = ["door", "set_to", "preview", "embedding"]
        if obj is None:
            return shown
        # The address stands in other people's websites; what was said on a line stays with its team.
        return [*shown, "slug", *(["team"] if obj.conversations.exists() else [])]

    def get_fieldsets(self, request, obj=None):
        state = [] if obj is None else [(None, {"fields": ["door", "set_to", "preview"]})]
        look = ["colour", "exit_address", "hosts", *(["embedding"] if obj else [])]
        first = (_("The line"), {"fields": ["titles", "slug", "team", "languages"]})
        parts = [
            (_("What visitors read"), ["formal_address", "danger", "welcome", "privacy", "goodbye"]),
            (_("When it is open"), ["time_zone", "hours", "exceptions"]),
            (_("When nobody can be taken"), ["when_closed", "when_full", "when_paused", "alternatives"]),
            (
                _("Queue and volunteers"),
                ["maximum_waiting", "least_conversations", "most_conversations", "retention_minutes"],
            ),
            (_("Care for volunteers"), ["rest_minutes", "rest_conversations", "offers_debrief"]),
            (
                _("Names and questions"),
                ["alias", "suggested_aliases", "questions", "risk_answers", "risk_minutes", "survey", "wrap_up"],
            ),
            (
                _("Functions"),
                [
                    "shows_typing",
                    "shows_read",
                    "can_resume",
                    "can_keep_transcript",
                    "can_flag",
                    "takes_complaints",
                    "can_exclude",
                    "has_standard_messages",
                    "has_groups",
                ],
            ),
            (
                _("Guiding the volunteers"),
                ["has_live_view", "has_guidance", "can_step_in", "has_feedback", "has_history"],
            ),
            (_("In imminent danger"), ["has_danger", "danger_steps", "danger_numbers"]),
            (_("Passing visitors on"), ["can_transfer", "passes_history", "passes_on_to"]),
            (_("Internal chat"), ["has_team_room", "in_common_room"]),
            (_("Look, and where it stands"), look),
        ]
        # Folded: the page is long, and one comes for one of its parts. Django unfolds a part in which something is wrong.
        return [*state, first, *((title, {"fields": fields, "classes": ["collapse"]}) for title, fields in parts)]

    def get_search_results(self, request, queryset, search_term):
        return lists.among_shown(queryset, search_term, lambda line: (line.slug, *line.titles.values())), False

    def save_model(self, request, obj, form, change):
        lines.save_line(request.user, obj)

    def next_step(self, obj):
        closed = gettext("It is closed until somebody of its team opens it, at the chat desk or here.")
        return format_html("{} {}", closed, link_to_invite(obj.team, gettext("Invite somebody who answers here")))

    @admin.display(description=pgettext_lazy("of a line of the chat", "Now"))
    def door(self, line):
        words, tone = DOORS[line.door(timezone.now())]
        return lists.tag(words, tone)

    @admin.display(description=_("Set to"), ordering="mode")
    def set_to(self, line):
        return line.get_mode_display()

    @admin.display(description=_("Preview"))
    def preview(self, line):
        """The visitor's own page: nothing is kept of a look at it before somebody sends the first form."""
        words = gettext("See the page as visitors see it now")
        page = reverse("chat:page", args=[line.slug])
        return format_html('<a href="{}" target="_blank" rel="noopener">{}</a>', page, words)

    @admin.display(description=_("For a website"))
    def embedding(self, line):
        source = f"{settings.BASE_URL}{static('widget.js')}"
        return format_html("<code>{}</code>", f'<script src="{source}" data-line="{line.slug}" async></script>')

    @button(_("Open the line"), right=RUN, when=has_other_mode(Mode.OPEN), many=_("Open these lines"))
    def open_line(self, request, obj):
        lines.set_mode(request.user, obj, Mode.OPEN)
        return gettext("The line is open.")

    @button(_("Pause the queue"), right=RUN, when=has_other_mode(Mode.PAUSED))
    def pause_line(self, request, obj):
        lines.set_mode(request.user, obj, Mode.PAUSED)
        return gettext("Nobody new comes in; those who wait are served.")

    @button(
        _("Close the line"),
        right=RUN,
        when=has_other_mode(Mode.CLOSED),
        words=_("Nobody new comes in, whatever its hours say, until somebody opens it. Those who wait are served."),
        many=_("Close these lines"),
    )
    def close_line(self, request, obj):
        lines.set_mode(request.user, obj, Mode.CLOSED)
        return gettext("The line is closed; those who wait are served.")

    @button(_("Go by its hours"), right=RUN, when=has_other_mode(Mode.HOURS), many=_("Let these go by their hours"))
    def by_hours(self, request, obj):
        lines.set_mode(request.user, obj, Mode.HOURS)
        return gettext("The line opens and closes by its hours.")
