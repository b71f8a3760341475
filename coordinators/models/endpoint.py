"""One verified way to reach a local coordinator."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hotline.lib.crypto import keyed_hash
from hotline.lib.fields import SealedRow, SealedTextField, readable
from hotline.lib.keyring import keyring


def address_hash(channel, address):
    """Keyed hash by which an endpoint is found again, bytes(32); the address itself is sealed.

    channel: one of Endpoint.Channel; address: chat id, e-mail address or URL as text.
    """
    return keyed_hash(keyring().subkey("endpoint-address"), channel, str(address).strip().casefold())


# Why one is switched off that nobody ended on purpose: nothing arrives there any more.
BROKEN = ("blocked", "gone")
# So long one that failed is asked only where there is no other; then it is tried again.
FAILS_FOR = timedelta(minutes=15)


class EndpointQuerySet(models.QuerySet):
    def ready(self):
        """Verified, not switched off, and meant to receive offers."""
        return self.filter(state=Endpoint.State.ACTIVE, receives_offers=True)

    def broken(self):
        """Switched off because nothing arrives there any more, and not by anybody's wish."""
        return self.filter(state=Endpoint.State.OFF, off_reason__in=BROKEN)

    def at(self, channel, address):
        """Those at one address, in any state."""
        return self.filter(channel=channel, address_hash=address_hash(channel, address))


class Endpoint(SealedRow):
    class Channel(models.TextChoices):
        TELEGRAM = "telegram", "Telegram"
        EMAIL = "email", _("e-mail")
        WEBHOOK = "webhook", "Webhook"

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", _("to be confirmed")
        ACTIVE = "active", _("active")
        OFF = "off", _("switched off")

    # from → to. Only whoever reads there can confirm; what was switched off is confirmed anew.
    MOVES = {
        State.UNCONFIRMED: {State.ACTIVE, State.OFF},
        State.ACTIVE: {State.OFF},
        State.OFF: {State.ACTIVE, State.UNCONFIRMED},
    }
    SCOPE = None

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    local_coordinator = models.ForeignKey(
        "coordinators.LocalCoordinator", on_delete=models.CASCADE, related_name="endpoints"
    )
    channel = models.CharField(_("channel"), max_length=16, choices=Channel.choices, default=Channel.TELEGRAM)
    address = SealedTextField(_("address"), max_length=500)
    address_hash = models.BinaryField(max_length=32, editable=False, db_index=True)
    is_group = models.BooleanField(_("a group"), default=False)
    # A person who is linked beside a group acts for the coordinator but gets no messages of their own.
    receives_offers = models.BooleanField(_("receives offers"), default=True)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default="en")
    position = models.PositiveSmallIntegerField(
        _("order"), default=0, help_text=_("The smaller is tried first; the next one when that does not arrive.")
    )
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.ACTIVE, editable=False)
    off_reason = models.CharField(_("switched off because"), max_length=32, blank=True, editable=False)
    # The representative whose link was used; with their right the endpoint goes. None: the registry vouches for it.
    vouched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    verified_at = models.DateTimeField(_("verified"), default=timezone.now, null=True, editable=False)
    # What signs calls to a webhook and from it: one, or two with a space between while they change; the newest first.
    secrets = SealedTextField(max_length=400, null=True, editable=False)
    # How the last message there went: "sent", or the outbox's reason why not.
    last_outcome = models.CharField(_("last outcome"), max_length=32, blank=True, editable=False)
    last_outcome_at = models.DateTimeField(_("last message"), null=True, editable=False)
    failed_at = models.DateTimeField(_("failed last"), null=True, editable=False)
    # Its use was ended on purpose, and what was sent there is still being emptied.
    emptying_since = models.DateTimeField(null=True, editable=False)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("endpoint")
        verbose_name_plural = _("endpoints")
        ordering = ["position", "verified_at"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["local_coordinator", "channel", "address_hash"], name="endpoint_once"),
        ]

    def __str__(self):
        return f"{self.get_channel_display()} · {self.local_coordinator.code}"

    def save(self, *args, **kwargs):
        if readable(self, "address"):
            self.address_hash = address_hash(self.channel, self.address)
        super().save(*args, **kwargs)

    def fails(self, now):
        """Whether it did not take what was sent there lately, so that another one is better. now: aware datetime."""
        return self.failed_at is not None and self.failed_at > now - FAILS_FOR
