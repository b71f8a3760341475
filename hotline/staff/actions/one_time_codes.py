"""One-time codes: made, looked at, used up. Who may have one is said by the actions that use this."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from hotline.lib.codes import hash_token, public_code, token
from hotline.staff.models import OneTimeCode

# Bytes of a code that stands in a link and need not be typed.
LINK_BYTES = 32
# How long a code whose time is over is still known as such.
STAYS = timedelta(days=14)
# What people read and type differently: the alphabet of `public_code` has no O, I, L, U.
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})


def issue_link(kind, person, lasting):
    """A code for a link, str, good for `lasting` (timedelta); the last of the kind opens nothing from now on."""
    code = token(LINK_BYTES)
    _replace(kind, person, [code], lasting)
    return code


def issue_typed(kind, person, lasting=None, count=1):
    """Codes (list of str) that a person reads or types, as K7QX2-M4T9Z; those of the kind before them open nothing."""
    codes = [public_code() for _one in range(count)]
    _replace(kind, person, codes, lasting)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _replace(kind, person, codes, lasting):
    now = timezone.now()
    with transaction.atomic():
        withdraw(kind, person)
        OneTimeCode.objects.bulk_create(
            OneTimeCode(
                kind=kind,
                user=person,
                code_hash=_hash(kind, code),
                made_at=now,
                expires_at=now + lasting if lasting else None,
            )
            for code in codes
        )


def withdraw(kind, person):
    """Whatever `person` has of this kind opens nothing from now on. How many there were, int."""
    return OneTimeCode.objects.filter(kind=kind, user=person).delete()[0]


def as_typed(text):
    """What somebody typed, brought to the one form that is hashed, str."""
    return "".join(sign for sign in text.upper() if sign.isalnum()).translate(_ALIKE)


def find(kind, code):
    """The OneTimeCode of this code as it stands in a link, also one whose time is over; None for any other."""
    return OneTimeCode.objects.filter(kind=kind, code_hash=_hash(kind, code)).select_related("user").first()


def use(kind, code, person):
    """Use up the code of `person`; whether it was good, bool. Of two who use it at once, one is told no."""
    rows = OneTimeCode.objects.filter(kind=kind, code_hash=_hash(kind, code), user=person)
    return rows.alive(timezone.now()).delete()[0] == 1


def forget_old(now):
    """Remove codes whose time is over long enough: until then their owner is told so. How many, int."""
    return OneTimeCode.objects.filter(expires_at__lt=now - STAYS).delete()[0]


def _hash(kind, code):
    return hash_token(code, f"one-time:{kind}")
