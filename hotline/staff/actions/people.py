"""Accounts: made, changed, given rights, disabled, forgotten."""

from contextlib import contextmanager

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermission

from hotline.lib.errors import Refused
from hotline.staff.actions.audit import record
from hotline.staff.models import Team, User
from hotline.staff.permissions import holders, require
from hotline.staff.roles import ADMINISTRATOR, ROLES, SUPERVISE, WORK


class LastAdministrator(Refused):
    """Nobody would be left to give this right back."""

    code = "last_administrator"
    message = _("This is the last administrator. Make somebody else one first.")


class NameTaken(Refused):
    """Another account has this user name, alias or e-mail address."""

    code = "name_taken"
    message = _("Another account has this user name, alias or e-mail address.")


@contextmanager
def _keeping_an_administrator():
    """A transaction at whose end somebody active must still be able to give rights; else LastAdministrator."""
    with transaction.atomic():
        # Two administrators who dismiss each other at once queue here, and the second sees that nobody would be left.
        Group.objects.select_for_update().get(name=ADMINISTRATOR)
        yield
        if not holders("staff.manage_people").exists():
            raise LastAdministrator


def save_account(actor, person, *, password=None):
    """Write a new account, or what was changed in an existing one. Returns the User.

    person: a User with the wanted fields set, saved before or not. password: str, for a new account only.
    Raises NameTaken, NotAllowed, NotFound.
    """
    require(actor, "staff.manage_people")
    adding = person._state.adding
    person.username = User.normalize_username(person.username)
    if adding:
        person.set_password(password)
    try:
        with transaction.atomic():
            person.save()
            record(actor, "account.created" if adding else "account.changed", person.alias)
    except IntegrityError as error:
        raise NameTaken from error
    return person


def give_rights(actor, person, *, roles, works_in, supervises):
    """Make `person` hold exactly these rights; what they held besides is withdrawn, and counts at the next question.

    roles: names of `roles.ROLES`. works_in, supervises: Teams. Raises LastAdministrator, NotAllowed, NotFound.
    """
    require(actor, "staff.manage_people")
    roles = set(roles)
    wanted = {WORK: set(works_in), SUPERVISE: set(supervises)}
    with _keeping_an_administrator():
        groups = Group.objects.filter(name__in=ROLES)
        person.groups.remove(*groups.exclude(name__in=roles))
        person.groups.add(*groups.filter(name__in=roles))
        for relation, teams in wanted.items():
            held = UserObjectPermission.objects.filter(user=person, permission__codename=relation)
            held.exclude(object_pk__in=[str(team.pk) for team in teams]).delete()
            for team in teams:
                UserObjectPermission.objects.assign_perm(relation, person, team)
        record(
            actor,
            "account.rights_given",
            person.alias,
            roles=roles,
            works_in={team.code for team in wanted[WORK]},
            supervises={team.code for team in wanted[SUPERVISE]},
        )


def rights_given(person):
    """What `give_rights` would be told to leave all as it is.

    {"roles": [str], "works_in": [Team], "supervises": [Team]}
    """
    held = UserObjectPermission.objects.filter(user=person)
    pks = {
        relation: list(held.filter(permission__codename=relation).values_list("object_pk", flat=True))
        for relation in (WORK, SUPERVISE)
    }
    return {
        "roles": list(person.groups.filter(name__in=ROLES).values_list("name", flat=True)),
        "works_in": list(Team.objects.filter(pk__in=pks[WORK])),
        "supervises": list(Team.objects.filter(pk__in=pks[SUPERVISE])),
    }


def disable(actor, person):
    """Close the account: sessions and sockets end, it is forgotten ACCOUNT_DAYS later. Disabling twice changes nothing.

    Raises LastAdministrator, NotAllowed, NotFound.
    """
    require(actor, "staff.manage_people")
    with _keeping_an_administrator():
        today = timezone.now().date()
        if User.objects.filter(pk=person.pk, is_active=True).update(is_active=False, left_on=today) == 1:
            record(actor, "account.disabled", person.alias)
    person.refresh_from_db()


def enable(actor, person):
    """Open a disabled account again, with the rights it had. Raises NotAllowed, NotFound."""
    require(actor, "staff.manage_people")
    with transaction.atomic():
        if User.objects.filter(pk=person.pk, is_active=False).update(is_active=True, left_on=None) == 1:
            record(actor, "account.enabled", person.alias)
    person.refresh_from_db()


def set_password(actor, person, password):
    """Give `person` a new password; their sessions end. Raises NotAllowed, NotFound."""
    require(actor, "staff.manage_people")
    person.set_password(password)
    with transaction.atomic():
        person.save(update_fields=["password"])
        record(actor, "account.password_set", person.alias)


def choose_language(person, language):
    """`person` wants to read `language` (a code of settings.LANGUAGES; the caller has checked it)."""
    User.objects.filter(pk=person.pk).update(language=language)


def forget_left(day):
    """Remove accounts that were disabled on `day` (date) or before. How many, int. The audit keeps its lines."""
    with transaction.atomic():
        left = User.objects.filter(is_active=False, left_on__lte=day)
        gone = list(left.values_list("alias", flat=True))
        left.delete()
        for alias in gone:
            record(None, "account.forgotten", alias)
    return len(gone)
