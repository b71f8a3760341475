"""Django's own questions (`user.has_perm`, `perms` in templates), answered by our table and nothing else."""

from django.contrib.auth.backends import ModelBackend

from hotline.staff.actions.factors import must_set_up
from hotline.staff.permissions import Rights
from hotline.staff.roles import RIGHTS


class HouseBackend(ModelBackend):
    """Log-in by user name and password; rights as `permissions.can` says. What the table does not name is denied.

    The only backend: Django's own and guardian's say yes to every superuser, and take a role or an object permission
    alone for enough. Rooms below this one ask through it, since they may not import `can`.
    """

    def get_user(self, user_id):
        """Whoever has still to set up a second factor is nobody: on pages, in the HTTP interface and on the socket."""
        user = super().get_user(user_id)
        return None if user is None or must_set_up(user) else user

    def has_perm(self, user_obj, perm, obj=None):
        return perm in RIGHTS and Rights(user_obj).can(perm, obj)

    def get_all_permissions(self, user_obj, obj=None):
        rights = Rights(user_obj)
        return {perm for perm in RIGHTS if rights.can(perm, obj)}

    def has_module_perms(self, user_obj, app_label):
        rights = Rights(user_obj)
        return any(rights.somewhere(perm) for perm in RIGHTS if perm.startswith(f"{app_label}."))
