"""The side of trust in the admin of local coordinators: what they may, why, and what an administrator says about it."""

from django.contrib import admin
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coordinators.actions import trust, vouching
from coordinators.forms.local_coordinators import ReasonForm
from coordinators.forms.trust import LevelForm, LookForm
from coordinators.models import Level
from hotline.staff.admin.base import button


class SecondLookFilter(admin.SimpleListFilter):
    title = _("second look")
    parameter_name = "look"

    def lookups(self, request, model_admin):
        return [("due", _("due, or due within a week")), ("later", _("later"))]

    def queryset(self, request, queryset):
        soon = timezone.now() + trust.ONCE_MORE
        if self.value() == "due":
            return queryset.filter(second_look_at__lte=soon)
        return queryset.filter(second_look_at__gt=soon) if self.value() == "later" else queryset


class TrustMixin:
    """For the admin of local coordinators."""

    trust_fields = ["level", "is_vouched", "completed", "trusted_from", "second_look_at"]
    trust_words = _(
        "It grows by itself: known after 3 days with a good outcome and two weeks (after one and three days where somebody "
        "known has vouched), trusted after 10 and two months, once the second look is done. It bounds how many contacts "
        "are open, and how much is covered; newcomers are never asked where children or somebody alone may be."
    )

    @button(
        _("We know them"),
        right=trust.MANAGE,
        when=lambda one: one.level != Level.TRUSTED,
        form=LevelForm,
        words=_("What you allow here holds from now on, until somebody complains about them."),
    )
    def know(self, request, obj, said):
        trust.give_level(request.user, obj, Level(said["level"]), said["reason"])
        return gettext("Noted. It holds from now on.")

    @button(
        _("Vouch for somebody"),
        right=(trust.MANAGE, "coordinators.represent"),
        when=lambda one: one.level != Level.NEWCOMER,
        words=_(
            "Makes a code that works once, for two weeks. Whoever registers with it does not learn where it came from."
        ),
    )
    def vouch(self, request, obj):
        # A page of its own: a message would carry the code in a cookie.
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": obj,
            "title": gettext("Code to vouch"),
            "code": vouching.make_code(request.user, obj),
            "days": vouching.VALID.days,
        }
        return TemplateResponse(request, "admin/coordinators/vouch.html", context)

    @button(
        _("Note a complaint"),
        right=trust.MANAGE,
        form=ReasonForm,
        words=_(
            "They begin anew as newcomers, and are looked at again in a month. What they hold stays with "
            "them; what they were only offered is withdrawn."
        ),
    )
    def complain(self, request, obj, said):
        trust.complain(request.user, obj, said["reason"])
        return gettext("Noted. They begin anew as newcomers.")

    @button(_("Second look done"), right=trust.MANAGE, when=lambda one: one.second_look_at is not None, form=LookForm)
    def look_again(self, request, obj, said):
        trust.look_again(request.user, obj, said["words"])
        return gettext("Thank you. It stands in the notes.")
