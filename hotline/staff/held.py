"""What the database says that accounts hold: rights by role, and objects by django-guardian. `permissions.py` judges."""

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists
from guardian.models import UserObjectPermission

from hotline.staff.models import Freeze, User
from hotline.staff.roles import ADMINISTRATOR, RIGHTS, ROLES, WHEN_FROZEN, rights_of_role

# Stands among what somebody holds by role, and is no right: the house stands still.
FROZEN = "frozen"


def held_by(pks):
    """{primary key: names of the rights by role} of those of these accounts that exist and are not disabled."""
    rows = User.objects.filter(pk__in=pks, is_active=True).values_list(
        "pk",
        "is_superuser",
        "groups__name",
        "groups__permissions__content_type__app_label",
        "groups__permissions__codename",
        Exists(Freeze.objects.filter(is_on=True)),
    )
    held, counts = {}, RIGHTS.keys()
    for pk, is_superuser, group, label, codename, is_frozen in rows:
        if pk not in held:
            held[pk] = set(rights_of_role(ADMINISTRATOR)) if is_superuser else set()
        if is_frozen:
            held[pk].add(FROZEN)
            counts = {*WHEN_FROZEN, FROZEN}
        if codename and group in ROLES:
            held[pk].add(f"{label}.{codename}")
    return {pk: frozenset(names & counts) for pk, names in held.items()}


def granted_to(pks):
    """{primary key: {(content type id, object permission): {primary key as str}}} of these accounts."""
    rows = UserObjectPermission.objects.filter(user_id__in=pks)
    grants = {}
    for user, *permission, pk in rows.values_list("user_id", "content_type_id", "permission__codename", "object_pk"):
        grants.setdefault(user, {}).setdefault(tuple(permission), set()).add(pk)
    return grants


def type_of(scope):
    """Primary key of the content type of what `scope` (roles.Scope) is granted on."""
    return ContentType.objects.get_for_model(apps.get_model(scope.model)).pk
