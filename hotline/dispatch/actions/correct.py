"""Correct an open request. What is sealed is replaced without being shown to anybody."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from hotline.dispatch import notices
from hotline.dispatch.actions import crawled, duplicates
from hotline.dispatch.actions.crawled import check_may_go_out
from hotline.dispatch.actions.requests import start_round
from hotline.dispatch.errors import NoWayLeft, StateChanged, TextErased, unread
from hotline.dispatch.models import HelpRequest
from hotline.lib.keyring import KeyGone
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.questionnaires.actions import split
from hotline.staff.actions.alarms import settle_alarm
from hotline.staff.actions.audit import record
from hotline.staff.permissions import require

State = HelpRequest.State
COLUMNS = ("category", "place", "urgency", "needed_by", "spoken_to")
DETAILS = ("people", "protected", "languages", "note")
# One of these is how the person is reached.
WAYS = ("phone", "other", "address")
# What somebody looked at was something else.
NOT_LOOKED_AT = {"looked_at": None, "looked_by": None}


def correct(actor, help_request, *, seen_since, contact=None, answers=None, **changes):
    """Change what is named and nothing else; another contact holds for all open needs of the same call.

    With another kind or place, or anything else that those who were asked have read, they are told that it was withdrawn
    and it starts anew. A winner keeps it unless kind or place changed, and is told; what is sealed they read at its page.
    What a second person has looked at is looked at anew, where its kind asks for that: until then nobody takes it, and a
    winner opens nothing.

    seen_since: `state_since` of the request as the operator saw it: a stale form changes nothing. contact: {field: value},
    "" takes one away; answers: {question key: value}, None takes one away. changes: any of category, place, urgency,
    needed_by (or None), spoken_to, people (or None), protected, languages, note.
    Raises NotAllowed, NotFound, StateChanged, TextErased, NotSpokenTo, NoWayLeft.
    """
    require(actor, "dispatch.take_request", help_request)
    contact, answers = contact or {}, answers or {}
    columns = {name: changes.pop(name) for name in COLUMNS if name in changes}
    details = {name: changes.pop(name) for name in DETAILS if name in changes}
    if changes:
        raise TypeError(f"A correction knows no {', '.join(sorted(changes))}")
    now = timezone.now()
    with transaction.atomic():
        current, others = _locked(help_request, and_others=bool(contact))
        if not current.is_sealed:
            raise TextErased
        if current.state not in HelpRequest.OPEN or current.state_since != seen_since:
            raise StateChanged
        category = columns.get("category", current.category)
        check_may_go_out(category, columns.get("spoken_to", current.spoken_to), current.source)
        sealed, public_changed = _sealed_anew(current, category, contact, details, answers)
        # Who may be asked hangs on these, too.
        asks_others = "languages" in details or "protected" in details or details.get("people") == 1
        was_read = bool(columns) or public_changed or asks_others
        _apply(current, seen_since, now, columns, sealed, was_read)
        if contact or columns.keys() & {"category", "place"}:
            duplicates.mark(current, current.contact())
        record(
            actor,
            "help_request.corrected",
            current.code,
            changed=[
                *columns,
                *details,
                *(f"contact.{name}" for name in contact),
                *(f"answers.{key}" for key in answers),
            ],
        )
        for other in others:
            _give_contact(actor, other, contact, now)
    help_request.refresh_from_db()


def _locked(help_request, *, and_others):
    """(the request, the other open needs of the same call), locked in one order, as they stand now."""
    which = Q(pk=help_request.pk)
    if and_others and help_request.bundle:
        which |= Q(bundle=help_request.bundle, team=help_request.team_id, state__in=HelpRequest.OPEN)
    rows = HelpRequest.objects.select_for_update(no_key=True).filter(which).order_by("pk")
    found = {row.pk: row for row in rows}
    return found.pop(help_request.pk), list(found.values())


def _sealed_anew(help_request, category, contact, details, answers):
    """({field: sealed bytes}, whether public answers changed). Read here to be joined with what is new, shown to nobody."""
    sealed, public_changed = {}, False
    try:
        if contact:
            sealed["sealed_contact"] = _joined_contact(help_request, contact)
        if details or answers:
            joined = help_request.details() | details
            if answers:
                public_changed = _put_answers(joined, category, answers)
            sealed["sealed_details"] = help_request.seal("sealed_details", joined, help_request.record_key())
    except KeyGone as gone:
        raise unread(gone) from gone
    return sealed, public_changed


def _joined_contact(help_request, contact):
    joined = help_request.contact() | contact
    if not any(joined.get(way) for way in WAYS):
        raise NoWayLeft
    return help_request.seal("sealed_contact", joined, help_request.record_key())


def _put_answers(details, category, answers):
    """Put the answers into `details`; whether any is or was public. As at intake, it is settled now which ones are."""
    given = {key: value for key, value in answers.items() if value is not None}
    public, _sealed = split(category.effective("questionnaire"), given)
    before = set(details["public"])
    kept = {key: value for key, value in details["answers"].items() if key not in answers}
    details["answers"] = kept | given
    details["public"] = sorted((before & kept.keys()) | public.keys())
    return bool(public.keys() or before & answers.keys())


def _apply(help_request, seen_since, now, columns, sealed, was_read):
    moved = "category" in columns or "place" in columns
    if moved:
        columns = columns | {"corrected_round": help_request.round + 1}
    if moved or (was_read and help_request.state != State.ACCEPTED):
        start_round(help_request, seen_since, HelpRequest.OPEN, **columns, **sealed, **NOT_LOOKED_AT)
        return
    _write(help_request, now, **columns, **sealed)


def _write(help_request, now, **changes):
    """Write the changes to a locked row, and tell whoever has accepted it, once they may see what is new."""
    resealed = not changes.keys().isdisjoint({"sealed_contact", "sealed_details"})
    if resealed:
        changes |= NOT_LOOKED_AT
    for name, value in changes.items():
        setattr(help_request, name, value)
    # What was corrected while it waited is news to whoever has it, too.
    news = resealed or help_request.look_due
    if help_request.state != State.HELD:
        changes |= _to_look_at(help_request, now, asked=news)
    HelpRequest.objects.filter(pk=help_request.pk).update(state_since=now, **changes)
    help_request.refresh_from_db()
    if help_request.state == State.ACCEPTED and not help_request.look_due:
        notices.tell_changed(help_request, now, resealed=news)
    ring(topics.team_requests(help_request.team_id))


def _to_look_at(help_request, now, *, asked):
    """The changes (dict) by which a corrected row that is out waits for a look, or waits for none any more.

    asked: whether anything changed that is to be looked at where its kind asks for that.
    """
    if not (asked and help_request.needs_a_look()):
        settle_alarm("held", help_request.code)
        return {"look_due": False, "held_alarm_at": None}
    waits = {"look_due": True, "held_alarm_at": crawled.look_due_at(help_request, now)}
    if help_request.state == State.ACCEPTED:
        return waits
    # Whoever was asked keeps what they have read; they can take it again once it was looked at.
    settle_alarm("nobody_took", help_request.code)
    return waits | {"state": State.HELD, "next_wave_at": None}


def _give_contact(actor, help_request, contact, now):
    """The corrected contact for another need of the same call; one that is erased already is left alone."""
    try:
        sealed = _joined_contact(help_request, contact)
    except KeyGone:
        return
    _write(help_request, now, sealed_contact=sealed)
    duplicates.mark(help_request, help_request.contact())
    record(actor, "help_request.corrected", help_request.code, changed=[f"contact.{name}" for name in contact])
