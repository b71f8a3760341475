"""The chain over the audit: a removed, changed or inserted line shows."""

from django.db import models
from django.db.models import Q
from django.utils.crypto import constant_time_compare

from hotline.lib.crypto import keyed_hash
from hotline.lib.keyring import keyring

# What stands before the first line of all.
NOTHING = bytes(32)


class AuditLink(models.Model):
    """One line's place in the chain. Positions have no gap; each hash is made of the one before and of the line."""

    position = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField("staff.AuditEntry", on_delete=models.PROTECT, related_name="link")
    hash = models.BinaryField(max_length=32)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return str(self.position)

    @staticmethod
    def due_hash(before, position, entry):
        """The hash (bytes) of `entry` at `position`, behind a line whose hash is `before`."""
        key = keyring().subkey("audit-chain")
        return keyed_hash(key, bytes(before).hex(), str(position), str(entry.pk), *entry.written())


class One(models.Model):
    """A table of one row: a place in the chain, 0 before its first line."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    position = models.BigIntegerField(default=0)
    hash = models.BinaryField(max_length=32, default=NOTHING)

    class Meta:
        abstract = True
        default_permissions = ()

    def __str__(self):
        return str(self.position)

    @classmethod
    def the(cls):
        """The row, made when it is missing."""
        return cls.objects.get_or_create(pk=1)[0]


class AuditAnchor(One):
    """The last line that went by age: where the chain begins. Its seal is a keyed hash, so that nobody moves it by hand."""

    seal = models.BinaryField(max_length=32, default=b"")

    class Meta(One.Meta):
        constraints = [models.CheckConstraint(condition=Q(id=1), name="audit_anchor_one")]

    def due_seal(self):
        """The seal (bytes) that this anchor must have."""
        return keyed_hash(keyring().subkey("audit-anchor"), str(self.position), bytes(self.hash).hex())

    def is_sealed(self):
        """Whether the house put it there; nothing has gone from a chain that begins at 1. bool."""
        if self.position == 0:
            return bytes(self.hash) == NOTHING
        return constant_time_compare(bytes(self.seal), self.due_seal())


class AuditCheck(One):
    """How far today's look at the chain has come, and how far the chain reached when it was last looked at to its end."""

    done_on = models.DateField(null=True)
    head = models.BigIntegerField(default=0)

    class Meta(One.Meta):
        constraints = [models.CheckConstraint(condition=Q(id=1), name="audit_check_one")]
