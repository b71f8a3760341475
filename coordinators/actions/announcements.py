"""Tell coordinators of a region or a kind of help something, each by the way that works, after everything more pressing."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from coordinators.actions import tellings
from coordinators.models import Announcement
from hotline.lib.errors import Refused
from hotline.lib.throttle import allow
from hotline.staff.actions.audit import record
from hotline.staff.actions.freeze import is_frozen
from hotline.staff.permissions import require

ANNOUNCE = "coordinators.announce"
State = Announcement.State
# Coordinators that are written to in one round; the rest a few seconds later.
BATCH = 200


class NotADraft(Refused):
    code = "not_a_draft"
    message = gettext_lazy("This announcement was sent already, and is not changed any more.")


class NobodyThere(Refused):
    code = "nobody_there"
    message = gettext_lazy("Nobody covers this place and kind of help. Choose a wider one.")


def write(actor, announcement):
    """Save a new or changed draft. Raises NotAllowed, NotFound, NotADraft."""
    require(actor, ANNOUNCE)
    with transaction.atomic():
        new = announcement._state.adding
        if not new and not Announcement.objects.select_for_update().filter(pk=announcement.pk, state=State.DRAFT):
            raise NotADraft
        announcement.created_by = actor
        announcement.save()
        record(actor, "announcement.written", announcement.code, languages=list(announcement.texts))


def send(actor, announcement):
    """Let a draft go out; how many will get it.

    Raises NotAllowed, NotFound, Frozen, TooOften, NotADraft, NobodyThere.
    """
    require(actor, ANNOUNCE)
    number = announcement.recipients().count()
    if not number:
        raise NobodyThere
    allow("announcement", str(actor.pk))
    allow("announcements", "house")
    with transaction.atomic():
        sent = Announcement.objects.filter(pk=announcement.pk, state=State.DRAFT).update(
            state=State.SENDING, sent_at=timezone.now()
        )
        if not sent:
            raise NotADraft
        record(actor, "announcement.sent", announcement.code, recipients=number)
    return number


def send_on(announcement, now):
    """Write to the next few of those whom it concerns; whether anything was done. now: aware datetime."""
    if is_frozen():
        return False
    with transaction.atomic():
        going = Announcement.objects.select_for_update(of=("self",)).filter(pk=announcement.pk, state=State.SENDING)
        announcement = going.first()
        if announcement is None:
            return False
        left = announcement.recipients()
        if announcement.done_up_to:
            left = left.filter(pk__gt=announcement.done_up_to)
        chosen = list(left[:BATCH])
        for local_coordinator in chosen:
            tellings.begin(announcement, local_coordinator)
            announcement.reached += 1
            announcement.done_up_to = local_coordinator.pk
        if len(chosen) < BATCH:
            announcement.state = State.SENT
        Announcement.objects.filter(pk=announcement.pk).update(
            reached=announcement.reached, done_up_to=announcement.done_up_to, state=announcement.state
        )
    return True


def stop_all():
    """Nothing that is on its way goes on, as when the house is frozen; how many rows were stopped."""
    stopped = Announcement.objects.filter(state=State.SENDING).update(state=State.STOPPED)
    return stopped + tellings.cancel_waiting(500)
