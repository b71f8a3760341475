"""A link that is no longer good: whoever holds it asks for a new one, which comes where the request came and nowhere else."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from coordinators.actions import availability
from coordinators.models import Endpoint
from hotline.dispatch.actions import links, offers, requests
from hotline.dispatch.models import HelpRequest, OfferLink
from hotline.dispatch.voice import Voice
from hotline.outbox.models import Message
from hotline.staff.actions import freeze
from tests.support.hook import hook
from tests.support.offers import Page
from tests.support.postbox import link_in, postbox, text_of
from tests.support.registry import CONTACT

__all__ = ["hook", "postbox"]

pytestmark = pytest.mark.django_db(transaction=True)

SAID = "Look where the request came"


@pytest.fixture
def mailbox(helper):
    """The only way of `helper`: a mailbox."""
    helper.endpoints.update(channel="email")
    own = helper.endpoints.get()
    own.address = "one@example.org"
    own.save()
    return own


@pytest.fixture
def by_mail(client, mailbox, offer):
    """The page behind the link of the letter with the offer."""
    return Page(client, offer, Voice(offer.Way.LINK, endpoint=mailbox))


def run_out():
    OfferLink.objects.update(expires_at=timezone.now())


def fresh():
    """Messages with a new link, the newest last."""
    return list(Message.objects.filter(key__contains=":link-").order_by("created_at"))


def words(answer):
    """What a page says, without what differs for each visit."""
    return re.sub(r'(value|nonce|data-now)="[^"]+"', "", answer.text)


@pytest.mark.parametrize("state", ["offered", "accepted"])
def test_a_link_that_ran_out_offers_a_new_one_which_comes_by_mail(by_mail, mailbox, offer, postbox, deliver, state):
    deliver()
    if state == "accepted":
        offers.accept(Voice(offer.Way.LINK, endpoint=mailbox), offer)
        deliver()
    run_out()
    shown = by_mail.get()
    assert shown.status_code == 404 and "Send me a new link" in shown.text
    assert shown.text.count(f'action="{by_mail.address}new-link/"') == 1
    asked = by_mail.press("new-link")
    assert (asked.status_code, SAID in asked.text) == (200, True)
    assert "Food" not in asked.text and "one@example.org" not in asked.text and "/o/" not in asked.text
    deliver()
    letter = postbox.received[-1]
    assert letter["To"] == "one@example.org" and "new link" in text_of(letter)
    address = link_in(letter)
    assert address != by_mail.address and address not in asked.text
    assert Client().get(address).status_code == 200
    assert by_mail.get().status_code == 404
    if state == "accepted":
        assert CONTACT["phone"] in Client().post(f"{address}contact/").text


def test_another_device_is_offered_one_and_the_first_device_opens_nothing_more(won, helper):
    assert won.press("contact").status_code == 200
    elsewhere = Client()
    answer = elsewhere.post(f"{won.address}contact/")
    assert answer.status_code == 403 and "Send me a new link" in answer.text
    assert CONTACT["phone"] not in answer.text
    assert SAID in elsewhere.post(f"{won.address}new-link/").text
    (message,) = fresh()
    assert message.address() == helper.endpoints.get().address
    path = path_in(message)
    assert CONTACT["phone"] in elsewhere.post(f"{path}contact/").text
    assert won.press("contact").status_code == 404


def test_a_system_of_their_own_gets_it_as_a_signed_call(hook, registry, helper, vera_takes, client, deliver):
    helper.endpoints.all().delete()
    own = hook.endpoint(helper)
    offer = vera_takes(registry.food, registry.kharkiv).offers.get()
    page = Page(client, offer, Voice(offer.Way.LINK, endpoint=own))
    run_out()
    page.press("new-link")
    deliver()
    call = next(one for one in hook.calls if one["type"] == "offer.link")
    assert call["data"]["offer"] == offer.reference
    assert client.get("/o/" + call["data"]["page"].split("/o/")[1]).status_code == 200


def test_the_words_are_the_same_whether_there_was_such_a_link_or_not(by_mail):
    run_out()
    there = by_mail.press("new-link")
    made_up = by_mail.client.post("/o/AAAAAAAAAAAAAAAAAAAAAA/new-link/")
    assert len(fresh()) == 1
    assert (there.status_code, words(there)) == (made_up.status_code, words(made_up))
    assert sorted(there.headers) == sorted(made_up.headers)


def path_in(message):
    """The path of the link in a message of any channel."""
    return re.search(r"/o/[\w-]+/", str(message.content()))[0]


def test_whoever_holds_an_old_link_takes_the_winner_s_from_nobody(won, cache_in_memory):
    assert won.press("contact").status_code == 200
    thief = Client()
    for _time in range(4):
        thief.post(f"{won.address}new-link/")
    assert len(fresh()) == 3
    paths = {path_in(message) for message in fresh()}
    assert len(paths) == 1 and won.address not in paths
    # Opening it is no use of it.
    assert Client().get(*paths).status_code == 200
    assert CONTACT["phone"] in won.press("contact").text
    assert thief.post(f"{won.address}contact/").status_code == 403


def test_a_new_link_that_was_not_used_runs_out_and_is_made_anew(won):
    won.press("new-link")
    (before,) = OfferLink.objects.filter(fresh=True)
    OfferLink.objects.filter(pk=before.pk).update(expires_at=timezone.now())
    won.press("new-link")
    assert path_in(fresh()[-1]) != path_in(fresh()[0]) and won.get().status_code == 200


def test_accepting_at_a_new_link_stays_at_it(by_mail):
    by_mail.press("new-link")
    path = path_in(fresh()[0])
    assert Client().post(f"{path}accept/").url == path
    assert by_mail.get().status_code == 404


def test_a_link_that_was_replaced_is_still_known_and_an_old_one_is_forgotten(by_mail, cache_in_memory):
    for _time in range(2):
        by_mail.press("new-link")
        Client().post(f"{path_in(fresh()[-1])}going-on/")
    assert len(fresh()) == 2
    assert OfferLink.objects.live(timezone.now()).count() == 1
    links.drop_expired(timezone.now() + timedelta(days=20))
    assert OfferLink.objects.exists()
    links.drop_expired(timezone.now() + timedelta(days=29))
    assert not OfferLink.objects.exists()


@pytest.mark.parametrize("over", ["cancelled", "suspended", "switched off", "stopped house"])
def test_nothing_is_sent_where_there_is_nothing_to_open(by_mail, mailbox, offer, cast, helper, over):
    if over == "cancelled":
        help_request = HelpRequest.objects.get(pk=offer.help_request_id)
        requests.cancel(cast.vera, help_request, seen_since=help_request.state_since, reason="rang again")
    elif over == "suspended":
        availability.suspend(cast.ada, helper, "harvests")
    elif over == "switched off":
        Endpoint.objects.update(state="off", off_reason="blocked")
    else:
        freeze.freeze(cast.ada, "drill", "web")
    assert SAID in by_mail.press("new-link").text
    assert fresh() == []


def test_opening_the_address_sends_nothing(by_mail):
    assert by_mail.client.get(f"{by_mail.address}new-link/").status_code == 405
    assert fresh() == []


def test_nobody_s_mailbox_is_filled_and_nobody_can_tell(by_mail, cache_in_memory):
    answers = [by_mail.press("new-link") for _number in range(6)]
    assert {answer.status_code for answer in answers} == {200}
    assert len(fresh()) == 3


def test_a_network_that_asks_on_and_on_is_slowed(client, db, cache_in_memory):
    answers = [client.post(f"/o/guess-{number}/new-link/").status_code for number in range(11)]
    assert answers == [200] * 10 + [429]


def test_an_account_opens_it_after_logging_in_and_gets_no_message(client, cast, helper, offer):
    speaker = cast.person("speaker", represents=[helper])
    page = Page(client, offer, Voice(offer.Way.LINK, user=speaker))
    run_out()
    assert SAID in page.press("new-link").text
    assert fresh() == []


def test_a_mailbox_that_refuses_changes_no_word_and_is_known_to_be_gone(by_mail, mailbox, postbox, deliver):
    deliver()
    postbox.answers["RCPT"] = "550 5.1.1 no such person"
    assert SAID in by_mail.press("new-link").text
    deliver()
    assert [(one.state, one.error) for one in fresh()] == [("dead", "blocked")]
    mailbox.refresh_from_db()
    assert mailbox.state == Endpoint.State.OFF


def test_a_link_that_ran_out_gives_way_to_a_new_one_by_itself(mailbox, offer):
    voice = Voice(offer.Way.LINK, endpoint=mailbox)
    before = links.issue(offer, voice)
    run_out()
    assert links.issue(offer, voice) != before


def test_of_two_first_uses_in_one_instant_one_link_is_left(won, race):
    won.press("new-link")
    fresh_one = OfferLink.objects.select_related("offer").get(fresh=True)
    assert race(*[lambda: links.use(fresh_one)] * 2) == []
    assert [link.pk for link in OfferLink.objects.live(timezone.now())] == [fresh_one.pk]


def test_what_the_first_device_does_meanwhile_ends_no_new_link(won):
    won.press("new-link")
    won.press("contact")
    won.press("going-on")
    elsewhere = Client()
    assert CONTACT["phone"] in elsewhere.post(f"{path_in(fresh()[0])}contact/").text
    assert won.press("contact").status_code == 404
