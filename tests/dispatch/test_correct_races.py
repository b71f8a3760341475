"""Corrected in the same instant in which somebody accepts: one of them comes first, and both know it."""

import pytest

from hotline.dispatch.actions import offers, work
from hotline.dispatch.actions.correct import correct
from hotline.dispatch.models import HelpRequest, Offer
from hotline.outbox.models import Message
from tests.support.registry import offer_of, voice_of

TURNS = range(4)


@pytest.fixture
def asked_for(registry, vera_takes, helper):
    """(the request, its offer to `helper`, the request as the desk has it)."""
    taken = vera_takes(registry.food, registry.kharkiv)
    Message.objects.update(state="sent", external_id="7", sealed=None)
    return taken, offer_of(taken, helper), HelpRequest.objects.select_related("team", "category").get(pk=taken.pk)


def closed_words(offer):
    """What the phone of whoever was asked shows now."""
    return Message.objects.filter(subject=offer.reference).exclude(edits=None).latest("created_at").content()["text"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", TURNS)
def test_another_place_against_an_acceptance(turn, cast, registry, helper, asked_for, race):
    taken, offer, mine = asked_for
    elsewhere = registry.coordinator((registry.food, registry.lviv))
    actor, seen, voice = cast.vera, taken.state_since, voice_of(helper)
    acts = [
        lambda: correct(actor, mine, seen_since=seen, place=registry.lviv),
        lambda: offers.accept(voice, offer),
    ]
    refused = race(*(acts if turn % 2 else acts[::-1]))
    taken.refresh_from_db()
    helper.refresh_from_db()
    if refused == ["state_changed"]:
        # The acceptance came first: the winner keeps it until the desk has seen that.
        assert (taken.state, taken.place, helper.open_requests) == ("accepted", registry.kharkiv, 1)
        assert offer_of(taken, elsewhere) is None
    else:
        assert refused == ["no_longer_offered"]
        assert (taken.state, taken.place, helper.open_requests) == ("offering", registry.lviv, 0)
        assert offer_of(taken, helper).state == Offer.State.WITHDRAWN
        assert "withdrawn" in closed_words(offer)
        assert offer_of(taken, elsewhere).state == Offer.State.OFFERED


@pytest.mark.django_db(transaction=True)
def test_one_wins_when_what_is_accepted_is_moved_and_handed_back_in_one_instant(
    cast, registry, helper, asked_for, race
):
    taken, offer, mine = asked_for
    voice = voice_of(helper)
    offers.accept(voice, offer)
    mine.refresh_from_db(), offer.refresh_from_db()
    actor, seen = cast.vera, mine.state_since
    refused = race(
        lambda: correct(actor, mine, seen_since=seen, category=registry.medicine),
        lambda: work.hand_back(voice, offer),
    )
    taken.refresh_from_db()
    helper.refresh_from_db()
    assert refused in (["state_changed"], ["not_yours"]) and helper.open_requests == 0
    assert taken.category == (registry.food if refused == ["state_changed"] else registry.medicine)
