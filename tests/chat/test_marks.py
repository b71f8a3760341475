"""Read marks: written together, never past the log or backwards, and in nobody's way."""

import threading
import uuid

import pytest
from django.db import connection, transaction

from chat.actions import messages
from chat.actions.messages import Post
from chat.consumers import marks
from chat.models import Participant

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pair(talk):
    """Visitor and volunteer of a conversation whose log reaches to 3 at least."""
    visitor, vera, _conversation = talk()
    posted = [messages.post(Post(visitor.pk, uuid.uuid4(), text)) for text in ("Hello?", "Are you there?")]
    return visitor, vera, posted[-1].seq


def read_seq(participant):
    return Participant.objects.values_list("read_seq", flat=True).get(pk=participant.pk)


def test_all_marks_are_written_and_none_past_the_log_or_backwards(pair):
    visitor, vera, head = pair
    assert marks._store({visitor.pk: head - 1, vera.pk: head}) == {}
    assert marks._store({visitor.pk: head + 1, vera.pk: head - 1}) == {}
    assert (read_seq(visitor), read_seq(vera)) == (head - 1, head)


def test_the_mark_of_somebody_who_was_erased_is_dropped(pair):
    visitor, _vera, head = pair
    pk = visitor.pk
    visitor.room.delete()
    assert marks._store({pk: head}) == {}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks no rows")
def test_a_row_that_somebody_holds_is_written_later_and_nobody_waits(pair):
    visitor, vera, head = pair
    held, let_go = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Participant.objects.select_for_update().get(pk=visitor.pk)
            held.set()
            let_go.wait(60)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    try:
        assert held.wait(60)
        assert marks._store({visitor.pk: head, vera.pk: head}) == {visitor.pk: head}
        assert (read_seq(visitor), read_seq(vera)) == (0, head)
    finally:
        let_go.set()
        other.join()
    assert marks._store({visitor.pk: head}) == {}
    assert read_seq(visitor) == head
