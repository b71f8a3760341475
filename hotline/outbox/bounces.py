"""Where mail goes back to that could not be delivered: an address that names one message and is sealed, so that nobody can
make the house believe that it came back (variable envelope return path)."""

import base64
import binascii
import hmac
import re
import uuid

from django.conf import settings

from hotline.lib.crypto import keyed_hash
from hotline.lib.keyring import keyring

_SEAL = 10


def return_path(pk: uuid.UUID) -> str:
    """The address to which the mail of one message comes back, "" where settings.EMAIL_BOUNCES names none."""
    if not settings.EMAIL_BOUNCES:
        return ""
    box, _at, domain = settings.EMAIL_BOUNCES.rpartition("@")
    token = base64.b32encode(pk.bytes + _seal(pk)).decode().rstrip("=").lower()
    return f"{box}+{token}@{domain}"


def message_of(address: str) -> uuid.UUID | None:
    """The id of the message whose mail came back to this address; None for one that the house never made."""
    token = address.strip("<> ").rpartition("@")[0].rpartition("+")[2].upper()
    try:
        told = base64.b32decode(token + "=" * (-len(token) % 8))
    except (binascii.Error, ValueError):
        return None
    # The last letter has bits to spare: of the spellings that read alike the house makes one.
    if len(told) != 16 + _SEAL or base64.b32encode(told).decode().rstrip("=") != token:
        return None
    pk = uuid.UUID(bytes=told[:16])
    return pk if hmac.compare_digest(told[16:], _seal(pk)) else None


def nobody_there(status: str) -> bool:
    """Whether a refusal for good lies with the mailbox itself. One that is full (5.2.2), or a rule against the sender (5.1.7,
    5.1.8, 5.7), says nothing of who reads there (RFC 3463); without such a number it counts as nobody.

    status: words that begin with the number, as in "5.7.1 Access denied".
    """
    return not re.match(r"5\.(1\.7|1\.8|2\.2|3|4|5|6|7)\b", status.strip())


def _seal(pk: uuid.UUID) -> bytes:
    return keyed_hash(keyring().subkey("mail-return-path"), str(pk))[:_SEAL]
