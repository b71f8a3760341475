"""What the winner does afterwards, and what happens when nothing is heard."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from coordinators.actions import availability
from hotline.dispatch import sweeps
from hotline.dispatch.actions import contacts, links, offers, questions, requests, work
from hotline.dispatch.errors import NotYours
from hotline.dispatch.models import HelpRequest, Offer
from hotline.dispatch.voice import NotLinked, Voice
from hotline.outbox.models import Message
from hotline.staff.models import AuditEntry
from tests.support.registry import offer_of, voice_of


@pytest.fixture
def accepted(registry, vera_takes):
    """(help request, winner, other coordinator) after the winner accepted."""
    winner = registry.coordinator((registry.food, registry.kharkiv))
    other = registry.coordinator((registry.food, registry.kharkiv))
    help_request = vera_takes(registry.food, registry.kharkiv)
    offers.accept(voice_of(winner), offer_of(help_request, winner))
    help_request.refresh_from_db()
    return help_request, winner, other


@pytest.mark.parametrize("outcome", HelpRequest.Outcome.values)
def test_the_winner_says_how_it_went(accepted, outcome):
    help_request, winner, _other = accepted
    work.finish(voice_of(winner), offer_of(help_request, winner), outcome)
    help_request.refresh_from_db(), winner.refresh_from_db()
    assert (help_request.state, help_request.outcome) == ("done", outcome)
    assert winner.open_requests == 0
    assert help_request.erase_at < timezone.now() + timedelta(hours=25)


@pytest.mark.parametrize(("outcome", "left"), [("helped", 2), ("partly", 2), ("not_reached", 2)])
def test_what_the_desk_offers_again_counts_as_no_good_day(accepted, cast, outcome, left):
    help_request, winner, _other = accepted
    type(winner).objects.filter(pk=winner.pk).update(completed=2)
    work.finish(voice_of(winner), offer_of(help_request, winner), outcome)
    help_request.refresh_from_db()
    requests.offer_again(cast.vera, help_request, seen_since=help_request.state_since)
    winner.refresh_from_db()
    assert winner.completed == left
    requests.cancel(cast.vera, help_request, seen_since=help_request.state_since, reason="They rang.")
    requests.offer_again(cast.vera, help_request, seen_since=help_request.state_since)
    winner.refresh_from_db()
    assert winner.completed == left, "it was taken back once"


@pytest.mark.parametrize("way", ["telegram", "link"])
def test_the_audit_names_the_linked_person_and_never_their_chat(registry, vera_takes, way):
    winner = registry.coordinator((registry.food, registry.kharkiv), chat=70_000_123, is_group=True)
    person = registry.endpoint(winner, chat=70_000_456, receives_offers=False)
    voice = Voice(way, endpoint=person)
    help_request = vera_takes(registry.food, registry.kharkiv)
    offer = offer_of(help_request, winner)
    questions.ask(voice, offer, "steps")
    offers.decline(voice, offer)
    url = offers.accept(voice, offer_of(help_request, winner))
    work.sign(voice, offer_of(help_request, winner))
    contacts.open_as_winner(links.find(url.split("/o/")[1].strip("/")), "device")
    work.hand_back(voice, offer_of(help_request, winner))
    lines = AuditEntry.objects.filter(subject=help_request.code, actor=None)
    named = {line.action for line in lines if line.details.get("person") == str(person.pk)}
    assert named == {
        "offer.question", "offer.declined", "offer.accepted", "offer.sign", "contact.opened", "offer.returned",
    }  # fmt: skip
    everything = str(list(AuditEntry.objects.values()))
    assert "70000123" not in everything and "70000456" not in everything


def test_the_audit_names_an_account_by_its_alias_alone(accepted, cast):
    help_request, winner, _other = accepted
    rep = cast.person("rep", represents=[winner])
    work.sign(Voice(Offer.Way.ADMIN, user=rep), offer_of(help_request, winner))
    line = AuditEntry.objects.get(action="offer.sign")
    assert line.actor == rep and "person" not in line.details


def test_nobody_else_can_finish_or_hand_back(accepted):
    help_request, winner, other = accepted
    mine, theirs = offer_of(help_request, winner), offer_of(help_request, other)
    for act in (lambda *a: work.finish(*a, "helped"), work.hand_back, work.sign):
        with pytest.raises(NotLinked):
            act(voice_of(other), mine)
        with pytest.raises(NotYours):
            act(voice_of(other), theirs)


def test_handing_back_seals_it_again_and_asks_the_others(accepted):
    help_request, winner, other = accepted
    offer = offer_of(help_request, winner)
    token = links.issue(offer, voice_of(winner)).split("/o/")[1].strip("/")
    work.hand_back(voice_of(winner), offer)
    help_request.refresh_from_db(), winner.refresh_from_db()
    assert (help_request.state, help_request.round) == ("offering", 2)
    assert winner.open_requests == 0
    assert help_request.offers.get(round=2).local_coordinator == other
    with pytest.raises(NotYours):
        contacts.open_as_winner(links.find(token), "device")
    with pytest.raises(NotYours):
        work.hand_back(voice_of(winner), offer)


def test_after_handing_back_another_can_win(accepted):
    help_request, winner, other = accepted
    work.hand_back(voice_of(winner), offer_of(help_request, winner))
    offers.accept(voice_of(other), offer_of(help_request, other))
    help_request.refresh_from_db()
    assert help_request.state == "accepted"


def test_a_silent_winner_is_nudged_and_then_it_is_handed_back(accepted):
    help_request, winner, other = accepted
    start = timezone.now()
    assert sweeps.nudge_silent(start + timedelta(hours=3)) == 0
    assert sweeps.nudge_silent(start + timedelta(hours=5)) == 1
    assert sweeps.nudge_silent(start + timedelta(hours=6)) == 0
    assert sweeps.hand_back_silent(start + timedelta(hours=8)) == 0
    assert sweeps.hand_back_silent(start + timedelta(hours=10)) == 1
    help_request.refresh_from_db()
    assert (help_request.state, help_request.round) == ("offering", 2)
    assert offer_of(help_request, winner).state == Offer.State.RETURNED
    assert offer_of(help_request, other).state == Offer.State.OFFERED


def test_a_sign_of_work_answers_the_nudge(accepted):
    help_request, winner, _other = accepted
    sweeps.nudge_silent(timezone.now() + timedelta(hours=5))
    work.sign(voice_of(winner), offer_of(help_request, winner))
    assert sweeps.hand_back_silent(timezone.now() + timedelta(hours=20)) == 0


def test_opening_the_contact_is_a_sign_of_work(accepted):
    help_request, winner, _other = accepted
    offer = offer_of(help_request, winner)
    sweeps.nudge_silent(timezone.now() + timedelta(hours=5))
    url = links.issue(offer, voice_of(winner))
    contacts.open_as_winner(links.find(url.split("/o/")[1].strip("/")), "device")
    assert sweeps.hand_back_silent(timezone.now() + timedelta(hours=20)) == 0


def test_suspending_a_coordinator_takes_everything_back(accepted, cast, django_capture_on_commit_callbacks):
    help_request, winner, other = accepted
    with django_capture_on_commit_callbacks(execute=True):
        availability.suspend(cast.ada, winner, "harvests contacts")
    help_request.refresh_from_db(), winner.refresh_from_db()
    assert (help_request.state, help_request.round) == ("offering", 2)
    assert winner.open_requests == 0
    assert offer_of(help_request, other).state == Offer.State.OFFERED
    assert not help_request.offers.filter(local_coordinator=winner, round=2).exists()


def test_messages_of_the_winner_are_emptied_at_the_end(accepted):
    help_request, winner, _other = accepted
    Message.objects.filter(edits=None).update(state="sent", external_id="7", sealed=None)
    work.finish(voice_of(winner), offer_of(help_request, winner), "helped")
    last = Message.objects.filter(subject=offer_of(help_request, winner).reference, edits__isnull=False).latest(
        "created_at"
    )
    assert "Food" not in last.content()["text"]
    assert "Kharkiv" not in last.content()["text"]
    assert last.content()["buttons"] == []


@pytest.mark.django_db(transaction=True)
def test_hand_back_against_done_one_of_them_holds(accepted, quiet_connections):
    help_request, winner, _other = accepted
    voice, offer = voice_of(winner), offer_of(help_request, winner)
    connection.close()
    start, failed = threading.Barrier(2), []

    def run(act, *arguments):
        with quiet_connections():
            mine = Offer.objects.select_related("help_request__category", "local_coordinator").get(pk=offer.pk)
            start.wait()
            try:
                act(voice, mine, *arguments)
            except NotYours as refused:
                failed.append(refused)

    threads = [
        threading.Thread(target=run, args=[work.hand_back]),
        threading.Thread(target=run, args=[work.finish, "helped"]),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    help_request.refresh_from_db(), winner.refresh_from_db()
    assert len(failed) == 1
    assert help_request.state in ("done", "offering")
    assert winner.open_requests == 0
