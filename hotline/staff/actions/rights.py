"""Rights given and taken: roles, teams, and whom somebody may act for."""

import hashlib
from contextlib import contextmanager

from django.apps import apps
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermission

from hotline.lib.errors import Refused
from hotline.staff.actions import calls
from hotline.staff.actions.audit import record
from hotline.staff.models import Team, User
from hotline.staff.permissions import holders, require
from hotline.staff.roles import ADMINISTRATOR, REPRESENTS, ROLES, SUPERVISE, WORK
from hotline.staff.withdrawal import withdrawn

REPRESENT = "represent"


class LastAdministrator(Refused):
    """Nobody would be left to give this right back."""

    code = "last_administrator"
    message = _("This is the last administrator. Make somebody else one first.")


class ChangedMeanwhile(Refused):
    """The page shows what was true before somebody else changed it; saving it would undo that."""

    code = "changed_meanwhile"
    message = _("Somebody else changed these rights in the meantime. Look at them again, then change what you wanted.")


def represented_model():
    """The model that is represented (roles.REPRESENTS); it stands in a room above this one."""
    return apps.get_model(REPRESENTS.model)


@contextmanager
def keeping_an_administrator(actor):
    """A transaction of `actor`, who may manage people, at whose end somebody active must still be able to.

    Raises NotAllowed, NotFound, LastAdministrator. Two administrators who take each other's rights at once queue here,
    and the second has lost the right by then.
    """
    require(actor, "staff.manage_people")
    with transaction.atomic():
        Group.objects.select_for_update().get(name=ADMINISTRATOR)
        require(actor, "staff.manage_people")
        yield
        if not holders("staff.manage_people").exists():
            raise LastAdministrator


def give_rights(actor, person, *, roles, works_in, supervises, represents=None, seen=None):
    """Make `person` hold exactly these rights; what they held besides is withdrawn, and counts at the next question.

    roles: names of `roles.ROLES`. works_in, supervises: Teams. represents: LocalCoordinators, None leaves them as they
    are. seen: what `fingerprint` said when the rights were shown, None to ask nothing. Nothing changed leaves no line in
    the audit. Raises ChangedMeanwhile, LastAdministrator, NotAllowed, NotFound.
    """
    wanted = {WORK: set(works_in), SUPERVISE: set(supervises)}
    if represents is not None:
        wanted[REPRESENT] = set(represents)
    with keeping_an_administrator(actor):
        before = rights_given(person)
        if seen is not None and seen != fingerprint(before):
            raise ChangedMeanwhile
        groups = Group.objects.filter(name__in=ROLES)
        person.groups.remove(*groups.exclude(name__in=roles))
        person.groups.add(*groups.filter(name__in=roles))
        for relation, objects in wanted.items():
            held = UserObjectPermission.objects.filter(user=person, permission__codename=relation)
            held.exclude(object_pk__in=[str(one.pk) for one in objects]).delete()
            for one in objects:
                UserObjectPermission.objects.assign_perm(relation, person, one)
        _record_change(actor, person, before)


def add_to_team(actor, people, team, relation):
    """Give `relation` (WORK or SUPERVISE) on `team` to all of `people`. How many did not have it, int.

    Raises NotAllowed, NotFound.
    """
    give = UserObjectPermission.objects.assign_perm
    return _for_each(actor, people, lambda person: give(relation, person, team))


def take_out_of_team(actor, people, team, relation):
    """Take `relation` (WORK or SUPERVISE) on `team` from all of `people`. How many had it, int.

    Raises NotAllowed, NotFound.
    """
    given = UserObjectPermission.objects.filter(permission__codename=relation, object_pk=str(team.pk))
    return _for_each(actor, people, lambda person: given.filter(user=person).delete())


def _for_each(actor, people, change):
    changed = 0
    with keeping_an_administrator(actor):
        for person in people:
            before = rights_given(person)
            change(person)
            changed += _record_change(actor, person, before)
    return changed


def _record_change(actor, person, before):
    """Write the audit's line when something is not as `before` (of `rights_given`). Whether it is, bool."""
    now = rights_given(person)
    if fingerprint(now) == fingerprint(before):
        return False
    record(
        actor,
        "account.rights_given",
        person.alias,
        roles=now["roles"],
        works_in=[team.code for team in now["works_in"]],
        supervises=[team.code for team in now["supervises"]],
        represents=[one.code for one in now["represents"]],
        **_taken(before, now),
    )
    if _taken(before, now):
        withdraw(person)
    return True


def withdraw(person):
    """`person` has just lost rights, in the caller's transaction: what was sent to them, or linked by them, ends too.

    Pages and actions ask at every step, sockets and polls within seconds (live/watch.py, chat/consumers/keeper.py).
    """
    calls.call_back(person)
    withdrawn.send(User, person=person)


def _taken(before, now):
    """{"taken": codes and names of what is gone}, or nothing."""
    gone = [getattr(one, "code", one) for kind, held in before.items() for one in held if one not in now[kind]]
    return {"taken": gone} if gone else {}


def rights_given(person):
    """What `give_rights` would be told to leave all as it is.

    {"roles": [str], "works_in": [Team], "supervises": [Team], "represents": [LocalCoordinator]}
    """
    held = {}
    rows = UserObjectPermission.objects.filter(user=person, permission__codename__in=[WORK, SUPERVISE, REPRESENT])
    for relation, pk in rows.values_list("permission__codename", "object_pk"):
        held.setdefault(relation, []).append(pk)
    return {
        "roles": sorted(person.groups.filter(name__in=ROLES).values_list("name", flat=True), key=list(ROLES).index),
        "works_in": list(Team.objects.filter(pk__in=held.get(WORK, []))),
        "supervises": list(Team.objects.filter(pk__in=held.get(SUPERVISE, []))),
        "represents": list(represented_model().objects.filter(pk__in=held.get(REPRESENT, []))),
    }


def fingerprint(given):
    """A short text (str) that is the same as long as what `rights_given` said is."""
    parts = [f"{kind}:{getattr(one, 'pk', one)}" for kind, held in given.items() for one in held]
    return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()[:16]
