"""Sealing with AES-256-GCM: what is sealed in one place opens in no other."""

import hashlib
import hmac
import json
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_VERSION = b"\x01"
_NONCE_BYTES = 12
_TAG_BYTES = 16


class Unreadable(ValueError):
    """A sealed value that does not open: other key, other place, or changed on the way."""


def new_key() -> bytes:
    """A random key of 32 bytes."""
    return secrets.token_bytes(KEY_BYTES)


def seal(key: bytes, plaintext: bytes, context: str) -> bytes:
    """
    Seal the plaintext under a key of 32 bytes: version byte, nonce, ciphertext with tag.

    The context ("table:row:field") is bound in but not stored; only the same key and context open it again.
    """
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, plaintext, _VERSION + context.encode())


def unseal(key: bytes, sealed: bytes, context: str) -> bytes:
    """The plaintext again. Raises Unreadable when key or context differ or a byte was changed."""
    sealed = bytes(sealed)
    if len(sealed) < 1 + _NONCE_BYTES + _TAG_BYTES or sealed[:1] != _VERSION:
        raise Unreadable("not a sealed value of a known version")
    nonce, ciphertext = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, _VERSION + context.encode())
    except InvalidTag:
        raise Unreadable("other key, other place, or changed") from None


def seal_json(key: bytes, value, context: str) -> bytes:
    """Seal a JSON value (dict, list, text, number, bool, None)."""
    return seal(key, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), context)


def unseal_json(key: bytes, sealed: bytes, context: str):
    """The JSON value again. Raises Unreadable like `unseal`."""
    return json.loads(unseal(key, sealed, context))


def keyed_hash(key: bytes, *parts: str) -> bytes:
    """HMAC-SHA256 (32 bytes) over the parts, each with its length, so that ("ab", "c") and ("a", "bc") differ."""
    mac = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        data = part.encode()
        mac.update(len(data).to_bytes(8, "big"))
        mac.update(data)
    return mac.digest()
