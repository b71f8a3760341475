"""Accounts: made, changed, disabled, forgotten. Their rights: rights.py."""

from functools import partial

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hotline.lib import ledger
from hotline.lib.errors import Refused
from hotline.lib.rows import each
from hotline.staff.actions.audit import record
from hotline.staff.actions.rights import keeping_an_administrator, withdraw
from hotline.staff.models import Kind, User
from hotline.staff.permissions import require

LEDGER = "account"


class NameTaken(Refused):
    """Another account has this user name, alias or e-mail address."""

    code = "name_taken"
    message = _("Another account has this user name, alias or e-mail address.")


def save_account(actor, person):
    """Write a new account, or what was changed in an existing one. Returns the User.

    person: a User with the wanted fields set, saved before or not. A new one has no password: its owner chooses it, by
    the invitation (invitations.py). Raises NameTaken, NotAllowed, NotFound.
    """
    require(actor, "staff.manage_people")
    adding = person._state.adding
    person.username = User.normalize_username(person.username)
    if adding:
        person.set_unusable_password()
    try:
        with transaction.atomic():
            person.save()
            record(actor, "account.created" if adding else "account.changed", person.alias)
    except IntegrityError as error:
        raise NameTaken from error
    return person


def disable(actor, person):
    """Close the account: sessions and sockets end, it is forgotten ACCOUNT_DAYS later. Disabling twice changes nothing.

    Raises LastAdministrator, NotAllowed, NotFound.
    """
    with keeping_an_administrator(actor):
        close(actor, person, "account.disabled")
    person.refresh_from_db()


def close(actor, person, action, **details):
    """End what an open account can do, whoever closes it; call inside a transaction. Whether it was open, bool.

    action, details: what the audit says of it. The caller has asked for the right.
    """
    today = timezone.now().date()
    if not User.objects.filter(pk=person.pk, is_active=True).update(is_active=False, left_on=today):
        return False
    person.sessions.all().delete()
    person.one_time_codes.exclude(kind=Kind.RECOVERY).delete()
    record(actor, action, person.alias, **details)
    withdraw(person)
    return True


def enable(actor, person):
    """Open a disabled account again, with the rights it had. Raises NotAllowed, NotFound."""
    require(actor, "staff.manage_people")
    with transaction.atomic():
        if User.objects.filter(pk=person.pk, is_active=False).update(is_active=True, left_on=None) == 1:
            record(actor, "account.enabled", person.alias)
    person.refresh_from_db()


def choose_language(person, language):
    """`person` wants to read `language` (a code of settings.LANGUAGES; the caller has checked it)."""
    User.objects.filter(pk=person.pk).update(language=language)


def forget_left(day):
    """Remove accounts that were disabled on `day` (date) or before. How many, int. The audit keeps its lines."""
    return each(User.objects.filter(is_active=False, left_on__lte=day), forget)


def forget(person):
    """Remove an account with everything that hangs on it."""
    with transaction.atomic():
        # Whoever goes without having been disabled loses their rights now, and what rests on them.
        if User.objects.filter(pk=person.pk, is_active=True).update(is_active=False):
            withdraw(person)
        if User.objects.filter(pk=person.pk).delete()[0]:
            record(None, "account.forgotten", person.alias)
            transaction.on_commit(partial(ledger.note, LEDGER, person.pk))
    return True


def forget_again():
    """Remove accounts that the ledger says were forgotten: a restored backup brought them back. Returns how many."""
    return each(ledger.among(LEDGER, User.objects.all(), "id"), forget)
