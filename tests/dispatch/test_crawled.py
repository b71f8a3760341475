"""Calls for help found in writing: nothing goes out before somebody rang back or a second person looked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from hotline.dispatch import sweeps, wording
from hotline.dispatch.actions import contacts, crawled, requests
from hotline.dispatch.actions.correct import correct
from hotline.dispatch.actions.erasure import erase
from hotline.dispatch.errors import NotLookedAt, NotSpokenTo, OwnEyes, StateChanged, TextErased
from hotline.dispatch.models import HelpRequest
from hotline.outbox.models import Message
from hotline.staff.models import Alarm, AuditEntry
from hotline.staff.permissions import NotAllowed, NotFound
from tests.support.registry import offer_of


@pytest.fixture
def careful(registry):
    """Every kind asks for a look first."""
    registry.any.ring_back = True
    registry.any.still_needed_hours = 12
    registry.any.save()
    return registry


@pytest.fixture
def second(cast):
    """A second person of the crawling team."""
    return cast.person("alice", roles=["volunteer"], works_in=[cast.crawl])


@pytest.fixture
def found(careful, helper, cast):
    """A call for help that Viktor found; nobody has spoken to the person."""
    return careful.take(
        cast.viktor, cast.crawl, careful.food, careful.kharkiv, spoken_to=False, source="telegram", link="t.me/a/1"
    )


def looks(actor, help_request):
    contacts.open_at_desk(actor, help_request, "to look at it")
    crawled.looked_at(actor, help_request, seen_since=help_request.state_since)


def test_it_is_taken_and_nothing_goes_out(found, helper):
    assert (found.state, found.source, found.next_wave_at) == ("held", "telegram", None)
    assert Message.objects.count() == 0 and offer_of(found, helper) is None


def test_a_call_by_phone_is_still_refused_unspoken(careful, cast):
    with pytest.raises(NotSpokenTo):
        careful.take(cast.vera, cast.phone, careful.food, careful.kharkiv, spoken_to=False)


@pytest.mark.parametrize("changes", [{"spoken_to": True}, {"kind": "easy"}])
def test_what_asks_for_no_look_goes_out_at_once(careful, helper, cast, changes):
    careful.food.ring_back = "kind" not in changes
    careful.food.save()
    spoken = changes.get("spoken_to", False)
    taken = careful.take(cast.viktor, cast.crawl, careful.food, careful.kharkiv, spoken_to=spoken, source="forum")
    assert taken.state == "offering" and offer_of(taken, helper).state == "offered"


def test_ringing_back_lets_it_out_and_the_offer_says_so(found, helper, cast):
    crawled.rung_back(cast.viktor, found, seen_since=found.state_since)
    assert (found.state, found.spoken_to) == ("offering", True)
    told = Message.objects.get(subject=offer_of(found, helper).reference).content()["text"]
    assert "Found in writing; somebody has rung the person back." in told
    assert AuditEntry.objects.filter(action="help_request.rung_back", actor=cast.viktor).count() == 1


def test_a_second_person_lets_it_out_and_the_offer_says_so(found, helper, second):
    looks(second, found)
    assert (found.state, found.spoken_to, found.looked_by) == ("offering", False, second)
    told = Message.objects.get(subject=offer_of(found, helper).reference).content()["text"]
    assert "two people have read it, nobody has spoken to the person yet" in told


def test_whoever_took_it_is_not_the_second_person(found, cast):
    with pytest.raises(OwnEyes):
        looks(cast.viktor, found)
    found.refresh_from_db()
    assert found.state == "held"


def test_nobody_lets_out_what_they_have_not_read(found, second):
    with pytest.raises(NotLookedAt):
        crawled.looked_at(second, found, seen_since=found.state_since)
    assert HelpRequest.objects.get().state == "held"


def test_what_was_corrected_is_read_once_more(found, cast, second):
    contacts.open_at_desk(second, found, "to look at it")
    found.refresh_from_db()
    correct(cast.viktor, found, seen_since=found.state_since, contact={"phone": "+380 67 000 00 99"})
    with pytest.raises(NotLookedAt):
        crawled.looked_at(second, found, seen_since=found.state_since)
    looks(second, found)
    assert found.state == "offering"


def test_other_teams_and_other_roles_let_nothing_out(found, cast):
    for stranger in (cast.vera, cast.cora, cast.ada, None):
        for act in (crawled.rung_back, crawled.looked_at):
            with pytest.raises((NotAllowed, NotFound)):
                act(stranger, found, seen_since=found.state_since)
        with pytest.raises((NotAllowed, NotFound)):
            crawled.still_needed(stranger, found)
    assert HelpRequest.objects.get().state == "held"


def test_what_is_out_or_over_or_erased_is_not_let_out_again(found, cast, second):
    seen = found.state_since
    looks(second, found)
    with pytest.raises(StateChanged):
        crawled.rung_back(cast.viktor, found, seen_since=seen)
    erase(found, timezone.now())
    found.refresh_from_db()
    with pytest.raises(TextErased):
        crawled.rung_back(cast.viktor, found, seen_since=found.state_since)


def test_an_offer_says_that_nobody_has_spoken_to_them_where_no_look_is_asked_for(registry, helper, cast):
    registry.any.ring_back = False
    registry.any.save()
    taken = registry.take(cast.viktor, cast.crawl, registry.food, registry.kharkiv, spoken_to=False, source="x")
    told = wording.offered(offer_of(taken, helper), helper.endpoints.get())["text"]
    assert "Found in writing; nobody has spoken to the person yet." in told
    assert "t.me" not in told and "Telegram" not in told


def test_another_kind_or_place_is_looked_at_anew(found, careful, helper, cast, second):
    looks(second, found)
    correct(cast.viktor, found, seen_since=found.state_since, category=careful.medicine)
    assert (found.state, found.looked_by, found.round) == ("held", None, 2)
    assert offer_of(found, helper).state == "withdrawn"


def test_a_correction_of_what_waits_leaves_it_waiting_until_somebody_has_spoken(found, careful, cast):
    correct(cast.viktor, found, seen_since=found.state_since, urgency="urgent")
    assert found.state == "held"
    correct(cast.viktor, found, seen_since=found.state_since, spoken_to=True)
    assert found.state == "offering"


def test_cancelled_and_offered_again_it_waits_again(found, cast):
    requests.cancel(cast.viktor, found, seen_since=found.state_since, reason="seems a hoax")
    requests.offer_again(cast.viktor, found, seen_since=found.state_since)
    assert found.state == "held" and Message.objects.count() == 0


def test_an_alarm_rings_for_what_waits_too_long_and_ends_when_it_is_out(found, cast):
    assert sweeps.call_for_looks(timezone.now()) == 0
    later = found.created_at + timedelta(minutes=11)
    assert [sweeps.call_for_looks(later) for _time in range(2)] == [1, 0]
    alarm = Alarm.objects.get(kind="held")
    assert (alarm.subject, alarm.team) == (found.code, cast.crawl)
    crawled.rung_back(cast.viktor, found, seen_since=found.state_since)
    assert not Alarm.objects.open().filter(kind="held").exists()


def test_the_desk_is_asked_after_the_time_of_the_kind_and_again_after_as_long(found, cast):
    asked_at = found.created_at + timedelta(hours=12, minutes=1)
    assert sweeps.ask_what_is_needed(found.created_at + timedelta(hours=11)) == 0
    assert [sweeps.ask_what_is_needed(asked_at) for _time in range(2)] == [1, 0]
    found.refresh_from_db()
    assert found.needed_asked_at == asked_at
    crawled.still_needed(cast.viktor, found)
    found.refresh_from_db()
    assert found.needed_asked_at is None and found.ask_needed_at > timezone.now() + timedelta(hours=11)
    with pytest.raises(StateChanged):
        crawled.still_needed(cast.viktor, found)


def test_a_call_by_phone_is_not_asked_about(registry, vera_takes):
    assert vera_takes(registry.food, registry.kharkiv).ask_needed_at is None


@pytest.mark.django_db(transaction=True)
def test_of_two_who_let_it_out_in_one_instant_one_is_refused(found, cast, second, race):
    contacts.open_at_desk(second, found, "to look at it")
    seen, viktor = found.state_since, cast.viktor
    ours, theirs = (HelpRequest.objects.select_related("team", "category").get(pk=found.pk) for _hand in range(2))
    refused = race(
        lambda: crawled.rung_back(viktor, ours, seen_since=seen),
        lambda: crawled.looked_at(second, theirs, seen_since=seen),
    )
    found.refresh_from_db()
    assert refused == ["state_changed"] and found.state == "offering"
    assert found.waves.count() == 1 and Message.objects.count() == 1
