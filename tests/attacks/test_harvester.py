"""A harvester: somebody who joined to gather contacts accepts whatever comes, opens it at once and calls it done."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from coordinators.actions import availability, trust
from coordinators.models import Level, LocalCoordinator
from coordinators.models.trust import BOUNDS
from hotline.dispatch.models import Offer
from hotline.staff.models import Alarm, AuditEntry
from tests.dispatch.conftest import registry, simulator, simulator_server, telegram, vera_takes
from tests.support.registry import CONTACT

__all__ = ["registry", "simulator", "simulator_server", "telegram", "vera_takes"]

CALLS = 12
NOT_ALONE = {"people": 4, "protected": False}


class Harvester:
    """Presses Accept on a phone and opens each link in a browser of their own."""

    def __init__(self, telegram, registry, client, **fields):
        self.telegram, self.client = telegram, client
        self.chat = telegram.phone("Harvester")
        covers = [(kind, place) for kind in (registry.food, registry.medicine) for place in self.places(registry)]
        self.coordinator = registry.coordinator(*covers, chat=self.chat, **{"level": Level.NEWCOMER} | fields)
        # However much they say that they can carry.
        LocalCoordinator.objects.filter(pk=self.coordinator.pk).update(capacity=1000, contact_limit=1000)

    @staticmethod
    def places(registry):
        return registry.kharkiv, registry.izium

    def take(self, *, done=True, back=False):
        """Press Accept on whatever is offered; open what was won, and get rid of it. How many contacts were read."""
        read = set()
        self.telegram.run()
        for offer in Offer.objects.filter(local_coordinator=self.coordinator, state=Offer.State.OFFERED):
            message = next(
                (one for one in reversed(self.telegram.client.messages(self.chat)) if offer.reference in one["text"]),
                None,
            )
            if message is None:
                continue
            self.telegram.press(self.chat, "Accept", message=message["id"])
            page = next(iter(self.links() - read), None)
            if page and CONTACT["phone"] in self.client.post(f"{page}contact/").content.decode():
                read.add(page)
                if done:
                    self.client.post(f"{page}finish/", {"outcome": "helped"})
                elif back:
                    self.client.post(f"{page}hand-back/")
                self.telegram.run()
        return len(read)

    def links(self):
        """The addresses (set) of the offers that were won, as they stand on the phone."""
        rows = [row for one in self.telegram.client.messages(self.chat) for row in one["buttons"]]
        opening = [button["url"] for row in rows for button in row if button["text"] == "Open the contact"]
        return {f"/o/{url.split('/o/')[1]}" for url in opening}


@pytest.fixture
def calls(registry, vera_takes):
    """calls(number) of people who need food, none of them alone or a child."""

    def ring(number, **written):
        places = registry.kharkiv, registry.izium
        return [vera_takes(registry.food, places[one % 2], **NOT_ALONE | written) for one in range(number)]

    return ring


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", [{"done": True}, {"done": False, "back": True}, {"done": False}])
def test_a_newcomer_who_accepts_everything_gets_the_limit_and_rings_an_alarm(telegram, registry, client, calls, way):
    harvester = Harvester(telegram, registry, client)
    calls(CALLS)
    read = harvester.take(**way) + (harvester.take(**way) if way["done"] else 0)

    most = BOUNDS[Level.NEWCOMER].hands
    assert read == most
    assert AuditEntry.objects.filter(action="contact.opened").count() == most
    alarm = Alarm.objects.open().get(kind="unusual_acceptance")
    assert alarm.subject == harvester.coordinator.code and str(most) in alarm.words()


@pytest.mark.django_db(transaction=True)
def test_day_after_day_it_is_no_more_than_the_limit_a_day(telegram, registry, client, calls):
    harvester = Harvester(telegram, registry, client)
    most, start = BOUNDS[Level.NEWCOMER].hands, timezone.now()
    for day in range(2):
        with time_machine.travel(start + timedelta(days=day, minutes=day), tick=True):
            calls(CALLS // 2)
            assert harvester.take() == most
    harvester.coordinator.refresh_from_db()
    # Two days of calling everything done are two days, and no trust.
    assert (harvester.coordinator.completed, harvester.coordinator.level) == (2, Level.NEWCOMER)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("written", [{"protected": True}, {"protected": None}, {"people": 1, "protected": False}])
def test_children_and_people_alone_never_come_to_a_newcomer(telegram, registry, client, calls, written):
    harvester = Harvester(telegram, registry, client)
    requests = calls(2, **written)
    assert harvester.take() == 0
    assert not Offer.objects.exists() and telegram.client.messages(harvester.chat) == []
    assert [one.wave for one in requests] == [1, 1]

    known = registry.coordinator((registry.food, registry.kharkiv), level=Level.KNOWN)
    (request,) = calls(1, **written)
    assert request.offers.get().local_coordinator == known


@pytest.mark.django_db(transaction=True)
def test_a_newcomer_registered_for_a_whole_region_gets_nothing_of_it(telegram, registry, client, calls, monkeypatch):
    monkeypatch.setattr(Harvester, "places", staticmethod(lambda registry: (registry.oblast, registry.ukraine)))
    harvester = Harvester(telegram, registry, client)
    calls(2)
    assert harvester.take() == 0 and not Offer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_one_press_takes_everything_back(telegram, registry, client, calls, cast, as_person):
    harvester = Harvester(telegram, registry, client)
    calls(CALLS)
    assert harvester.take(done=False) == BOUNDS[Level.NEWCOMER].hands
    pages = harvester.links()
    ada = as_person(cast.ada)
    ada.post(f"/admin/coordinators/localcoordinator/{harvester.coordinator.pk}/do/stop_at_once/")
    telegram.run()

    harvester.coordinator.refresh_from_db()
    assert (harvester.coordinator.state, harvester.coordinator.open_requests) == ("suspended", 0)
    held = Offer.objects.filter(local_coordinator=harvester.coordinator, state__in=["offered", "accepted", "declined"])
    assert not held.exists()
    assert pages and all(CONTACT["phone"] not in client.post(f"{page}contact/").content.decode() for page in pages)
    with pytest.raises(availability.NotPossibleNow):
        availability.suspend(cast.ada, harvester.coordinator, "Once more.")


@pytest.mark.django_db(transaction=True)
def test_a_complaint_takes_back_what_was_only_offered(telegram, registry, client, calls, cast):
    harvester = Harvester(telegram, registry, client, level=Level.KNOWN)
    (alone,) = calls(1, protected=True)
    assert alone.offers.get().local_coordinator == harvester.coordinator
    trust.complain(cast.ada, harvester.coordinator, "Rang at night.")

    assert alone.offers.get().state == Offer.State.WITHDRAWN
    assert harvester.take() == 0 and not AuditEntry.objects.filter(action="contact.opened").exists()
