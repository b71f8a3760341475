"""Those whom a visitor's page meets: a line with everything, and Vera without a browser."""

import uuid

from chat.actions import conversations, messages, queue
from chat.models import Conversation, Duty, Line, Participant
from hotline.live import topics
from hotline.live.doorbell import ring
from tests.chat.calls import ask

EXIT = "https://weather.test/today"


def make_line(team, slug="youth", **changes):
    """An open Line that has everything a line can have, but for what `changes` say."""
    given = {
        "mode": Line.Mode.OPEN,
        "titles": {"en": "Youth chat", "de": "Jugendchat"},
        "welcome": {"en": "Good that you are here. You can write about anything."},
        "danger": {"en": "Are you in danger right now? Ring 112, from any phone, free."},
        "privacy": {"en": "What you write is deleted after seven days, or at once.\nA supervisor may read along."},
        "goodbye": {"en": "Thank you for writing. You can come back at any time."},
        "alternatives": [{"name": "Emergency", "address": "112"}, {"name": "Youth line", "address": "116 111"}],
        "suggested_aliases": {"en": ["Robin", "Sky", "Moss"]},
        "exit_address": EXIT,
        "questions": ask(
            f"{slug}-before",
            ("age", "number", {"required": True, "minimum": 6, "maximum": 99, "label": {"en": "How old are you?"}}),
            ("safe", "yesno", {"label": {"en": "Are you safe right now?"}}),
        ),
        "survey": ask(f"{slug}-after", ("helped", "yesno", {"required": True, "label": {"en": "Did it help?"}})),
    }
    return Line.objects.create(slug=slug, team=team, **given | changes)


class Volunteer:
    """`user` at the chat desk, by the actions that the desk calls."""

    def __init__(self, user, line):
        self.user, self.line = user, line
        Duty.objects.update_or_create(line=line, user=user, defaults={"maximum": line.most_conversations})
        self.participant = None

    def take(self):
        """Take the next visitor."""
        taken = queue.take_next(self.user, self.line, uuid.uuid4())
        self.participant = Participant.objects.select_related("room").get(room__code=taken.room, user=self.user)
        return self

    def say(self, body):
        """Write to the visitor."""
        posted = messages.post(messages.Post(self.participant.pk, uuid.uuid4(), body))
        ring(topics.room(posted.room), seq=posted.seq)

    def end(self):
        """End the conversation."""
        conversations.end_as_volunteer(self.user, Conversation.objects.get(room=self.participant.room))

    def heard(self):
        """What the visitor wrote, in its order."""
        from chat.actions import log

        events = log.read(self.participant.room, after=0)
        return [one["body"] for one in events if one["kind"] == "message" and one["from"] != self.participant.code]


def begin(page, line="youth", **answers):
    """Go to the line's page and begin a chat; returns when there is a place."""
    page.goto(f"/chat/{line}/")
    fill(page, **answers)
    page.locator("#talk").wait_for()


def fill(place, age="15", alias="Robin"):
    """Answer the questions of make_line() and begin. place: a page or a frame."""
    place.get_by_label("What may we call you?").fill(alias)
    place.get_by_label("How old are you?").fill(age)
    place.get_by_role("button", name="Begin").click()
