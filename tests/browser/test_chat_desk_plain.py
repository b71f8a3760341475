"""The chat desk's buttons in a browser in which no script runs, as before the scripts have come."""

import pytest
from playwright.sync_api import expect

from chat.actions import conversations
from chat.models import Duty, Line
from tests.browser import chat_desk as support
from tests.browser.chat_desk import Guest, line_of
from tests.browser.helpers import login

youth = support.youth


@pytest.fixture
def plain(chromium, live, cast, youth):
    """Vera's desk without scripts."""
    context = chromium.new_context(base_url=live, viewport={"width": 1440, "height": 900}, java_script_enabled=False)
    page = context.new_page()
    login(page, cast.vera)
    page.goto("/desk/chat/")
    yield page
    context.close()


def test_take_pause_and_away_work_without_a_script(plain, youth, cast):
    robin = Guest(youth)
    plain.reload()
    line_of(plain, youth).get_by_role("button", name="Take next").click()
    expect(plain.locator("#mine")).to_contain_text("Robin")
    assert robin.conversation.volunteer == cast.vera
    line_of(plain, youth).get_by_text("Open, close, practise").click()
    line_of(plain, youth).get_by_role("button", name="Pause the queue").click()
    expect(line_of(plain, youth)).to_contain_text("Paused")
    assert Line.objects.get(slug="youth").mode == "paused"
    line_of(plain, youth).get_by_text("Open, close, practise").click()
    line_of(plain, youth).get_by_role("button", name="I am away").click()
    line_of(plain, youth).get_by_role("button", name="I am back").click()
    expect(line_of(plain, youth)).not_to_contain_text("You are away")
    assert not Duty.objects.get(line=youth).away


def test_a_refusal_is_read_without_a_script(plain, youth):
    robin = Guest(youth)
    plain.reload()
    conversations.end_as_visitor(robin.participant)
    line_of(plain, youth).get_by_role("button", name="Take next").click()
    expect(plain.locator("#toasts")).to_contain_text("Nobody is waiting for you at the moment.")
