"""Accept and decline: one winner whatever the way, and everybody else is told."""

from django.db import transaction
from django.utils import timezone

from coordinators.actions.load import note_answer, take_place
from coordinators.models import LocalCoordinator
from coordinators.models.trust import BOUNDS, READ_COUNTS, hands
from hotline.dispatch import notices, wording
from hotline.dispatch.actions import coverage, links, tallies, unusual, waves
from hotline.dispatch.actions.locking import lock
from hotline.dispatch.errors import AlreadyTaken, AlreadyYours, BeingLookedAt, NoLongerOffered, TooManyOpen
from hotline.dispatch.models import HelpRequest, Offer, Tally
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.outbox.models import Priority
from hotline.staff.actions.alarms import settle_alarm

State, Step = Offer.State, Tally.Step
ANSWERABLE = (State.OFFERED, State.DECLINED)
# What counts as handed back, and what has ended in any way.
GIVEN_BACK, ENDED = (State.RETURNED,), (State.RETURNED, State.FINISHED, State.WITHDRAWN)


def accept(voice, offer):
    """Accept `offer` for its local coordinator; the link (str, address of `/o/<token>/`) that opens the contact.

    voice: who speaks. Of any number who accept in the same instant exactly one gets it: the first conditional UPDATE wins,
    and the database's own constraint stands behind it.
    Raises NotLinked, NotAllowed, Suspended, AlreadyTaken, AlreadyYours, BeingLookedAt, NoLongerOffered, TooManyOpen.
    """
    now = timezone.now()
    with transaction.atomic():
        voice.check(offer.local_coordinator)
        won = HelpRequest.objects.filter(
            pk=offer.help_request_id, state__in=HelpRequest.TAKEABLE, round=offer.round
        ).update(state=HelpRequest.State.ACCEPTED, state_since=now, next_wave_at=None)
        mine = won and Offer.objects.filter(pk=offer.pk, state__in=ANSWERABLE).update(
            state=State.ACCEPTED,
            answered_at=now,
            last_sign_at=now,
            accepted_via=voice.way,
            accepted_endpoint=voice.endpoint,
            accepted_user=voice.user,
            decline_reason="",
        )
        offer.refresh_from_db()
        if not mine:
            raise why_not(offer)
        if not take_place(offer.local_coordinator_id) or _opened_too_many(offer, now):
            raise TooManyOpen
        if not offer.help_request.practice:
            note_answer(offer.local_coordinator_id, (now - offer.offered_at).total_seconds())
        voice.record(
            "offer.accepted",
            offer.help_request.code,
            reference=offer.reference,
            coordinator=offer.local_coordinator.code,
            way=voice.way,
        )
        _note_accepted(offer, now)
        unusual.watch(offer, now)
        url = links.issue(offer, voice)
        notices.lock_messages(offer.help_request.offers.filter(round=offer.round))
        notices.tell_winner(offer, url, voice.endpoint)
        close_others(offer, now)
        settle_alarm("nobody_took", offer.help_request.code)
        ring(topics.team_requests(offer.help_request.team_id))
        ring(topics.offers(offer.local_coordinator_id))
    return url


def _note_accepted(offer, now):
    """Count it: the first time with how long it took since the call."""
    help_request = offer.help_request
    if help_request.offers.exclude(pk=offer.pk).exclude(accepted_via="").exists():
        tallies.note(help_request, Step.AGAIN, now)
    else:
        tallies.note(help_request, Step.ACCEPTED, now, span=now - help_request.created_at)


def _opened_too_many(offer, now):
    """Whether contacts opened lately and handed back again, with those held now, pass the limit of open contacts.

    Else one could read any number of them by handing each back; whoever is not trusted yet, also by calling each done.
    Call after take_place, which locks the coordinator's row.
    """
    rows = LocalCoordinator.objects.annotate(hands=hands()).values("hands", "open_requests", "level")
    limits = rows.get(pk=offer.local_coordinator_id)
    read = Offer.objects.filter(
        local_coordinator=offer.local_coordinator_id,
        state__in=ENDED if BOUNDS[limits["level"]].ended_count else GIVEN_BACK,
        contact_opened_at__gte=now - READ_COUNTS,
        help_request__practice=False,
    ).count()
    return read + limits["open_requests"] > limits["hands"]


def close_others(offer, now):
    """Tell everybody else who was asked in this round that it is being handled, and nothing more."""
    others = Offer.objects.filter(help_request=offer.help_request_id, round=offer.round, state__in=ANSWERABLE).exclude(
        pk=offer.pk
    )
    close_all(others, State.TAKEN, now)


def close_all(offers, state, now, *, priority=Priority.COURTESY):
    """Move the offers of a QuerySet to a final `state`, empty their messages and ring their coordinators."""
    closing = list(offers.select_related("local_coordinator", "help_request").order_by("pk"))
    notices.lock_messages(closing)
    Offer.objects.filter(pk__in=[offer.pk for offer in closing]).update(state=state)
    for offer in closing:
        offer.state = state
        notices.close_offer(offer, priority=priority)
        ring(topics.offers(offer.local_coordinator_id))


def why_not(offer):
    """The error that tells somebody why their button does nothing, by the offer's state now."""
    if offer.state == State.ACCEPTED:
        return AlreadyYours()
    if offer.state in ANSWERABLE and offer.help_request.state == HelpRequest.State.HELD:
        return BeingLookedAt()
    if offer.state in (State.OFFERED, State.DECLINED, State.TAKEN):
        return AlreadyTaken()
    return NoLongerOffered()


def decline(voice, offer, reason=""):
    """Decline `offer`, which never counts against anybody; `reason` one of Offer.DeclineReason or "".

    Declining again only adds the reason. Raises NotLinked, NotAllowed, Suspended, AlreadyTaken, AlreadyYours,
    NoLongerOffered.
    """
    now = timezone.now()
    with transaction.atomic():
        voice.check(offer.local_coordinator)
        offer = lock(offer)
        declined = Offer.objects.filter(pk=offer.pk, state=State.OFFERED).update(
            state=State.DECLINED, answered_at=now, decline_reason=reason
        )
        if not declined:
            reason = _add_reason(offer, reason)
        tallies.note(offer.help_request, Step.WHY, now, detail=reason, number=bool(reason))
        if reason in coverage.NOT_MINE:
            coverage.ask(offer, now)
        offer.refresh_from_db()
        if declined:
            tallies.note(offer.help_request, Step.DECLINED, now)
            if not offer.help_request.practice:
                note_answer(offer.local_coordinator_id, (now - offer.offered_at).total_seconds())
            voice.record("offer.declined", offer.help_request.code, reference=offer.reference, why=reason)
        notices.update_offer(offer, f"declined-{reason}", lambda endpoint: wording.declined(offer, endpoint))
        if declined:
            waves.next_if_all_declined(offer.help_request, now)
        ring(topics.team_requests(offer.help_request.team_id))
        ring(topics.offers(offer.local_coordinator_id))


def _add_reason(offer, reason):
    """Declined before: only the reason may be new, and the first one holds. An empty one changes nothing, as for a press that
    came twice. Returns the reason that was added, or ""."""
    if offer.state != State.DECLINED:
        raise why_not(offer)
    added = reason and Offer.objects.filter(pk=offer.pk, decline_reason="").update(decline_reason=reason)
    return reason if added else ""
