"""What a visitor's device holds. The house keeps keyed hashes; it could not say the tokens again by itself."""

import base64
import re

from hotline.lib import codes, crypto
from hotline.lib.keyring import keyring

SECRET_BYTES = 16
_VISITOR, _MEMBER, _RESUME = "chat-visitor", "chat-group-member", "chat-resume"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# What people read or type for a sign that is not in the alphabet (Crockford's base32).
_READ_AS = str.maketrans("OIL", "011")
_RESUME_LENGTH, _GROUP = 12, 4


def visitor_token(secret: bytes) -> str:
    """The token that belongs to the client's secret (16 bytes): the same one each time, so a repeated start is harmless."""
    return _as_token(_derived(_VISITOR, secret))


def member_token(secret: bytes) -> str:
    """The same for a visitor of a group."""
    return _as_token(_derived(_MEMBER, secret))


def _as_token(derived: bytes) -> str:
    return base64.urlsafe_b64encode(derived).decode().rstrip("=")


def new_visitor_token() -> str:
    """A token for a further device."""
    return codes.token(32)


def resume_code(secret: bytes) -> str:
    """The code to come back with, that belongs to the secret: 60 bits, as "7KQM-4XTD-9RBP"."""
    number = int.from_bytes(_derived(_RESUME, secret)[:8], "big")
    signs = "".join(_ALPHABET[(number >> (5 * place)) % 32] for place in range(_RESUME_LENGTH))
    return normal_resume(signs)


def normal_resume(typed: str) -> str:
    """A resume code as it is shown, whatever case and separators were typed and whichever signs were misread."""
    signs = re.sub(r"[^0-9A-Z]", "", typed.upper()).translate(_READ_AS)
    return "-".join(signs[start : start + _GROUP] for start in range(0, len(signs), _GROUP))


def hash_visitor(token: str) -> bytes:
    """Under what a visitor's token is stored and found, bytes(32)."""
    return codes.hash_token(token, _VISITOR)


def hash_resume(code: str) -> bytes:
    """Under what a resume code is stored and found, bytes(32)."""
    return codes.hash_token(normal_resume(code), _RESUME)


def _derived(purpose: str, secret: bytes) -> bytes:
    return crypto.keyed_hash(keyring().subkey(purpose), secret.hex())
