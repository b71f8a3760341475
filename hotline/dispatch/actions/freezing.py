"""What dispatch does when the house is frozen, and when it goes on."""

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_noop

from coordinators.models import Endpoint
from hotline.dispatch import notices
from hotline.dispatch.actions.coverage import drop_question
from hotline.dispatch.actions.ended_chats import CARRY_OFFERS, empty
from hotline.dispatch.actions.requests import LIVE_OFFERS, withdraw_offers
from hotline.dispatch.models import HelpRequest, Offer, OfferLink
from hotline.lib.rows import each
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.outbox.models import Message, Priority
from hotline.outbox.models import State as MessageState
from hotline.staff.actions.alarms import raise_alarm
from hotline.staff.actions.audit import record
from hotline.staff.models import Team

State = HelpRequest.State
# Help requests that are withdrawn, and messages that are changed, in one round.
REQUESTS, MESSAGES = 50, 500
# What is out with somebody, or would go out again by itself.
OUT = (State.OFFERING, State.ACCEPTED)


def freeze(frozen, now):
    """One round: unsent offers are dropped, what is out is withdrawn and emptied, links are dead. How many things, int.

    frozen: the staff's Freeze. now: aware datetime.
    """
    done = _drop_unsent() + each(_out(), _withdraw, now) + _hurry()
    done += each(_questions(), lambda offer, _now: drop_question(offer), now) + each(_digests(), _empty, now)
    links = list(OfferLink.objects.values_list("pk", flat=True)[:MESSAGES])
    return done + OfferLink.objects.filter(pk__in=links).delete()[0]


def thaw(frozen, now):
    """Ring each team whose requests were taken back: they stand on its desk, and with nobody else."""
    back = Q(help_requests__state=State.UNANSWERED, help_requests__state_since__gte=frozen.started_at)
    back &= Q(help_requests__practice=False)
    for team in Team.objects.annotate(number=Count("help_requests", filter=back)).filter(number__gt=0):
        raise_alarm(
            team,
            "thawed",
            team.code,
            text=gettext_noop(
                "The house goes on. Help requests that are with nobody now: %(number)s. Offer them again."
            ),
            number=team.number,
        )
        ring(topics.team_requests(team.pk))


def _drop_unsent():
    """Messages that carry offers and have not left do not leave any more."""
    with transaction.atomic():
        # In the outbox's own order; what a sender has in hand is caught when it has arrived.
        unsent = Message.objects.filter(state=MessageState.QUEUED, purpose__in=CARRY_OFFERS).order_by("pk")
        rows = list(unsent.select_for_update(skip_locked=True).values_list("pk", flat=True)[:MESSAGES])
        return Message.objects.filter(pk__in=rows).update(state=MessageState.CANCELLED, sealed=None)


def _hurry():
    """Messages of offers that were over before are emptied now, and not when there is time for courtesy."""
    with transaction.atomic():
        waiting = Message.objects.filter(state=MessageState.QUEUED, purpose=notices.CLOSED)
        rows = waiting.exclude(priority=Priority.URGENT).order_by("pk").select_for_update(skip_locked=True)
        pks = list(rows.values_list("pk", flat=True)[:MESSAGES])
        return Message.objects.filter(pk__in=pks).update(priority=Priority.URGENT)


def _out():
    live = Offer.objects.filter(help_request=OuterRef("pk"), state__in=LIVE_OFFERS)
    return HelpRequest.objects.filter(Q(state__in=OUT) | Exists(live)).order_by("pk")[:REQUESTS]


def _withdraw(help_request, now):
    """Take one request back from everybody; whether this call did it."""
    with transaction.atomic():
        help_request = HelpRequest.objects.select_for_update(no_key=True).get(pk=help_request.pk)
        moved = HelpRequest.objects.filter(pk=help_request.pk, state__in=OUT).update(
            state=State.UNANSWERED, state_since=now, next_wave_at=None
        )
        live = help_request.offers.filter(state__in=LIVE_OFFERS).exists()
        if not (moved or live):
            return False
        withdraw_offers(help_request, now, priority=Priority.URGENT)
        record(None, "help_request.frozen", help_request.code)
        ring(topics.team_requests(help_request.team_id))
    return True


def _questions():
    """Offers that are over and still show the question about a coverage, which says where somebody helps."""
    return Offer.objects.filter(asks_about__isnull=False).exclude(state__in=LIVE_OFFERS).order_by("pk")[:REQUESTS]


def _digests():
    sent = Message.objects.filter(purpose=notices.DIGEST, state=MessageState.SENT, edits=None)
    return sent.filter(edited_by=None, channel=Endpoint.Channel.TELEGRAM).order_by("pk")[:REQUESTS]


def _empty(message, _now):
    endpoint = Endpoint.objects.at(message.channel, message.address()).first()
    return empty(message, endpoint.language if endpoint else "en")
