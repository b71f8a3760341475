"""Trust grows with good outcomes and time, and falls at once with a complaint. Why so: docs/decisions/0006-trust.md."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from coordinators.models import Level, LocalCoordinator, Registration, VouchCode
from coordinators.models.trust import BOUNDS, ORDER, is_too_small
from coordinators.signals import distrusted
from hotline.lib.errors import Refused
from hotline.lib.fields import readable
from hotline.staff.actions.alarms import raise_alarm, settle_alarm
from hotline.staff.actions.audit import record
from hotline.staff.models import Alarm
from hotline.staff.permissions import require

MANAGE = "coordinators.manage_registry"
# A newcomer is looked at once more after this time.
SECOND_LOOK = timedelta(days=30)
# If it is forgotten, it rings again after this; it stands in the list so long before.
ONCE_MORE = timedelta(days=7)
SECOND_LOOK_DUE = "second_look_due"
DOUBTED = gettext_noop(
    "Whoever vouched for the local coordinator %(subject)s was suspended, or somebody complained of them. Please take a second "
    "look at it."
)
SUSPENDED = LocalCoordinator.State.SUSPENDED


@dataclass(frozen=True)
class Step:
    """What leads to a level: days with a good outcome, and time since one joined or was last complained of."""

    level: Level
    completed: int
    time: timedelta
    vouched: bool = False
    looked_at: bool = False


STEPS = (
    Step(Level.TRUSTED, 10, timedelta(days=60), looked_at=True),
    Step(Level.KNOWN, 3, timedelta(days=14)),
    Step(Level.KNOWN, 1, timedelta(days=3), vouched=True),
)


class CoverageTooWide(Refused):
    code = "coverage_too_wide"
    message = _("Whoever is new covers at most %(places)d places, and %(rows)d kinds of help in places together.")


class PlaceTooWide(Refused):
    code = "place_too_wide"
    message = _("%(place)s is too wide for somebody whose trust is still growing: name towns or districts.")


class PlaceTooSmall(Refused):
    code = "place_too_small"
    message = _("%(place)s is so small that covering it alone would tell who needs help: name what it lies in.")


def check_coverage(level, pairs):
    """Whether somebody of this Level may cover `pairs` (iterable of (Category, Place)), all there are.

    Newcomers' coverage is small until they are trusted, and never so small that an offer would name a village.
    Raises CoverageTooWide, PlaceTooWide, PlaceTooSmall.
    """
    bounds, pairs = BOUNDS[level], list(pairs)
    for _category, place in pairs:
        if place.kind in bounds.too_wide:
            raise PlaceTooWide(place=place.title())
        if not bounds.small_places and is_too_small(place):
            raise PlaceTooSmall(place=place.title())
    places = {place.pk for _category, place in pairs}
    if bounds.rows is not None and (len(pairs) > bounds.rows or len(places) > bounds.places):
        raise CoverageTooWide(places=bounds.places, rows=bounds.rows)


def note_completed(local_coordinator_id, now):
    """Count a good outcome: one a day at the most, since whoever helped says so themself. Call inside a transaction."""
    today = timezone.localdate(now)
    LocalCoordinator.objects.filter(Q(completed_on=None) | Q(completed_on__lt=today), pk=local_coordinator_id).update(
        completed=F("completed") + 1, completed_on=today
    )


def take_back_completed(local_coordinator_id):
    """The desk did not find it as good as was said: a day with a good outcome is gone. Call inside a transaction."""
    LocalCoordinator.objects.filter(pk=local_coordinator_id, completed__gt=0).update(completed=F("completed") - 1)


def may_grow(now):
    """Those (QuerySet) who have earned a higher level at `now` (aware datetime)."""
    earned = Q(pk__in=[])
    for step in STEPS:
        earned |= _earned(step, now) & Q(level__in=ORDER[: ORDER.index(step.level)])
    return LocalCoordinator.objects.filter(earned, completed__gt=0).exclude(level=Level.TRUSTED).order_by("pk")


def _earned(step, now):
    asked = Q(completed__gte=step.completed, trusted_from__lte=now - step.time)
    if step.vouched:
        asked &= Q(is_vouched=True)
    if step.looked_at:
        asked &= Q(second_look_at=None)
    return asked


def grow(local_coordinator, now):
    """Give `local_coordinator` the level it has earned. Whether it rose, bool."""
    with transaction.atomic():
        for step in STEPS:
            lower = ORDER[: ORDER.index(step.level)]
            rising = LocalCoordinator.objects.filter(_earned(step, now), pk=local_coordinator.pk, level__in=lower)
            if rising.update(level=step.level):
                record(None, "local_coordinator.level", local_coordinator.code, level=step.level)
                return True
    return False


def give_level(actor, local_coordinator, level, reason):
    """An administrator knows them: `level` (Level) is theirs from now on, until a complaint. Raises NotAllowed, NotFound."""
    require(actor, MANAGE)
    with transaction.atomic():
        LocalCoordinator.objects.filter(pk=local_coordinator.pk).update(level=level)
        record(actor, "local_coordinator.level", local_coordinator.code, reason=reason, level=level)
    local_coordinator.refresh_from_db()


def complain(actor, local_coordinator, reason):
    """Somebody complained of them: they begin anew as newcomers. Raises NotAllowed, NotFound.

    What they hold stays with them, what they were only offered is withdrawn; whoever is a danger is suspended.
    """
    require(actor, MANAGE)
    now = timezone.now()
    with transaction.atomic():
        lock_with_vouched(local_coordinator)
        LocalCoordinator.objects.filter(pk=local_coordinator.pk).update(
            level=Level.NEWCOMER,
            is_vouched=False,
            completed=0,
            trusted_from=now,
            second_look_at=now + SECOND_LOOK,
        )
        record(actor, "local_coordinator.complaint", local_coordinator.code, reason=reason)
        doubt_vouched(actor, local_coordinator, now)
        distrusted.send(LocalCoordinator, local_coordinator=local_coordinator)
    local_coordinator.refresh_from_db()


def lock_with_vouched(local_coordinator):
    """Lock one who falls into doubt with those who came by their word, in the order in which everybody locks coordinators.

    Begin the transaction with it that ends in `doubt_vouched`.
    """
    found = LocalCoordinator.objects.filter(Q(pk=local_coordinator.pk) | Q(vouched_by=local_coordinator))
    list(found.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))


def doubt_vouched(actor, local_coordinator, now):
    """Somebody complained of one who vouched, or they were suspended: their word counts no longer, and those who came by it are
    looked at once more, now. Administrators are told of each, but of a suspended one only when it is back. Call inside the
    transaction, after `lock_with_vouched`.
    """
    VouchCode.objects.filter(local_coordinator=local_coordinator, used_at=None).update(expires_at=now)
    waiting = Registration.objects.filter(vouched_by=local_coordinator, state=Registration.State.WAITING)
    for row in waiting.select_for_update(of=("self",), no_key=True).order_by("pk"):
        row.notes = _noted(row, gettext("Whoever vouched for them is in doubt themselves."))
        row.is_vouched = False
        row.save(update_fields=["notes", "is_vouched"])
        record(actor, "registration.vouch_doubted", row.code)
    vouched = LocalCoordinator.objects.filter(vouched_by=local_coordinator)
    for row in vouched.select_for_update(of=("self",), no_key=True).order_by("pk"):
        row.notes = _noted(row, gettext("Second look, since whoever vouched for them is in doubt themselves."))
        row.is_vouched, row.second_look_at = False, now
        row.save(update_fields=["notes", "is_vouched", "second_look_at"])
        record(actor, "local_coordinator.vouch_doubted", row.code)
        if row.state != SUSPENDED:
            raise_alarm(None, SECOND_LOOK_DUE, row.code, text=DOUBTED)


def _noted(row, words):
    """The sealed notes of checking with a line more, which says when."""
    before = row.notes if readable(row, "notes") and row.notes else ""
    return f"{before}\n{timezone.localdate()}: {words}".strip()[-NOTES_LENGTH:]


def look_again(actor, local_coordinator, words):
    """The second look is done. words: what was found, added to the sealed notes. Raises NotAllowed, NotFound."""
    require(actor, MANAGE)
    with transaction.atomic():
        row = LocalCoordinator.objects.select_for_update().get(pk=local_coordinator.pk)
        row.notes = _noted(row, words)
        row.second_look_at = None
        row.save(update_fields=["notes", "second_look_at"])
        record(actor, "local_coordinator.looked_at", row.code)
        settle_alarm(SECOND_LOOK_DUE, row.code)
    local_coordinator.refresh_from_db()


def to_look_at(now):
    """Those (QuerySet) whose second look is due at `now` (aware datetime), and for whom nothing rings or rang lately. One that
    is suspended can wait until it is back."""
    rang = Alarm.objects.filter(kind=SECOND_LOOK_DUE, subject=OuterRef("code"))
    rang = rang.filter(Q(acknowledged_at=None) | Q(raised_at__gt=now - ONCE_MORE))
    due = LocalCoordinator.objects.filter(~Exists(rang), second_look_at__lte=now)
    return due.exclude(state=SUSPENDED).order_by("second_look_at")


def remind(local_coordinator):
    """Ring for the second look."""
    words = gettext_noop(
        "The local coordinator %(subject)s has been here for a while. Please take a second look at it."
    )
    return raise_alarm(None, SECOND_LOOK_DUE, local_coordinator.code, text=words)


NOTES_LENGTH = LocalCoordinator._meta.get_field("notes").max_length
