from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    name = "hotline.staff"
    label = "staff"
    verbose_name = _("People")
    default = True

    def ready(self):
        from hotline.staff import signals

        # No sender: each room's rights are written when that room's tables are ready.
        post_migrate.connect(signals.sync_roles, dispatch_uid="hotline.staff.sync_roles")
        pre_migrate.connect(signals.unguard_audit, sender=self, dispatch_uid="hotline.staff.unguard_audit")
        post_migrate.connect(signals.guard_audit, sender=self, dispatch_uid="hotline.staff.guard_audit")
        signals.connect_log_in()


class HouseAdminConfig(AdminConfig):
    """Django's admin with our site as the default one; goes into INSTALLED_APPS in place of `django.contrib.admin`."""

    default = False
    default_site = "hotline.staff.admin_site.HouseAdminSite"
