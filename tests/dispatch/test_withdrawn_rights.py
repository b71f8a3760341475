"""Whoever may act for a local coordinator no longer: links, buttons, chats, codes and pages end with the right."""

import pytest
from django.urls import reverse

from coordinators.actions import endpoints
from coordinators.actions.endpoints import LinkNotValid
from coordinators.models import Endpoint, LinkCode
from hotline.dispatch.actions import contacts, links, offers
from hotline.dispatch.models import Offer
from hotline.dispatch.topics import of_user
from hotline.dispatch.voice import Voice
from hotline.live import topics
from hotline.staff.actions import leaving, people, rights
from hotline.staff.models import Alarm, AuditEntry
from hotline.staff.permissions import NotAllowed, NotFound
from tests.support.offers import Page, state
from tests.support.registry import offer_of

pytestmark = pytest.mark.django_db

NOTHING = {"roles": [], "works_in": [], "supervises": []}


def take_representation(cast, person):
    rights.give_rights(cast.ada, person, **NOTHING, represents=[])


def disable(cast, person):
    people.disable(cast.ada, person)


def forget(cast, person):
    people.forget(person)


def leave(cast, person):
    leaving.leave(person, at_once=False)


def leave_for_good(cast, person):
    leaving.leave(person, at_once=True)


taken_by = pytest.mark.parametrize(
    "take", [take_representation, disable, leave], ids=["representation", "account", "left"]
)


@pytest.fixture
def speaker(cast, helper):
    return cast.person("speaker", represents=[helper])


@taken_by
def test_the_link_shows_and_does_nothing_more(cast, client, offer, speaker, take):
    page = Page(client, offer, Voice(Offer.Way.LINK, user=speaker))
    assert "Food" in page.get().text
    take(cast, speaker)
    assert page.get().status_code == 403 and "Food" not in page.get().text
    for button in ("accept", "decline", "ask", "going-on", "finish", "hand-back", "contact"):
        assert page.press(button).status_code == 403
    assert state(offer) == "offered"


@taken_by
def test_the_contact_of_what_they_hold_opens_no_more(cast, client, offer, speaker, take):
    voice = Voice(Offer.Way.ADMIN, user=speaker)
    offers.accept(voice, offer)
    link = links.find(links.issue(offer, voice).rstrip("/").rpartition("/")[2])
    assert contacts.open_as_winner(link, "device")
    take(cast, speaker)
    with pytest.raises((NotAllowed, NotFound)):
        contacts.open_as_winner(link, "device")


@taken_by
def test_the_admin_shows_no_offer_and_no_coordinator(cast, as_person, offer, helper, speaker, take):
    client = as_person(speaker)
    pages = [
        reverse("admin:index"),
        reverse("admin:dispatch_offer_changelist"),
        reverse("admin:dispatch_offer_change", args=[offer.pk]),
        reverse("admin:coordinators_localcoordinator_change", args=[helper.pk]),
    ]
    assert {client.get(page).status_code for page in pages} == {200}
    assert topics.offers(helper.pk) in of_user(speaker)
    take(cast, speaker)
    assert {client.get(page).status_code for page in pages} <= {302, 403, 404}
    assert topics.offers(helper.pk) not in of_user(speaker)


@taken_by
def test_their_unused_codes_link_nothing(cast, helper, speaker, take):
    code = endpoints.issue_link(speaker, helper)
    take(cast, speaker)
    assert not LinkCode.objects.exists()
    with pytest.raises(LinkNotValid):
        endpoints.link_chat(code, 4711, is_group=False, language="en")


@pytest.mark.parametrize("take", [take_representation, disable, forget, leave, leave_for_good])
def test_chats_that_rest_on_their_word_are_switched_off_and_others_stay(cast, helper, speaker, take):
    theirs = endpoints.link_chat(endpoints.issue_link(speaker, helper), 4711, is_group=False, language="en")
    checked = endpoints.link_chat(endpoints.issue_link(cast.ada, helper), 4712, is_group=False, language="en")
    other = cast.person("other", represents=[helper])
    of_other = endpoints.link_chat(endpoints.issue_link(other, helper), 4713, is_group=False, language="en")
    take(cast, speaker)
    found = {one.pk: (str(one.state), one.off_reason) for one in Endpoint.objects.all()}
    assert found[theirs.pk] == ("off", "withdrawn")
    assert found[checked.pk] == found[of_other.pk] == ("active", "")
    assert AuditEntry.objects.filter(action="endpoint.switched_off", subject=helper.code).count() == 1
    assert Alarm.objects.get(kind="endpoint_off").subject == helper.code


def test_another_right_that_is_taken_leaves_the_chat(cast, helper):
    person = cast.person("both", roles=["volunteer"], works_in=[cast.phone], represents=[helper])
    endpoint = endpoints.link_chat(endpoints.issue_link(person, helper), 4711, is_group=False, language="en")
    rights.give_rights(cast.ada, person, **NOTHING)
    endpoint.refresh_from_db()
    assert endpoint.state == "active" and endpoint.vouched_by == person


@pytest.mark.django_db(transaction=True)
@taken_by
def test_buttons_on_the_phone_are_dead_at_once(cast, telegram, registry, vera_takes, take):
    phone = telegram.phone("Speaker's phone")
    assert cast.ada
    helper = registry.coordinator((registry.food, registry.kharkiv))
    helper.endpoints.all().delete()
    speaker = cast.person("speaker", represents=[helper])
    telegram.write(phone, f"/start {endpoints.issue_link(speaker, helper)}")
    offer = offer_of(vera_takes(registry.food, registry.kharkiv), helper)
    telegram.run()
    assert "Accept" in telegram.buttons(phone)
    take(cast, speaker)
    assert "not valid" in telegram.press(phone, "Accept")
    assert state(offer) == "offered"
    telegram.write(phone, "/open")
    assert "Food" not in telegram.last(phone)["text"]
    before = len(telegram.client.messages(phone))
    vera_takes(registry.food, registry.kharkiv)
    telegram.run()
    assert len(telegram.client.messages(phone)) == before


@pytest.mark.django_db(transaction=True)
@taken_by
def test_nothing_of_an_offer_stays_on_their_phone(cast, telegram, registry, vera_takes, take):
    """Neither what was offered, nor what was accepted, nor what a colleague makes of it later."""
    phone, colleague = telegram.phone("Speaker's phone"), telegram.phone("Colleague's phone")
    assert cast.ada
    helper = registry.coordinator((registry.food, registry.kharkiv))
    helper.endpoints.all().delete()
    speaker = cast.person("speaker", represents=[helper])
    telegram.write(phone, f"/start {endpoints.issue_link(speaker, helper)}")
    vera_takes(registry.food, registry.kharkiv)
    telegram.run()
    telegram.press(phone, "Accept")
    offered = offer_of(vera_takes(registry.food, registry.kharkiv), helper)
    telegram.run()
    telegram.write(colleague, f"/start {endpoints.issue_link(cast.ada, helper)}")

    def read():
        telegram.run()
        return " ".join(one["text"] for one in telegram.client.messages(phone))

    assert "Food" in read() and "Kharkiv" in read()
    take(cast, speaker)
    assert "Food" not in read() and "Kharkiv" not in read() and not telegram.buttons(phone)
    theirs = Endpoint.objects.get(local_coordinator=helper, state="active")
    offers.accept(Voice(Offer.Way.TELEGRAM, endpoint=theirs), offered)
    assert "Food" not in read() and "Kharkiv" not in read()
