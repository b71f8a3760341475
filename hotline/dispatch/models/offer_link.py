"""A coordinator's own link to one offer, `/o/<token>/`; only the keyed hash of its token is kept."""

import uuid
from base64 import urlsafe_b64encode
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from hotline.lib.codes import hash_token
from hotline.lib.crypto import keyed_hash
from hotline.lib.keyring import keyring

LINK_DAYS = 14
# So long after its time one is still known again, when whoever holds it asks for a new one.
KNOWN_DAYS = 14


class OfferLinkQuerySet(models.QuerySet):
    def for_person(self, offer, now, *, endpoint=None, user=None, fresh=False):
        """The one link of a person to an offer, made when it is not there yet. Call inside a transaction.

        endpoint: their private chat, or user: their account. now: aware datetime. fresh: the one that was asked for beside
        that and is not used yet.
        """
        link, _made = self.get_or_create(
            offer=offer,
            endpoint=endpoint,
            user=user,
            fresh=fresh,
            ended_at=None,
            defaults={"created_at": now, "expires_at": now + timedelta(days=LINK_DAYS)},
        )
        if link.expires_at > now:
            return link
        self.filter(pk=link.pk).update(ended_at=now)
        return self.for_person(offer, now, endpoint=endpoint, user=user, fresh=fresh)

    def live(self, now):
        """Those that open something at `now` (aware datetime)."""
        return self.filter(ended_at=None, expires_at__gt=now)

    def by_token(self, token):
        """The link with that token, in whatever state (QuerySet of one or none)."""
        return self.filter(token_hash=hash_token(token, "offer-link"))


class OfferLink(models.Model):
    SCOPE = None

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    offer = models.ForeignKey("dispatch.Offer", on_delete=models.CASCADE, related_name="links")
    # Whom it was given to, and for whom alone it acts: a linked person, or a representative with an account.
    endpoint = models.ForeignKey("coordinators.Endpoint", null=True, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey("staff.User", null=True, on_delete=models.CASCADE, related_name="+")
    token_hash = models.BinaryField(max_length=32, unique=True)
    # Keyed hash of the cookie of the device that opened the contact first.
    device_hash = models.BinaryField(max_length=32, null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    # Asked for beside the one they have, which works until this one is used: whoever asks may be anybody.
    fresh = models.BooleanField(default=False)
    # A newer one took its place; it opens nothing, but whoever holds it may ask for another.
    ended_at = models.DateTimeField(null=True)

    objects = OfferLinkQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(endpoint=None, user__isnull=False) | Q(endpoint__isnull=False, user=None),
                name="offer_link_one_holder",
            ),
            models.UniqueConstraint(
                fields=["offer", "endpoint", "fresh"],
                condition=Q(endpoint__isnull=False, ended_at=None),
                name="offer_link_one_an_endpoint",
            ),
            models.UniqueConstraint(
                fields=["offer", "user", "fresh"],
                condition=Q(user__isnull=False, ended_at=None),
                name="offer_link_one_a_user",
            ),
        ]

    def __str__(self):
        return f"{self.offer_id}"

    def save(self, *args, **kwargs):
        self.token_hash = hash_token(self.token, "offer-link")
        super().save(*args, **kwargs)

    @property
    def token(self):
        """The token, made out of the row's random id by a key that is not in the database: asked twice, it is the same."""
        seal = keyed_hash(keyring().subkey("offer-link"), str(self.pk))[:16]
        return urlsafe_b64encode(seal).decode().rstrip("=")

    @property
    def address(self):
        """The whole address, as it stands under a button."""
        return f"{settings.BASE_URL}/o/{self.token}/"
