"""Kinds of help and the directory: changed by whoever manages the registry, each change audited."""

from django.db import transaction

from hotline.staff.actions.audit import record
from hotline.staff.permissions import require

MANAGE = "coordinators.manage_registry"


def save_category(actor, category, fields):
    """Write a new Category, or `fields` (names of what was changed) of an existing one. Returns it.

    Raises NotAllowed, NotFound. The audit names the fields, and whether only checked coordinators are asked now.
    """
    require(actor, MANAGE)
    adding = category._state.adding
    with transaction.atomic():
        category.save()
        record(
            actor,
            "category.created" if adding else "category.changed",
            category.slug,
            fields=list(fields),
            needs_checked=category.needs_checked,
            active=category.active,
        )
    return category


def save_entry(actor, entry, fields):
    """Write a new DirectoryEntry, or `fields` (names of what was changed) of an existing one. Returns it.

    Raises NotAllowed, NotFound.
    """
    require(actor, MANAGE)
    adding = entry._state.adding
    with transaction.atomic():
        entry.save()
        record(actor, "directory.created" if adding else "directory.changed", entry.slug, fields=list(fields))
    return entry
