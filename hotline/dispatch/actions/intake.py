"""Take what stands in the intake form: as new requests, or added to open ones that it turned out to be."""

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from hotline.dispatch.actions import duplicates
from hotline.dispatch.actions.correct import correct
from hotline.dispatch.actions.crawled import check_reads_channels
from hotline.dispatch.actions.notes import add_note
from hotline.dispatch.actions.requests import Written, submit
from hotline.dispatch.errors import LooksKnown, StateChanged
from hotline.dispatch.models import HelpRequest
from hotline.staff.permissions import require

# From the most urgent on.
URGENCIES = list(HelpRequest.Urgency)


@dataclass(frozen=True)
class Choice:
    """What the operator says of a need that looks known. code, seen_since: the open request that it is; none: it is new."""

    code: str = ""
    seen_since: object = None


def take(actor, team, needs, contact, choices, **more):
    """Take the needs, adding to open requests where `choices` says so.

    needs: list of Written; choices: for each a Choice, or None when nothing was said yet; more: as of `submit`.
    Returns (HelpRequests taken, HelpRequests added to). Raises LooksKnown (with `found`: {position: open requests} for which
    nobody has chosen), and whatever `submit` and `correct` raise; then nothing is taken.
    """
    require(actor, "dispatch.take_request", team)
    check_reads_channels(team, more.get("source", ""), more.get("link", ""))
    more["submission"] = more.get("submission") or uuid.uuid4()
    with transaction.atomic():
        # Two who take the same call wait here for each other, so that the second one is warned.
        type(team).objects.select_for_update(no_key=True).get(pk=team.pk)
        if HelpRequest.objects.filter(bundle=more["submission"], team=team).exists():
            return submit(actor, team, needs, contact, **more), []
        known = [_twins(team, written, contact, more) for written in needs]
        unsaid = {at: known[at] for at, choice in enumerate(choices) if known[at] and choice is None}
        if unsaid:
            raise LooksKnown(found=unsaid)
        new, added, left = [], {}, {}
        for written, choice, twins in zip(needs, choices, known, strict=True):
            if choice is None or not choice.code:
                new.append(written)
                continue
            twin = next((one for one in twins if one.code == choice.code), None)
            if twin is None:
                raise StateChanged
            # Two needs of one form may be the same open request.
            since = left.get((twin.pk, choice.seen_since), choice.seen_since)
            add_to(actor, twin, written, contact, seen_since=since)
            left[twin.pk, choice.seen_since] = twin.state_since
            added[twin.pk] = twin
        return submit(actor, team, new, contact, **more) if new else [], list(added.values())


def known(actor, team, category, place, phone, link, *, practice=False):
    """The open requests (list) that a need may be one of, as far as it is written down: category and place may be None yet,
    phone and link "". Raises NotAllowed, NotFound.
    """
    require(actor, "dispatch.take_request", team)
    if category is None or place is None:
        phone = ""
    return duplicates.twins(team, category, place, phone, link, practice=practice)


def _twins(team, written, contact, more):
    return duplicates.twins(
        team,
        written.category,
        written.place,
        contact.get("phone", ""),
        more.get("link", ""),
        practice=more.get("practice", False),
    )


def add_to(actor, help_request, written: Written, contact, *, seen_since):
    """Add to an open request what is new in a need that was taken down once more; nothing that is there is shown.

    Raises NotAllowed, NotFound, StateChanged, TextErased, NoWayLeft.
    """
    require(actor, "dispatch.take_request", help_request)
    now = timezone.now()
    with transaction.atomic():
        # Sent twice, the second one finds it changed.
        if not HelpRequest.objects.filter(
            pk=help_request.pk, state__in=HelpRequest.OPEN, state_since=seen_since
        ).update(state_since=now):
            raise StateChanged
        help_request.refresh_from_db()
        changes = _news(help_request, written, contact)
        if changes:
            correct(actor, help_request, seen_since=now, **changes)
        if written.note:
            add_note(actor, help_request, written.note)


def _news(help_request, written, contact):
    """Arguments of `correct` for what is written anew and differs. Read here to be compared, shown to nobody."""
    details, before = help_request.details(), help_request.contact()
    news = {}
    if URGENCIES.index(written.urgency) < URGENCIES.index(help_request.urgency):
        news["urgency"] = written.urgency
    if written.needed_by and written.needed_by != help_request.needed_by:
        news["needed_by"] = written.needed_by
    if written.spoken_to and not help_request.spoken_to:
        news["spoken_to"] = True
    if written.people and written.people != details["people"]:
        news["people"] = written.people
    # A No takes no Yes back.
    said, before_said = written.protected, details.get("protected")
    if said is not None and said != before_said and before_said is not True:
        news["protected"] = said
    if set(written.languages) - set(details["languages"]):
        news["languages"] = [
            *details["languages"],
            *(one for one in written.languages if one not in details["languages"]),
        ]
    answers = {key: value for key, value in written.answers.items() if value != details["answers"].get(key)}
    reached = {name: value for name, value in contact.items() if value and value != before.get(name)}
    return news | ({"answers": answers} if answers else {}) | ({"contact": reached} if reached else {})
