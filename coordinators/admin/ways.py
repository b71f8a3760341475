"""Ways to a local coordinator: added on its page, each with a page of its own for what can be done with it."""

from django.contrib import admin
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coordinators.actions import endpoints, ways, webhook_secrets
from coordinators.forms.ways import MailboxForm, WebhookForm
from coordinators.models import Endpoint
from hotline.staff.admin import shelves
from hotline.staff.admin.base import HouseModelAdmin, button

MANAGE, REPRESENT = endpoints.REGISTRY, "coordinators.represent"
OWN = (MANAGE, REPRESENT)
Channel, State = Endpoint.Channel, Endpoint.State
# The outbox's short words for how it went, for people.
WORDS = {
    "sent": _("arrived"),
    "blocked": _("nobody can be reached there"),
    "gone": _("their system wants no more calls"),
    "redirected": _("their system sends calls elsewhere, which is not followed"),
    "refused": _("their system refuses the call"),
    "forbidden": _("the address leads into a private network"),
    "unanswered": _("their system does not answer"),
    "not_confirmed": _("their system answered, but not with the challenge"),
}


def outcome_words(endpoint):
    """How the last message there went, in words; None when nothing was sent yet."""
    return WORDS.get(endpoint.last_outcome, endpoint.last_outcome) or None


def _is_linkable(local_coordinator):
    return local_coordinator.state != endpoints.SUSPENDED


class WaysMixin:
    """Buttons on the page of a local coordinator that add a way."""

    @button(_("Add a mailbox"), right=OWN, form=MailboxForm, when=_is_linkable)
    def add_mailbox(self, request, obj, said):
        ways.add_mailbox(request.user, obj, said["address"], language=said["language"])
        return gettext("A letter is on its way. The mailbox is used once the button behind its link was pressed.")

    @button(_("Add a webhook"), right=OWN, form=WebhookForm, when=_is_linkable)
    def add_webhook(self, request, obj, said):
        _endpoint, secret = ways.add_webhook(request.user, obj, said["url"], language=said["language"])
        return show_secret(self, request, obj, secret)


def show_secret(model_admin, request, obj, secret):
    """The page that shows the secret of a webhook this once."""
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "original": obj,
        "title": gettext("Secret of the webhook"),
        "secret": secret,
    }
    return TemplateResponse(request, "admin/coordinators/secret.html", context)


@admin.register(Endpoint)
class EndpointAdmin(HouseModelAdmin):
    """One way to a coordinator. Nothing is typed here: what changes, changes by buttons."""

    view_right = OWN
    shelf = shelves.HELPERS
    tones = {"state": {State.UNCONFIRMED: "waiting", State.ACTIVE: "good", State.OFF: ""}}
    nothing_here = _(
        "Chats, mailboxes and systems by which coordinators are reached. They are added on a coordinator's page."
    )
    list_display = ["__str__", "state", "position", "receives_offers", "went", "last_outcome_at", "failed_at"]
    list_filter = ["channel", "state", "receives_offers"]
    list_select_related = ["local_coordinator"]
    search_fields = ["local_coordinator__code"]
    search_help_text = _("Code of the coordinator.")
    ordering = ["local_coordinator__code", "position", "verified_at"]
    fields = [
        "local_coordinator", "channel", "address", "language", "is_group", "receives_offers", "position", "verified_at",
        "off_reason", "went", "last_outcome_at", "failed_at",
    ]  # fmt: skip
    readonly_fields = fields

    @admin.display(description=_("last outcome"))
    def went(self, endpoint):
        return outcome_words(endpoint) or self.get_empty_value_display()

    def audit_subject(self, obj):
        return obj.local_coordinator.code

    @button(
        _("Ask to confirm"),
        right=OWN,
        when=lambda one: (
            one.channel != Channel.TELEGRAM and one.state != State.ACTIVE and _is_linkable(one.local_coordinator)
        ),
    )
    def ask_to_confirm(self, request, obj):
        ways.ask_again(request.user, obj)
        return gettext("Asked. It is used once they confirm.")

    @button(_("Ask here first"), right=OWN, when=lambda one: one.state == State.ACTIVE)
    def put_first(self, request, obj):
        endpoints.put_first(request.user, obj)
        return gettext("This way is tried before the others.")

    @button(_("Pause"), right=OWN, when=lambda one: one.receives_offers and one.state == State.ACTIVE)
    def pause(self, request, obj):
        endpoints.set_receives_offers(request.user, obj, False)
        return gettext("No offers go there until it is resumed.")

    @button(_("Resume"), right=OWN, when=lambda one: not one.receives_offers and one.state == State.ACTIVE)
    def resume(self, request, obj):
        endpoints.set_receives_offers(request.user, obj, True)
        return gettext("Offers go there again.")

    @button(
        _("New secret"),
        right=OWN,
        when=lambda one: one.channel == Channel.WEBHOOK,
        words=_("The one before counts beside it until you drop it. An older one counts no more."),
    )
    def new_secret(self, request, obj):
        return show_secret(self, request, obj, webhook_secrets.new_secret(request.user, obj))

    @button(
        _("Drop the old secret"),
        right=OWN,
        when=lambda one: one.channel == Channel.WEBHOOK and " " in (one.secrets or ""),
        words=_("Only the newest secret counts from then on. Their system must know it by now."),
    )
    def drop_old_secret(self, request, obj):
        webhook_secrets.drop_old_secret(request.user, obj)
        return gettext("Only the newest secret counts.")

    @button(
        _("Remove"),
        right=OWN,
        when=lambda one: one.state != State.ACTIVE,
        words=_("The address is deleted for good."),
    )
    def remove(self, request, obj):
        ways.remove(request.user, obj)
        return gettext("Removed.")

    @button(
        _("Switch off"),
        right=MANAGE,
        when=lambda one: one.state == State.ACTIVE,
        words=_(
            "Nothing goes there any more, and nobody acts for the coordinator from there, until it is confirmed anew."
        ),
    )
    def switch_off(self, request, obj):
        endpoints.end_use([obj], "removed")
        return gettext("Switched off.")
