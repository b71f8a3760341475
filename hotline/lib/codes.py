"""Codes that people carry: random, never row ids, stored as keyed hashes where they open something."""

import re
import secrets
import unicodedata
from functools import cache
from pathlib import Path

from hotline.lib import crypto
from hotline.lib.keyring import keyring
from hotline.lib.languages import LANGUAGES

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PUBLIC_LENGTH = 10
_SPOKEN_WORDS = 3
_WORDS = Path(__file__).parent / "words"


def token(bytes: int = 16) -> str:
    """A random text of so many bytes that is safe in a URL."""
    return secrets.token_urlsafe(bytes)


def public_code() -> str:
    """Ten characters of Crockford's base32 (50 random bits): a name for a row that tells nothing of it."""
    return "".join(secrets.choice(_CROCKFORD) for _ in range(_PUBLIC_LENGTH))


def spoken_code(language: str) -> str:
    """
    Three plain words of the language, joined by hyphens, to be said over the phone.

    About 24 random bits (256 words or more a language): enough beside a throttle, not without one. Languages without a
    list get English.
    """
    words = word_list(language)
    return "-".join(secrets.choice(words) for _ in range(_SPOKEN_WORDS))


def normalise_spoken(text: str) -> str:
    """What somebody typed or said, brought to the one form that is hashed: case, accents and separators fall away."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return "-".join(re.findall(r"[^\W_]+", plain))


def hash_token(token: str, purpose: str) -> bytes:
    """The 32 bytes under which a token or code is stored and found; one purpose tells nothing of another."""
    return crypto.keyed_hash(keyring().subkey("tokens"), purpose, token)


@cache
def word_list(language: str) -> tuple[str, ...]:
    """The words of spoken codes in a language (English where there is no list)."""
    name = language if language in dict(LANGUAGES) else "en"
    return tuple((_WORDS / f"{name}.txt").read_text("utf-8").split())
