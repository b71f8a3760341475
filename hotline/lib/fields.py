"""A text that is sealed in the database and reads as text on its row alone."""

from django import forms
from django.core import checks
from django.core.exceptions import FieldError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext_lazy as _

from hotline.lib import crypto
from hotline.lib.keyring import keyring

# What stands in the place of a text that was sealed under a key that is gone.
LOST = _("can no longer be read")


def readable(instance, name: str) -> bool:
    """Whether this sealed field of a row still opens."""
    try:
        getattr(instance, name)
    except crypto.Unreadable:
        return False
    return True


def shown(instance, name: str) -> str:
    """The text of this sealed field, or the words that it can no longer be read."""
    return getattr(instance, name) if readable(instance, name) else str(LOST)


def lost(instance) -> list:
    """The sealed fields (Field) of a row that no longer open."""
    fields = (one for one in instance._meta.concrete_fields if isinstance(one, SealedTextField))
    return [one for one in fields if not readable(instance, one.attname)]


class Sealed:
    """The ciphertext as it came from the database; what values() and friends get instead of the text."""

    def __init__(self, data: bytes):
        self.data = bytes(data)

    def __repr__(self) -> str:
        return "<sealed>"


class SealedAttribute(DeferredAttribute):
    """Opens the field when it is read on its row."""

    def __get__(self, instance, cls=None):
        value = super().__get__(instance, cls)
        if isinstance(value, Sealed):
            value = self.field.open(instance, value)
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance, value):
        instance.__dict__[self.field.attname] = value


class SealedTextField(models.Field):
    """
    Text under the site key, bound to table, row and field: a ciphertext moved elsewhere does not open.

    The row's primary key must be known before it is saved (UUID). It is set on an instance and saved; update(),
    lookups (except isnull), uniqueness and dumpdata are refused. Look up by a keyed hash beside it. Reading raises
    `crypto.Unreadable` where it was altered.
    """

    descriptor_class = SealedAttribute
    description = "Text, sealed under the site key"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.max_length is not None:
            self.validators.append(MaxLengthValidator(self.max_length))

    def check(self, **kwargs):
        return [*super().check(**kwargs), *self._check_row(), *self._check_index()]

    def _check_row(self):
        if isinstance(self.model._meta.pk, models.AutoField):
            yield checks.Error("A sealed field needs a primary key that is known before saving.", obj=self)

    def _check_index(self):
        if self.unique or self.db_index:
            yield checks.Error("A sealed field differs each time it is sealed: index a keyed hash.", obj=self)

    def get_internal_type(self):
        return "BinaryField"

    def _key(self) -> bytes:
        return keyring().subkey("fields")

    def _context(self, instance) -> str:
        if instance.pk is None:
            raise ValueError(f"{self.model.__name__} needs its primary key before {self.name} can be sealed")
        return f"{self.model._meta.db_table}:{instance.pk}:{self.name}"

    def open(self, instance, sealed: Sealed) -> str:
        """The text of this row's field. Raises Unreadable."""
        return crypto.unseal(self._key(), sealed.data, self._context(instance)).decode()

    def from_db_value(self, value, expression, connection):
        return None if value is None else Sealed(value)

    def to_python(self, value):
        return value if value is None or isinstance(value, (str, Sealed)) else str(value)

    def value_from_object(self, obj):
        """What a form begins with: nothing where nothing can be read any more."""
        return getattr(obj, self.attname) if readable(obj, self.attname) else ""

    def pre_save(self, model_instance, add):
        if not add and not readable(model_instance, self.attname):
            # It stays as it is; a new text takes its place.
            return model_instance.__dict__[self.attname]
        text = getattr(model_instance, self.attname)
        if text is None:
            return None
        text = str(text)
        if self.max_length is not None and len(text) > self.max_length:
            raise ValueError(f"{self.name} is longer than {self.max_length} characters")
        return Sealed(crypto.seal(self._key(), text.encode(), self._context(model_instance)))

    def get_db_prep_value(self, value, connection, prepared=False):
        if value is None:
            return None
        if not isinstance(value, Sealed):
            raise TypeError(f"{self.name} is sealed for its row: set it on an instance and save that")
        return connection.Database.Binary(value.data)

    def get_lookup(self, lookup_name):
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self.name} is sealed and cannot be searched: look up a keyed hash instead")

    def get_transform(self, lookup_name):
        raise FieldError(f"{self.name} is sealed and cannot be searched: look up a keyed hash instead")

    def value_to_string(self, obj):
        raise TypeError(f"{self.name} is sealed and is not written out: back up the database itself")

    def formfield(self, **kwargs):
        defaults = {"form_class": forms.CharField, "max_length": self.max_length}
        if self.max_length is None:
            defaults["widget"] = forms.Textarea
        return super().formfield(**{**defaults, **kwargs})


class SealedRow(models.Model):
    """A row with sealed fields, with which one can go on when some of them no longer open; reading one still raises."""

    class Meta:
        abstract = True

    def full_clean(self, exclude=None, validate_unique=True, validate_constraints=True):
        exclude = {*(exclude or ()), *(one.name for one in lost(self))}
        super().full_clean(exclude, validate_unique, validate_constraints)

    def refresh_from_db(self, using=None, fields=None, from_queryset=None):
        """As Django's; what is sealed is fetched when somebody reads it."""
        sealed = [one.attname for one in self._meta.concrete_fields if isinstance(one, SealedTextField)]
        if fields is None:
            fields = [one.attname for one in self._meta.concrete_fields if one.attname not in sealed]
            for name in sealed:
                self.__dict__.pop(name, None)
        super().refresh_from_db(using, fields, from_queryset)
