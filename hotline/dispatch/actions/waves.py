"""Waves: the best few are asked first, the next ones when the time is up or all have declined, then the alarm rings."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_noop

from coordinators.actions.load import note_answer
from coordinators.actions.reach import first_way
from hotline.dispatch import notices
from hotline.dispatch.actions import tallies
from hotline.dispatch.matching import Need, rank
from hotline.dispatch.models import HelpRequest, Offer, Tally, Wave
from hotline.lib.crypto import Unreadable
from hotline.lib.keyring import KeyGone
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.outbox.models import Message
from hotline.outbox.models import State as MessageState
from hotline.staff.actions.alarms import raise_alarm
from hotline.staff.actions.audit import record

State, Step = HelpRequest.State, Tally.Step
# A silence counts like an answer that took twice the time that was given.
SILENCE_FACTOR = 2
DEFAULT_WAVE_MINUTES = {"urgent": 2, "today": 10, "soon": 60}
DEFAULT_WAVE_SIZE = {"urgent": 5, "today": 3, "soon": 3}


def wave_minutes(help_request):
    """How long one wave has, in minutes, by kind of help and urgency."""
    minutes = help_request.category.effective("wave_minutes") or {}
    return minutes.get(help_request.urgency, DEFAULT_WAVE_MINUTES[help_request.urgency])


def wave_size(help_request):
    """How many are asked at once, by kind of help and urgency."""
    size = help_request.category.effective("wave_size") or {}
    return size.get(help_request.urgency, DEFAULT_WAVE_SIZE[help_request.urgency])


def need_of(help_request):
    """The Need to rank for; the person's languages and who is among them come out of the sealed details."""
    place = help_request.whole_place()
    try:
        details = help_request.details()
    except (KeyGone, Unreadable):
        # What cannot be opened any more must not keep the request from being offered.
        return Need(help_request.category, place, help_request.urgency)
    protected = is_protected(details.get("protected"), details["people"])
    return Need(help_request.category, place, help_request.urgency, tuple(details["languages"]), protected)


def is_protected(said, people):
    """Whether a need is kept from newcomers, bool: always, but when somebody said that neither children nor anybody alone
    is among them. said: True, False or None for unknown; people: how many, or None."""
    return said is not False or people == 1


def _left_alone(help_request):
    """Ids (set) of those who are not asked: asked in this round already, declined before, or handed it back.

    "Not my area" and "not my kind" of before a correction no longer count.
    """
    earlier = help_request.offers.filter(
        Q(state=Offer.State.RETURNED) | Q(answered_at__isnull=False, accepted_via="")
    ).exclude(
        round__lt=help_request.corrected_round,
        decline_reason__in=[Offer.DeclineReason.NOT_MY_AREA, Offer.DeclineReason.NOT_MY_KIND],
    )
    this_round = help_request.offers.filter(round=help_request.round)
    return {pk for found in (earlier, this_round) for pk in found.values_list("local_coordinator_id", flat=True)}


def start_next(help_request, now):
    """Ask the next few; nobody left: note that nobody took it and ring the alarm. Returns the offers made (list).

    Two workers that find the same request due make one wave: claiming it is one conditional UPDATE on the wave's number.
    now: aware datetime.
    """
    with transaction.atomic():
        claimed = HelpRequest.objects.filter(
            pk=help_request.pk, state=State.OFFERING, round=help_request.round, wave=help_request.wave
        ).update(wave=help_request.wave + 1, next_wave_at=None)
        if not claimed:
            return []
        help_request.refresh_from_db()
        _count_silence(help_request, now)
        asked = _left_alone(help_request)
        need = need_of(help_request)
        ranking = rank(need, now, exclude=asked)
        # Those registered for wider places or kinds are asked only when no others are left.
        nearest = [one for one in ranking.candidates if one.wide == ranking.candidates[0].wide]
        chosen = nearest[: wave_size(help_request)]
        first = not help_request.offers.exists()
        wave = Wave.objects.create(
            help_request=help_request,
            round=help_request.round,
            number=help_request.wave,
            started_at=now,
            left_out=dict(ranking.left_out),
        )
        if not chosen:
            _nobody_left(help_request, now)
            return []
        offers = Offer.objects.bulk_create(
            Offer(
                help_request=help_request,
                local_coordinator_id=candidate.local_coordinator_id,
                wave=wave,
                round=help_request.round,
                reasons=candidate.parts | {"score": candidate.score, "wide": candidate.wide},
                offered_at=now,
            )
            for candidate in chosen
        )
        HelpRequest.objects.filter(pk=help_request.pk).update(
            next_wave_at=now + timedelta(minutes=wave_minutes(help_request))
        )
        help_request.refresh_from_db()
        # Read already, with all that every offer says of them.
        help_request.category, help_request.place = need.category, need.place
        record(None, "help_request.wave", help_request.code, wave=wave.number, round=wave.round, offers=len(offers))
        tallies.note(help_request, Step.WAVE, now)
        tallies.note(help_request, Step.OFFERED, now, number=len(offers))
        if first:
            tallies.note(help_request, Step.FIRST_OFFER, now, span=now - help_request.created_at)
        for offer in offers:
            _send(offer, help_request)
        ring(topics.team_requests(help_request.team_id))
    return offers


def _send(offer, help_request):
    offer.help_request = help_request
    endpoint = first_way(offer.local_coordinator_id)
    if endpoint is not None and not notices.held_for_digest(offer, endpoint):
        notices.send_offer(offer, endpoint)
    ring(topics.offers(offer.local_coordinator_id))


def _count_silence(help_request, now):
    """Let those who said nothing in the waves before sink a little, once for each offer that reached them."""
    reached = Message.objects.filter(purpose=notices.OFFER, subject=OuterRef("reference"), state=MessageState.SENT)
    silent = help_request.offers.filter(
        Exists(reached), round=help_request.round, state=Offer.State.OFFERED, silence_counted=False
    )
    if help_request.practice:
        return
    # In one order everywhere, so that two waves never wait for each other's rows.
    for offer in silent.order_by("local_coordinator_id"):
        note_answer(offer.local_coordinator_id, wave_minutes(help_request) * 60 * SILENCE_FACTOR)
    tallies.note(help_request, Step.UNHEARD, now, number=silent.update(silence_counted=True))


def _nobody_left(help_request, now):
    HelpRequest.objects.filter(pk=help_request.pk, state=State.OFFERING).update(
        state=State.UNANSWERED, state_since=now, next_wave_at=None
    )
    help_request.refresh_from_db()
    tallies.note(help_request, Step.NOBODY, now)
    record(None, "help_request.nobody_left", help_request.code, round=help_request.round)
    if not help_request.practice:
        raise_alarm(
            help_request.team,
            "nobody_took",
            help_request.code,
            text=gettext_noop("Nobody took the help request %(subject)s, and nobody is left who could be asked now."),
        )
    ring(topics.team_requests(help_request.team_id))


def next_if_all_declined(help_request, now):
    """Start the next wave at once when nobody is left who might still answer. Call after a decline, same transaction."""
    waiting = help_request.offers.filter(round=help_request.round, state=Offer.State.OFFERED).exists()
    if not waiting and help_request.state == State.OFFERING:
        start_next(help_request, now)


def due(now):
    """Requests (QuerySet, oldest first) whose next wave should start at `now`."""
    return (
        HelpRequest.objects.filter(state=State.OFFERING, next_wave_at__lte=now)
        .select_related("category", "team")
        .order_by("next_wave_at")
    )
