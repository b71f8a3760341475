"""The pair of words by which helper and seeker know each other: who reads it, and when there is a new one."""

import pytest
from django.urls import reverse

from hotline.dispatch.actions import contacts, links, offers, pass_words, requests, work
from hotline.dispatch.errors import StateChanged, TextErased
from hotline.dispatch.models import HelpRequest, Offer
from hotline.lib.spoken import spelled, word_list
from hotline.outbox.models import Message
from hotline.staff.models import AuditEntry
from hotline.staff.permissions import NotFound
from tests.support.desk import press, send
from tests.support.registry import offer_of, voice_of


def now(help_request):
    return HelpRequest.objects.get(pk=help_request.pk)


def pair_of(help_request):
    return now(help_request).details()["pass_words"]


@pytest.fixture
def offered(helper, registry, vera_takes):
    return vera_takes(registry.food, registry.kharkiv)


def accept(help_request, coordinator):
    url = offers.accept(voice_of(coordinator), offer_of(help_request, coordinator))
    return links.find(url.split("/o/")[1].strip("/"))


def test_the_operator_reads_code_and_pair_to_the_caller(vera, registry):
    page = send(vera, registry.food, registry.kharkiv).text
    details = HelpRequest.objects.get().details()
    assert details["spoken_code"].replace("-", " ") in page
    first = details["spoken_code"][0]
    assert "How to spell it" in page and f"<b>{first.upper()}</b> {dict(spelled(first, 'en'))[first.upper()]}" in page
    for word in details["pass_words"]:
        assert f"<b>{word}</b>" in page
    assert set(details["pass_words"]) <= set(word_list("en"))


def test_the_pair_stands_in_no_message_and_on_no_page_before_the_contact_opens(client, vera, offered, helper):
    link = accept(offered, helper)
    say, answer = pair_of(offered)
    for message in Message.objects.exclude(sealed=None):
        assert say not in str(message.content()) and answer not in str(message.content())
    page = client.get(f"/o/{link.token}/").text
    assert f"<b>{say}</b>" not in page
    assert f"<b>{say}</b>" not in vera.get(reverse("dispatch:cards")).text
    opened = client.post(f"/o/{link.token}/contact/").text
    assert f"you say “<b>{say}</b>”" in opened and f"answers “<b>{answer}</b>”" in opened
    assert "has not heard these words yet" not in opened


def test_who_never_opened_the_contact_knows_no_pair(offered, helper):
    before = pair_of(offered)
    accept(offered, helper)
    work.hand_back(voice_of(helper), Offer.objects.get())
    assert pair_of(offered) == before
    assert now(offered).details()["pass_words_told"]


@pytest.fixture
def came_back(offered, helper):
    """Handed back by somebody who has read the pair; `before` is that pair."""
    before = pair_of(offered)
    contacts.open_as_winner(accept(offered, helper), "phone")
    work.hand_back(voice_of(helper), Offer.objects.get())
    fresh = now(offered)
    fresh.before = before
    return fresh


def test_a_pair_that_somebody_else_knows_counts_no_longer(came_back, vera):
    assert pair_of(came_back) != came_back.before
    card = vera.get(reverse("dispatch:cards")).text
    assert "the caller needs new pass words" in card
    assert not any(f"<b>{word}</b>" in card for word in pair_of(came_back))


def test_the_next_helper_reads_that_the_caller_has_not_heard_it(client, came_back, registry):
    other = registry.coordinator((registry.food, registry.kharkiv))
    requests.start_round(came_back, came_back.state_since, HelpRequest.OPEN)
    link = accept(came_back, other)
    page = client.post(f"/o/{link.token}/contact/").text
    assert "has not heard these words yet" in page and pair_of(came_back)[0] in page


def test_the_desk_reads_the_new_pair_to_a_caller_who_rings(came_back, vera, cast):
    page = press(vera, "pass-words", came_back)
    for word in pair_of(came_back):
        assert f"<b>{word}</b>" in page.text
    assert "needs new pass words" not in vera.get(reverse("dispatch:cards")).text
    assert AuditEntry.objects.get(action="help_request.pass_words_told").actor == cast.vera
    assert press(vera, "pass-words", came_back).status_code == 409
    with pytest.raises(StateChanged):
        pass_words.tell(cast.vera, came_back)


def test_ringing_back_tells_it_too(came_back, vera, cast):
    page = press(vera, "ring-back", came_back, text="New words.").text
    assert all(f"<b>{word}</b>" in page for word in pair_of(came_back))
    assert now(came_back).details()["pass_words_told"]


def test_offered_again_without_having_been_opened_it_stays(came_back, cast):
    pass_words.tell(cast.vera, came_back)
    told = pair_of(came_back)
    fresh = now(came_back)
    HelpRequest.objects.update(state="unanswered", next_wave_at=None)
    requests.offer_again(cast.vera, fresh, seen_since=fresh.state_since)
    assert pair_of(came_back) == told
    assert now(came_back).details()["pass_words_told"]


def test_after_an_outcome_a_new_round_has_a_new_pair(offered, helper, cast):
    contacts.open_as_winner(accept(offered, helper), "phone")
    before = pair_of(offered)
    work.finish(voice_of(helper), Offer.objects.get(), "not_reached")
    done = now(offered)
    requests.offer_again(cast.vera, done, seen_since=done.state_since)
    assert pair_of(offered) != before


def test_another_team_reads_no_pair(came_back, as_person, cast):
    assert press(as_person(cast.viktor), "pass-words", came_back).status_code == 404
    with pytest.raises(NotFound):
        pass_words.tell(cast.viktor, came_back)


def test_what_is_erased_has_no_pair(came_back, cast):
    HelpRequest.objects.update(wrapped_key=None, key_due=None)
    with pytest.raises(TextErased):
        pass_words.tell(cast.vera, came_back)
    pass_words.renew(now(came_back))
