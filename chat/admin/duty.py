from datetime import timedelta

from django.contrib import admin
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from chat.actions import duties, rests
from chat.actions.holds import SUPERVISE
from chat.models import Duty
from hotline.staff.admin import lists, shelves
from hotline.staff.admin.base import HouseModelAdmin, button

# Whoever was not there for so long is no news any more.
LATELY = timedelta(days=1)


@admin.register(Duty)
class DutyAdmin(HouseModelAdmin):
    """Who was at the desk of a line today, for those who supervise it. No hours are counted anywhere."""

    view_right = SUPERVISE
    shelf = shelves.NOW
    nothing_here = _("Who is at the desk of one of your lines stands here.")
    list_display = ["user", "line", "place", "easy", "number"]
    list_filter = ["away_word"]
    search_fields = ["user__alias"]
    search_help_text = _("Alias of a volunteer, or the name of the line.")
    list_select_related = ["line", "user"]
    fields = ["user", "line", "place", "easy", "number"]
    ordering = ["user__alias", "pk"]

    def get_queryset(self, request):
        everybody = super().get_queryset(request)
        is_list = request.resolver_match.url_name.endswith("_changelist")
        return everybody.filter(seen_at__gt=timezone.now() - LATELY) if is_list else everybody

    def get_search_results(self, request, queryset, search_term):
        return lists.among_shown(queryset, search_term, lambda duty: (duty.user.alias, duty.line)), False

    @admin.display(description=pgettext_lazy("of a volunteer at a line", "Now"))
    def place(self, duty):
        if duty.seen_at is None or duty.seen_at < timezone.now() - duties.GRACE:
            return lists.tag(gettext("not at the desk"), "")
        if duty.away:
            return lists.tag(duty.get_away_word_display() or gettext("away"), "waiting")
        return lists.tag(gettext("at the desk"), "good")

    @admin.display(description=_("after a hard conversation"))
    def easy(self, duty):
        if not duty.rests(timezone.now()):
            return self.get_empty_value_display()
        number = duties.limit(duty, duty.line, timezone.now())
        until = time_format(timezone.localtime(duty.rest_until))
        return gettext("%(number)s at once until %(until)s") % {"number": number, "until": until}

    @admin.display(description=_("conversations at once"), ordering="maximum")
    def number(self, duty):
        return duty.maximum

    @button(
        _("As many as before again"),
        right=SUPERVISE,
        when=lambda duty: duty.rests(timezone.now()),
        words=_(
            "After a hard conversation fewer visitors come to them for a while. Speak with them before you end that."
        ),
    )
    def lift(self, request, duty):
        rests.lift(request.user, duty)
        return gettext("They take as many as they set again.")
