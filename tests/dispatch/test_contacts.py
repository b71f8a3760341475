"""The sealed contact: to whoever accepted, on one device, for a limited time, each opening in the audit."""

from datetime import timedelta

import pytest
from django.utils import timezone

from coordinators.models import Endpoint, LocalCoordinator
from hotline.dispatch.actions import contacts, links, offers, requests, work
from hotline.dispatch.actions.erasure import erase
from hotline.dispatch.errors import ContactClosed, LinkUnknown, NotYours, ReasonMissing, TextErased, WrongDevice
from hotline.dispatch.models import Offer, OfferLink
from hotline.dispatch.voice import NotLinked, Suspended, Voice
from hotline.staff.models import AuditEntry
from hotline.staff.permissions import NotAllowed, NotFound
from tests.support.registry import CONTACT, offer_of, voice_of


def link_of(url):
    return links.find(url.split("/o/")[1].strip("/"))


@pytest.fixture
def won(registry, vera_takes):
    """(help request, winner, link) after accepting."""
    winner = registry.coordinator((registry.food, registry.kharkiv))
    registry.coordinator((registry.food, registry.kharkiv))
    help_request = vera_takes(registry.food, registry.kharkiv, note="Ground floor, please.", people=3)
    url = offers.accept(voice_of(winner), offer_of(help_request, winner))
    help_request.refresh_from_db()
    return help_request, winner, link_of(url)


def test_the_winner_opens_the_contact_and_each_opening_is_audited(won):
    help_request, _winner, link = won
    opened = contacts.open_as_winner(link, "this phone")
    assert opened.contact == CONTACT
    assert opened.details["note"] == "Ground floor, please."
    contacts.open_as_winner(link, "this phone")
    assert AuditEntry.objects.filter(action="contact.opened", subject=help_request.code).count() == 2
    assert CONTACT["phone"] not in str(list(AuditEntry.objects.values()))


def test_another_device_is_refused_and_nothing_is_audited_as_opened(won):
    help_request, _winner, link = won
    contacts.open_as_winner(link, "this phone")
    with pytest.raises(WrongDevice):
        contacts.open_as_winner(link, "another phone")
    assert AuditEntry.objects.filter(action="contact.opened", subject=help_request.code).count() == 1


def test_the_time_of_the_category_ends_it(won, time_machine):
    _help_request, _winner, link = won
    accepted_at = link.offer.answered_at
    time_machine.move_to(accepted_at + timedelta(hours=23))
    contacts.open_as_winner(link, "this phone")
    time_machine.move_to(accepted_at + timedelta(hours=25))
    with pytest.raises(ContactClosed):
        contacts.open_as_winner(link, "this phone")


def test_somebody_else_of_the_same_organisation_does_not_open_it(won, registry):
    help_request, winner, _link = won
    colleague = registry.endpoint(winner, receives_offers=False)
    offer = offer_of(help_request, winner)
    url = links.issue(offer, Voice(Offer.Way.LINK, endpoint=colleague))
    with pytest.raises(NotYours):
        contacts.open_as_winner(link_of(url), "their phone")


def test_a_person_whose_link_was_taken_away_opens_nothing(won):
    _help_request, winner, link = won
    Endpoint.objects.filter(local_coordinator=winner).update(state=Endpoint.State.OFF)
    with pytest.raises(NotLinked):
        contacts.open_as_winner(link, "this phone")


def test_a_suspended_winner_opens_nothing(won):
    _help_request, winner, link = won
    LocalCoordinator.objects.filter(pk=winner.pk).update(state=LocalCoordinator.State.SUSPENDED)
    with pytest.raises(Suspended):
        contacts.open_as_winner(link, "this phone")


def test_a_loser_with_a_link_opens_nothing(won, registry):
    help_request, winner, _link = won
    loser = LocalCoordinator.objects.exclude(pk=winner.pk).get()
    url = links.issue(offer_of(help_request, loser), voice_of(loser))
    with pytest.raises(NotYours):
        contacts.open_as_winner(link_of(url), "their phone")


def test_a_link_runs_out(won):
    _help_request, _winner, link = won
    url = links.issue(link.offer, links.voice_of(link))
    OfferLink.objects.update(expires_at=timezone.now())
    with pytest.raises(LinkUnknown):
        link_of(url)


def test_a_fresh_link_ends_the_one_before_once_it_is_used(won):
    _help_request, _winner, link = won
    first = links.issue(link.offer, links.voice_of(link))
    assert links.issue(link.offer, links.voice_of(link)) == first
    second = links.issue(link.offer, links.voice_of(link), fresh=True)
    assert second != first and link_of(second).offer == link.offer
    assert links.issue(link.offer, links.voice_of(link), fresh=True) == second
    links.use(link_of(first))
    assert link_of(first) and link_of(second).fresh
    for _time in range(2):
        links.use(link_of(second))
    assert links.issue(link.offer, links.voice_of(link)) == second
    with pytest.raises(LinkUnknown):
        link_of(first)


def test_the_desk_opens_it_only_when_it_is_with_nobody(won, cast):
    help_request, winner, _link = won
    with pytest.raises(ContactClosed):
        contacts.open_at_desk(cast.vera, help_request, "caller rang again")
    work.hand_back(voice_of(winner), offer_of(help_request, winner))
    assert contacts.open_at_desk(cast.vera, help_request, "came back").contact == CONTACT
    entry = AuditEntry.objects.get(action="contact.opened_at_desk")
    assert (entry.actor, entry.subject, entry.reason) == (cast.vera, help_request.code, "came back")


def test_the_desk_gives_a_reason(won, cast):
    help_request, winner, _link = won
    work.hand_back(voice_of(winner), offer_of(help_request, winner))
    with pytest.raises(ReasonMissing):
        contacts.open_at_desk(cast.vera, help_request, "  ")


def test_a_cancelled_request_can_be_rung_back(won, cast):
    help_request, _winner, _link = won
    requests.cancel(cast.vera, help_request, seen_since=help_request.state_since, reason="rang again")
    assert contacts.open_at_desk(cast.vera, help_request, "wrong place?").contact == CONTACT


def test_another_team_does_not_open_it(won, cast):
    help_request, winner, _link = won
    work.hand_back(voice_of(winner), offer_of(help_request, winner))
    with pytest.raises(NotFound):
        contacts.open_at_desk(cast.viktor, help_request, "curious")
    with pytest.raises((NotAllowed, NotFound)):
        contacts.open_at_desk(cast.ada, help_request, "curious")


def test_after_erasure_nobody_opens_it(won, cast):
    help_request, _winner, link = won
    erase(help_request, timezone.now())
    with pytest.raises((TextErased, NotYours, LinkUnknown)):
        contacts.open_as_winner(link, "this phone")
    with pytest.raises(TextErased):
        contacts.open_at_desk(cast.vera, help_request, "too late")
