"""Who calls from afar: a signature over time stamp, nonce and body, each heard once."""

import hashlib
import hmac
import re

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from hotline.lib.errors import Refused
from hotline.staff.models import SignedCall
from hotline.staff.models.freeze import CALLS_KEPT

# Seconds by which the clock of whoever calls may differ.
SKEW = 300
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)


class NotSigned(Refused):
    code = "not_signed"
    message = _("The signature is not right, or the time stamp is not of now.")


class HeardBefore(Refused):
    code = "heard_before"
    message = _("This call was heard before.")


def sign(secret, stamp, nonce, body):
    """The signature, 64 hexadecimal digits: HMAC-SHA256 (RFC 2104) under `secret` over "stamp.nonce.body".

    secret, stamp (seconds since 1970), nonce: str; body: bytes as they are sent.
    """
    return hmac.new(secret.encode(), f"{stamp}.{nonce}.".encode() + body, hashlib.sha256).hexdigest()


def hear(stamp, nonce, signature, body):
    """Returns when whoever calls knows FREEZE_SECRET, now, and for the first time with this nonce.

    All str but body (bytes). Raises NotSigned, HeardBefore.
    """
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 12 and _NONCE.fullmatch(nonce)):
        raise NotSigned
    right = sign(settings.FREEZE_SECRET, stamp, nonce, body)
    is_right = constant_time_compare(signature.lower(), right)
    if not is_right or abs(timezone.now().timestamp() - int(stamp)) > SKEW:
        raise NotSigned
    _heard, is_new = SignedCall.objects.get_or_create(nonce_hash=hashlib.sha256(nonce.encode()).digest())
    if not is_new:
        raise HeardBefore


def forget(now):
    """Forget calls that nobody could repeat any more. How many, int."""
    return SignedCall.objects.filter(at__lte=now - CALLS_KEPT).delete()[0]
