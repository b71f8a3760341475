"""Vouching: somebody known hands on a code; whoever registers with it is known by that much. Neither learns of the other."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordinators.actions.trust import MANAGE
from coordinators.models import Level, LocalCoordinator, VouchCode
from hotline.lib.codes import hash_token, public_code
from hotline.lib.errors import Refused
from hotline.staff.actions.audit import record
from hotline.staff.actions.one_time_codes import as_typed
from hotline.staff.permissions import can, require

# A code works for so long; of one coordinator there are at most MOST made within KEPT.
VALID, KEPT, MOST = timedelta(days=14), timedelta(days=30), 3
MAY_VOUCH = {"level__in": [Level.KNOWN, Level.TRUSTED], "state__in": ["active", "paused"]}


class NotKnownEnough(Refused):
    code = "not_known_enough"
    message = _("Vouching is for those who have been here for a while. Help a few times first.")


class VouchedEnough(Refused):
    code = "vouched_enough"
    message = _("You have made as many of these codes as you may in a month.")


class VouchNotValid(Refused):
    code = "vouch_not_valid"
    message = _(
        "This code was used already, has run out, or has a typing mistake. You can send the form without it, too."
    )


def make_code(actor, local_coordinator, *, person=None):
    """A code, str, by which `local_coordinator` vouches for one organisation; good for two weeks, once.

    A representative, an administrator or (actor None) the bot asks, for the linked `person` (Endpoint); the bot has checked
    that the chat is linked. Raises NotAllowed, NotKnownEnough, VouchedEnough.
    """
    if actor is not None and not can(actor, MANAGE):
        require(actor, "coordinators.represent", local_coordinator)
    now, code = timezone.now(), public_code()
    with transaction.atomic():
        row = LocalCoordinator.objects.select_for_update().filter(pk=local_coordinator.pk, **MAY_VOUCH).first()
        if row is None:
            raise NotKnownEnough
        if row.vouch_codes.filter(made_at__gt=now - KEPT).count() >= MOST:
            raise VouchedEnough
        VouchCode.objects.create(
            local_coordinator=row, token_hash=hash_token(code, "vouch-code"), made_at=now, expires_at=now + VALID
        )
        record(actor, "local_coordinator.vouch_code", row.code, **({"person": person.pk} if person else {}))
    return f"{code[:5]}-{code[5:]}"


def use_code(typed):
    """Use up the code that somebody typed; the LocalCoordinator who vouches by it. Call inside a transaction.

    Of two who use it at once one is refused. Raises VouchNotValid.
    """
    now = timezone.now()
    found = VouchCode.objects.filter(token_hash=hash_token(as_typed(typed), "vouch-code"))
    alive = found.filter(
        used_at=None, expires_at__gt=now, local_coordinator__in=LocalCoordinator.objects.filter(**MAY_VOUCH)
    )
    if not alive.update(used_at=now):
        raise VouchNotValid
    return found.select_related("local_coordinator").get().local_coordinator


def drop_old(now):
    """Delete codes that no longer count; returns how many. now: aware datetime."""
    return VouchCode.objects.filter(made_at__lt=now - KEPT).delete()[0]
