"""The way by which somebody accepted breaks afterwards: what they hold stays theirs, and they are asked another way."""

from datetime import timedelta

import pytest
from django.utils import timezone

from coordinators.actions import endpoints, ways
from coordinators.models import Endpoint
from hotline.dispatch import notices, sweeps
from hotline.dispatch.actions import offers, requests, work
from hotline.dispatch.models import HelpRequest, Offer
from hotline.dispatch.voice import Voice
from hotline.outbox.actions.bounces import take_back
from hotline.outbox.bounces import return_path
from hotline.outbox.models import Message
from hotline.staff.actions import rights
from hotline.staff.models import Alarm
from tests.dispatch.test_ways import report
from tests.support.offers import Page, state
from tests.support.registry import voice_of

pytestmark = pytest.mark.django_db

CALLED = "winner_cut_off"


@pytest.fixture
def own(helper):
    """The way by which `helper` accepts."""
    return helper.endpoints.get()


@pytest.fixture
def held(offer, own):
    """The offer, accepted by the page behind a link."""
    offers.accept(Voice(Offer.Way.LINK, endpoint=own), offer)
    return offer


def break_it(endpoint, reason="blocked"):
    endpoints.switch_off(endpoint, reason)


def sweep(now=None):
    now = now or timezone.now()
    sweeps.take_misplaced(now)
    sweeps.ask_cut_off(now)
    sweeps.nudge_silent(now)
    sweeps.hand_back_silent(now)


def nudges(offer):
    return [one.address() for one in Message.objects.filter(key__contains=f"{offer.pk}:nudge-").order_by("created_at")]


def called():
    return list(Alarm.objects.open().filter(kind=CALLED).values_list("subject", "team__code"))


@pytest.mark.parametrize("reason", ["blocked", "gone"])
def test_they_keep_it_and_are_asked_once_by_another_way_of_theirs(registry, helper, held, own, reason):
    other = registry.endpoint(helper, position=1)
    break_it(own, reason)
    for _round in range(3):
        sweep()
    assert state(held) == Offer.State.ACCEPTED
    assert nudges(held) == [other.address]
    assert called() == []
    work.sign(Voice(Offer.Way.TELEGRAM, endpoint=other), held)
    sweep()
    assert nudges(held) == [other.address]


def test_a_mail_that_came_back_after_accepting_takes_nothing(registry, helper, offer, settings):
    settings.EMAIL_BOUNCES = "bounces@example.org"
    other = registry.endpoint(helper, position=1)
    mailbox = Endpoint.objects.create(local_coordinator=helper, channel="email", address="one@example.org", position=2)
    offers.accept(Voice(Offer.Way.LINK, endpoint=mailbox), offer)
    letter = Message.objects.get(channel="email")
    Message.objects.filter(pk=letter.pk).update(state="sent")
    assert take_back(report(return_path(letter.pk)))
    mailbox.refresh_from_db()
    assert mailbox.state == Endpoint.State.OFF
    sweep()
    assert state(offer) == Offer.State.ACCEPTED
    assert nudges(offer) == [helper.endpoints.get(position=0).address]
    assert other.address not in nudges(offer)


def test_without_another_way_the_team_is_called_and_silence_decides(held, own, cast):
    break_it(own)
    sweep()
    sweep()
    code = held.help_request.code
    assert state(held) == Offer.State.ACCEPTED
    assert called() == [(code, cast.phone.code)]
    accepted = Offer.objects.get(pk=held.pk).last_sign_at
    sweep(accepted + timedelta(hours=4))
    assert state(held) == Offer.State.ACCEPTED
    sweep(accepted + timedelta(hours=8))
    assert state(held) == Offer.State.RETURNED
    assert called() == []
    assert Offer.objects.get(pk=held.pk).returned_because == "silent"


def test_what_was_asked_by_the_broken_way_is_asked_again_with_the_whole_time(registry, helper, held, own):
    now = timezone.now()
    sweeps.nudge_silent(now + timedelta(hours=4, minutes=1))
    other = registry.endpoint(helper, position=1)
    break_it(own, "gone")
    sweep(now + timedelta(hours=7))
    assert nudges(held) == [own.address, other.address]
    sweep(now + timedelta(hours=10))
    assert state(held) == Offer.State.ACCEPTED
    sweep(now + timedelta(hours=11))
    assert state(held) == Offer.State.RETURNED


def test_their_own_page_still_opens_the_contact_and_takes_their_word(client, held, own):
    page = Page(client, held, Voice(Offer.Way.LINK, endpoint=own))
    break_it(own)
    sweep()
    assert page.press("contact").status_code == 200
    assert called() == []
    assert page.press("finish", outcome="helped").status_code == 302
    assert state(held) == Offer.State.FINISHED
    # What is over is no reason any more to let them in.
    assert page.get().status_code == 403


def test_a_broken_way_accepts_nothing_more(client, offer, own):
    page = Page(client, offer, Voice(Offer.Way.LINK, endpoint=own))
    break_it(own)
    assert page.press("accept").status_code == 403
    assert state(offer) == Offer.State.OFFERED


@pytest.mark.parametrize("reason", ["stopped", "removed", "withdrawn"])
def test_whoever_left_or_was_taken_away_loses_it(client, held, own, reason):
    break_it(own, reason)
    sweep()
    assert state(held) == Offer.State.RETURNED


def test_a_right_that_ends_after_the_way_broke_ends_what_they_held(client, cast, offer, helper):
    speaker = cast.person("speaker", represents=[helper])
    code = endpoints.issue_link(speaker, helper)
    theirs = endpoints.link_chat(code, 4711, is_group=False, language="en")
    voice = Voice(Offer.Way.LINK, endpoint=theirs)
    offers.accept(voice, offer)
    page = Page(client, offer, voice)
    break_it(theirs)
    sweep()
    assert page.get().status_code == 200
    rights.give_rights(cast.ada, speaker, roles=[], works_in=[], supervises=[], represents=[])
    assert page.get().status_code == 403
    sweep()
    assert state(offer) == Offer.State.RETURNED


def test_with_a_broken_way_that_is_removed_goes_what_they_held(registry, cast, helper, held, own):
    registry.endpoint(helper, position=1)
    break_it(own)
    sweep()
    assert state(held) == Offer.State.ACCEPTED
    ways.remove(cast.ada, own)
    sweep()
    assert state(held) == Offer.State.RETURNED
    assert Offer.objects.get(pk=held.pk).returned_because == "left"


def test_what_an_account_holds_stays_with_it(cast, offer, helper):
    speaker = cast.person("speaker", represents=[helper])
    offers.accept(Voice(Offer.Way.ADMIN, user=speaker), offer)
    sweep()
    assert state(offer) == Offer.State.ACCEPTED
    speaker.delete()
    sweep()
    assert state(offer) == Offer.State.RETURNED


def test_an_open_offer_goes_on_to_the_next_way_all_the_same(registry, helper, offer, own):
    other = registry.endpoint(helper, position=1)
    letter = notices.own_messages(offer).get()
    Message.objects.filter(pk=letter.pk).update(state="dead", error="blocked")
    endpoints.note_failure(own, "blocked", timezone.now())
    sweeps.pass_on_undelivered(timezone.now())
    assert [one.address() for one in notices.own_messages(offer).order_by("created_at")] == [own.address, other.address]


def test_what_is_cancelled_is_told_by_the_way_that_works(registry, cast, helper, held, own):
    other = registry.endpoint(helper, position=1)
    break_it(own)
    help_request = HelpRequest.objects.get(pk=held.help_request_id)
    requests.cancel(cast.vera, help_request, seen_since=help_request.state_since, reason="rang again")
    told = Message.objects.get(key=f"offer:{held.pk}:not-needed")
    assert told.address() == other.address


def test_practice_calls_nobody(registry, cast, helper):
    taken = registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv, practice=True)
    offers.accept(voice_of(helper), taken.offers.get())
    break_it(helper.endpoints.get())
    sweep()
    assert called() == []
