"""Codes that people carry: random, never row ids, stored as keyed hashes where they open something."""

import secrets

from hotline.lib import crypto
from hotline.lib.keyring import keyring

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PUBLIC_LENGTH = 10


def token(bytes: int = 16) -> str:
    """A random text of so many bytes that is safe in a URL."""
    return secrets.token_urlsafe(bytes)


def public_code() -> str:
    """Ten characters of Crockford's base32 (50 random bits): a name for a row that tells nothing of it."""
    return "".join(secrets.choice(_CROCKFORD) for _ in range(_PUBLIC_LENGTH))


def hash_token(token: str, purpose: str) -> bytes:
    """The 32 bytes under which a token or code is stored and found; one purpose tells nothing of another."""
    return crypto.keyed_hash(keyring().subkey("tokens"), purpose, token)
