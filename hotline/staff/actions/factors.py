"""Second factors of an account: an authenticator app (TOTP), passkeys, and recovery codes for the day both are gone."""

import base64
from dataclasses import dataclass

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hotline.lib import crypto
from hotline.lib.errors import Refused
from hotline.lib.keyring import keyring
from hotline.lib.throttle import wait_for
from hotline.staff.actions import one_time_codes
from hotline.staff.actions.audit import record
from hotline.staff.actions.notices import Notice, notify
from hotline.staff.models import Kind, OneTimeCode, User

RECOVERY_CODES = 10
APP, PASSKEY = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN


class WrongCode(Refused):
    """A code that opens nothing: wrong, too late, or used before."""

    code = "wrong_code"
    message = _("This code does not fit. Wait for the next one in your app, then type that.")


class LastFactor(Refused):
    """Nobody is left without a second factor where one is asked for."""

    code = "last_factor"
    message = _("This is your last way to prove that it is you. Add another one first.")


@dataclass(frozen=True)
class Factors:
    """What one person has: `app` (Authenticator or None), `passkeys` (list of Authenticator), `codes_left` (int)."""

    app: Authenticator | None
    passkeys: list
    codes_left: int

    def __bool__(self):
        return bool(self.app or self.passkeys)


def factors_of(person):
    """The Factors of `person` (User). Two queries."""
    rows = list(Authenticator.objects.filter(user=person).order_by("pk"))
    return Factors(
        app=next((one for one in rows if one.type == APP), None),
        passkeys=[one for one in rows if one.type == PASSKEY],
        codes_left=OneTimeCode.objects.filter(user=person, kind=Kind.RECOVERY).count(),
    )


def has_factor(person):
    """Whether `person` (User) could prove who they are by more than the password. bool."""
    return Authenticator.objects.filter(user=person, type__in=[APP, PASSKEY]).exists()


def must_set_up(person):
    """Whether `person` is nobody in this house until they have a second factor. bool."""
    return settings.STAFF_MFA_REQUIRED and not has_factor(person)


# Set up


def add_app(person, secret, code, *, instead=False):
    """The authenticator app with this `secret` (base32) is theirs, proven by its `code`. instead: see `_added`.

    Raises WrongCode.
    """
    counter = _counter(secret, code)
    if counter is None:
        raise WrongCode
    with transaction.atomic():
        Authenticator.objects.filter(user=person, type=APP).delete()
        app = Authenticator.objects.create(
            user=person, type=APP, data={"secret": _sealed(person, secret), "used": counter}
        )
        _added(person, app, instead, Notice.APP_ADDED)
    return app


def add_passkey(person, name, credential, *, instead=False):
    """The passkey whose answer to our question is `credential` (dict, checked by the form) is theirs."""
    with transaction.atomic():
        key = Authenticator.objects.create(user=person, type=PASSKEY, data={"name": name, "credential": credential})
        _added(person, key, instead, Notice.PASSKEY_ADDED)
    return key


def _added(person, new, instead, notice):
    """Audit and e-mail. instead: it takes the place of all that were there, with the recovery codes, as for a lost phone."""
    if instead:
        Authenticator.objects.filter(user=person).exclude(pk=new.pk).delete()
        one_time_codes.withdraw(Kind.RECOVERY, person)
    record(person, "account.factor_added", person.alias, kind=new.type, instead=instead)
    notify(person, notice)


def remove(person, authenticator):
    """Take away an app or a passkey of one's own. Raises LastFactor where a second factor is asked for."""
    with transaction.atomic():
        # Of two that are taken away at once one waits here, and is the last.
        User.objects.select_for_update().get(pk=person.pk)
        others = Authenticator.objects.filter(user=person).exclude(pk=authenticator.pk).exists()
        if settings.STAFF_MFA_REQUIRED and not others:
            raise LastFactor
        if not Authenticator.objects.filter(pk=authenticator.pk, user=person).delete()[0]:
            return
        if not others:
            one_time_codes.withdraw(Kind.RECOVERY, person)
        record(person, "account.factor_removed", person.alias, kind=authenticator.type)
        notify(person, Notice.FACTOR_REMOVED)


def tell_of_guessing(person):
    """So many wrong codes were typed for the second step that nobody may go on: the owner is told, once in a while."""
    if wait_for("second-step-letter", str(person.pk)):
        return
    with transaction.atomic():
        record(None, "account.second_step_guessed", person.alias)
        notify(person, Notice.GUESSED)


def new_recovery_codes(person):
    """Recovery codes (list of str) to write down; those before them open nothing. They are shown this once."""
    with transaction.atomic():
        codes = one_time_codes.issue_typed(Kind.RECOVERY, person, count=RECOVERY_CODES)
        record(person, "account.recovery_codes_made", person.alias)
    return codes


# Use


def use_code(person, code):
    """Use the app's present code or a recovery code, once. What it was, "totp" or "recovery"; None when it opens nothing."""
    app = Authenticator.objects.filter(user=person, type=APP).first()
    if app is not None and _use_app(person, app, code):
        return APP.value
    if one_time_codes.use(Kind.RECOVERY, one_time_codes.as_typed(code), person):
        with transaction.atomic():
            record(person, "account.recovery_code_used", person.alias)
            notify(person, Notice.RECOVERY_CODE_USED)
        return Kind.RECOVERY.value
    return None


def _use_app(person, app, code):
    try:
        secret = _opened(person, app.data["secret"])
    except crypto.Unreadable:
        return False
    counter = _counter(secret, code)
    if counter is None:
        return False
    # A code that was used, or an older one, is used by nobody again; of two at the same time one is first.
    fresh = Authenticator.objects.filter(Q(data__used__lt=counter), pk=app.pk)
    return fresh.update(data={**app.data, "used": counter}, last_used_at=_today()) == 1


def _today():
    """When a factor was last used is kept by the day."""
    return timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)


def _counter(secret, code):
    """The number of the period (RFC 6238) whose code this is, or None."""
    typed = normalize_user_code(code)
    if len(typed) != app_settings.TOTP_DIGITS or not typed.isascii():
        return None
    for counter in totp.yield_hotp_counters_from_time():
        if totp.compare_user_code(actual=typed, expected=totp.format_hotp_value(totp.hotp_value(secret, counter))):
            return counter
    return None


def _sealed(person, secret):
    return base64.b64encode(crypto.seal(_key(), secret.encode(), _context(person))).decode()


def _opened(person, sealed):
    return crypto.unseal(_key(), base64.b64decode(sealed), _context(person)).decode()


def _key():
    return keyring().subkey("factors")


def _context(person):
    return f"mfa_authenticator:{person.pk}:secret"
