"""The account side of people in the admin: invitations, ways back in, closing and opening."""

from django.conf import settings
from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from hotline.lib.qr import modules
from hotline.staff.actions import invitations, people, rescue
from hotline.staff.admin.base import button
from hotline.staff.explained import explain
from hotline.staff.models import Kind, OneTimeCode

MANAGE = "staff.manage_people"


def waits(person):
    """Whether this person (User) has never chosen a password."""
    return person.is_active and not person.has_usable_password()


def is_in(person):
    return person.is_active and person.has_usable_password()


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        left = pgettext("state of an account", "left")
        return [("in", _("has an account")), ("invited", _("invited, not here yet")), ("left", left)]

    def queryset(self, request, queryset):
        unusable = {"password__startswith": "!"}
        if self.value() == "in":
            return queryset.filter(is_active=True).exclude(**unusable)
        if self.value() == "invited":
            return queryset.filter(is_active=True, **unusable)
        return queryset.filter(is_active=False) if self.value() == "left" else queryset


class AccountMixin:
    """For the admin of people."""

    def get_queryset(self, request):
        invitation = OneTimeCode.objects.filter(user=OuterRef("pk"), kind=Kind.INVITATION)
        return super().get_queryset(request).annotate(invited_until=Subquery(invitation.values("expires_at")[:1]))

    @admin.display(description=_("state"))
    def account_state(self, person):
        if not person.is_active:
            if person.left_on:
                return gettext("left on %(day)s") % {"day": date_format(person.left_on)}
            return pgettext("state of an account", "left")
        if person.has_usable_password():
            return gettext("has an account")
        if person.invited_until is None:
            return gettext("not invited")
        if person.invited_until <= timezone.now():
            return gettext("the invitation has run out")
        until = date_format(timezone.localtime(person.invited_until), invitations.TO_THE_MINUTE)
        return gettext("invited until %(until)s") % {"until": until}

    def response_add(self, request, obj, post_url_continue=None):
        """The new person is invited at once, and the page says what happens next."""
        return self._invited(request, obj)

    @button(
        _("Invite again"),
        right=MANAGE,
        when=waits,
        dangerous=True,
        words=_("The invitation that is out opens nothing any more; the new one goes the same way."),
    )
    def invite(self, request, person):
        return self._invited(request, person)

    @button(_("Withdraw the invitation"), right=MANAGE, when=waits)
    def withdraw_invitation(self, request, person):
        invitations.withdraw_invitation(request.user, person)
        return gettext("The invitation opens nothing any more.")

    @button(
        _("New password"),
        right=MANAGE,
        when=is_in,
        dangerous=True,
        words=_("They get a link to choose one. Until then the old one holds, unless you disable the account."),
    )
    def new_password(self, request, person):
        way = invitations.offer_new_password(request.user, person)
        if way.code:
            return self._way_page(request, person, way, gettext("New password"))
        return gettext("A letter with a link to a new password is on its way. Until it is used the old one holds.")

    @button(
        _("Phone lost: code for the log-in"),
        right=MANAGE,
        when=is_in,
        dangerous=True,
        words=_(
            "You get a code that stands once for their second step. Be sure that it is they: know the voice, or ring back."
        ),
    )
    def help_log_in(self, request, person):
        code = rescue.make_code(request.user, person)
        minutes = rescue.LASTING.seconds // 60
        context = {"person": person, "code": code, "minutes": minutes}
        return TemplateResponse(request, "staff/rescue/code.html", context)

    @button(
        _("Disable"),
        right=MANAGE,
        when=lambda person: person.is_active,
        dangerous=True,
        words=_(
            "They are logged out everywhere within seconds, and their visitors go back to the queue. You can enable them again."
        ),
        many=_("Disable these"),
    )
    def disable(self, request, person):
        people.disable(request.user, person)
        return gettext("The account is closed. It is forgotten when its time is up.")

    @button(
        _("Enable"),
        right=MANAGE,
        when=lambda person: not person.is_active,
        dangerous=True,
        words=_("They can log in again, with the rights that they had."),
    )
    def enable(self, request, person):
        people.enable(request.user, person)
        return gettext("The account is open again.")

    def _invited(self, request, person):
        way = invitations.invite(request.user, person)
        title = gettext("%(alias)s is invited") % {"alias": person.alias}
        more = {"explained": explain(person), "second_key": settings.STAFF_MFA_REQUIRED}
        return self._way_page(request, person, way, title, **more)

    def _way_page(self, request, person, way, title, **more):
        """How the person comes in by `way` (Way): the code to hand over, or that a letter is under way."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": person,
            "title": title,
            "way": way,
            "qr": modules(way.url) if way.code else None,
            "adding": self.adding,
            **more,
        }
        return TemplateResponse(request, "admin/staff/hand_over.html", context)
