"""Codes that link a chat or confirm a mailbox end with the suspension of their coordinator, for good."""

import pytest
from django.urls import reverse
from django.utils import timezone

from coordinators.actions import availability, endpoints, registrations, ways
from coordinators.actions.endpoints import LinkNotValid, SwitchedOff
from coordinators.models import Endpoint, LinkCode, LocalCoordinator
from hotline.lib import outward
from hotline.outbox.models import Message
from hotline.staff.permissions import NotAllowed, NotFound
from tests.coordinators.joining import register
from tests.dispatch.conftest import telegram
from tests.outbox.conftest import deliver
from tests.support.postbox import link_in, postbox
from tests.support.registry import Registry
from tests.support.simulator import simulator, simulator_server

__all__ = ["deliver", "postbox", "simulator", "simulator_server", "telegram"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def registry(db):
    return Registry()


@pytest.fixture
def helper(registry):
    return registry.coordinator((registry.food, registry.kharkiv))


def link(code, chat=4711):
    return endpoints.link_chat(code, chat, is_group=False, language="en")


def test_an_unused_code_says_kindly_that_they_are_switched_off_and_links_nothing(cast, helper):
    code = endpoints.issue_link(cast.ada, helper)
    availability.suspend(cast.ada, helper, "harvests")
    with pytest.raises(SwitchedOff, match="switched off at the moment"):
        link(code)
    assert helper.endpoints.count() == 1


def test_one_who_was_never_let_in_keeps_no_code_either(cast, registry):
    refused = registry.coordinator(state=LocalCoordinator.State.PENDING)
    code = endpoints.issue_link(cast.ada, refused)
    availability.suspend(cast.ada, refused, "not who they say")
    with pytest.raises(SwitchedOff):
        link(code)


def test_it_does_not_come_back_to_life_with_the_coordinator(cast, helper):
    code = endpoints.issue_link(cast.ada, helper)
    availability.suspend(cast.ada, helper, "harvests")
    availability.activate(cast.ada, helper)
    with pytest.raises(LinkNotValid):
        link(code)
    assert link(endpoints.issue_link(cast.ada, helper)).state == "active"


def test_the_codes_of_others_stay(cast, registry, helper):
    other = registry.coordinator((registry.food, registry.kharkiv))
    code = endpoints.issue_link(cast.ada, other)
    availability.suspend(cast.ada, helper, "harvests")
    assert link(code).local_coordinator == other


def test_no_new_code_is_made_for_them(cast, helper, as_person):
    mine = cast.person("rita", represents=[helper])
    availability.suspend(cast.ada, helper, "harvests")
    for who in (cast.ada, mine):
        with pytest.raises(SwitchedOff):
            endpoints.issue_link(who, helper)
    with pytest.raises((NotAllowed, NotFound)):
        endpoints.issue_link(cast.vera, helper)
    assert not LinkCode.objects.exists()
    page = as_person(cast.ada).get(reverse("admin:coordinators_localcoordinator_change", args=[helper.pk]))
    assert "Link a chat" not in page.content.decode()


def test_the_holder_of_a_registration_gets_none_either(cast, registry):
    found, _code = register(registry)
    helper = registry.coordinator((registry.food, registry.kharkiv), chat=1)
    helper.endpoints.all().delete()
    type(found).objects.filter(pk=found.pk).update(state="approved", local_coordinator=helper)
    found.refresh_from_db()
    issued = registrations.issue_link(found)
    availability.suspend(cast.ada, helper, "harvests")
    with pytest.raises(SwitchedOff):
        registrations.issue_link(found)
    with pytest.raises(SwitchedOff):
        link(issued)


def test_a_letter_that_asks_whether_a_mailbox_is_theirs_ends_as_well(cast, helper, client, postbox, deliver):
    ways.add_mailbox(cast.ada, helper, "one@example.org")
    deliver()
    address = link_in(postbox.received[0])
    availability.suspend(cast.ada, helper, "harvests")
    for answer in (client.get(address), client.post(address)):
        assert answer.status_code == 404 and "switched off at the moment" in answer.text
    assert helper.endpoints.get(channel="email").state == "unconfirmed"


@pytest.fixture
def suspended(helper, postbox, deliver, cast):
    """`helper`, with a mailbox and a system that were to be confirmed when it was suspended."""
    ways.add_mailbox(cast.ada, helper, "one@example.org")
    deliver()
    Endpoint.objects.create(
        local_coordinator=helper,
        channel="webhook",
        address="https://hooks.example.org/",
        state="unconfirmed",
        secrets="secret",
    )
    availability.suspend(cast.ada, helper, "harvests")
    return helper


def test_no_way_is_added_or_asked_while_they_are_suspended(cast, suspended, monkeypatch):
    async def found(*_anything, typed):
        return ["93.184.216.34"]

    monkeypatch.setattr(outward, "look_up", found)
    rita, asked = cast.person("rita", represents=[suspended]), Message.objects.count()
    for who in (cast.ada, rita):
        with pytest.raises(SwitchedOff):
            ways.add_mailbox(who, suspended, "two@example.org")
        with pytest.raises(SwitchedOff):
            ways.add_webhook(who, suspended, "https://other.example.org/")
        for endpoint in suspended.endpoints.exclude(channel="telegram"):
            with pytest.raises(SwitchedOff):
                ways.ask_again(who, endpoint)
    assert suspended.endpoints.count() == 3 and Message.objects.count() == asked


def test_the_page_says_so_in_words_and_not_as_a_fault(cast, suspended, as_person):
    address = reverse("admin:coordinators_localcoordinator_change", args=[suspended.pk])
    shown = as_person(cast.ada).get(address).content.decode()
    assert "Add a mailbox" not in shown and "Add a webhook" not in shown
    mailbox = suspended.endpoints.get(channel="email")
    shown = as_person(cast.ada).get(reverse("admin:coordinators_endpoint_change", args=[mailbox.pk])).content.decode()
    assert "Ask to confirm" not in shown and "Remove" in shown


def test_a_code_that_is_alive_all_the_same_confirms_and_links_nothing(cast, helper, postbox, deliver):
    """As one that was made in the moment of the suspension, or before suspensions ended codes."""
    ways.add_mailbox(cast.ada, helper, "one@example.org")
    deliver()
    text, code = link_in(postbox.received[0]).split("/")[2], endpoints.issue_link(cast.ada, helper)
    LocalCoordinator.objects.update(state="suspended")
    for use in (lambda: ways.find_code(text), lambda: ways.confirm_mailbox(text), lambda: link(code)):
        with pytest.raises(SwitchedOff):
            use()
    assert not LinkCode.objects.exclude(used_at=None).exists()
    assert helper.endpoints.get(channel="email").state == "unconfirmed"
    assert helper.endpoints.count() == 2


def test_a_system_that_answers_meanwhile_is_not_used(suspended):
    system = suspended.endpoints.get(channel="webhook")
    assert not ways.confirm_webhook(system, {"challenge": ways._challenge(system)})
    LocalCoordinator.objects.update(state="active")
    assert ways.confirm_webhook(system, {"challenge": ways._challenge(system)})


def test_the_bot_says_so_in_the_chat(cast, helper, telegram):
    phone = telegram.phone("Olena")
    code = endpoints.issue_link(cast.ada, helper)
    availability.suspend(cast.ada, helper, "harvests")
    telegram.write(phone, f"/start {code}")
    assert "switched off at the moment" in telegram.last(phone)["text"]


def test_a_code_that_was_used_stays_as_it_was(cast, helper):
    code = endpoints.issue_link(cast.ada, helper)
    made = link(code)
    before = LinkCode.objects.get().expires_at
    availability.suspend(cast.ada, helper, "harvests")
    assert LinkCode.objects.get().expires_at == before > timezone.now()
    availability.activate(cast.ada, helper)
    assert link(code) == made
