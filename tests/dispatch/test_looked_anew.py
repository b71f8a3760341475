"""What was found in writing and looked at is looked at anew when it is corrected, by somebody who wrote nothing in it since."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hotline.dispatch import sweeps
from hotline.dispatch.actions import contacts, crawled, links, offers, requests, work
from hotline.dispatch.actions.correct import correct
from hotline.dispatch.errors import BeingLookedAt, OwnCorrection, OwnEyes, StateChanged
from hotline.dispatch.models import HelpRequest
from hotline.outbox.models import Message
from hotline.staff.actions.audit import record
from hotline.staff.models import Alarm
from tests.dispatch.test_crawled import careful, found, looks, second
from tests.support.desk import press
from tests.support.registry import CONTACT, offer_of, voice_of

__all__ = ["careful", "found", "second"]
OTHER = {"phone": "+380 50 000 00 77"}


@pytest.fixture
def third(cast):
    """A third person of the crawling team."""
    return cast.person("taras", roles=["volunteer"], works_in=[cast.crawl])


@pytest.fixture
def looked(found, second):
    """Let out by the second person."""
    looks(second, found)
    return found


@pytest.fixture
def link(looked, helper):
    """The link of the winner, who has accepted it after the look."""
    url = offers.accept(voice_of(helper), offer_of(looked, helper))
    looked.refresh_from_db()
    return links.find(url.split("/o/")[1].strip("/"))


def corrects(actor, help_request, **changes):
    correct(actor, help_request, seen_since=help_request.state_since, **changes)


@pytest.mark.parametrize(
    "changes", [{"contact": OTHER}, {"note": "Ask for the key next door."}, {"answers": {"x": None}}]
)
def test_something_else_that_is_sealed_waits_for_a_new_look_and_leaves_the_offers(looked, helper, cast, changes):
    sent = Message.objects.count()
    corrects(cast.viktor, looked, **changes)
    assert (looked.state, looked.looked_by, looked.round, looked.next_wave_at) == ("held", None, 1, None)
    assert offer_of(looked, helper).state == "offered" and Message.objects.count() == sent


def test_meanwhile_nobody_takes_it_and_they_are_told_why(looked, helper, cast, second, third):
    offer = offer_of(looked, helper)
    corrects(second, looked, contact=OTHER)
    with pytest.raises(BeingLookedAt):
        offers.accept(voice_of(helper), offer)
    looks(third, looked)
    assert looked.state == "unanswered" and looked.looked_by == third
    offers.accept(voice_of(helper), offer)
    looked.refresh_from_db()
    assert looked.state == "accepted" and looked.contact()["phone"] == OTHER["phone"]


@pytest.mark.parametrize(
    "changes", [{"urgency": "urgent"}, {"needed_by": "soon"}, {"place": "izium"}, {"category": "medicine"}]
)
def test_something_else_that_was_read_withdraws_the_offers(looked, careful, helper, cast, changes):
    known = {"izium": careful.izium, "medicine": careful.medicine, "soon": timezone.now() + timedelta(hours=3)}
    corrects(cast.viktor, looked, **{name: known.get(value, value) for name, value in changes.items()})
    assert (looked.state, looked.looked_by, looked.round) == ("held", None, 2)
    assert offer_of(looked, helper).state == "withdrawn"


def test_whoever_corrected_it_does_not_let_it_out_and_is_told_why(looked, second, third):
    corrects(second, looked, contact=OTHER)
    with pytest.raises(OwnCorrection, match="You corrected it yourself"):
        looks(second, looked)
    corrects(third, looked, contact={"name": "Another"})
    for writer in (second, third):
        with pytest.raises(OwnCorrection):
            looks(writer, looked)
    assert HelpRequest.objects.get().state == "held"
    # Ringing back needs no second person.
    crawled.rung_back(second, looked, seen_since=looked.state_since)
    assert looked.spoken_to


def test_who_corrected_it_before_the_last_look_may_look_after_the_next_correction(looked, second, third):
    corrects(second, looked, contact=OTHER)
    looks(third, looked)
    corrects(third, looked, contact={"name": "Another"})
    looks(second, looked)
    assert looked.looked_by == second


def test_whoever_took_it_stays_out_of_it(looked, second, cast):
    corrects(second, looked, contact=OTHER)
    with pytest.raises(OwnEyes):
        looks(cast.viktor, looked)


def test_whoever_rang_back_lets_corrections_pass(found, cast, helper):
    crawled.rung_back(cast.viktor, found, seen_since=found.state_since)
    corrects(cast.viktor, found, contact=OTHER)
    assert found.state == "offering"


def test_where_no_look_is_asked_for_a_correction_holds_nothing(registry, helper, cast):
    taken = registry.take(cast.viktor, cast.crawl, registry.food, registry.kharkiv, spoken_to=False, source="x")
    corrects(cast.viktor, taken, contact=OTHER)
    assert taken.state == "offering"


def test_another_need_of_the_same_post_is_held_with_it(careful, helper, cast, second):
    needs = [requests.Written(kind, careful.kharkiv, "today", spoken_to=False) for kind in (careful.food, careful.food)]
    one, other = requests.submit(cast.viktor, cast.crawl, needs, CONTACT, source="forum")
    for each in (one, other):
        looks(second, each)
    corrects(second, one, contact=OTHER)
    other.refresh_from_db()
    assert (other.state, other.looked_by) == ("held", None)
    with pytest.raises(OwnCorrection):
        looks(second, other)


def test_a_winner_keeps_it_and_opens_nothing_until_it_was_looked_at(looked, link, second, third, helper):
    sent = Message.objects.count()
    corrects(second, looked, contact=OTHER)
    assert (looked.state, looked.looked_by) == ("accepted", None) and Message.objects.count() == sent
    with pytest.raises(BeingLookedAt):
        contacts.open_as_winner(link, "phone")
    with pytest.raises(OwnCorrection):
        looks(second, looked)
    looks(third, looked)
    assert looked.state == "accepted"
    assert "Open it once more" in Message.objects.get(key__contains=":changed-").content()["text"]
    assert contacts.open_as_winner(link, "phone").contact["phone"] == OTHER["phone"]


def test_a_winner_hears_at_once_what_needs_no_look(looked, link, second):
    corrects(second, looked, urgency="urgent")
    assert looked.looked_by == second and Message.objects.filter(key__contains=":changed-").exists()


def test_nobody_lets_go_on_what_a_winner_may_open(looked, link, third):
    for act in (crawled.looked_at, crawled.rung_back):
        with pytest.raises(StateChanged):
            record(third, "contact.opened_at_desk", looked.code)
            act(third, looked, seen_since=looked.state_since)


def test_what_is_handed_back_meanwhile_waits_for_the_look(looked, link, second, third, helper):
    corrects(second, looked, contact=OTHER)
    work.hand_back(voice_of(helper), link.offer)
    looked.refresh_from_db()
    assert (looked.state, looked.round) == ("held", 2)
    looks(third, looked)
    assert looked.state == "unanswered"


def test_the_alarm_rings_for_it_too_and_ends_with_the_outcome(looked, link, second, helper):
    corrects(second, looked, contact=OTHER)
    later = timezone.now() + timedelta(minutes=11)
    assert [sweeps.call_for_looks(later) for _time in range(2)] == [1, 0]
    work.finish(voice_of(helper), link.offer, "helped")
    assert not Alarm.objects.open().filter(kind="held").exists()


def test_desk_and_winner_see_what_it_waits_for(looked, link, second, as_person, client, helper):
    corrects(second, looked, contact=OTHER)
    desk = as_person(second)
    assert "whoever took it cannot open the contact now" in desk.get("/desk/requests/").text
    looked.refresh_from_db()
    assert press(desk, "ring-back", looked, text="to read it").status_code == 200
    answer = press(desk, "looked-at", looked)
    assert answer.status_code == 409 and "You corrected it yourself" in answer.text
    page = client.get(link.address)
    assert "is being checked" in page.text and "Open the contact" not in page.text


def test_cards_cost_the_same_however_many_wait(careful, cast, second, as_person):
    desk, asked = as_person(second), []
    desk.get("/desk/requests/cards/")
    for number in (1, 29):
        for _one in range(number):
            careful.take(cast.viktor, cast.crawl, careful.food, careful.kharkiv, spoken_to=False, source="x")
        HelpRequest.objects.filter(pk__in=HelpRequest.objects.filter(state="held")[:number]).update(state="accepted")
        with CaptureQueriesContext(connection) as queries:
            desk.get("/desk/requests/cards/")
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_the_first_page_says_that_something_waits_for_a_look(found, as_person, second):
    page = as_person(second).get("/").text
    assert "These wait for somebody at the desk." in page and "Take a call" not in page


@pytest.mark.django_db(transaction=True)
def test_of_a_correction_and_an_acceptance_in_one_instant_one_is_refused(looked, helper, cast, race):
    actor, seen, offer, voice = cast.viktor, looked.state_since, offer_of(looked, helper), voice_of(helper)
    mine = HelpRequest.objects.select_related("team", "category").get(pk=looked.pk)
    refused = race(
        lambda: correct(actor, mine, seen_since=seen, contact=OTHER),
        lambda: offers.accept(voice, offer),
    )
    looked.refresh_from_db()
    now = (looked.state, looked.looked_by is None, looked.contact()["phone"])
    assert (refused, now) in [
        (["being_looked_at"], ("held", True, OTHER["phone"])),
        (["state_changed"], ("accepted", False, CONTACT["phone"])),
    ]


@pytest.mark.django_db(transaction=True)
def test_of_a_correction_and_a_look_in_one_instant_one_is_refused(found, cast, second, race):
    contacts.open_at_desk(second, found, "to look at it")
    found.refresh_from_db()
    seen, viktor = found.state_since, cast.viktor
    ours, theirs = (HelpRequest.objects.select_related("team", "category").get(pk=found.pk) for _hand in range(2))
    refused = race(
        lambda: correct(viktor, ours, seen_since=seen, contact=OTHER),
        lambda: crawled.looked_at(second, theirs, seen_since=seen),
    )
    found.refresh_from_db()
    assert refused == ["state_changed"]
    # What was let out is what was read.
    assert (found.state == "held") == (found.contact()["phone"] == OTHER["phone"])


def test_the_first_page_counts_it_among_what_waits_for_the_desk(looked, link, as_person, cast):
    def waiting():
        [card] = [card for card in as_person(cast.viktor).get("/").context["cards"] if card["icon"] == "inbox"]
        return card["count"]

    assert waiting() is None
    corrects(cast.viktor, looked, contact=OTHER)
    assert looked.state == "accepted" and waiting() == 1
