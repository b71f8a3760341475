"""What tests of the chat desk in Chromium share: a line, visitors without a browser, Vera's page."""

import secrets
import uuid

import pytest
from playwright.sync_api import expect

from chat.actions import conversations
from chat.actions.messages import Post, post
from chat.demo import load
from chat.models import Conversation, Line, Participant
from hotline.live import topics
from hotline.live.doorbell import ring
from tests.browser.helpers import login


@pytest.fixture
def youth(cast, live):
    """The demo's youth line, open, in the team of Vera and Cora."""
    cast.phone.code = "chat"
    cast.phone.save()
    load(None)
    Line.objects.filter(slug="family").update(mode="paused")
    return Line.objects.get(slug="youth")


class Guest:
    """A visitor without a browser: what their device would do, by the same actions."""

    def __init__(self, line, alias="Robin", **given):
        self.started = conversations.start(line, secrets.token_bytes(16), alias=alias, **{"language": "en", **given})

    @property
    def participant(self):
        return conversations.visitor(self.started.token)

    @property
    def conversation(self):
        return Conversation.objects.get(code=self.started.conversation)

    def says(self, *bodies):
        for body in bodies:
            posted = post(Post(self.participant.pk, uuid.uuid4(), body))
            ring(topics.room(posted.room), seq=posted.seq)

    def reads(self, seq):
        Participant.objects.filter(pk=self.participant.pk).update(read_seq=seq)
        ring(topics.room(self.started.room), reader=self.participant.code, upto=seq)


@pytest.fixture
def desk(page, cast, youth):
    """desk() -> Vera's page, logged in, connected."""

    def open_it():
        login(page, cast.vera)
        page.goto("/desk/chat/")
        expect(page.locator(".connection")).to_contain_text("Connected")
        return page

    return open_it


def line_of(page, line):
    return page.locator(f"#line-{line.slug}")


def panel(page):
    return page.locator(".panel:not([hidden])")


def box(page):
    return panel(page).locator("textarea")


def take_all(page, *guests):
    """Take the visitors in the order in which they wait; returns when one can write to the last of them."""
    for guest in guests:
        expect(page.locator(f'[data-waiting="{guest.started.conversation}"]')).to_be_visible()
        page.keyboard.press("Alt+n")
        expect(page.locator(f"#talk-{guest.started.conversation}")).to_have_attribute("aria-current", "true")
        expect(panel(page)).to_contain_text("You joined.")
        expect(box(page)).to_be_focused()


def write(page, words):
    """Into the box that has the focus, which must be that of the conversation that is shown."""
    expect(box(page)).to_be_focused()
    page.keyboard.type(words)
    page.keyboard.press("Enter")
