"""Passing a conversation on to another line: what it takes along, who is asked, and what stays with the first."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from chat.actions import conversations, duties, erasure, held_out, log, queue, transfers
from chat.consumers import seats
from chat.models import Conversation, ConversationFact, Line, Transfer
from hotline.live import topics
from hotline.staff.actions import rights
from hotline.staff.permissions import NotFound
from tests.chat.test_transfers import at_desk, cora, offered, says

__all__ = ["cora", "offered"]

pytestmark = pytest.mark.django_db


def test_where_the_line_keeps_it_back_the_new_one_begins_anew(offered, cast, line, waiting, as_person):
    transfer, visitor, _vera = offered
    Line.objects.update(passes_history=False)
    taken = transfers.accept(cast.cora, Transfer.objects.get(pk=transfer.pk))
    room = seats.view(cast.cora, taken.room).room
    assert [event["kind"] for event in log.read(room, 0)] == ["transferred", "joined"]
    assert log.read(room, 0)[0]["data"] == {"history": False}
    says(visitor, "Hello?")
    assert log.read(seats.view(cast.cora, taken.room).room, 0)[-1]["body"] == "Hello?"
    page = as_person(cast.cora).get(reverse("chat:desk-about", args=[taken.conversation])).content.decode()
    assert "Ask about the sister. &lt;b&gt;" in page


def test_what_one_line_keeps_back_no_further_one_gives_away(offered, cast, line, other_line):
    """Neither the next hand-over, nor the queue, nor coming back to one's own."""
    transfer, visitor, _vera = offered
    conversation = transfer.conversation
    transfers.decline(cast.cora, transfer)
    line.passes_history = False
    line.save()
    line.passes_on_to.add(other_line)
    other_line.passes_on_to.add(other_line)
    another = cast.person("another", roles=["volunteer"], works_in=[cast.crawl])
    for one in (cast.viktor, another):
        duties.set_maximum(one, other_line, 1)
        at_desk(one, other_line)
    taken = transfers.accept(cast.viktor, transfers.offer(cast.vera, conversation, to_line=other_line))
    says(visitor, "Only this")
    conversation.refresh_from_db()
    second = transfers.offer(cast.viktor, conversation, to_line=other_line)
    transfers.accept(another, transfers.find(another, second.code))

    def read(person):
        return [event.get("body") for event in log.read(seats.view(person, taken.room).room, 0) if event.get("body")]

    assert read(another) == ["Only this"]
    conversation.refresh_from_db()
    queue.give_back(Conversation.objects.select_related("line__team").get(pk=conversation.pk), another)
    queue.take(cast.viktor, Conversation.objects.get(pk=conversation.pk), uuid.uuid4())
    assert read(cast.viktor) == ["Only this"]


def test_whoever_takes_over_from_another_team_does_not_learn_who_had_it(talk, cast, line, other_line):
    _visitor, vera, conversation = talk()
    line.passes_on_to.add(other_line)
    at_desk(cast.viktor, other_line)
    taken = transfers.accept(cast.viktor, transfers.offer(cast.vera, conversation, to_line=other_line))
    people = seats.view(cast.viktor, taken.room).participants
    assert people[vera.code]["alias"] == "" and "Viktor" in {one["alias"] for one in people.values()}


@pytest.fixture
def rung(monkeypatch):
    """The topics for which the house rang."""
    heard = []
    monkeypatch.setattr(held_out, "ring", lambda topic, **_ids: heard.append(topic))
    return heard


@pytest.mark.parametrize("end", ["ends", "erases", "given back"])
def test_the_other_line_s_desks_are_told_when_there_is_nothing_to_take_over(talk, cast, line, other_line, end, rung):
    visitor, _vera, conversation = talk()
    line.passes_on_to.add(other_line)
    at_desk(cast.viktor, other_line)
    transfers.offer(cast.vera, conversation, to_line=other_line)
    rung.clear()
    if end == "ends":
        conversations.end_as_visitor(visitor)
    elif end == "erases":
        erasure.erase_for_visitor(conversation)
    else:
        queue.give_back(Conversation.objects.select_related("line__team").get(pk=conversation.pk), cast.vera)
    assert topics.queue(other_line.pk) in rung


def test_no_line_is_there_where_nobody_could_take_over(talk, cast, line, other_line):
    _visitor, _vera, conversation = talk()
    line.passes_on_to.add(other_line)
    for full in (True, False):
        at_desk(cast.viktor, other_line, maximum=0 if full else 1)
        if not full:
            rights.give_rights(cast.ada, cast.viktor, roles=[], works_in=[], supervises=[])
        with pytest.raises(transfers.NobodyThere):
            transfers.offer(cast.vera, conversation, to_line=other_line)


def test_to_another_line_and_what_stays_with_the_first(talk, cast, line, other_line):
    visitor, _vera, conversation = talk()
    token_hash = bytes(visitor.token_hash)
    other_line.retention_minutes = 30 * 24 * 60
    other_line.save()
    at_desk(cast.viktor, other_line)
    with pytest.raises(NotFound):
        transfers.offer(cast.vera, conversation, to_line=other_line)
    line.passes_on_to.add(other_line)
    transfer = transfers.offer(cast.vera, conversation, to_line=other_line, note="Family matters")
    assert transfers.offered_to(cast.viktor, timezone.now()) == [transfer]
    taken = transfers.accept(cast.viktor, transfers.find(cast.viktor, transfer.code))
    conversation.refresh_from_db()
    assert (conversation.line, conversation.entrance, conversation.volunteer) == (other_line, line, cast.viktor)
    assert conversation.retention == line.retention, "no longer than its visitor was promised"
    guest = seats.Guest(visitor.pk, taken.room, "en", "", token_hash)
    assert seats.view(guest, taken.room).state == "active"
    conversations.end_as_volunteer(cast.viktor, conversation)
    facts = ConversationFact.objects.order_by("pk").values_list("line__slug", "end", "taken")
    assert list(facts) == [("youth", "passed_on", True), ("family", "volunteer", True)]


def test_the_visitor_comes_back_by_the_page_they_came_to(talk, cast, line, other_line, waiting):
    _visitor, started = waiting()
    conversation = Conversation.objects.get(code=started.conversation)
    queue.take(cast.vera, conversation, uuid.uuid4())
    line.passes_on_to.add(other_line)
    at_desk(cast.viktor, other_line)
    transfers.accept(cast.viktor, transfers.offer(cast.vera, conversation, to_line=other_line))
    assert conversations.resume(line, started.resume_code).conversation == started.conversation
    with pytest.raises(conversations.Unknown):
        conversations.resume(other_line, started.resume_code)
