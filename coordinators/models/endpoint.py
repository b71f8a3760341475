"""One verified way to reach a local coordinator."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from hotline.lib.crypto import keyed_hash
from hotline.lib.fields import SealedTextField
from hotline.lib.keyring import keyring


def address_hash(channel, address):
    """Keyed hash by which an endpoint is found again, bytes(32); the address itself is sealed.

    channel: one of Endpoint.Channel; address: chat id or e-mail address as text.
    """
    return keyed_hash(keyring().subkey("endpoint-address"), channel, str(address).strip().casefold())


class EndpointQuerySet(models.QuerySet):
    def ready(self):
        """Verified, not switched off, and meant to receive offers."""
        return self.filter(state=Endpoint.State.ACTIVE, receives_offers=True)

    def at(self, channel, address):
        """Those at one address, in any state."""
        return self.filter(channel=channel, address_hash=address_hash(channel, address))


class Endpoint(models.Model):
    class Channel(models.TextChoices):
        TELEGRAM = "telegram", "Telegram"
        EMAIL = "email", _("e-mail")

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        OFF = "off", _("switched off")

    SCOPE = None

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    local_coordinator = models.ForeignKey(
        "coordinators.LocalCoordinator", on_delete=models.CASCADE, related_name="endpoints"
    )
    channel = models.CharField(_("channel"), max_length=16, choices=Channel.choices, default=Channel.TELEGRAM)
    address = SealedTextField(_("address"), max_length=200)
    address_hash = models.BinaryField(max_length=32, editable=False, db_index=True)
    is_group = models.BooleanField(_("a group"), default=False)
    # A person who is linked beside a group acts for the coordinator but gets no messages of their own.
    receives_offers = models.BooleanField(_("receives offers"), default=True)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default="en")
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.ACTIVE, editable=False)
    off_reason = models.CharField(_("switched off because"), max_length=32, blank=True, editable=False)
    # The representative whose link was used; with their right the endpoint goes. None: the registry vouches for it.
    vouched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    verified_at = models.DateTimeField(_("verified"), auto_now_add=True)

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
        self.address_hash = address_hash(self.channel, self.address)
        super().save(*args, **kwargs)
