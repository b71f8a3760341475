"""Accounts of the staff and of people who represent a local coordinator."""

import uuid

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from guardian.mixins import GuardianUserMixin

from hotline.lib.crypto import keyed_hash
from hotline.lib.fields import SealedRow, SealedTextField, readable
from hotline.lib.keyring import keyring
from hotline.staff.models.audit_entry import AuditEntry


def email_hash(email):
    """Hash by which an e-mail address (str) is found again, bytes(32); None for an empty address."""
    address = email.strip().casefold()
    return keyed_hash(keyring().subkey("staff-email"), address) if address else None


class UserQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    def by_email(self, email):
        """The accounts (none or one) with this address; the address itself is sealed and cannot be searched."""
        digest = email_hash(email)
        return self.filter(email_hash=digest) if digest else self.none()


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, username, *, alias="", password=None, **fields):
        """A new account; without `alias` others see the username. Returns the User."""
        user = self.model(username=self.model.normalize_username(username), alias=alias or username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username, password=None, **fields):
        """For `manage.py createsuperuser`: an account that holds the administrator's rights, and no team by itself."""
        with transaction.atomic():
            person = self.create_user(username, password=password, is_superuser=True, **fields)
            AuditEntry.objects.create(action="account.made_administrator", subject=person.alias)
        return person


class User(SealedRow, AbstractBaseUser, PermissionsMixin, GuardianUserMixin):
    """Others see the alias only. `is_superuser` counts as the role Administrator and opens no team by itself."""

    # Kept by day only, in `last_login_day`; None also keeps Django from writing the moment.
    last_login = None

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(
        _("user name"),
        max_length=150,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": _("This user name is taken.")},
    )
    alias = models.CharField(
        _("alias"),
        max_length=60,
        unique=True,
        help_text=_("The only name that others see."),
        error_messages={"unique": _("This alias is taken.")},
    )
    email = SealedTextField(_("e-mail"), max_length=254, blank=True, default="")
    email_hash = models.BinaryField(
        max_length=32,
        null=True,
        unique=True,
        editable=False,
        error_messages={"unique": _("Another account has this e-mail address.")},
    )
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default="en")
    spoken_languages = models.JSONField(_("spoken languages"), default=list, blank=True)
    is_active = models.BooleanField(_("active"), default=True, editable=False)
    last_login_day = models.DateField(_("last log-in"), null=True, editable=False)
    left_on = models.DateField(_("left on"), null=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        default_permissions = ()
        ordering = ["alias"]

    def __str__(self):
        return self.alias

    def save(self, *args, update_fields=None, **kwargs):
        """Keeps the hash beside the address it is looked up by."""
        if update_fields is None or "email" in update_fields:
            if readable(self, "email"):
                self.email_hash = email_hash(self.email)
            if update_fields is not None:
                update_fields = {*update_fields, "email_hash"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def has_perm(self, perm, obj=None):
        """As `permissions.can`; without Django's shortcut, which says yes to every superuser."""
        return any(backend.has_perm(self, perm, obj) for backend in auth.get_backends())

    def has_module_perms(self, app_label):
        """Whether any right of the room `app_label` is held for anything; no shortcut here either."""
        return any(backend.has_module_perms(self, app_label) for backend in auth.get_backends())
