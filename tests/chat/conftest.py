"""A line, visitors who come to it, and Vera who works there."""

import secrets
import uuid

import pytest

from chat.actions import conversations, duties, queue
from chat.models import Conversation, Line
from tests.support.leaks import printed
from tests.support.sockets import open_socket

__all__ = ["open_socket", "printed"]


def visitor_comes(line, **given):
    """(Participant, Started) of a visitor who has just begun to wait at `line`."""
    started = conversations.start(line, secrets.token_bytes(16), **{"language": "en", **given})
    return conversations.visitor(started.token), started


@pytest.fixture
def line(cast):
    """An open line of Vera's team."""
    return Line.objects.create(slug="youth", team=cast.phone, mode=Line.Mode.OPEN, titles={"en": "Youth line"})


@pytest.fixture
def other_line(cast):
    """An open line of Viktor's team, of which Vera knows nothing."""
    return Line.objects.create(slug="family", team=cast.crawl, mode=Line.Mode.OPEN, titles={"en": "Family line"})


@pytest.fixture
def waiting(line):
    """waiting(**start's arguments) -> (Participant, Started): one more visitor in the queue of `line`."""

    def come(**given):
        return visitor_comes(line, **given)

    return come


@pytest.fixture
def talk(line, cast, waiting):
    """talk() -> (visitor, vera, conversation): two Participants of one active conversation."""

    def begin(volunteer=None):
        visitor, started = waiting()
        conversation = Conversation.objects.get(code=started.conversation)
        person = volunteer or cast.vera
        duties.set_maximum(person, line, line.most_conversations)
        queue.take(person, conversation, uuid.uuid4())
        conversation.refresh_from_db()
        return visitor, conversation.room.participants.get(user=person), conversation

    return begin
