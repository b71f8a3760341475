"""Whoever declines as "not my area" or "not my kind" is asked once whether they want to be asked for such things at all."""

from django.db import transaction

from coordinators.actions import coverage as registry
from coordinators.models import Coverage, Place
from hotline.dispatch import notices, wording
from hotline.dispatch.actions.locking import lock
from hotline.dispatch.errors import AnsweredAlready
from hotline.dispatch.models import Offer
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.outbox.models import UNCHANGEABLE, Priority

NOT_MINE = (Offer.DeclineReason.NOT_MY_AREA, Offer.DeclineReason.NOT_MY_KIND)


def ask(offer, now):
    """Put the question about the entry of the coverage that the offer came by, if nobody was asked about it before.

    offer: locked, just declined for a reason of NOT_MINE; now: aware datetime. Call inside the transaction.
    """
    entry = _came_by(offer)
    if entry is not None and not offer.help_request.practice and registry.ask_once(entry, now):
        Offer.objects.filter(pk=offer.pk).update(asks_about=entry)
        offer.asks_about = entry


def _came_by(offer):
    """The entry by which the coordinator was ranked, or None when it is no longer there."""
    places = list(Place.objects.one_with_lineage(offer.help_request.place_id).lineage())
    kinds = offer.help_request.category.lineage_ids()
    place, kind = offer.reasons.get("place", len(places)), offer.reasons.get("category", len(kinds))
    if place >= len(places) or kind >= len(kinds):
        return None
    return Coverage.objects.filter(
        local_coordinator=offer.local_coordinator_id, place=places[place].pk, category=kinds[kind]
    ).first()


def drop_question(offer):
    """Take the question away unanswered, and empty what still shows it, at once; whether this call did it.

    offer: one that is over. It is not asked again.
    """
    with transaction.atomic():
        offer = lock(offer)
        if not Offer.objects.filter(pk=offer.pk, asks_about__isnull=False).update(asks_about=None):
            return False
        offer.refresh_from_db()
        _show(offer, "dropped", priority=Priority.URGENT, purpose=notices.CLOSED)
    return True


def _show(offer, what, **options):
    """Change what chats show of an offer that was declined, whatever became of it since. options: of update_offer."""
    if offer.state in (Offer.State.OFFERED, Offer.State.ACCEPTED):
        return
    content = wording.declined if offer.state == Offer.State.DECLINED else wording.closed
    notices.update_offer(
        offer,
        f"coverage-{what}",
        lambda endpoint: None if endpoint.channel in UNCHANGEABLE else content(offer, endpoint),
        **options,
    )


def answer(voice, offer, *, gives_up):
    """Answer the question: give the entry up, or leave it as it is. It is not asked again.

    voice: who speaks. Raises NotLinked, NotAllowed, Suspended, AnsweredAlready.
    """
    with transaction.atomic():
        voice.check(offer.local_coordinator)
        offer = lock(offer)
        entry = Coverage.objects.select_related("category", "place", "local_coordinator").filter(pk=offer.asks_about_id)
        if not Offer.objects.filter(pk=offer.pk, asks_about__isnull=False).update(asks_about=None):
            raise AnsweredAlready
        entry = entry.first()
        if gives_up and entry is not None:
            person = {} if voice.endpoint is None else {"person": voice.endpoint.pk}
            registry.give_up(entry, actor=voice.user, **person)
        offer.refresh_from_db()
        _show(offer, "given-up" if gives_up else "kept")
        ring(topics.offers(offer.local_coordinator_id))
