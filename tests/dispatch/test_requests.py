"""Taking, correcting, cancelling and offering again."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django.utils.translation import override

from coordinators.models import Place
from hotline.dispatch.actions import correct, notes, offers, questions, requests, tallies, work
from hotline.dispatch.errors import (
    AlreadyTaken,
    NoLongerOffered,
    NotSpokenTo,
    NumberAlone,
    ReasonMissing,
    StateChanged,
    TextTooLong,
    TooManyQuestions,
)
from hotline.dispatch.models import HelpRequest, Offer, OfferQuestion, Tally
from hotline.dispatch.voice import NotLinked
from hotline.outbox.models import Message
from hotline.staff.models import AuditEntry
from hotline.staff.permissions import NotAllowed, NotFound
from tests.support.registry import CONTACT, offer_of, voice_of


@pytest.fixture
def one(registry):
    return registry.coordinator((registry.food, registry.kharkiv))


def test_contact_and_text_are_sealed_in_the_row(registry, vera_takes, one):
    help_request = vera_takes(registry.food, registry.kharkiv, note="Ground floor, please.")
    row = str(HelpRequest.objects.filter(pk=help_request.pk).values().get())
    assert CONTACT["phone"] not in row and "Ground floor" not in row
    assert help_request.contact() == CONTACT
    assert help_request.details()["note"] == "Ground floor, please."


def test_each_request_has_a_key_and_a_spoken_code_of_its_own(registry, vera_takes, one):
    first, second = (vera_takes(registry.food, registry.kharkiv) for _number in range(2))
    assert first.record_key() != second.record_key()
    assert first.details()["spoken_code"] != second.details()["spoken_code"]


def test_sending_the_same_form_twice_takes_it_once(registry, cast, one):
    form = uuid.uuid4()
    first = registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv, submission=form)
    second = registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv, submission=form)
    assert first == second
    assert HelpRequest.objects.count() == 1


def test_several_needs_of_one_caller_share_one_contact(registry, cast, one):
    place = Place.objects.with_lineage().get(pk=registry.kharkiv.pk)
    needs = [requests.Written(kind, place, "today") for kind in (registry.food, registry.medicine)]
    taken = requests.submit(cast.vera, cast.phone, needs, CONTACT)
    assert len(taken) == 2
    assert taken[0].bundle == taken[1].bundle
    assert [each.contact() for each in taken] == [CONTACT, CONTACT]


def test_only_who_works_in_the_team_takes_requests_for_it(registry, cast, one):
    for stranger in (cast.viktor, cast.ada):
        with pytest.raises((NotAllowed, NotFound)):
            registry.take(stranger, cast.phone, registry.food, registry.kharkiv)
    assert not HelpRequest.objects.exists()


def test_a_team_that_takes_no_requests_takes_none(registry, cast, one):
    archive = cast.team("archive", takes_requests=False)
    person = cast.person("archivist", roles=["volunteer"], works_in=[archive])
    with pytest.raises(NotAllowed):
        registry.take(person, archive, registry.food, registry.kharkiv)


def test_what_nobody_has_spoken_about_goes_out_where_the_kind_allows_it_alone(registry, vera_takes, cast, one):
    registry.any.ring_back = True
    registry.any.save()
    registry.medicine.ring_back = False
    registry.medicine.save()
    with pytest.raises(NotSpokenTo):
        vera_takes(registry.food, registry.kharkiv, spoken_to=False)
    assert not HelpRequest.objects.exists()
    assert vera_takes(registry.medicine, registry.kharkiv, spoken_to=False).spoken_to is False


def test_a_kind_that_is_rung_back_first_since_then_is_not_offered_again(registry, vera_takes, cast, one):
    help_request = vera_takes(registry.food, registry.lviv, spoken_to=False)
    registry.food.ring_back = True
    registry.food.save()
    help_request = HelpRequest.objects.select_related("category").get(pk=help_request.pk)
    with pytest.raises(NotSpokenTo):
        requests.offer_again(cast.vera, help_request, seen_since=help_request.state_since)
    assert HelpRequest.objects.get().state == "unanswered"


def test_correcting_withdraws_what_no_longer_fits_and_asks_anew(registry, vera_takes, cast, one):
    there = registry.coordinator((registry.food, registry.lviv))
    help_request = vera_takes(registry.food, registry.kharkiv)
    Message.objects.filter(edits=None).update(state="sent", external_id="7", sealed=None)
    correct.correct(cast.vera, help_request, seen_since=help_request.state_since, place=registry.lviv)
    assert offer_of(help_request, one).state == Offer.State.WITHDRAWN
    assert offer_of(help_request, there).state == Offer.State.OFFERED
    assert Message.objects.filter(subject=offer_of(help_request, one).reference, edits__isnull=False).count() == 1


def test_a_stale_form_changes_nothing(registry, vera_takes, cast, one):
    help_request = vera_takes(registry.food, registry.kharkiv)
    seen = help_request.state_since
    offers.accept(voice_of(one), offer_of(help_request, one))
    for act in (
        lambda: correct.correct(cast.vera, help_request, seen_since=seen, urgency="urgent"),
        lambda: requests.cancel(cast.vera, help_request, seen_since=seen, reason="rang again"),
        lambda: requests.offer_again(cast.vera, help_request, seen_since=seen),
    ):
        with pytest.raises(StateChanged):
            act()
    help_request.refresh_from_db()
    assert help_request.state == HelpRequest.State.ACCEPTED


def test_cancelling_tells_the_winner_and_frees_their_place(registry, vera_takes, cast, one):
    help_request = vera_takes(registry.food, registry.kharkiv)
    offers.accept(voice_of(one), offer_of(help_request, one))
    help_request.refresh_from_db()
    requests.cancel(cast.vera, help_request, seen_since=help_request.state_since, reason="not needed any more")
    one.refresh_from_db()
    assert offer_of(help_request, one).state == Offer.State.WITHDRAWN
    assert one.open_requests == 0


def test_a_done_request_can_be_reopened_while_its_text_is_there(registry, vera_takes, cast, one):
    other = registry.coordinator((registry.food, registry.oblast))
    help_request = vera_takes(registry.food, registry.kharkiv)
    offers.accept(voice_of(one), offer_of(help_request, one))
    work.finish(voice_of(one), offer_of(help_request, one), "not_reached")
    help_request.refresh_from_db()
    requests.offer_again(cast.vera, help_request, seen_since=help_request.state_since)
    help_request.refresh_from_db()
    assert (help_request.state, help_request.outcome, help_request.round) == ("offering", "", 2)
    offers.accept(voice_of(other), offer_of(help_request, other))
    assert help_request.offers.filter(state__in=["accepted", "finished"]).count() == 2


def test_another_team_can_do_nothing(registry, vera_takes, cast, one):
    help_request = vera_takes(registry.food, registry.kharkiv)
    seen = help_request.state_since
    question = questions.ask(voice_of(one), offer_of(help_request, one), "how_many")
    for act in (
        lambda actor: correct.correct(actor, help_request, seen_since=seen, urgency="urgent"),
        lambda actor: requests.cancel(actor, help_request, seen_since=seen, reason="rang again"),
        lambda actor: requests.offer_again(actor, help_request, seen_since=seen),
        lambda actor: requests.keep_open(actor, help_request),
        lambda actor: notes.add_note(actor, help_request, "x"),
        lambda actor: questions.answer(actor, question, "x"),
        lambda actor: tallies.count(actor, cast.phone, "hoax"),
    ):
        for stranger in (cast.viktor, cast.ada, None):
            with pytest.raises((NotAllowed, NotFound)):
                act(stranger)


def test_still_needed_prolongs_within_the_maximum(registry, vera_takes, cast, one, time_machine):
    help_request = vera_takes(registry.food, registry.kharkiv)
    time_machine.move_to(help_request.created_at + timedelta(days=6))
    requests.keep_open(cast.vera, help_request)
    help_request.refresh_from_db()
    assert help_request.erase_at == pytest.approx(
        help_request.created_at + timedelta(days=13), abs=timedelta(minutes=1)
    )
    time_machine.move_to(help_request.created_at + timedelta(days=12))
    requests.keep_open(cast.vera, help_request)
    help_request.refresh_from_db()
    assert help_request.erase_at == help_request.created_at + timedelta(days=14)


def test_a_question_reaches_the_desk_and_the_answer_names_nobody(registry, vera_takes, cast, one):
    help_request = vera_takes(registry.food, registry.kharkiv)
    offer = offer_of(help_request, one)
    question = questions.ask(voice_of(one), offer, "other", "Is there a lift?")
    assert questions.shown(question) == "Is there a lift?"
    with pytest.raises(TooManyQuestions):
        questions.ask(voice_of(one), offer, "how_many")
    questions.answer(cast.vera, question, "Yes, a small one.")
    message = Message.objects.get(key=f"offer:{offer.pk}:answer-{question.pk}")
    assert "Yes, a small one." in message.content()["text"]
    assert "Vera" not in message.content()["text"]
    with pytest.raises(StateChanged):
        questions.answer(cast.vera, question, "Again.")
    row = str(OfferQuestion.objects.values().get())
    assert "lift" not in row and "small" not in row


@pytest.mark.parametrize(
    ("number", "told"), [("1", "up to 3"), ("3", "up to 3"), ("4", "4–6"), ("50", "21–50"), ("99999", "more than 50")]
)
def test_how_many_is_told_roughly_and_never_that_somebody_is_alone(registry, vera_takes, cast, number, told):
    one = registry.coordinator((registry.food, registry.kharkiv))
    offer = offer_of(vera_takes(registry.food, registry.kharkiv), one)
    question = questions.ask(voice_of(one), offer, "how_many")
    questions.answer(cast.vera, question, number)
    text = Message.objects.get(key=f"offer:{offer.pk}:answer-{question.pk}").content()["text"]
    assert f"– {told}\n" in text
    question = OfferQuestion.objects.select_related("offer__help_request").get()
    assert questions.shown_answer(question) == told


def test_an_answer_reads_in_the_language_of_whoever_asked(registry, vera_takes, cast):
    one = registry.coordinator((registry.food, registry.kharkiv), language="de")
    offer = offer_of(vera_takes(registry.food, registry.kharkiv), one)
    question = questions.ask(voice_of(one), offer, "steps")
    questions.answer(cast.vera, question, "Ja.")
    with override("de"):
        words = str(OfferQuestion.Ready.STEPS.label)
    assert words != str(OfferQuestion.Ready.STEPS.label)
    assert words in Message.objects.get(key=f"offer:{offer.pk}:answer-{question.pk}").content()["text"]


@pytest.mark.parametrize("words", ["Two children and their aunt", "3 children", "0", "-2", "123456", "1.5", "½", "²"])
def test_how_many_is_answered_by_a_number_alone(registry, vera_takes, cast, one, words):
    offer = offer_of(vera_takes(registry.food, registry.kharkiv), one)
    question = questions.ask(voice_of(one), offer, "how_many")
    with pytest.raises(NumberAlone):
        questions.answer(cast.vera, question, words)
    assert OfferQuestion.objects.get().answered_at is None
    assert not Message.objects.filter(key__contains=":answer-").exists()


def test_questions_are_refused_from_strangers_and_after_the_offer(registry, vera_takes, one):
    other = registry.coordinator((registry.food, registry.kharkiv))
    help_request = vera_takes(registry.food, registry.kharkiv)
    with pytest.raises(NotLinked):
        questions.ask(voice_of(other), offer_of(help_request, one), "how_many")
    with pytest.raises(TextTooLong):
        questions.ask(voice_of(one), offer_of(help_request, one), "other", "x" * 501)
    offers.accept(voice_of(other), offer_of(help_request, other))
    with pytest.raises(NoLongerOffered):
        questions.ask(voice_of(one), offer_of(help_request, one), "how_many")


def test_a_colleague_adds_a_sealed_note(registry, vera_takes, cast, one):
    help_request = vera_takes(registry.food, registry.kharkiv)
    note = notes.add_note(cast.alice, help_request, "They moved to the school.")
    assert "school" not in str(note.__dict__)
    with pytest.raises(ReasonMissing):
        notes.add_note(cast.vera, help_request, "  ")
    with pytest.raises(TextTooLong):
        notes.add_note(cast.vera, help_request, "x" * 2001)


def test_calls_that_were_no_request_are_counted_by_kind_and_hour(registry, cast):
    for _number in range(3):
        tallies.count(cast.vera, cast.phone, "hoax")
    tallies.count(cast.vera, cast.phone, "silent")
    tallies.fold(timezone.now())
    assert dict(Tally.objects.values_list("kind", "count")) == {"hoax": 3, "silent": 1}
    with pytest.raises(ValueError):
        tallies.count(cast.vera, cast.phone, "unheard of")


def test_the_audit_holds_no_text_and_no_contact(registry, vera_takes, cast, one):
    help_request = vera_takes(registry.food, registry.kharkiv, note="Ground floor, please.")
    notes.add_note(cast.vera, help_request, "They moved to the school.")
    everything = str(list(AuditEntry.objects.values()))
    assert help_request.code in everything
    for text in (CONTACT["phone"], "Ground floor", "school"):
        assert text not in everything


def _race(quiet_connections, *acts):
    """Run the functions in one instant; the exceptions of those that were refused."""
    connection.close()
    start, refused = threading.Barrier(len(acts)), []

    def run(act):
        with quiet_connections():
            start.wait()
            try:
                act()
            except (StateChanged, AlreadyTaken, NoLongerOffered) as error:
                refused.append(error)

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", ["cancel", "correct"])
def test_changing_against_accepting_leaves_one_truth(registry, vera_takes, cast, one, quiet_connections, change):
    help_request = vera_takes(registry.food, registry.kharkiv)
    actor, seen = cast.vera, help_request.state_since
    offer, voice = offer_of(help_request, one), voice_of(one)
    mine = HelpRequest.objects.select_related("team", "category").get(pk=help_request.pk)

    def act():
        if change == "cancel":
            requests.cancel(actor, mine, seen_since=seen, reason="rang again")
        else:
            correct.correct(actor, mine, seen_since=seen, urgency="urgent")

    refused = _race(quiet_connections, act, lambda: offers.accept(voice, offer))
    help_request.refresh_from_db(), one.refresh_from_db()
    assert len(refused) == 1
    accepted = help_request.offers.filter(state="accepted").count()
    assert accepted == (help_request.state == "accepted") == one.open_requests


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_twice_in_one_instant_is_taken_once(registry, cast, one, quiet_connections):
    form, actor, team = uuid.uuid4(), cast.vera, cast.phone
    place = Place.objects.with_lineage().get(pk=registry.kharkiv.pk)
    written = [requests.Written(registry.food, place, "today")]
    _race(quiet_connections, *[lambda: requests.submit(actor, team, written, CONTACT, submission=form)] * 4)
    assert HelpRequest.objects.count() == 1


def test_erase_at_lies_within_the_promise(registry, vera_takes, one):
    help_request = vera_takes(registry.food, registry.kharkiv)
    assert help_request.erase_at <= timezone.now() + timedelta(days=7)
