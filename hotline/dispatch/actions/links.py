"""A coordinator's own link to one offer: made, found, and bound to the device that first opened the contact."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from coordinators.models import Endpoint
from coordinators.models.place import UP
from hotline.dispatch import notices, wording
from hotline.dispatch.actions.locking import lock
from hotline.dispatch.errors import LinkUnknown, WrongDevice
from hotline.dispatch.models import Offer, OfferLink
from hotline.dispatch.models.offer_link import KNOWN_DAYS
from hotline.dispatch.voice import Voice
from hotline.lib.codes import hash_token
from hotline.lib.errors import Refused
from hotline.lib.fields import readable
from hotline.lib.throttle import wait_for
from hotline.outbox.models import Priority

# Once an offer is over, not even its kind and place are shown.
SHOWN = (Offer.State.OFFERED, Offer.State.DECLINED, Offer.State.ACCEPTED)


def issue(offer, voice, *, fresh=False):
    """The address (str) of the link to `offer` for whoever speaks; the same each time.

    fresh: another one, as for another device; the one before works until that is used. Call inside a transaction.
    """
    now, holder = timezone.now(), {"endpoint": voice.endpoint, "user": voice.user}
    fresh = fresh and OfferLink.objects.live(now).filter(offer=offer, fresh=False, **holder).exists()
    return OfferLink.objects.for_person(offer, now, fresh=fresh, **holder).address


def find(text):
    """The OfferLink of a token, with its offer, help request and kind of help. Raises LinkUnknown."""
    link = (
        OfferLink.objects.by_token(text)
        .live(timezone.now())
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
    return Voice(Offer.Way.LINK, endpoint=link.endpoint, user=link.user, offer=link.offer)


def use(link):
    """A button was pressed at the page of `link`: a fresh one takes the place of the one before, which opens nothing then."""
    if not link.fresh:
        return
    with transaction.atomic():
        lock(link.offer)
        own = OfferLink.objects.filter(offer=link.offer_id, endpoint=link.endpoint_id, user=link.user_id, ended_at=None)
        own.exclude(pk=link.pk).update(ended_at=timezone.now())
        own.filter(pk=link.pk).update(fresh=False)


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
    """Delete links that nobody asks a new one for any more; returns how many. now: aware datetime."""
    return OfferLink.objects.filter(expires_at__lte=now - timedelta(days=KNOWN_DAYS)).delete()[0]


def send_fresh(text):
    """Send whoever a link was made for a new one, by the way that the offer went; the one before works until that is used.

    text: the token of a link that is no longer good, or belongs to another device. Whether one was sent, bool, which is
    nobody's business who asks: not for a token that is none, for an offer that is over, where the way is off, or too often.
    """
    link = OfferLink.objects.by_token(text).filter(endpoint__isnull=False).select_related("offer", "endpoint").first()
    if link is None or wait_for("offer-new-link", f"{link.offer_id}:{link.endpoint_id}"):
        return False
    endpoint = link.endpoint
    if endpoint.state != Endpoint.State.ACTIVE or not readable(endpoint, "address"):
        return False
    with transaction.atomic():
        offer, voice = lock(link.offer), voice_of(link)
        try:
            voice.check(offer.local_coordinator)
        except Refused:
            return False
        if offer.state not in SHOWN:
            return False
        url = issue(offer, voice, fresh=True)
        what = f"link-{timezone.now().timestamp()}"
        notices.send_extra(offer, endpoint, what, wording.new_link(offer, endpoint, url), priority=Priority.ANSWER)
        voice.record("offer.link_renewed", offer.help_request.code, reference=offer.reference)
    return True
