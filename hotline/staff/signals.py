"""What happens by itself: roles follow the table after every migration, the audit is guarded, a log-in leaves its day."""

from allauth.account.signals import authentication_step_completed
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.contrib.auth.signals import user_logged_in
from django.contrib.contenttypes.models import ContentType
from django.db import connections, router
from django.utils import timezone

from hotline.staff import audit_guard
from hotline.staff.models import AuditLink
from hotline.staff.reauthentication import note_proof
from hotline.staff.roles import RIGHTS, ROLES, rights_of_role
from hotline.staff.sessions import DRAFT_KEY, ENDED, UNFINISHED_OF


def sync_roles(app_config, using, **kwargs):
    """After each migration: the three roles exist, and hold exactly the table's rights of `app_config`'s room.

    What the table does not name any more is taken from them, and whatever is no role of the table loses all: a role that
    had another name in an older version gives nothing by staying behind.
    """
    label = app_config.label
    by_role = {name for name, right in RIGHTS.items() if right.roles is not None}
    codenames = {name.partition(".")[2] for name in by_role if name.startswith(f"{label}.")}
    model = next(app_config.get_models(), None)
    if model is None or not router.allow_migrate_model(using, Group):
        return
    existing = Permission.objects.using(using).filter(content_type__app_label=label)
    missing = codenames - set(existing.filter(codename__in=codenames).values_list("codename", flat=True))
    if missing:
        # After a flush the rows are new, and this runs before Django empties its own memory of the old ones.
        ContentType.objects.clear_cache()
        content_type = ContentType.objects.db_manager(using).get_for_model(model)
    for codename in sorted(missing):
        name = codename.replace("_", " ").capitalize()
        Permission.objects.using(using).create(codename=codename, content_type=content_type, name=name)
    for role in ROLES:
        group, _created = Group.objects.using(using).get_or_create(name=role)
        held = {name.partition(".")[2] for name in rights_of_role(role) if name.startswith(f"{label}.")}
        group.permissions.remove(*existing.exclude(codename__in=held).filter(group=group))
        group.permissions.add(*existing.filter(codename__in=held))
    for group in Group.objects.using(using).exclude(name__in=ROLES).filter(permissions__in=existing).distinct():
        group.permissions.remove(*existing)


def unguard_audit(using, **kwargs):
    """Before a migration: SQLite may make tables anew."""
    if connections[using].vendor == "sqlite":
        audit_guard.remove(connections[using])


def guard_audit(using, **kwargs):
    """After a migration: the database holds to what it promised of the audit."""
    if AuditLink._meta.db_table in connections[using].introspection.table_names():
        audit_guard.install(connections[using])


def note_log_in(sender, user, request=None, **kwargs):
    """Remember the day of a log-in, never its moment; the session alone knows that, for a while."""
    if request is not None:
        note_proof(request)
        request.session.pop(ENDED, None)
        if request.session.pop(UNFINISHED_OF, str(user.pk)) != str(user.pk):
            request.session.pop(DRAFT_KEY, None)
    today = timezone.now().date()
    if user.last_login_day != today:
        get_user_model().objects.filter(pk=user.pk).update(last_login_day=today)
        user.last_login_day = today


def note_step(sender, request, reauthenticated=False, **kwargs):
    """Somebody who is logged in has proven once more who they are."""
    if reauthenticated:
        note_proof(request)


def connect_log_in():
    user_logged_in.connect(note_log_in, dispatch_uid="hotline.staff.note_log_in")
    authentication_step_completed.connect(note_step, dispatch_uid="hotline.staff.note_step")
