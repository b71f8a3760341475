"""Freeze and thaw: one person's word stops everything, the rooms' own steps carry it out, and the worker goes on with them."""

import logging

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from hotline.lib.errors import Refused
from hotline.staff.actions.alarms import raise_alarm
from hotline.staff.actions.audit import record
from hotline.staff.models import ChatCode, Freeze, OneTimeCode, Session
from hotline.staff.models.one_time_code import Kind
from hotline.staff.permissions import Frozen, holders, require

log = logging.getLogger(__name__)

FREEZE = "staff.freeze"
REASON_LIMIT = 300


class ReasonMissing(Refused):
    code = "reason_missing"
    message = _("Say why in a few words; it is written down.")


class NotFrozen(Refused):
    code = "not_frozen"
    message = _("The house is not frozen.")


def is_frozen():
    """Whether the house stands still. bool; one query."""
    return Freeze.objects.filter(is_on=True).exists()


def refuse_when_frozen():
    """For whoever asks no right of an account: raises Frozen while the house stands still."""
    if is_frozen():
        raise Frozen


def may_leave():
    """What the outbox may send now, as a Q over its messages: all of it, or what settings.LEAVES_WHEN_FROZEN names."""
    return Q(purpose__in=settings.LEAVES_WHEN_FROZEN) if is_frozen() else Q()


def freeze(actor, reason, way):
    """Stop the house. Returns the Freeze that holds; when it is frozen already nothing changes.

    actor: an account with the right, or None where the way itself proves it (command, signed call). reason: a few
    words for the audit. way: Freeze.Way. From the commit on nobody holds a right and nothing leaves; what is out is
    called back by the steps of settings.FREEZERS, at once in this process and by the worker until nothing is left.
    Raises NotAllowed, NotFound.
    """
    if actor is not None:
        require(actor, FREEZE)
    fresh = Freeze(started_by=actor, reason=reason.strip()[:REASON_LIMIT], way=way)
    with transaction.atomic():
        Freeze.objects.bulk_create([fresh], ignore_conflicts=True)
        current = Freeze.objects.current()
        if current is None:  # thawed in this very moment
            return freeze(actor, reason, way)
        if current.pk == fresh.pk:
            record(actor, "house.frozen", current.pk, reason=fresh.reason, way=way)
            raise_alarm(
                None,
                "frozen",
                text=gettext_noop("The house was frozen. Nothing goes in or out until an administrator lets it go on."),
            )
            transaction.on_commit(lambda: carry_on(timezone.now()), robust=True)
    return current


def carry_on(now):
    """One bounded round of every room's steps while the house is frozen. How many things were stopped, int.

    It goes on for as long as the house is frozen, so that what was under way when it began is caught as well. Any number
    of workers may do it; a room that fails is tried again in the next round and holds up no other.
    """
    current = Freeze.objects.current()
    if current is None:
        return 0
    stopped, failed = 0, False
    for path in settings.FREEZERS:
        try:
            stopped += import_string(path)(current, now)
        except Exception:
            failed = True
            log.exception("%s failed; it is tried again", path)
    if not stopped and not failed:
        settled = Freeze.objects.filter(pk=current.pk, settled_at=None)
        with transaction.atomic():
            if settled.update(settled_at=now):
                record(None, "house.settled", current.pk)
    return stopped


def thaw(actor, reason):
    """Let the house go on: rights count, lines open as they were set, what waits may leave. Returns the Freeze that ended.

    What was withdrawn stays so: the requests stand on the desk as placed with nobody, and each team is rung.
    actor: an account with the right, or None for the command. Raises NotFrozen, ReasonMissing, NotAllowed, NotFound.
    """
    if actor is not None:
        require(actor, FREEZE)
    if not reason.strip():
        raise ReasonMissing
    now = timezone.now()
    with transaction.atomic():
        current = Freeze.objects.current()
        ended = current and Freeze.objects.filter(pk=current.pk, is_on=True).update(
            is_on=False, thawed_at=now, thawed_by=actor
        )
        if not ended:
            raise NotFrozen
        record(actor, "house.thawed", current.pk, reason=reason.strip())
        for path in settings.THAWERS:
            import_string(path)(current, now)
    return current


def end_log_ins(frozen, now):
    """Step of the staff's room: everybody is logged out but those who may let the house go on, and what would let them
    in another way is dead: invitations, codes. How many, int. Who logs in later holds no right and reads why.

    frozen: the Freeze. now: aware datetime.
    """
    if frozen.settled_at is not None:
        return 0
    may = holders(FREEZE).values("pk")
    ended = Session.objects.filter(user__isnull=False).exclude(user__in=may).delete()[0]
    # Recovery codes belong to an account that stays; they open nothing by themselves.
    codes = OneTimeCode.objects.exclude(kind=Kind.RECOVERY).exclude(user__in=may).delete()[0]
    return ended + codes + ChatCode.objects.exclude(user__in=may).delete()[0]
