"""Accepting and declining: one winner, everybody else told, and a right to refuse."""

import threading

import pytest
from django.db import connection

from coordinators.models import LocalCoordinator
from hotline.dispatch.actions import correct, offers, requests
from hotline.dispatch.errors import AlreadyTaken, AlreadyYours, NoLongerOffered, TooManyOpen
from hotline.dispatch.models import HelpRequest, Offer
from hotline.dispatch.voice import NotLinked, Suspended, Voice
from hotline.outbox.models import Message
from hotline.staff.models import AuditEntry
from hotline.staff.permissions import NotFound
from tests.support.registry import offer_of, voice_of


@pytest.fixture
def three(registry):
    """Three coordinators for food in Kharkiv."""
    return [registry.coordinator((registry.food, registry.kharkiv)) for _number in range(3)]


def states(help_request):
    return sorted(help_request.offers.values_list("state", flat=True))


def test_the_first_to_accept_wins_and_the_others_are_told(registry, vera_takes, three):
    help_request = vera_takes(registry.food, registry.kharkiv)
    winner, *losers = three
    url = offers.accept(voice_of(winner), offer_of(help_request, winner))
    help_request.refresh_from_db()
    assert help_request.state == HelpRequest.State.ACCEPTED
    assert states(help_request) == ["accepted", "taken", "taken"]
    assert "/o/" in url
    for loser in losers:
        with pytest.raises(AlreadyTaken):
            offers.accept(voice_of(loser), offer_of(help_request, loser))
    assert states(help_request) == ["accepted", "taken", "taken"]
    assert AuditEntry.objects.filter(action="offer.accepted", subject=help_request.code).count() == 1


def test_accepting_twice_says_that_it_is_yours_already(registry, vera_takes, three):
    help_request = vera_takes(registry.food, registry.kharkiv)
    offers.accept(voice_of(three[0]), offer_of(help_request, three[0]))
    with pytest.raises(AlreadyYours):
        offers.accept(voice_of(three[0]), offer_of(help_request, three[0]))
    three[0].refresh_from_db()
    assert three[0].open_requests == 1


def test_only_a_linked_person_may_accept(registry, vera_takes, three):
    help_request = vera_takes(registry.food, registry.kharkiv)
    with pytest.raises(NotLinked):
        offers.accept(voice_of(three[1]), offer_of(help_request, three[0]))
    assert states(help_request) == ["offered"] * 3


def test_only_a_representative_may_accept_with_an_account(registry, vera_takes, three, cast):
    help_request = vera_takes(registry.food, registry.kharkiv)
    offer = offer_of(help_request, three[0])
    with pytest.raises(NotFound):
        offers.accept(Voice(Offer.Way.ADMIN, user=cast.ada), offer)
    person = cast.person("representative", represents=[three[0]])
    offers.accept(Voice(Offer.Way.ADMIN, user=person), offer)
    assert states(help_request) == ["accepted", "taken", "taken"]


def test_a_suspended_coordinator_accepts_nothing(registry, vera_takes, three):
    help_request = vera_takes(registry.food, registry.kharkiv)
    LocalCoordinator.objects.filter(pk=three[0].pk).update(state=LocalCoordinator.State.SUSPENDED)
    with pytest.raises(Suspended):
        offers.accept(voice_of(three[0]), offer_of(help_request, three[0]))


def test_open_contacts_are_limited(registry, vera_takes, three):
    LocalCoordinator.objects.filter(pk=three[0].pk).update(contact_limit=1)
    first = vera_takes(registry.food, registry.kharkiv)
    second = vera_takes(registry.food, registry.kharkiv)
    offers.accept(voice_of(three[0]), offer_of(first, three[0]))
    with pytest.raises(TooManyOpen):
        offers.accept(voice_of(three[0]), offer_of(second, three[0]))
    second.refresh_from_db()
    assert second.state == HelpRequest.State.OFFERING
    assert states(second) == ["offered"] * 3


def test_a_withdrawn_request_cannot_be_accepted(registry, vera_takes, three, cast):
    help_request = vera_takes(registry.food, registry.kharkiv)
    requests.cancel(cast.vera, help_request, seen_since=help_request.state_since, reason="rang again")
    with pytest.raises(NoLongerOffered):
        offers.accept(voice_of(three[0]), offer_of(help_request, three[0]))


def test_an_offer_of_an_earlier_round_cannot_be_accepted(registry, vera_takes, three, cast):
    help_request = vera_takes(registry.food, registry.kharkiv)
    old = offer_of(help_request, three[0])
    correct.correct(cast.vera, help_request, seen_since=help_request.state_since, urgency="urgent")
    with pytest.raises(NoLongerOffered):
        offers.accept(voice_of(three[0]), old)
    assert offer_of(help_request, three[0]).state == Offer.State.OFFERED


def test_declining_is_free_and_the_next_wave_comes_at_once_when_all_have_declined(registry, vera_takes, three):
    fourth = registry.coordinator((registry.food, registry.oblast))
    help_request = vera_takes(registry.food, registry.kharkiv)
    assert help_request.wave == 1
    for one in three:
        offers.decline(voice_of(one), offer_of(help_request, one), "no_capacity")
    help_request.refresh_from_db()
    assert help_request.wave == 2
    assert offer_of(help_request, fourth).state == Offer.State.OFFERED
    for one in three:
        one.refresh_from_db()
        assert one.answer_seconds < 60


def test_a_decline_can_be_taken_back_while_it_is_free(registry, vera_takes, three):
    help_request = vera_takes(registry.food, registry.kharkiv)
    offers.decline(voice_of(three[0]), offer_of(help_request, three[0]))
    offers.accept(voice_of(three[0]), offer_of(help_request, three[0]))
    assert states(help_request) == ["accepted", "taken", "taken"]


def test_a_reason_can_be_added_to_a_decline(registry, vera_takes, three):
    help_request = vera_takes(registry.food, registry.kharkiv)
    offers.decline(voice_of(three[0]), offer_of(help_request, three[0]))
    offers.decline(voice_of(three[0]), offer_of(help_request, three[0]), "unsafe")
    assert offer_of(help_request, three[0]).decline_reason == "unsafe"


def test_declining_what_is_taken_says_so(registry, vera_takes, three):
    help_request = vera_takes(registry.food, registry.kharkiv)
    offers.accept(voice_of(three[0]), offer_of(help_request, three[0]))
    with pytest.raises(AlreadyTaken):
        offers.decline(voice_of(three[1]), offer_of(help_request, three[1]))


def test_a_stranger_cannot_decline(registry, vera_takes, three):
    help_request = vera_takes(registry.food, registry.kharkiv)
    with pytest.raises(NotLinked):
        offers.decline(voice_of(three[1]), offer_of(help_request, three[0]))


def test_offers_that_nobody_saw_yet_are_called_back_instead_of_sent(registry, vera_takes, three):
    help_request = vera_takes(registry.food, registry.kharkiv)
    offers.accept(voice_of(three[0]), offer_of(help_request, three[0]))
    queued = Message.objects.filter(purpose__startswith="offer", state="queued")
    assert {message.subject for message in queued} == {offer_of(help_request, three[0]).reference}


@pytest.mark.django_db(transaction=True)
def test_of_many_who_accept_in_one_instant_one_wins(registry, vera_takes, quiet_connections):
    registry.any.wave_size = {"urgent": 16, "today": 16, "soon": 16}
    registry.any.save()
    crowd = [registry.coordinator((registry.food, registry.kharkiv)) for _number in range(16)]
    help_request = vera_takes(registry.food, registry.kharkiv)
    found = [(voice_of(one), offer_of(help_request, one)) for one in crowd]
    connection.close()
    start, results = threading.Barrier(len(crowd)), []

    def run(voice, offer):
        with quiet_connections():
            start.wait()
            try:
                results.append(offers.accept(voice, offer))
            except AlreadyTaken as refused:
                results.append(refused)

    threads = [threading.Thread(target=run, args=pair) for pair in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 16
    assert sum(isinstance(result, str) for result in results) == 1
    assert states(help_request) == ["accepted"] + ["taken"] * 15


@pytest.mark.django_db(transaction=True)
def test_the_limit_holds_for_acceptances_in_one_instant(registry, vera_takes, quiet_connections):
    one = registry.coordinator((registry.food, registry.kharkiv), contact_limit=2, capacity=20)
    taken = [vera_takes(registry.food, registry.kharkiv) for _number in range(6)]
    voice = voice_of(one)
    found = [offer_of(help_request, one) for help_request in taken]
    connection.close()
    start, results = threading.Barrier(len(found)), []

    def run(offer):
        with quiet_connections():
            start.wait()
            try:
                results.append(offers.accept(voice, offer))
            except TooManyOpen as refused:
                results.append(refused)

    threads = [threading.Thread(target=run, args=[offer]) for offer in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(result, str) for result in results) == 2
    assert Offer.objects.filter(state="accepted").count() == 2
