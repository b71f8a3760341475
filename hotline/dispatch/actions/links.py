"""A coordinator's own link to one offer: made, found, and bound to the device that first opened the contact."""

from django.utils import timezone

from coordinators.models.place import UP
from hotline.dispatch.errors import LinkUnknown, WrongDevice
from hotline.dispatch.models import Offer, OfferLink
from hotline.dispatch.voice import Voice
from hotline.lib.codes import hash_token


def issue(offer, voice, *, fresh=False):
    """The address (str) of the link to `offer` for whoever speaks; the same each time.

    fresh: end the one before, as for another device. Call inside a transaction.
    """
    if fresh:
        OfferLink.objects.filter(offer=offer, endpoint=voice.endpoint, user=voice.user).delete()
    return OfferLink.objects.for_person(offer, timezone.now(), endpoint=voice.endpoint, user=voice.user).address


def find(text):
    """The OfferLink of a token, with its offer, help request and kind of help. Raises LinkUnknown."""
    link = (
        OfferLink.objects.by_token(text)
        .filter(expires_at__gt=timezone.now())
        .select_related(
            "offer__help_request__category",
            f"offer__help_request__place__{UP[-1]}",
            "offer__help_request__team",
            "offer__local_coordinator",
            "endpoint",
            "user",
        )
        .first()
    )
    if link is None:
        raise LinkUnknown
    return link


def voice_of(link):
    """The Voice that a link gives whoever holds it."""
    return Voice(Offer.Way.LINK, endpoint=link.endpoint, user=link.user)


def bind(link, device):
    """Bind the link to a device at its first opening; later only that device may open.

    device: the text of the device's own cookie. Raises WrongDevice. Call inside a transaction.
    """
    mark = hash_token(device, "offer-device")
    if OfferLink.objects.filter(pk=link.pk, device_hash=None).update(device_hash=mark):
        return
    if not OfferLink.objects.filter(pk=link.pk, device_hash=mark).exists():
        raise WrongDevice


def drop_expired(now):
    """Delete links whose time is up (aware datetime); returns how many."""
    return OfferLink.objects.filter(expires_at__lte=now).delete()[0]
