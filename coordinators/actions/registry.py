"""Write a local coordinator into the registry."""

from functools import partial

from django.db import transaction

from coordinators.actions.availability import NotPossibleNow
from coordinators.models import LocalCoordinator
from hotline.lib import ledger
from hotline.lib.rows import each
from hotline.staff.actions.audit import record
from hotline.staff.permissions import require

LEDGER = "local_coordinator"


def save_local_coordinator(actor, local_coordinator, changed):
    """Save a new local coordinator, or of one that is there what changed and nothing else: what was read a while ago brings
    back neither a state nor trust. changed: names of the fields, for the audit too. Raises NotAllowed, NotFound.
    """
    require(actor, "coordinators.manage_registry")
    with transaction.atomic():
        new = local_coordinator._state.adding
        columns = {field.name for field in LocalCoordinator._meta.concrete_fields}
        local_coordinator.save(update_fields=None if new else columns & set(changed))
        action = "local_coordinator.registered" if new else "local_coordinator.changed"
        record(actor, action, local_coordinator.code, fields=list(changed))


def remove(actor, local_coordinator):
    """Take a local coordinator out of the registry, with its addresses and coverage.

    Only when it is suspended and holds nothing, so that nobody in need is left with somebody who is gone.
    Raises NotAllowed, NotFound, NotPossibleNow.
    """
    require(actor, "coordinators.manage_registry")
    with transaction.atomic():
        locked = LocalCoordinator.objects.select_for_update().get(pk=local_coordinator.pk)
        if locked.state != LocalCoordinator.State.SUSPENDED or locked.open_requests:
            raise NotPossibleNow
        _remove(locked, actor)


def _remove(local_coordinator, actor=None):
    with transaction.atomic():
        record(actor, "local_coordinator.removed", local_coordinator.code)
        local_coordinator.delete()
        transaction.on_commit(partial(ledger.note, LEDGER, local_coordinator.code))
    return True


def remove_again():
    """Remove those that the ledger says were removed: a restored backup brought them back. Returns how many."""
    return each(ledger.among(LEDGER, LocalCoordinator.objects.all()), _remove)
