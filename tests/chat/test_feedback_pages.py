"""Feedback at the desk: where it is found, what is shown to whom, and two who do something at once."""

import uuid

import pytest

from chat.actions import conversations, erasure, feedback
from chat.models import Conversation, Event, Feedback, FeedbackAnswer, Participant
from hotline.staff.models import AuditEntry
from tests.chat.test_feedback import GOOD, LIST, given, said, seqs, writes
from tests.chat.test_queue import race

__all__ = ["given", "said"]

pytestmark = pytest.mark.django_db


def page(client, address=LIST):
    return client.get(address).content.decode()


def test_it_is_found_on_the_first_page_and_at_the_desk(given, cast, as_person):
    vera, cora = as_person(cast.vera), as_person(cast.cora)
    address = f"{LIST}{given.code}/"
    assert address in page(vera, "/") and "Unread feedback" in page(vera, "/desk/chat/side/")
    assert address not in page(cora, "/") and LIST in page(cora, "/desk/chat/")
    assert "From Cora, Youth line" in page(vera) and "unread" in page(vera)
    assert GOOD in page(vera, address)
    assert address not in page(vera, "/") and "Unread feedback" not in page(vera, "/desk/chat/side/")
    assert "To Vera, Youth line" in page(cora) and "Read" in page(cora, address)
    assert address not in page(as_person(cast.alice))


def test_a_part_that_a_ring_puts_in_is_not_read_yet(given, cast, as_person):
    vera = as_person(cast.vera)
    vera.get(f"{LIST}{given.code}/", headers={"hx-request": "true"})
    assert Feedback.objects.unread(cast.vera).exists()


def test_a_guide_reads_quotes_writes_and_the_volunteer_answers(said, cast, as_person):
    conversation, _visitor = said
    cora, vera = as_person(cast.cora), as_person(cast.vera)
    assert conversation.code in page(cora) and conversation.code not in page(vera)
    address = f"{LIST}write/{conversation.code}/"
    assert "He waits" not in page(cora, address) and not AuditEntry.objects.filter(action="conversation.read").exists()
    typed = {"read": "yes", "good": "<b>Kept</b>", "form_id": str(uuid.uuid4())}
    opened = cora.post(address, typed).content.decode()
    assert "He waits at school" in opened and "&lt;b&gt;Kept" in opened
    look = AuditEntry.objects.get(action="conversation.read")
    assert (look.actor_alias, look.subject, look.details) == ("Cora", conversation.code, {"why": "feedback"})
    assert "Cora read it at" in page(vera, "/desk/chat/side/")
    seat = conversation.room.participants.get(user=cast.vera)
    sent = cora.post(
        address, {**typed, "read": "", "opened": "yes", "to": seat.code, "quote": [str(seqs(conversation)[0])]}
    )
    # The button that reads was sent, however empty: it reads and sends nothing.
    assert sent.status_code == 200 and not Feedback.objects.exists()
    typed.pop("read")
    sent = cora.post(address, {**typed, "opened": "yes", "to": seat.code, "quote": [str(seqs(conversation)[0])]})
    made = Feedback.objects.get()
    assert sent.headers["Location"] == f"{LIST}{made.code}/"
    shown = page(vera, f"{LIST}{made.code}/")
    assert "&lt;b&gt;Kept&lt;/b&gt;" in shown and "He waits at school" in shown and "Since when?" not in shown
    assert vera.post(f"{LIST}{made.code}/answer/", {"seen": "1", "body": "<i>Thanks</i>"}).status_code == 302
    assert "&lt;i&gt;Thanks" in page(cora, f"{LIST}{made.code}/")


@pytest.mark.parametrize("quote", ["²", "x", "-3", "99999999999999999999", "'; --"])
def test_what_was_typed_stays_whatever_is_wrong(said, cast, as_person, quote):
    conversation, _visitor = said
    cora, address = as_person(cast.cora), f"{LIST}write/{conversation.code}/"
    seat = conversation.room.participants.get(user=cast.vera)
    form = {"form_id": str(uuid.uuid4()), "to": seat.code, "good": "Kept words"}
    answer = cora.post(address, {**form, "quote": quote, "opened": "yes"})
    assert answer.status_code == 409 and "Kept words" in answer.content.decode()
    for wrong in ({"good": "y" * 2001}, {"form_id": "x"}, {"to": "nobody"}):
        assert cora.post(address, {**form, "course": "Kept words", **wrong}).status_code == 422
    assert cora.post(address, {**form, "good": ""}).status_code == 409
    made = writes(cast.cora, conversation)
    vera, address = as_person(cast.vera), f"{LIST}{made.code}/answer/"
    for wrong in ("", "x", "0", "10000000000"):
        again = vera.post(address, {"seen": wrong, "body": "Kept words"})
        assert again.status_code == 422 and "Kept words" in again.content.decode()
    feedback.answer(cast.cora, made, "Meanwhile", 1)
    again = vera.post(address, {"seen": "1", "body": "Kept words"})
    shown = again.content.decode()
    assert again.status_code == 409 and "Kept words" in shown and "Meanwhile" in shown
    assert vera.post(address, {"seen": "2", "body": "Kept words"}).status_code == 302


def test_the_way_from_the_admin(said, cast, as_person):
    conversation, _visitor = said
    shown = page(as_person(cast.cora), f"/admin/chat/conversation/{conversation.pk}/change/")
    assert f"{LIST}write/{conversation.code}/" in shown


def test_nobody_reads_a_conversation_by_the_form_who_may_not(said, cast, as_person):
    conversation, _visitor = said
    address = f"{LIST}write/{conversation.code}/"
    for person, status in ((cast.vera, 403), (cast.viktor, 404), (cast.ada, 403)):
        for answer in (as_person(person).get(address), as_person(person).post(address, {"read": "yes"})):
            assert answer.status_code in (403, 404) and "He waits" not in answer.content.decode(), (person, status)
    assert not AuditEntry.objects.filter(action="conversation.read").exists()
    erasure.erase_for_visitor(conversation)
    assert as_person(cast.cora).get(address).status_code == 404


def test_a_removed_message_is_not_quoted(said, cast, as_person):
    conversation, _visitor = said
    conversation.room.participants.get(user=cast.vera).keys.all().delete()
    cora, address = as_person(cast.cora), f"{LIST}write/{conversation.code}/"
    assert "This message was removed." in cora.post(address, {"read": "yes"}).content.decode()
    with pytest.raises(feedback.NotTheirs):
        writes(cast.cora, conversation, quotes=seqs(conversation))


def test_without_its_key_it_says_so(given, cast, as_person, own_keyring):
    shown = page(as_person(cast.vera), f"{LIST}{given.code}/")
    assert "its key is gone" in shown and 'id="answer"' not in shown


def test_the_pages_ask_as_often_with_much_as_with_little(said, cast, as_person, same_queries, monkeypatch, talk, line):
    monkeypatch.setattr(feedback, "MOST", 100)
    line.most_conversations = 20
    line.save()
    conversation, _visitor = said
    vera, cora = as_person(cast.vera), as_person(cast.cora)

    def more(number):
        made = writes(cast.cora, conversation, quotes=seqs(conversation))
        feedback.answer(cast.vera, made, f"Answer {number}", 1)

    same_queries(more, lambda: (vera.get(LIST), cora.get(LIST), cora.get("/"), vera.get("/desk/chat/side/")))
    made = Feedback.objects.first()
    for number in range(2, 30):
        feedback.answer(cast.vera, made, f"Answer {number}", number)
    assert vera.get(f"{LIST}{made.code}/").status_code == 200
    writing = f"{LIST}write/{conversation.code}/"
    seat = Participant.objects.get(user=cast.vera)
    same_queries(
        lambda number: Event.objects.filter(author=seat).update(data={"n": number}),
        lambda: cora.post(writing, {"read": "yes"}),
    )


def test_the_list_of_conversations_has_pages(said, cast, as_person, monkeypatch):
    from chat.views import feedback as views

    monkeypatch.setattr(views, "ON_A_PAGE", 1)
    conversation, visitor = said
    conversations.end_as_visitor(visitor)
    assert conversation.code in page(as_person(cast.cora), f"{LIST}?page=7")
    assert page(as_person(cast.cora), f"{LIST}?page=x").count("/write/") == 1


# ---- at once ----


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_an_answer_races_the_visitor_who_erases(given, cast, quiet_connections, _round):
    conversation, vera = Conversation.objects.get(), cast.vera
    answer, erased = race(
        quiet_connections,
        lambda: feedback.answer(vera, Feedback.objects.get(), "Thank you.", 1),
        lambda: erasure.erase_for_visitor(conversation),
    )
    found = Feedback.objects.get()
    assert isinstance(answer, FeedbackAnswer) and erased is None
    assert (found.head, found.sealed_quotes, found.conversation) == (2, None, None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_writing_races_the_visitor_who_erases_and_no_quote_stays(said, cast, quiet_connections, _round):
    (conversation, _visitor), cora = said, cast.cora
    chosen = seqs(conversation)
    made, erased = race(
        quiet_connections,
        lambda: writes(cora, conversation, quotes=chosen),
        lambda: erasure.erase_for_visitor(conversation),
    )
    assert erased is None and isinstance(made, (Feedback, conversations.Unknown))
    assert not Feedback.objects.exclude(sealed_quotes=None).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_is_told_to_read_first(given, cast, quiet_connections):
    plays = [lambda who=who: feedback.answer(who, given, f"{who.alias} says", 1) for who in (cast.vera, cast.cora)]
    outcomes = race(quiet_connections, *plays)
    assert sorted(type(one).__name__ for one in outcomes) == ["Changed", "FeedbackAnswer"]
    assert FeedbackAnswer.objects.get().number == Feedback.objects.get().head == 2


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_twice_at_once_is_one(said, cast, quiet_connections):
    (conversation, _visitor), cora, form = said, cast.cora, uuid.uuid4()
    outcomes = race(quiet_connections, *[lambda: writes(cora, conversation, form_id=form)] * 2)
    assert outcomes[0] == outcomes[1] == Feedback.objects.get()
