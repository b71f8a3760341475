"""Offers that cannot stay where they are, and rules that nobody walks around."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from coordinators.actions import availability, endpoints
from coordinators.actions import registry as keeping
from coordinators.models import LocalCoordinator
from hotline.dispatch import notices, sweeps
from hotline.dispatch.actions import contacts, correct, links, offers, requests, withdrawal, work
from hotline.dispatch.errors import ContactClosed, LongestKept, StateChanged, TooManyOpen
from hotline.dispatch.models import HelpRequest, Offer
from hotline.outbox.models import Message
from hotline.staff.models import Alarm
from hotline.staff.permissions import NotAllowed, NotFound
from tests.support.registry import offer_of, voice_of


@pytest.fixture
def two(registry):
    return [registry.coordinator((registry.food, registry.kharkiv)) for _number in range(2)]


def open_contact(offer, voice):
    url = links.issue(offer, voice)
    contacts.open_as_winner(links.find(url.split("/o/")[1].strip("/")), "device")


def test_contacts_opened_and_handed_back_count_against_the_limit(registry, vera_takes, two):
    harvester, voice = two[0], voice_of(two[0])
    LocalCoordinator.objects.filter(pk=harvester.pk).update(contact_limit=2, capacity=20)
    opened = 0
    for _number in range(5):
        help_request = vera_takes(registry.food, registry.kharkiv)
        try:
            offers.accept(voice, offer_of(help_request, harvester))
        except TooManyOpen:
            continue
        open_contact(offer_of(help_request, harvester), voice)
        opened += 1
        work.hand_back(voice, offer_of(help_request, harvester))
    assert opened == 2


def test_pressing_decline_twice_harms_nobody(registry, vera_takes, two):
    help_request = vera_takes(registry.food, registry.kharkiv)
    for _number in range(2):
        offers.decline(voice_of(two[0]), offer_of(help_request, two[0]))
    assert offer_of(help_request, two[0]).state == Offer.State.DECLINED


def test_who_declined_is_left_alone_in_later_rounds(registry, vera_takes, two):
    help_request = vera_takes(registry.food, registry.kharkiv)
    offers.decline(voice_of(two[0]), offer_of(help_request, two[0]))
    offers.accept(voice_of(two[1]), offer_of(help_request, two[1]))
    work.hand_back(voice_of(two[1]), offer_of(help_request, two[1]))
    assert not help_request.offers.filter(round=2).exists()


def test_not_my_area_no_longer_counts_when_the_place_is_corrected(registry, vera_takes, cast, two):
    help_request = vera_takes(registry.food, registry.kharkiv)
    offers.decline(voice_of(two[0]), offer_of(help_request, two[0]), "not_my_area")
    offers.decline(voice_of(two[1]), offer_of(help_request, two[1]), "no_capacity")
    help_request.refresh_from_db()
    correct.correct(cast.vera, help_request, seen_since=help_request.state_since, category=registry.food)
    asked = set(help_request.offers.filter(round=2).values_list("local_coordinator_id", flat=True))
    assert asked == {two[0].pk}


def test_still_needed_is_for_open_requests_alone(registry, vera_takes, cast, two, time_machine):
    help_request = vera_takes(registry.food, registry.kharkiv)
    time_machine.move_to(help_request.created_at + timedelta(days=13))
    HelpRequest.objects.filter(pk=help_request.pk).update(erase_at=help_request.created_at + timedelta(days=14))
    with pytest.raises(LongestKept):
        requests.keep_open(cast.vera, help_request)
    help_request.refresh_from_db()
    requests.cancel(cast.vera, help_request, seen_since=help_request.state_since, reason="rang again")
    with pytest.raises(StateChanged):
        requests.keep_open(cast.vera, help_request)


def test_correcting_does_not_open_the_contact_to_the_desk(registry, vera_takes, cast, two):
    help_request = vera_takes(registry.food, registry.kharkiv)
    correct.correct(cast.vera, help_request, seen_since=help_request.state_since, urgency="urgent")
    help_request.refresh_from_db()
    with pytest.raises(ContactClosed):
        contacts.open_at_desk(cast.vera, help_request, "curious")


def test_another_urgency_leaves_an_accepted_request_with_the_winner(registry, vera_takes, cast, two):
    help_request = vera_takes(registry.food, registry.kharkiv)
    offers.accept(voice_of(two[0]), offer_of(help_request, two[0]))
    help_request.refresh_from_db()
    correct.correct(cast.vera, help_request, seen_since=help_request.state_since, urgency="urgent")
    help_request.refresh_from_db()
    assert (help_request.state, help_request.urgency, help_request.round) == ("accepted", "urgent", 1)
    assert "Changed" in Message.objects.filter(purpose="offer_extra").latest("created_at").content()["text"]


def test_the_wider_ones_are_not_asked_together_with_the_near(registry, vera_takes):
    near = registry.coordinator((registry.food, registry.kharkiv))
    wide = registry.coordinator((registry.any, registry.ukraine))
    help_request = vera_takes(registry.food, registry.kharkiv)
    assert [offer.local_coordinator for offer in help_request.offers.all()] == [near]
    sweeps.send_waves(help_request.next_wave_at)
    assert offer_of(help_request, wide).wave.number == 2


def test_a_sweep_takes_back_what_a_suspension_left_behind(registry, vera_takes, cast, two):
    help_request = vera_takes(registry.food, registry.kharkiv)
    offers.accept(voice_of(two[0]), offer_of(help_request, two[0]))
    availability.suspend(cast.ada, two[0], "harvests")
    assert sweeps.take_misplaced(timezone.now()) == 1
    help_request.refresh_from_db()
    assert (help_request.state, help_request.round) == ("offering", 2)
    assert offer_of(help_request, two[0]).returned_because == "suspended"


def test_what_somebody_held_who_left_is_offered_to_others(registry, vera_takes, two):
    help_request = vera_takes(registry.food, registry.kharkiv)
    offers.accept(voice_of(two[0]), offer_of(help_request, two[0]))
    endpoints.stop(two[0].endpoints.get())
    sweeps.take_misplaced(timezone.now())
    assert offer_of(help_request, two[1]).state == Offer.State.OFFERED
    assert offer_of(help_request, two[1]).round == 2


def test_what_is_unsent_after_two_minutes_takes_the_next_endpoint(registry, vera_takes, two):
    spare = registry.endpoint(two[0], position=1)
    help_request = vera_takes(registry.food, registry.kharkiv)
    offer = offer_of(help_request, two[0])
    assert sweeps.pass_on_undelivered(timezone.now() + timedelta(minutes=1)) == 0
    sweeps.pass_on_undelivered(timezone.now() + timedelta(minutes=3))
    own = {message.address(): message.state for message in Message.objects.filter(subject=offer.reference)}
    assert own[spare.address] == "queued"
    assert sorted(own.values()) == ["cancelled", "queued"]


def test_an_attempt_that_may_have_arrived_is_not_taken_back(registry, vera_takes, two):
    help_request = vera_takes(registry.food, registry.kharkiv)
    Message.objects.update(state="dead", uncertain=True)
    assert sweeps.pass_on_undelivered(timezone.now()) == 0
    assert set(help_request.offers.values_list("state", flat=True)) == {"offered"}


def test_what_certainly_never_arrived_goes_to_somebody_else(registry, vera_takes, two):
    third = registry.coordinator((registry.food, registry.oblast))
    registry.any.wave_size = {"today": 2}
    registry.any.save()
    help_request = vera_takes(registry.food, registry.kharkiv)
    Message.objects.update(state="dead")
    assert sweeps.pass_on_undelivered(timezone.now()) == 2
    assert offer_of(help_request, third).state == Offer.State.OFFERED


def test_a_silent_winner_who_answers_in_the_same_moment_keeps_it(registry, vera_takes, two):
    help_request = vera_takes(registry.food, registry.kharkiv)
    offers.accept(voice_of(two[0]), offer_of(help_request, two[0]))
    sweeps.nudge_silent(timezone.now() + timedelta(hours=5))
    stale = Offer.objects.select_related("help_request").get(state="accepted")
    work.sign(voice_of(two[0]), offer_of(help_request, two[0]))
    assert sweeps.silence.hand_back_silent(stale, timezone.now()) is False
    assert offer_of(help_request, two[0]).state == Offer.State.ACCEPTED


def test_practice_lets_no_figure_and_no_alarm_change(registry, cast, two):
    taken = registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv, practice=True)
    offers.decline(voice_of(two[0]), offer_of(taken, two[0]))
    offers.accept(voice_of(two[1]), offer_of(taken, two[1]))
    sweeps.warn_before_erasure(taken.created_at + timedelta(days=6, hours=1))
    assert not Alarm.objects.exists()
    assert set(LocalCoordinator.objects.values_list("answer_seconds", flat=True)) == {None}


def test_only_a_suspended_coordinator_that_holds_nothing_is_removed(registry, vera_takes, cast, two):
    help_request = vera_takes(registry.food, registry.kharkiv)
    offers.accept(voice_of(two[0]), offer_of(help_request, two[0]))
    with pytest.raises(availability.NotPossibleNow):
        keeping.remove(cast.ada, two[0])
    availability.suspend(cast.ada, two[0], "left")
    with pytest.raises(availability.NotPossibleNow):
        keeping.remove(cast.ada, two[0])
    sweeps.take_misplaced(timezone.now())
    with pytest.raises((NotAllowed, NotFound)):
        keeping.remove(cast.cora, two[0])
    keeping.remove(cast.ada, two[0])
    help_request.refresh_from_db()
    assert (help_request.state, LocalCoordinator.objects.count()) == ("offering", 1)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads a small table as a whole")
def test_who_looks_for_messages_about_offers_does_not_read_all_there_are(db):
    now, offer = timezone.now(), Offer(reference="ABC")
    for found in (notices.all_messages(offer), notices.own_messages(offer), withdrawal.undelivered(now)):
        assert "message_by_subject" in found.explain()
    assert "offer_waiting" in withdrawal.undelivered(now).explain()
