"""Take, cancel and offer again: what the desk does with help requests."""

import uuid
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from coordinators.actions.load import free_place
from coordinators.models import Category, Place
from hotline.dispatch import notices
from hotline.dispatch.actions import duplicates, tallies, waves
from hotline.dispatch.actions import pass_words as pairs
from hotline.dispatch.actions.crawled import ask_again_at, check_may_go_out, check_reads_channels, look_due_at
from hotline.dispatch.actions.offers import close_all
from hotline.dispatch.actions.work import doubt, due_after_outcome, set_due
from hotline.dispatch.errors import (
    LongestKept,
    ReasonMissing,
    StateChanged,
    TextErased,
    unread,
)
from hotline.dispatch.models import HelpRequest, Offer, Tally
from hotline.dispatch.models.help_request import spoken_code_hash
from hotline.lib import crypto
from hotline.lib.keyring import KeyGone
from hotline.lib.spoken import pass_words, spoken_code
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.outbox.models import Priority
from hotline.questionnaires.actions import split
from hotline.staff.actions.alarms import settle_alarm
from hotline.staff.actions.audit import record
from hotline.staff.actions.freeze import refuse_when_frozen
from hotline.staff.permissions import NotAllowed, require

State, Step = HelpRequest.State, Tally.Step
# How it ended when the caller took it back.
SAID_SO = "caller"
# No contact is kept longer than this after intake, however often it is still needed.
LONGEST = timedelta(days=14)
# An offer that may still change hands or is in somebody's hands.
LIVE_OFFERS = (Offer.State.OFFERED, Offer.State.DECLINED, Offer.State.ACCEPTED)


@dataclass(frozen=True)
class Written:
    """One need as the operator wrote it down.

    category, place: rows of the registry; urgency: HelpRequest.Urgency; answers: {question key: value} of the category's
    questions; people: how many it is about; protected: whether children or somebody alone are among them, None when
    nobody asked; languages: codes the person speaks; needed_by: aware datetime.
    """

    category: Category
    place: Place
    urgency: str
    answers: dict = field(default_factory=dict)
    people: int | None = None
    protected: bool | None = None
    languages: tuple[str, ...] = ()
    needed_by: datetime | None = None
    note: str = ""
    spoken_to: bool = True


def submit(actor, team, needs, contact, *, practice=False, code_language="en", submission=None, source="", link=""):
    """Seal and offer the needs of one caller, who gave one contact.

    actor: operator of `team`; needs: list of Written; contact: {name, phone, address, safe_time, safe_words, consent};
    code_language: language of the spoken code; submission: id (UUID) of the form, so that sending it twice takes it once;
    source, link: where it was found in writing (HelpRequest.Source), and the post's address, of which a hash is kept.
    Returns the HelpRequests, in order. Raises NotAllowed, NotFound, TakesCallsOnly, NotSpokenTo.
    """
    require(actor, "dispatch.take_request", team)
    if not team.takes_requests:
        raise NotAllowed
    check_reads_channels(team, source, link)
    for written in needs:
        check_may_go_out(written.category, written.spoken_to, source)
    now = timezone.now()
    bundle = submission or uuid.uuid4()
    with transaction.atomic():
        # The lock on the team's row lets a double submit wait here, and then find what the first one took.
        type(team).objects.select_for_update(no_key=True).get(pk=team.pk)
        taken = list(HelpRequest.objects.filter(bundle=bundle, team=team).order_by("pk"))
        if taken:
            return taken
        shared = {"practice": practice, "bundle": bundle, "source": source}
        taken = [_take(actor, team, written, contact, code_language, now, **shared) for written in needs]
        for help_request in taken:
            duplicates.mark(help_request, contact, link)
            if help_request.state == State.OFFERING:
                waves.start_next(help_request, now)
        ring(topics.team_requests(team.pk))
    return taken


def _take(actor, team, written, contact, code_language, now, **shared):
    key = crypto.new_key()
    spoken = _free_spoken_code(code_language)
    help_request = HelpRequest(
        team=team,
        category=written.category,
        place=written.place,
        urgency=written.urgency,
        needed_by=written.needed_by,
        spoken_to=written.spoken_to,
        created_by=actor,
        created_at=now,
        state_since=now,
        spoken_code_hash=spoken_code_hash(spoken),
        **shared,
    )
    if help_request.source:
        help_request.ask_needed_at = ask_again_at(help_request.category, now)
    if help_request.needs_a_look():
        help_request.state, help_request.look_due = State.HELD, True
        help_request.held_alarm_at = look_due_at(help_request, now)
    help_request.wrap_key(key, now + timedelta(days=settings.CONTACT_DAYS))
    help_request.sealed_contact = help_request.seal("sealed_contact", contact, key)
    # Which answers are public is settled now: a question made public later opens no answer given before.
    public, _sealed = split(written.category.effective("questionnaire"), written.answers)
    details = {
        "public": sorted(public),
        "people": written.people,
        "protected": written.protected,
        "languages": list(written.languages),
        "answers": written.answers,
        "note": written.note,
        "code_language": code_language,
        "spoken_code": spoken,
        "pass_words": pass_words(code_language),
        "pass_words_told": True,
    }
    help_request.sealed_details = help_request.seal("sealed_details", details, key)
    help_request.save()
    tallies.note(help_request, Step.TAKEN, now)
    about = {"category": written.category.slug, "urgency": written.urgency, "source": help_request.source}
    record(actor, "help_request.taken", help_request.code, **{name: word for name, word in about.items() if word})
    return help_request


def _free_spoken_code(language):
    """Words that no other request carries now."""
    while True:
        spoken = spoken_code(language)
        if not HelpRequest.objects.by_spoken_code(spoken).exists():
            return spoken


def offer_again(actor, help_request, *, seen_since):
    """A new round for a request that nobody took, was cancelled, or came out badly; those who declined are left alone.

    Raises NotAllowed, NotFound, StateChanged, TextErased, NotSpokenTo.
    """
    require(actor, "dispatch.take_request", help_request)
    check_may_go_out(help_request.category, help_request.spoken_to, help_request.source)
    with transaction.atomic():
        doubt(help_request)
        start_round(help_request, seen_since, (State.UNANSWERED, State.CANCELLED, State.DONE))
        record(actor, "help_request.offered_again", help_request.code)


def start_round(help_request, seen_since, states, **changes):
    """Withdraw what is still out and offer the request anew, with the `changes` to its row, or hold it until somebody has
    looked at it. Call inside a transaction.

    states: those it may be in; seen_since: its `state_since` as the operator saw it. Raises StateChanged, TextErased.
    """
    now = timezone.now()
    if not help_request.is_sealed:
        raise TextErased
    after = copy(help_request)
    for name, value in changes.items():
        setattr(after, name, value)
    held = after.needs_a_look()
    started = HelpRequest.objects.filter(pk=help_request.pk, state__in=states, state_since=seen_since).update(
        state=State.HELD if held else State.OFFERING,
        look_due=held,
        held_alarm_at=look_due_at(after, now) if held else None,
        outcome="",
        state_since=now,
        round=help_request.round + 1,
        wave=0,
        next_wave_at=None,
        **changes,
    )
    if not started:
        raise StateChanged
    help_request.refresh_from_db()
    withdraw_offers(help_request, now)
    if help_request.offers.filter(round=help_request.round - 1, contact_opened_at__isnull=False).exists():
        pairs.renew(help_request)
    intake_due = help_request.created_at + timedelta(days=settings.CONTACT_DAYS)
    if help_request.erase_at < intake_due:
        # Where its key is gone, there is nothing to keep for longer.
        with suppress(KeyGone):
            set_due(help_request, intake_due)
    settle_alarm("nobody_took", help_request.code)
    if not held:
        settle_alarm("held", help_request.code)
        waves.start_next(help_request, now)
    ring(topics.team_requests(help_request.team_id))


def withdraw_offers(help_request, now, *, priority=Priority.COURTESY):
    """Withdraw whatever is still with local coordinators, and tell them. Call inside a transaction."""
    settle_alarm("winner_cut_off", help_request.code)
    for held in help_request.offers.filter(state=Offer.State.ACCEPTED):
        free_place(held.local_coordinator_id)
    live = help_request.offers.filter(state__in=LIVE_OFFERS)
    close_all(live, Offer.State.WITHDRAWN, now, priority=priority)


def cancel(actor, help_request, *, seen_since, reason):
    """Withdraw a request, as when the person rings again and needs nothing more; everybody concerned is told.

    reason: a few words for the audit. Raises NotAllowed, NotFound, ReasonMissing, StateChanged.
    """
    require(actor, "dispatch.take_request", help_request)
    reason = reason.strip()
    if not reason:
        raise ReasonMissing
    with transaction.atomic():
        _cancel(help_request, seen_since)
        record(actor, "help_request.cancelled", help_request.code, reason=reason)
        tallies.note(help_request, Step.ENDED, help_request.state_since, detail=State.CANCELLED)


def not_needed(help_request, *, actor=None):
    """The caller says that it is no longer needed: by the spoken code themselves, or to `actor` at a desk, who may be of
    another team. Whoever has accepted meanwhile is told; what was cancelled before stays so. Raises Frozen, StateChanged
    (it ended otherwise).
    """
    refuse_when_frozen()
    with transaction.atomic():
        help_request = HelpRequest.objects.select_for_update(no_key=True).get(pk=help_request.pk)
        if help_request.state == State.CANCELLED:
            return
        _cancel(help_request, help_request.state_since)
        record(actor, "help_request.not_needed", help_request.code)
        tallies.note(help_request, Step.ENDED, help_request.state_since, detail=SAID_SO)


def _cancel(help_request, seen_since):
    now = timezone.now()
    cancelled = HelpRequest.objects.filter(
        pk=help_request.pk, state__in=HelpRequest.OPEN, state_since=seen_since
    ).update(state=State.CANCELLED, state_since=now, next_wave_at=None)
    if not cancelled:
        raise StateChanged
    help_request.refresh_from_db()
    held = help_request.offers.filter(state=Offer.State.ACCEPTED).select_related("local_coordinator").first()
    withdraw_offers(help_request, now)
    if held is not None:
        notices.tell_no_longer_needed(held)
    due_after_outcome(help_request, now)
    for kind in ("nobody_took", "running_out", "held"):
        settle_alarm(kind, help_request.code)
    ring(topics.team_requests(help_request.team_id))


def keep_open(actor, help_request):
    """The desk says that a request which is about to run out is still needed: its text is kept within the maximum.

    Raises NotAllowed, NotFound, TextErased, StateChanged (it is over), LongestKept.
    """
    require(actor, "dispatch.take_request", help_request)
    with transaction.atomic():
        help_request = HelpRequest.objects.select_for_update(no_key=True).get(pk=help_request.pk)
        if not help_request.is_sealed:
            raise TextErased
        if help_request.state not in HelpRequest.OPEN:
            raise StateChanged
        highest = help_request.created_at + LONGEST
        erase_at = min(highest, timezone.now() + timedelta(days=settings.CONTACT_DAYS))
        if erase_at <= help_request.erase_at:
            raise LongestKept
        try:
            set_due(help_request, erase_at)
        except KeyGone as gone:
            raise unread(gone) from gone
        settle_alarm("running_out", help_request.code)
        record(actor, "help_request.kept", help_request.code)
        ring(topics.team_requests(help_request.team_id))
