"""Activate, pause, resume and suspend a local coordinator."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordinators.actions.endpoints import end_codes
from coordinators.actions.trust import SECOND_LOOK, doubt_vouched, lock_with_vouched
from coordinators.models import Level, LocalCoordinator
from coordinators.signals import suspended
from hotline.lib.errors import Refused
from hotline.staff.actions.audit import record
from hotline.staff.permissions import can, require

State = LocalCoordinator.State


class NotPossibleNow(Refused):
    code = "not_possible_now"
    message = _("This is not possible in the present state. Reload the page to see it.")


def _move(local_coordinator, to, **fields):
    sources = [state for state, targets in LocalCoordinator.MOVES.items() if to in targets]
    moved = LocalCoordinator.objects.filter(pk=local_coordinator.pk, state__in=sources).update(state=to, **fields)
    if not moved:
        raise NotPossibleNow
    local_coordinator.refresh_from_db()


def _require_own_or_registry(actor, local_coordinator):
    """A representative, an administrator, or None for the bot, which has checked that the chat is linked."""
    if actor is not None and not can(actor, "coordinators.manage_registry"):
        require(actor, "coordinators.represent", local_coordinator)


def activate(actor, local_coordinator):
    """Let a checked or suspended local coordinator receive offers. Raises NotAllowed, NotPossibleNow."""
    require(actor, "coordinators.manage_registry")
    first = {}
    if local_coordinator.state == State.PENDING and local_coordinator.level == Level.NEWCOMER:
        first = {"second_look_at": timezone.now() + SECOND_LOOK}
    with transaction.atomic():
        _move(local_coordinator, State.ACTIVE, paused_until=None, **first)
        record(actor, "local_coordinator.activated", local_coordinator.code)


def pause(actor, local_coordinator, hours=None, *, person=None):
    """Offer nothing new until resumed, or for `hours`; asked during a pause, it lasts that long from now on.

    A representative, an administrator or (actor None) the bot asks, for the linked `person` (Endpoint); the bot has
    checked that the chat is linked. Raises NotAllowed, NotPossibleNow.
    """
    _require_own_or_registry(actor, local_coordinator)
    until = timezone.now() + timedelta(hours=hours) if hours else None
    with transaction.atomic():
        paused = LocalCoordinator.objects.filter(pk=local_coordinator.pk, state=State.PAUSED)
        if not paused.update(paused_until=until):
            _move(local_coordinator, State.PAUSED, paused_until=until)
        local_coordinator.refresh_from_db()
        record(actor, "local_coordinator.paused", local_coordinator.code, **_named(person))


def resume(actor, local_coordinator, *, person=None):
    """End a pause; as for `pause`. Raises NotAllowed, NotPossibleNow (a suspension is ended by an administrator alone)."""
    _require_own_or_registry(actor, local_coordinator)
    with transaction.atomic():
        resumed = LocalCoordinator.objects.filter(pk=local_coordinator.pk, state=State.PAUSED).update(
            state=State.ACTIVE, paused_until=None
        )
        if not resumed:
            raise NotPossibleNow
        local_coordinator.refresh_from_db()
        record(actor, "local_coordinator.resumed", local_coordinator.code, **_named(person))


def _named(person):
    """A linked person in the audit: the random id of their endpoint."""
    return {"person": person.pk} if person is not None else {}


def suspend(actor, local_coordinator, reason):
    """Stop a local coordinator at once: nothing is offered, accepted, opened or linked any more, and what it holds comes back.

    Raises NotAllowed, NotPossibleNow.
    """
    require(actor, "coordinators.manage_registry")
    with transaction.atomic():
        lock_with_vouched(local_coordinator)
        _move(local_coordinator, State.SUSPENDED, paused_until=None)
        end_codes(local_coordinator)
        doubt_vouched(actor, local_coordinator, timezone.now())
        record(actor, "local_coordinator.suspended", local_coordinator.code, reason=reason)
        suspended.send(LocalCoordinator, local_coordinator=local_coordinator)
