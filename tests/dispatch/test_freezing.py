"""What happens to help requests and to what is on the phones when the house is frozen."""

import pytest
from django.db import transaction
from django.utils import timezone

from coordinators.models import LinkCode
from hotline.dispatch import notices
from hotline.dispatch.actions import contacts, offers
from hotline.dispatch.models import HelpRequest, Offer, OfferLink
from hotline.lib.errors import Refused
from hotline.outbox.models import Message, Priority, State
from hotline.staff.actions.freeze import carry_on, freeze, thaw
from hotline.staff.models import Alarm, AuditEntry, Freeze
from hotline.staff.permissions import Frozen
from tests.staff.test_alarms import at_once
from tests.support.registry import offer_of, voice_of

pytestmark = pytest.mark.django_db
WAY = Freeze.Way.COMMAND


def stand_still():
    """Freeze, and go through the steps until nothing is left."""
    with transaction.atomic():
        freeze(None, "", WAY)
    for _round in range(20):
        if not carry_on(timezone.now()):
            return
    raise AssertionError("the steps find something again and again")


def arrived():
    """As if everything that waits had been sent."""
    for number, message in enumerate(Message.objects.filter(state=State.QUEUED)):
        Message.objects.filter(pk=message.pk).update(state=State.SENT, external_id=str(number + 1), sealed=None)


@pytest.fixture
def two(registry):
    """Two coordinators for food in Kharkiv."""
    return [registry.coordinator((registry.food, registry.kharkiv)) for _each in range(2)]


@pytest.fixture
def taken(two, registry, vera_takes):
    """A request that the first of them accepted, all messages sent; their offers."""
    help_request = vera_takes(registry.food, registry.kharkiv)
    arrived()
    mine, other = (offer_of(help_request, one) for one in two)
    offers.accept(voice_of(two[0]), mine)
    arrived()
    return help_request, mine, other


def test_whatever_is_out_is_withdrawn_and_stands_on_the_desk(taken, two, registry, vera_takes):
    open_one = vera_takes(registry.food, registry.kharkiv)
    stand_still()
    for help_request in (taken[0], open_one):
        help_request.refresh_from_db()
        assert help_request.state == HelpRequest.State.UNANSWERED and help_request.next_wave_at is None
        assert help_request.is_sealed, "nothing is deleted"
    assert set(Offer.objects.values_list("state", flat=True)) <= {"withdrawn", "taken"}
    two[0].refresh_from_db()
    assert two[0].open_requests == 0
    assert AuditEntry.objects.filter(action="help_request.frozen").count() == 2


def test_every_message_that_arrived_is_emptied_before_anything_else(taken):
    stand_still()
    shown = Message.objects.filter(purpose__in=[notices.OFFER, notices.EXTRA], state=State.SENT, edits=None)
    assert shown.exists()
    for message in shown:
        last = message.edited_by.exclude(state=State.CANCELLED).latest("created_at")
        assert last.purpose == notices.CLOSED
        assert last.state == State.SENT or last.priority == Priority.URGENT
        content = last.content() if last.sealed else {"text": "", "buttons": []}
        assert "Food" not in content["text"] and "Харків" not in content["text"] and content["buttons"] == []


def test_offers_that_have_not_left_do_not_leave(two, registry, vera_takes):
    vera_takes(registry.food, registry.kharkiv)
    assert Message.objects.filter(purpose=notices.OFFER, state=State.QUEUED).count() == 2
    stand_still()
    for message in Message.objects.filter(purpose=notices.OFFER):
        assert (message.state, message.sealed) == (State.CANCELLED, None)


def test_closings_that_waited_for_leisure_hurry_now(taken):
    Message.objects.filter(purpose=notices.CLOSED).delete()
    notices.close_offer(Offer.objects.get(pk=taken[2].pk))
    assert Message.objects.get(purpose=notices.CLOSED).priority == Priority.COURTESY
    stand_still()
    assert set(Message.objects.filter(purpose=notices.CLOSED).values_list("priority", flat=True)) == {Priority.URGENT}


def test_a_message_about_many_offers_is_emptied_too(two):
    from hotline.outbox.actions.messages import enqueue

    address = two[0].endpoints.get().address
    content = {"text": "6 × Food", "buttons": []}
    enqueue(channel="telegram", recipient=address, content=content, key="digest:1", purpose=notices.DIGEST)
    arrived()
    stand_still()
    assert Message.objects.exclude(edits=None).get().content() == {
        "text": "This is over. Nothing to do for you.",
        "buttons": [],
    }


def test_links_are_dead(taken, client, two, registry, cast):
    from coordinators.actions import endpoints

    address = OfferLink.objects.first().address
    path = "/" + address.split("/", 3)[3]
    assert client.get(path).status_code == 200
    endpoints.issue_link(cast.ada, two[0])
    stand_still()
    assert not OfferLink.objects.exists() and not LinkCode.objects.exists()
    assert client.get(path).status_code == 404 and client.post(f"{path}accept/").status_code == 404


def test_in_the_moment_between_nobody_gets_through(taken, two, vera, cast, settings):
    """Frozen, but no step was done yet: the rights alone refuse."""
    settings.FREEZERS = []
    link = OfferLink.objects.filter(offer=taken[1]).first()
    freeze(None, "", WAY)
    with pytest.raises(Frozen):
        offers.decline(voice_of(two[1]), taken[2])
    with pytest.raises(Frozen):
        contacts.open_as_winner(link, "device")
    with pytest.raises(Frozen):
        contacts.open_at_desk(cast.vera, taken[0], "Because")
    assert vera.get("/desk/requests/").status_code == 403
    taken[0].refresh_from_db()
    assert taken[0].state == HelpRequest.State.ACCEPTED


def test_thawed_nothing_is_offered_by_itself_and_each_team_is_rung(taken, cast, registry):
    registry.take(cast.viktor, cast.crawl, registry.food, registry.kharkiv)
    assert cast.cora
    stand_still()
    thaw(None, "It was a drill")
    assert not Offer.objects.filter(state__in=["offered", "accepted"]).exists()
    alarms = {alarm.team.code: alarm.params for alarm in Alarm.objects.filter(kind="thawed")}
    assert {code: params["number"] for code, params in alarms.items()} == {"phone": 1, "crawl": 1}


def test_what_was_placed_with_nobody_before_rings_nobody(vera_takes, registry, cast):
    vera_takes(registry.food, registry.kharkiv)  # nobody covers it
    stand_still()
    thaw(None, "It was a drill")
    assert not Alarm.objects.filter(kind="thawed").exists()


def test_withdrawing_is_bounded_and_carried_on(registry, cast, monkeypatch, vera_takes):
    from hotline.dispatch.actions import freezing

    monkeypatch.setattr(freezing, "REQUESTS", 2)
    registry.coordinator((registry.food, registry.kharkiv))
    for _number in range(5):
        vera_takes(registry.food, registry.kharkiv)
    stand_still()
    assert set(HelpRequest.objects.values_list("state", flat=True)) == {"unanswered"}


@pytest.mark.django_db(transaction=True)
def test_freeze_against_accept_and_intake(registry, cast, vera_takes):
    """Whoever is under way gets through or is refused; after the next rounds nothing is out either way."""
    coordinator = registry.coordinator((registry.food, registry.kharkiv))
    voice = voice_of(coordinator)
    for turn in range(4):
        help_request = vera_takes(registry.food, registry.kharkiv)
        offer = offer_of(help_request, coordinator)
        results = at_once(
            [
                lambda: freeze(None, "", WAY),
                lambda offer=offer: offers.accept(voice, Offer.objects.get(pk=offer.pk)),
                lambda: registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv),
                lambda: carry_on(timezone.now()),
            ]
        )
        broken = [one for one in results if isinstance(one, Exception) and not isinstance(one, Refused)]
        assert not broken, results
        stand_still()
        assert not HelpRequest.objects.filter(state__in=["offering", "accepted"]).exists(), turn
        assert not Offer.objects.filter(state__in=["offered", "accepted", "declined"]).exists()
        assert not Message.objects.filter(state=State.QUEUED, purpose__in=[notices.OFFER, notices.EXTRA]).exists()
        coordinator.refresh_from_db()
        assert coordinator.open_requests == 0
        thaw(None, "Next")
