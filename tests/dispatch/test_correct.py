"""Correcting what was taken down: the plain is changed, the sealed is replaced and shown to nobody."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from coordinators.models import Place
from hotline.dispatch.actions import contacts, links, offers, requests
from hotline.dispatch.actions.correct import correct
from hotline.dispatch.actions.erasure import erase
from hotline.dispatch.errors import NotSpokenTo, NoWayLeft, StateChanged, TextErased
from hotline.dispatch.models import HelpRequest, Offer
from hotline.outbox.models import Message
from hotline.staff.models import AuditEntry
from hotline.staff.permissions import NotAllowed, NotFound
from tests.support.registry import CONTACT, offer_of, voice_of

RIGHT = "+380 50 000 00 77"


@pytest.fixture
def one(registry):
    return registry.coordinator((registry.food, registry.kharkiv))


@pytest.fixture
def taken(registry, vera_takes, one):
    return vera_takes(registry.food, registry.kharkiv, note="Second floor.", people=4, languages=("uk",))


@pytest.fixture
def vera_corrects(cast):
    def act(help_request, **changes):
        correct(cast.vera, help_request, seen_since=help_request.state_since, **changes)

    return act


def test_a_mistyped_number_is_replaced_and_disturbs_nobody(vera_corrects, taken, one):
    sent = Message.objects.count()
    vera_corrects(taken, contact={"phone": RIGHT})
    assert taken.contact() == CONTACT | {"phone": RIGHT}
    assert (taken.state, taken.round) == ("offering", 1)
    assert offer_of(taken, one).state == Offer.State.OFFERED and Message.objects.count() == sent


def test_the_new_contact_is_sealed_and_the_audit_names_only_what_changed(vera_corrects, taken):
    vera_corrects(taken, contact={"phone": RIGHT}, note="Third floor.")
    everything = str(HelpRequest.objects.values().get()) + str(list(AuditEntry.objects.values()))
    assert RIGHT not in everything and "Third floor" not in everything
    entry = AuditEntry.objects.get(action="help_request.corrected")
    assert entry.details["changed"] == ["contact.phone", "note"]


def test_the_contact_holds_for_all_open_needs_of_the_call(cast, registry, vera_corrects, vera_takes, one):
    place = Place.objects.with_lineage().get(pk=registry.kharkiv.pk)
    needs = [requests.Written(kind, place, "today") for kind in (registry.food, registry.medicine, registry.food)]
    first, second, over = requests.submit(cast.vera, cast.phone, needs, CONTACT)
    other_call = vera_takes(registry.food, registry.kharkiv)
    over.refresh_from_db()
    requests.cancel(cast.vera, over, seen_since=over.state_since, reason="not needed")
    first.refresh_from_db()
    vera_corrects(first, contact={"phone": RIGHT})
    phones = [HelpRequest.objects.get(pk=row.pk).contact()["phone"] for row in (first, second, over, other_call)]
    assert phones == [RIGHT, RIGHT, CONTACT["phone"], CONTACT["phone"]]
    assert AuditEntry.objects.filter(action="help_request.corrected").count() == 2


def test_people_languages_and_note_are_replaced_and_the_spoken_code_stays(vera_corrects, taken):
    before = taken.details()
    vera_corrects(taken, people=5, languages=["uk", "en"], note="")
    assert taken.details() == before | {"people": 5, "languages": ["uk", "en"], "note": ""}


def test_other_languages_ask_those_who_speak_them(registry, vera_takes, vera_corrects):
    polish = registry.coordinator((registry.translation, registry.kharkiv), languages=["pl"])
    taken = vera_takes(registry.translation, registry.kharkiv, languages=("uk",))
    assert offer_of(taken, polish) is None
    vera_corrects(taken, languages=["pl"])
    assert offer_of(taken, polish).state == Offer.State.OFFERED


def test_a_sealed_answer_changes_in_silence_and_a_public_one_asks_anew(registry, asked, vera_takes, vera_corrects):
    one = registry.coordinator((asked, registry.kharkiv), checked_for=[asked])
    taken = vera_takes(asked, registry.kharkiv, answers={"nights": 3, "household": "Two sisters"})
    vera_corrects(taken, answers={"household": "Three sisters"})
    assert taken.round == 1 and taken.details()["public"] == ["nights"]
    vera_corrects(taken, answers={"nights": 4})
    assert taken.round == 2
    assert taken.details()["answers"] == {"nights": 4, "household": "Three sisters"}
    told = Message.objects.get(subject=offer_of(taken, one).reference, edits=None).content()["text"]
    assert "For how many nights?: 4" in told and "sisters" not in told


def test_an_answer_that_is_taken_away_is_public_no_longer(registry, asked, vera_takes, vera_corrects):
    taken = vera_takes(asked, registry.kharkiv, answers={"nights": 3})
    vera_corrects(taken, answers={"nights": None})
    assert (taken.details()["answers"], taken.details()["public"]) == ({}, [])


@pytest.fixture
def won(taken, one):
    url = offers.accept(voice_of(one), offer_of(taken, one))
    taken.refresh_from_db()
    return links.find(url.split("/o/")[1].strip("/"))


def last_message(offer):
    return Message.objects.get(subject=offer.reference, key__contains=":changed-")


def test_the_winner_is_told_and_opens_the_new_contact(vera_corrects, taken, one, won):
    vera_corrects(taken, contact={"phone": RIGHT}, note="Third floor.")
    assert (taken.state, taken.round) == ("accepted", 1)
    told = last_message(won.offer).content()
    assert "Open it once more" in told["text"]
    assert RIGHT not in str(told) and "Third floor" not in str(told)
    assert told["buttons"] == [[{"text": "Open the contact", "url": won.address}]]
    opened = contacts.open_as_winner(won, "phone")
    assert opened.contact["phone"] == RIGHT and opened.details["note"] == "Third floor."


def test_a_winner_with_an_account_gets_no_link_into_the_organisations_chat(vera_corrects, taken, one, won):
    Offer.objects.update(accepted_endpoint=None)
    vera_corrects(taken, contact={"phone": RIGHT})
    assert last_message(won.offer).content()["buttons"] == []


def test_another_time_alone_says_nothing_of_the_contact(vera_corrects, taken, won):
    vera_corrects(taken, needed_by=timezone.now() + timedelta(hours=3))
    told = last_message(won.offer).content()
    assert "by " in told["text"] and "Open it once more" not in told["text"] and told["buttons"] == []


def test_a_time_is_taken_away(registry, vera_takes, vera_corrects):
    taken = vera_takes(registry.food, registry.kharkiv, needed_by=timezone.now() + timedelta(hours=3))
    vera_corrects(taken, needed_by=None)
    assert taken.needed_by is None


def test_some_way_to_reach_the_person_stays(vera_corrects, taken):
    with pytest.raises(NoWayLeft):
        vera_corrects(taken, contact={"phone": ""})
    vera_corrects(taken, contact={"phone": "", "address": "The school", "name": ""})
    assert taken.contact() == CONTACT | {"phone": "", "address": "The school", "name": ""}


def test_what_nobody_has_spoken_about_is_rung_back_first(registry, taken, vera_corrects):
    HelpRequest.objects.update(spoken_to=False)
    taken.refresh_from_db()
    registry.medicine.ring_back = True
    registry.medicine.save()
    with pytest.raises(NotSpokenTo):
        vera_corrects(taken, category=registry.medicine)
    assert HelpRequest.objects.get().category == registry.food
    vera_corrects(taken, category=registry.medicine, spoken_to=True)
    assert taken.category == registry.medicine
    with pytest.raises(NotSpokenTo):
        vera_corrects(taken, spoken_to=False)


def test_only_the_team_corrects_and_only_what_is_there(cast, taken):
    for stranger in (cast.viktor, cast.ada, None):
        with pytest.raises((NotAllowed, NotFound)):
            correct(stranger, taken, seen_since=taken.state_since, contact={"phone": RIGHT})
    with pytest.raises(TypeError):
        correct(cast.vera, taken, seen_since=taken.state_since, state="done")
    assert taken.contact() == CONTACT


def test_a_stale_correction_replaces_nothing(cast, taken, won):
    with pytest.raises(StateChanged):
        correct(cast.vera, taken, seen_since=taken.created_at, contact={"phone": RIGHT})
    assert taken.contact() == CONTACT


def test_what_is_erased_is_not_corrected(vera_corrects, taken):
    erase(taken, timezone.now())
    taken.refresh_from_db()
    with pytest.raises(TextErased):
        vera_corrects(taken, contact={"phone": RIGHT})


def race(quiet_connections, *acts):
    """Run the functions in one instant; how many were refused as stale."""
    connection.close()
    start, refused = threading.Barrier(len(acts)), []

    def run(act):
        with quiet_connections():
            start.wait()
            try:
                act()
            except StateChanged as error:
                refused.append(error)

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(refused)


@pytest.mark.django_db(transaction=True)
def test_of_two_corrections_in_one_instant_one_is_refused(cast, taken, quiet_connections):
    actor, seen = cast.vera, taken.state_since

    def act(**contact):
        mine = HelpRequest.objects.select_related("team", "category").get(pk=taken.pk)
        correct(actor, mine, seen_since=seen, contact=contact)

    assert race(quiet_connections, lambda: act(phone=RIGHT), lambda: act(name="Another")) == 1
    taken.refresh_from_db()
    assert taken.contact() in (CONTACT | {"phone": RIGHT}, CONTACT | {"name": "Another"})


@pytest.mark.django_db(transaction=True)
def test_a_new_number_and_an_acceptance_in_one_instant_leave_the_winner_the_new_one_or_none(
    cast, taken, one, quiet_connections
):
    actor, seen, offer, voice = cast.vera, taken.state_since, offer_of(taken, one), voice_of(one)
    mine = HelpRequest.objects.select_related("team", "category").get(pk=taken.pk)
    refused = race(
        quiet_connections,
        lambda: correct(actor, mine, seen_since=seen, contact={"phone": RIGHT}),
        lambda: offers.accept(voice, offer),
    )
    taken.refresh_from_db()
    assert taken.state == "accepted"
    assert taken.contact()["phone"] == (CONTACT["phone"] if refused else RIGHT)
