"""Signed JSON calls between machines, as the Standard Webhooks scheme has them (standardwebhooks.com, version 1.0)."""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime

# Seconds by which the clock of whoever calls may differ: what the scheme's own libraries allow.
TOLERANCE = 300
PREFIX = "whsec_"
_VERSION = "v1"
_ID = re.compile(r"[A-Za-z0-9_.-]{8,64}", re.ASCII)


class BadSignature(Exception):
    """The call is not from whoever it should be from, or not of now."""


def new_secret() -> str:
    """A random secret of 32 bytes in the scheme's way of writing: whsec_ and base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def sign(secret: str, call_id: str, stamp: int, body: bytes) -> str:
    """The signature of one secret, "v1," and base64: HMAC-SHA256 over "id.stamp.body"."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = hmac.new(key, f"{call_id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return f"{_VERSION},{base64.b64encode(signed).decode()}"


def headers(known: Iterable[str], call_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a call at this moment, signed with each of the secrets, newest first."""
    stamp = int(at.timestamp())
    return {
        "webhook-id": call_id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": " ".join(sign(secret, call_id, stamp, body) for secret in known),
    }


def verify(known: Iterable[str], given: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The id of a call that somebody signed who knows one of the secrets, not long before `now`. Raises BadSignature."""
    call_id, stamp = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    if not (_ID.fullmatch(call_id) and stamp.isascii() and stamp.isdecimal() and len(stamp) < 12):
        raise BadSignature
    offered = [one.encode() for one in given.get("webhook-signature", "").split(" ")[:10]]
    right = [sign(secret, call_id, int(stamp), body).encode() for secret in known]
    # Every pair is compared, so that time tells nothing of which one fits.
    fits = [hmac.compare_digest(one, other) for one in offered for other in right]
    if not any(fits) or abs(now.timestamp() - int(stamp)) > TOLERANCE:
        raise BadSignature
    return call_id


def is_secret(text: str) -> bool:
    """Whether this is a secret that can sign."""
    try:
        return text.startswith(PREFIX) and len(base64.b64decode(text.removeprefix(PREFIX), validate=True)) >= 24
    except binascii.Error:
        return False
