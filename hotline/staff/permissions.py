"""The one place that says who may do what. Denied unless granted.

A right of the table (`roles.py`) is held by somebody who has BOTH a role that carries it (an auth group) AND an object
permission (django-guardian) on the team, or whatever else the right is scoped by. Each alone is not enough. Rights
with no scope need the role alone; "represent" needs the object permission alone.

While the house is frozen nobody holds more than WHEN_FROZEN of the table: every page, socket and list passes here.
`is_superuser` counts as the role Administrator and as nothing else: it opens no team. A disabled account has no right,
whatever it holds. Every question is answered from the database, so that a withdrawal counts at the very next one; a
page that asks much takes one `Rights` snapshot and drops it with the response.
"""

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Exists, OuterRef, Q

# Not that of functools: up to Python 3.11 it holds one lock for all instances, and whoever waits for a connection under it
# waits for somebody who has one and waits for the lock.
from django.utils.functional import cached_property
from guardian.models import UserObjectPermission

from hotline.staff.held import FROZEN, granted_to, held_by, type_of
from hotline.staff.models import Team, User
from hotline.staff.refusals import Frozen, NotAllowed, NotFound
from hotline.staff.roles import ADMINISTRATOR, RIGHTS, ROLES, SUPERVISE, WORK, WORKS


def _right(perm):
    try:
        return RIGHTS[perm]
    except KeyError:
        raise ImproperlyConfigured(f"{perm} is not in the table of hotline/staff/roles.py.") from None


def _path(model, scope):
    """Lookup from `model` to the object it is scoped by ("pk" when it is that object itself)."""
    if model._meta.label == scope.model:
        return "pk"
    return getattr(model, scope.path, scope.default)


def _scope_pk(obj, scope):
    """Primary key of the object that `obj` hangs on, or None. May cost a query for each step but the last."""
    path = _path(type(obj), scope)
    if path == "pk":
        return obj.pk
    *steps, last = path.split("__")
    for step in steps:
        obj = getattr(obj, step)
        if obj is None:
            return None
    return getattr(obj, obj._meta.get_field(last).attname)


class Rights:
    """What one person may do, as it stands now: at most two queries, however much is asked."""

    def __init__(self, user):
        self._pk = getattr(user, "pk", None)

    @classmethod
    def of(cls, user):
        """A new snapshot for `user` (User, AnonymousUser or None); a snapshot itself is taken as it is."""
        return user if isinstance(user, cls) else cls(user)

    @classmethod
    def of_many(cls, people):
        """{primary key: Rights} of `people` (iterable of User). Two queries for all of them."""
        snapshots = {one.pk: cls(one) for one in people}
        held, grants = held_by(snapshots), granted_to(snapshots)
        for pk, rights in snapshots.items():
            rights._held, rights._grants = held.get(pk), grants.get(pk, {})
        return snapshots

    @cached_property
    def _held(self):
        """Names of the rights by role; None when there is no such account or it is disabled."""
        return held_by([self._pk]).get(self._pk)

    @property
    def is_frozen(self):
        """Whether the house stands still, so that an account holds WHEN_FROZEN of its rights at the most."""
        return self.is_active and FROZEN in self._held

    @cached_property
    def _grants(self):
        """{(content type id, object permission): {primary key as str}}, all that were given to this person."""
        return granted_to([self._pk]).get(self._pk, {})

    @property
    def is_active(self):
        """Whether there is such an account, and it is not disabled."""
        return self._pk is not None and self._held is not None

    @property
    def held(self):
        """All that the answers rest on, to compare two snapshots of one person: (roles' rights or None, grants)."""
        return self._held, self._grants

    @property
    def is_staff(self):
        """Whether the person has any role."""
        return self.is_active and bool(self._held - {FROZEN})

    @property
    def represents(self):
        """Whether the person may act for some local coordinator."""
        return self.somewhere("coordinators.represent")

    def scope_pks(self, perm):
        """Primary keys (set of str) of the objects in which the right counts, role included."""
        right = _right(perm)
        if right.scope is None or not self._has_role(perm, right):
            return set()
        return self._granted(right.scope)

    def can(self, perm, obj=None):
        """Whether the right is held for `obj`; a right with a scope is never held for None. bool."""
        right = _right(perm)
        if not self._has_role(perm, right):
            return False if right.without_team == "" else self._can_without_team(right, obj)
        if right.scope is None:
            return True
        if obj is None:
            return False
        pk = _scope_pk(obj, right.scope)
        if pk is None:
            return self._can_without_team(right, obj)
        return str(pk) in self._granted(right.scope)

    def somewhere(self, perm):
        """Whether the right is held for anything at all: for menus, and doors behind which every row is asked again."""
        right = _right(perm)
        if right.without_team and self.can(right.without_team):
            return True
        return self._has_role(perm, right) and (right.scope is None or bool(self._granted(right.scope)))

    def knows(self, perm, obj):
        """Whether `obj` exists for this person at all, so that a refusal may say that it is there. bool."""
        scope = _right(perm).scope
        if obj is None or scope is None:
            return self.is_staff
        if scope.model != WORKS.model or not self.is_staff:
            return False
        pk = _scope_pk(obj, scope)
        return pk is not None and str(pk) in self._granted(WORKS)

    def teams(self, relation=None):
        """Primary keys (set of str) of the teams the person stands in: WORK, SUPERVISE, or either for None."""
        if not self.is_staff:
            return set()
        relations = (WORK, SUPERVISE) if relation is None else (relation,)
        return set().union(*(self._grants.get((type_of(WORKS), one), set()) for one in relations))

    def _has_role(self, perm, right):
        if not self.is_active:
            return False
        return perm in self._held or (right.roles is None and FROZEN not in self._held)

    def _can_without_team(self, right, obj):
        if not right.without_team or obj is None or _scope_pk(obj, right.scope) is not None:
            return False
        return self.can(right.without_team)

    def _granted(self, scope):
        content_type = type_of(scope)
        return set().union(*(self._grants.get((content_type, grant), set()) for grant in scope.grants))


def rights_of(request):
    """The Rights of whoever sent `request` (HttpRequest), taken once and kept for this one request."""
    if not hasattr(request, "_rights"):
        request._rights = Rights(request.user)
    return request._rights


def can(user, perm, obj=None):
    """Whether `user` (User, AnonymousUser or None) holds `perm` for `obj`. bool; asked of the database each time.

    A right with a scope is never held for `obj=None`; see `can_somewhere` for menus. An unknown right raises
    ImproperlyConfigured.
    """
    return Rights.of(user).can(perm, obj)


def can_somewhere(user, perm):
    """Whether `user` holds `perm` for at least one object (or needs none). bool."""
    return Rights.of(user).somewhere(perm)


def require(user, perm, obj=None):
    """Returns when `user` holds `perm` for `obj`.

    Raises NotFound (404) for a stranger to the object's team, and for whoever has no role where none is at stake;
    NotAllowed (403) for a colleague without the right; Frozen (403) for everybody while the house stands still.
    """
    rights = Rights.of(user)
    if not rights.can(perm, obj):
        if rights.is_frozen:
            raise Frozen
        raise NotAllowed if rights.knows(perm, obj) else NotFound


def require_somewhere(user, perm):
    """As `require`, for pages that are not about one object: the right must be held for at least one."""
    rights = Rights.of(user)
    if not rights.somewhere(perm):
        if rights.is_frozen:
            raise Frozen
        raise NotAllowed if rights.is_staff else NotFound


def visible(user, queryset, perm=None):
    """The rows of `queryset` for which `user` holds `perm` (default: the model's VIEW_RIGHT).

    user: User, AnonymousUser, None or a Rights snapshot. Nothing is visible without the right. A model that names no
    right and is asked without one raises ImproperlyConfigured.
    """
    rights = Rights.of(user)
    model = queryset.model
    perm = perm or getattr(model, "VIEW_RIGHT", None)
    if perm is None:
        raise ImproperlyConfigured(f"visible() needs a right for {model._meta.label}: pass one or set VIEW_RIGHT.")
    right = _right(perm)
    if right.scope is None:
        return queryset if rights.can(perm) else queryset.none()
    path = _path(model, right.scope)
    rows = Q(**{f"{path}__in": rights.scope_pks(perm)})
    if right.without_team and rights.can(right.without_team):
        rows |= Q(**{f"{path}__isnull": True})
    return queryset.filter(rows)


def teams_of(user, relation=None):
    """Teams (QuerySet) in which `user` stands: relation WORK, SUPERVISE, or either for None. Needs some role."""
    return Team.objects.filter(pk__in=Rights.of(user).teams(relation))


def holders(perm, obj=None):
    """Everybody active (QuerySet of User) who holds `perm` for `obj`: whom to tell."""
    right = _right(perm)
    pk = _scope_pk(obj, right.scope) if right.scope is not None and obj is not None else None
    if right.scope is not None and pk is None:
        return holders(right.without_team) if right.without_team else User.objects.none()
    people = User.objects.active()
    if right.roles is not None:
        label, _dot, codename = perm.partition(".")
        carried = Q(groups__name__in=ROLES, groups__permissions__codename=codename)
        carried &= Q(groups__permissions__content_type__app_label=label)
        if ADMINISTRATOR in right.roles:
            carried |= Q(is_superuser=True)
        people = people.filter(carried).distinct()
    if pk is not None:
        granted = UserObjectPermission.objects.filter(
            user=OuterRef("pk"),
            content_type=type_of(right.scope),
            permission__codename__in=right.scope.grants,
            object_pk=str(pk),
        )
        people = people.filter(Exists(granted))
    return people


def members(team, relation):
    """Everybody active (QuerySet of User) who was given `relation` (WORK, SUPERVISE) on `team`, whatever their role."""
    granted = UserObjectPermission.objects.filter(
        user=OuterRef("pk"), content_type=type_of(WORKS), permission__codename=relation, object_pk=str(team.pk)
    )
    return User.objects.active().filter(Exists(granted))
