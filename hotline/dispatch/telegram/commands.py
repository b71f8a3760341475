"""`/open`: what the coordinator has taken, and what waits for an answer."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordinators.telegram.commands import for_linked
from coordinators.telegram.replies import person_of
from hotline.dispatch import notices, wording
from hotline.dispatch.actions import digests, links
from hotline.dispatch.models import Offer
from hotline.dispatch.voice import Voice
from hotline.outbox.models import Priority
from hotline.outbox.replies import reply

MOST_SHOWN = 10


@for_linked
def open_(update, endpoint):
    """Say how much is open, then show it one by one, with fresh links for whoever asks."""
    own = Offer.objects.filter(local_coordinator=endpoint.local_coordinator_id)
    held = list(
        own.filter(state=Offer.State.ACCEPTED)
        .select_related("help_request__category", "help_request__place", "local_coordinator")
        .order_by("answered_at")[:MOST_SHOWN]
    )
    number = own.filter(state=Offer.State.ACCEPTED).count()
    waiting = own.filter(state=Offer.State.OFFERED).count()
    with transaction.atomic():
        reply(update, f"{_held(number)} {_waiting(waiting)}", part=endpoint.pk)
        for offer in held:
            _show_held(update, endpoint, offer)
        digests.show_waiting(endpoint.local_coordinator_id, endpoint, limit=MOST_SHOWN)


def _held(number):
    if not number:
        return _("You hold no open request.")
    return ngettext("You hold %(number)d open request.", "You hold %(number)d open requests.", number) % {
        "number": number
    }


def _waiting(number):
    if not number:
        return _("Nothing waits for your answer.")
    return ngettext(
        "%(number)d waits for your answer.", "%(number)d wait for your answer.", number
    ) % {"number": number}  # fmt: skip


def _show_held(update, endpoint, offer):
    what = f"open-{update.update_id}"
    if notices.was_sent(offer, what):
        return
    voice = Voice(Offer.Way.TELEGRAM, endpoint=person_of(update, endpoint))
    mine = voice.is_who_accepted(offer) and not endpoint.is_group
    notices.send_extra(
        offer,
        endpoint,
        what,
        wording.yours(offer, endpoint, links.issue(offer, voice, fresh=True) if mine else None),
        priority=Priority.ANSWER,
    )
