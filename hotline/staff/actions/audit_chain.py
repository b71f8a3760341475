"""The chain over the audit: lines are put into it after they are committed, looked at from end to end, and go by age.

No transaction of the house waits for another because of it: only those who put lines in or take old ones out queue, at the
anchor. A line that is committed late gets a later position.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import DEFAULT_DB_ALIAS, transaction
from django.utils.translation import gettext_noop

from hotline.staff.actions.alarms import raise_alarm
from hotline.staff.models import AuditAnchor, AuditCheck, AuditEntry, AuditLink

AT_ONCE = 1000
# No transaction lasts so long, and no clock is so wrong: lines older than the last one by more are looked for once a day.
LATE = timedelta(days=1)
BROKEN = gettext_noop(
    "The audit is not as it was written, from position %(position)s on. Keep a copy of the database, and find out who "
    "could write to it; “manage.py audit verify” says more."
)


@dataclass(frozen=True)
class Fault:
    """The first place at which the chain is wrong: its position, and what is wrong there, in English for operations."""

    position: int
    words: str

    def __str__(self):
        return f"Position {self.position}: {self.words}"


class Moved(Exception):
    """Old lines went while the chain was looked at; it begins elsewhere now."""


def _locked_anchor():
    """The anchor, locked until the transaction ends: whoever puts lines in or takes them out goes one by one."""
    AuditAnchor.the()
    return AuditAnchor.objects.select_for_update().get(pk=1)


def _waiting(now):
    """The lines that are not in the chain; all of them for None, else those that could have come since the last one."""
    lines = AuditEntry.objects.filter(link=None)
    last = AuditLink.objects.order_by("-position").values_list("entry__at", flat=True).first()
    return lines if now is None or last is None else lines.filter(at__gte=min(last, now) - LATE)


def link_lines(now=None):
    """Put committed lines that are not in the chain into it, at most AT_ONCE. How many, int.

    now: aware datetime; None looks for lines of any age, which takes longer.
    """
    if not _waiting(now).exists():
        return 0
    with transaction.atomic():
        position, before = _end(_locked_anchor())
        links = []
        for entry in _waiting(now).order_by("pk")[:AT_ONCE]:
            position += 1
            before = AuditLink.due_hash(before, position, entry)
            links.append(AuditLink(position=position, entry=entry, hash=before))
        AuditLink.objects.bulk_create(links)
    return len(links)


def _end(anchor):
    """(position, hash) of the last line of the chain."""
    last = AuditLink.objects.order_by("-position").values_list("position", "hash").first()
    return last or (anchor.position, anchor.hash)


def erase_before(moment):
    """Remove the lines that are older than `moment` (aware datetime), from the front of the chain, at most AT_ONCE.

    How many, int. What is not in the chain yet stays, and so does what stands behind a younger line; the anchor keeps the
    last position and hash, so that the rest can still be proven. The only way in which a line goes.
    """
    with transaction.atomic():
        anchor = _locked_anchor()
        old = []
        for link in _from(anchor.position)[:AT_ONCE]:
            if link.entry.at >= moment:
                break
            old.append(link)
        if old:
            anchor.position, anchor.hash = old[-1].position, old[-1].hash
            anchor.seal = anchor.due_seal()
            anchor.save()
            AuditEntry.objects.filter(pk__in=[link.entry_id for link in old])._raw_delete(DEFAULT_DB_ALIAS)
            AuditLink.objects.filter(position__lte=anchor.position)._raw_delete(DEFAULT_DB_ALIAS)
    return len(old)


def _from(position):
    return AuditLink.objects.filter(position__gt=position).order_by("position").select_related("entry")


def head():
    """(position, hash as hexadecimal digits) of the last line of the chain: to be written down and compared later."""
    position, last = _end(AuditAnchor.the())
    return position, bytes(last).hex()


def find_fault():
    """Look at the whole chain. Returns the first Fault, or None."""
    while True:
        try:
            anchor = AuditAnchor.the()
            fault = _fault_of(anchor)
            position, before = anchor.position, anchor.hash
            while fault is None:
                reached, before, fault = _look(anchor, position, before)
                if reached == position:
                    return fault or _fault_of_waiting(position)
                position = reached
            return fault
        except Moved:
            continue


def _fault_of(anchor):
    if not anchor.is_sealed():
        return Fault(anchor.position, "the anchor, where old lines end, was moved by hand.")
    return None


def _look(anchor, position, before):
    """Look at the next AT_ONCE lines behind `position`, whose hash is `before`: (position, hash, Fault or None) reached.

    Raises Moved when what `anchor` says is no longer true.
    """
    for link in _from(position)[:AT_ONCE]:
        fault = _fault_at(position + 1, before, link)
        if fault:
            if AuditAnchor.the().position != anchor.position:
                raise Moved
            return position, before, fault
        position, before = link.position, bytes(link.hash)
    return position, before, None


def _fault_at(position, before, link):
    if link.position != position:
        return Fault(position, "a line was removed.")
    if bytes(link.hash) != AuditLink.due_hash(before, position, link.entry):
        return Fault(position, f"this line ({link.entry_id}) was changed, exchanged or put in.")
    if not link.entry.is_stamped():
        return Fault(position, f"this line ({link.entry_id}) was not written by the house.")
    return None


def _fault_of_waiting(position):
    for entry in AuditEntry.objects.filter(link=None).order_by("pk").iterator():
        if not entry.is_stamped():
            return Fault(position + 1, f"a line behind it ({entry.pk}) was not written by the house.")
    return None


def compare(position, digits):
    """Whether the chain still holds what was written down: its `position` (int) and hash (`digits`). Fault or None."""
    anchor = AuditAnchor.the()
    if position < anchor.position:
        return Fault(position, f"gone by age, as all up to {anchor.position}; write down a newer one.")
    if position > _end(anchor)[0]:
        return Fault(position, f"the chain ends at {_end(anchor)[0]}: lines were cut from its end.")
    if position == anchor.position:
        there = anchor.hash
    else:
        there = AuditLink.objects.filter(position=position).values_list("hash", flat=True).first() or b""
    if bytes(there).hex() != digits.lower():
        return Fault(position, "the hash is another than was written down.")
    return None


def look_on(now):
    """Go on with today's look at the chain by AT_ONCE lines; at its end none more until tomorrow. How many lines, int.

    Any number of workers: one of two who look at the same lines is counted. A fault raises an alarm of the house.
    """
    check, anchor, today = AuditCheck.the(), AuditAnchor.the(), now.date()
    if check.done_on == today:
        return 0
    resumes = check.position > anchor.position
    position, before = (check.position, check.hash) if resumes else (anchor.position, anchor.hash)
    fault = _fault_of(anchor)
    try:
        reached, last, fault = (position, before, fault) if fault else _look(anchor, position, before)
    except Moved:
        return 0
    now_is = {"position": reached, "hash": last}
    if fault is None and reached == position:
        link_lines()
        fault = _fault_of_waiting(reached)
        if reached < check.head:
            fault = Fault(reached + 1, "lines were cut from the end.")
        now_is |= {"head": reached}
    if fault or reached == position:
        now_is |= {"position": 0, "done_on": today}
    with transaction.atomic():
        mine = AuditCheck.objects.filter(pk=1, position=check.position, done_on=check.done_on).update(**now_is)
        if mine and fault:
            raise_alarm(None, "audit_broken", f"position-{fault.position}", text=BROKEN, position=fault.position)
    return reached - position if mine else 0
