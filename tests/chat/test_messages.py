"""Messages: once, in order, under their author's key; one that is refused harms no other."""

import threading
import uuid

import pytest
from django.utils import timezone

from chat.actions import conversations, log, messages, rooms
from chat.actions.messages import Ended, IdReused, NotInRoom, Post, TooLong
from chat.models import AuthorKey, Event, Participant, Room

pytestmark = pytest.mark.django_db


def say(participant, body, message_id=None):
    return messages.post(Post(participant.pk, message_id or uuid.uuid4(), body))


def bodies(room):
    return [event["body"] for event in log.read(room) if event["kind"] == "message"]


def test_what_was_said_stands_in_the_log_in_its_order(talk):
    visitor, vera, conversation = talk()
    say(visitor, "Hello?")
    say(vera, "Good evening.")
    assert bodies(conversation.room) == ["Hello?", "Good evening."]
    seqs = [event["seq"] for event in log.read(conversation.room)]
    assert seqs == list(range(1, len(seqs) + 1))
    assert Room.objects.get(pk=conversation.room_id).head == seqs[-1]


def test_the_same_message_again_is_the_same_message(talk):
    visitor, _vera, conversation = talk()
    sent = uuid.uuid4()
    first, again = say(visitor, "Hello?", sent), say(visitor, "  Hello?\r\n", sent)
    assert (first.is_new, again.is_new) == (True, False)
    assert (again.seq, again.at) == (first.seq, first.at)
    assert bodies(conversation.room) == ["Hello?"]


def test_the_same_message_twice_in_one_batch(talk):
    visitor, _vera, conversation = talk()
    sent = uuid.uuid4()
    first, again, other = messages.post_many([Post(visitor.pk, sent, body) for body in ("One", "One", "Two")])
    assert first.is_new and not again.is_new and again.seq == first.seq
    assert isinstance(other, IdReused)
    assert bodies(conversation.room) == ["One"]


def test_an_id_is_not_used_for_two_texts(talk):
    visitor, vera, _conversation = talk()
    sent = uuid.uuid4()
    say(visitor, "One", sent)
    with pytest.raises(IdReused):
        say(visitor, "Two", sent)
    assert say(vera, "Two", sent).is_new, "another author's ids are theirs"


def test_a_bad_message_fails_alone(talk):
    visitor, vera, conversation = talk()
    wishes = [Post(visitor.pk, uuid.uuid4(), body) for body in ("One", " \n ", "x" * 4001, "Two")] + [
        Post(0, uuid.uuid4(), "Nobody"),
        Post(vera.pk, uuid.uuid4(), "Three"),
    ]
    codes = [getattr(result, "code", "stored") for result in messages.post_many(wishes)]
    assert codes == ["stored", "bad_frame", "too_large", "stored", "unknown_room", "stored"]
    assert bodies(conversation.room) == ["One", "Two", "Three"]


def test_four_thousand_characters_fit_whatever_they_are(talk):
    visitor, _vera, conversation = talk()
    say(visitor, "😀" * 4000)
    assert bodies(conversation.room) == ["😀" * 4000]
    with pytest.raises(TooLong):
        say(visitor, "😀" * 4001)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("a\x00b\x07c\x1b[31m", "abc[31m"),
        ("\u202eabc", "\u202eabc"),
        ("  padded  ", "padded"),
    ],
)
def test_text_is_text(talk, typed, stored):
    visitor, _vera, conversation = talk()
    say(visitor, typed)
    assert bodies(conversation.room) == [stored]


def test_nobody_writes_into_a_room_they_are_not_in(talk, cast):
    visitor, vera, conversation = talk()
    Participant.objects.filter(pk=vera.pk).update(left_at=timezone.now())
    with pytest.raises(NotInRoom):
        say(vera, "Still here")


def test_a_disabled_account_writes_nothing(talk, cast):
    _visitor, vera, _conversation = talk()
    cast.vera.is_active = False
    cast.vera.save()
    with pytest.raises(NotInRoom):
        say(vera, "Still here")


def test_nothing_is_written_after_the_end(talk):
    visitor, vera, conversation = talk()
    sent = uuid.uuid4()
    said = say(visitor, "Thank you", sent)
    conversations.end_as_visitor(visitor)
    with pytest.raises(Ended):
        say(vera, "One more thing")
    assert say(visitor, "Thank you", sent).seq == said.seq, "an answer that was lost is given again"
    assert [event["kind"] for event in log.read(conversation.room)][-1] == "ended"


def test_a_body_opens_nowhere_else(talk):
    visitor, _vera, conversation = talk()
    say(visitor, "One")
    say(visitor, "Two")
    one, two = Event.objects.filter(kind="message").order_by("seq")
    one.sealed_body, two.sealed_body = two.sealed_body, one.sealed_body
    one.save()
    with pytest.raises(Exception, match="other key, other place"):
        log.read(conversation.room)


def test_erasing_one_author_leaves_the_other_readable(talk):
    visitor, vera, conversation = talk()
    say(visitor, "Mine")
    say(vera, "Hers")
    AuthorKey.objects.filter(participant=visitor).delete()
    assert [(event["kind"], event.get("body")) for event in log.read(conversation.room)[-2:]] == [
        ("redacted", None),
        ("message", "Hers"),
    ]


def test_a_batch_costs_the_same_however_many_it_holds(talk, query_count):
    people = [talk()[0] for _number in range(4)]
    one = query_count(lambda: messages.post_many([Post(people[0].pk, uuid.uuid4(), "Hello")]))
    many = query_count(
        lambda: messages.post_many([Post(person.pk, uuid.uuid4(), "Hello") for person in people for _ in range(5)])
    )
    assert one == many


def test_pages_of_the_log(talk):
    visitor, _vera, conversation = talk()
    for number in range(10):
        say(visitor, str(number))
    head = Room.objects.get(pk=conversation.room_id).head
    assert [event["body"] for event in log.read(conversation.room, after=head - 3)] == ["7", "8", "9"]
    assert [event["body"] for event in log.read(conversation.room, before=head, limit=2)] == ["7", "8"]
    assert [event["body"] for event in log.read(conversation.room, after=head - 10, before=head - 7)] == ["0", "1"]
    assert log.read(conversation.room, after=head) == []


@pytest.mark.django_db(transaction=True)
def test_posts_that_race_leave_no_gap_and_no_double(talk, quiet_connections):
    visitor, vera, conversation = talk()
    shared = [uuid.uuid4() for _number in range(10)]
    begin, results = threading.Barrier(6), []

    def write(participant, number):
        with quiet_connections():
            begin.wait()
            for sent in shared:
                results.append(say(participant, f"{participant.code} {sent}", sent))

    threads = [
        threading.Thread(target=write, args=(person, number)) for person in (visitor, vera) for number in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seqs = [event["seq"] for event in log.read(conversation.room)]
    assert seqs == list(range(1, len(seqs) + 1))
    assert len(bodies(conversation.room)) == 20
    assert sum(result.is_new for result in results) == 20


@pytest.mark.django_db(transaction=True)
def test_an_end_that_races_a_post_comes_last(talk, quiet_connections):
    visitor, vera, conversation = talk()
    begin = threading.Barrier(2)

    def write():
        with quiet_connections():
            begin.wait()
            for _number in range(20):
                try:
                    say(vera, "Are you there?")
                except Ended:
                    return

    writing = threading.Thread(target=write)
    writing.start()
    begin.wait()
    conversations.end_as_visitor(visitor)
    writing.join()
    events = log.read(conversation.room)
    assert events[-1]["kind"] == "ended"
    assert [event["kind"] for event in events].count("ended") == 1


def test_a_room_that_is_gone_is_said(talk):
    visitor, _vera, conversation = talk()
    room = conversation.room_id
    conversation.room.delete()
    with pytest.raises(NotInRoom):
        say(visitor, "Hello?")
    with pytest.raises(Room.DoesNotExist):
        rooms.lock(room)
