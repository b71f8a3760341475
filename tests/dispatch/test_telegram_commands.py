"""Commands on phones: link, pause, language, leave, and what is open."""

import re

import pytest

from coordinators.actions import endpoints
from coordinators.models import Endpoint, LinkCode, LocalCoordinator
from hotline.dispatch.actions import offers
from hotline.staff.models import Alarm, AuditEntry
from hotline.staff.permissions import NotAllowed, NotFound
from tests.support.registry import offer_of, voice_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def linked(telegram, registry):
    """(person, coordinator) linked with each other."""
    person = telegram.phone("Phone")
    return person, registry.coordinator((registry.food, registry.kharkiv), chat=person)


def test_a_one_time_link_connects_a_phone_once(telegram, registry, cast):
    coordinator = registry.coordinator()
    coordinator.endpoints.all().delete()
    code = endpoints.issue_link(cast.ada, coordinator)
    one, two = telegram.phone("One", started=False, language="de"), telegram.phone("Two", started=False)
    telegram.client.start(one, code)
    telegram.run()
    endpoint = coordinator.endpoints.get()
    assert (endpoint.address, endpoint.language, endpoint.state) == (str(one), "de", "active")
    telegram.client.start(two, code)
    telegram.run()
    assert "has been used" in telegram.last(two)["text"]
    assert coordinator.endpoints.count() == 1


def test_a_link_that_ran_out_or_was_made_up_is_refused_in_words(telegram, registry, cast):
    coordinator = registry.coordinator()
    code = endpoints.issue_link(cast.ada, coordinator)
    LinkCode.objects.update(expires_at="2020-01-01T00:00Z")
    person = telegram.phone("One", started=False)
    for wrong in (code, "made-up"):
        telegram.client.start(person, wrong)
        telegram.run()
        assert "run out" in telegram.last(person)["text"]


def test_a_group_is_linked_by_its_link(telegram, registry, cast):
    coordinator = registry.coordinator()
    coordinator.endpoints.all().delete()
    member = telegram.phone("Member")
    group = telegram.client.group("Convoy", member)
    telegram.client.start(member, endpoints.issue_link(cast.ada, coordinator), chat=group)
    telegram.run()
    endpoint = coordinator.endpoints.get()
    assert (endpoint.address, endpoint.is_group) == (str(group), True)


def test_only_the_registrys_keepers_and_representatives_issue_links(registry, cast):
    coordinator = registry.coordinator()
    for stranger in (cast.vera, cast.cora, None):
        with pytest.raises((NotAllowed, NotFound)):
            endpoints.issue_link(stranger, coordinator)
    endpoints.issue_link(cast.person("rep", represents=[coordinator]), coordinator)


def test_pause_and_resume(telegram, linked):
    person, coordinator = linked
    telegram.write(person, "/pause 8")
    coordinator.refresh_from_db()
    assert coordinator.state == LocalCoordinator.State.PAUSED and coordinator.paused_until
    assert "paused" in telegram.last(person)["text"]
    telegram.write(person, "/resume")
    coordinator.refresh_from_db()
    assert coordinator.state == LocalCoordinator.State.ACTIVE


def test_a_pause_takes_another_time_while_it_lasts_and_says_until_when(telegram, linked, time_machine):
    person, coordinator = linked
    LocalCoordinator.objects.update(time_zone="Europe/Kyiv")
    time_machine.move_to("2026-07-01T10:00:00+00:00", tick=False)
    for words, until in (("/pause 8", "07/01/2026 9 p.m."), ("/pause 2", "07/01/2026 3 p.m."), ("/pause", None)):
        telegram.write(person, words)
        coordinator.refresh_from_db()
        assert coordinator.state == LocalCoordinator.State.PAUSED
        assert bool(coordinator.paused_until) == bool(until)
        assert (f"until {until}" if until else "until you /resume") in telegram.last(person)["text"]
    lines = AuditEntry.objects.filter(action="local_coordinator.paused")
    assert {line.details["person"] for line in lines} == {str(coordinator.endpoints.get().pk)}


@pytest.mark.parametrize("state", ["suspended", "pending"])
def test_who_is_switched_off_does_not_pause(telegram, linked, state):
    person, coordinator = linked
    LocalCoordinator.objects.update(state=state)
    telegram.write(person, "/pause 8")
    coordinator.refresh_from_db()
    assert (coordinator.state, coordinator.paused_until) == (state, None)


@pytest.mark.parametrize("wrong", ["/pause soon", "/pause 0", "/pause 100000", "/pause -3"])
def test_a_pause_that_makes_no_sense_is_explained(telegram, linked, wrong):
    person, coordinator = linked
    telegram.write(person, wrong)
    coordinator.refresh_from_db()
    assert coordinator.state == LocalCoordinator.State.ACTIVE
    assert "/pause 8" in telegram.last(person)["text"]


def test_a_suspended_coordinator_cannot_resume_by_itself(telegram, linked):
    person, coordinator = linked
    LocalCoordinator.objects.filter(pk=coordinator.pk).update(state=LocalCoordinator.State.SUSPENDED)
    telegram.write(person, "/resume")
    coordinator.refresh_from_db()
    assert coordinator.state == LocalCoordinator.State.SUSPENDED


def test_status_help_and_start_answer(telegram, linked):
    person, _coordinator = linked
    for command, words in (("/status", "You are active"), ("/help", "/open"), ("/start", "You are linked")):
        telegram.write(person, command)
        assert words in telegram.last(person)["text"]


def test_help_names_what_the_guide_names_and_leads_there(telegram, linked, client):
    person, _coordinator = linked
    guide = client.get("/guides/coordinator/").content.decode()
    telegram.client.text(person, "/help")
    telegram.run()
    said = telegram.last(person)["text"]
    named = re.findall(r"<dt>(/\w+)", guide)
    assert len(named) > 5 and [one for one in named if one not in said] == []
    assert said.endswith("/guides/coordinator/")


def test_the_language_is_chosen_by_a_button(telegram, linked):
    person, coordinator = linked
    telegram.write(person, "/language")
    telegram.press(person, "Deutsch")
    assert coordinator.endpoints.get().language == "de"


def test_stop_switches_off_and_nothing_comes_any_more(telegram, linked, registry, vera_takes):
    person, coordinator = linked
    telegram.write(person, "/stop")
    assert coordinator.endpoints.get().state == Endpoint.State.OFF
    vera_takes(registry.food, registry.kharkiv)
    telegram.run()
    assert "Nothing comes here any more" in telegram.last(person)["text"]


def test_a_person_who_is_not_linked_learns_how(telegram):
    stranger = telegram.phone("Stranger")
    for command in ("/status", "/open", "/pause", "/stop"):
        telegram.write(stranger, command)
        assert "not linked" in telegram.last(stranger)["text"]


def test_a_group_member_who_is_not_linked_cannot_pause_it(telegram, registry):
    member = telegram.phone("Member")
    group = telegram.client.group("Convoy", member)
    coordinator = registry.coordinator((registry.food, registry.kharkiv), chat=group, is_group=True)
    telegram.write(member, "/pause", chat=group)
    coordinator.refresh_from_db()
    assert coordinator.state == LocalCoordinator.State.ACTIVE
    assert "linked" in telegram.last(group)["text"]


def test_open_shows_what_is_held_with_a_fresh_link(telegram, linked, registry, vera_takes):
    person, coordinator = linked
    help_request = vera_takes(registry.food, registry.kharkiv)
    offers.accept(voice_of(coordinator), offer_of(help_request, coordinator))
    telegram.write(person, "/open")
    assert telegram.buttons(person) == ["Open the contact", "Done …", "Hand back"]
    assert any("You hold 1 open request" in text for text in telegram.client.seen(person))


def test_unknown_words_and_commands_are_answered(telegram, linked):
    person, _coordinator = linked
    for words in ("hello?", "/frobnicate"):
        telegram.write(person, words)
        assert "/help" in telegram.last(person)["text"]
    assert not Alarm.objects.exists()


def test_blocking_the_bot_switches_the_endpoint_off(telegram, linked):
    person, coordinator = linked
    telegram.client.block(person)
    telegram.receive()
    assert coordinator.endpoints.get().state == Endpoint.State.OFF
