"""A conversation that is held longer, in Chromium: held in the admin, seen on the desk and on the visitor's page."""

import pytest
from playwright.sync_api import expect

from chat.actions import conversations, holds
from chat.models import Conversation
from tests.browser import chat_desk as support
from tests.browser.chat_desk import Guest, line_of
from tests.browser.chat_people import Volunteer, begin, make_line
from tests.browser.helpers import login, screenshot

youth, desk = support.youth, support.desk

LONG = "A complaint about a threat, which the team lead and the lawyer look into together until the end of the month."


@pytest.fixture
def vera(cast, live):
    return Volunteer(cast.vera, make_line(cast.phone))


def test_a_coordinator_holds_a_conversation_and_lets_it_go(page, cast, youth):
    guest = Guest(youth)
    guest.says("Nobody must read this here.")
    conversations.end_as_visitor(guest.participant)
    login(page, cast.cora)
    page.goto("/admin/chat/conversation/")
    screenshot(page, "admin-conversations")
    page.get_by_role("link", name=guest.started.conversation).click()
    page.get_by_role("link", name="Hold longer").click()
    screenshot(page, "admin-hold")
    page.get_by_label("Days from now").fill("3")
    page.get_by_label("Why?").fill(LONG)
    page.get_by_role("button", name="Hold longer").click()
    expect(page.locator(".errorlist")).to_contain_text("anyway. Choose more days.")
    expect(page.get_by_label("Why?")).to_have_value(LONG)
    screenshot(page, "admin-hold-wrong")
    page.get_by_label("Days from now").fill("25")
    page.get_by_role("button", name="Hold longer").click()
    expect(page.locator(".success")).to_be_visible()
    expect(page.get_by_text(LONG)).to_be_visible()
    screenshot(page, "admin-conversation-held")
    page.goto("/admin/chat/conversation/?held=yes")
    screenshot(page, "admin-conversations-held")
    assert "Nobody must read" not in page.content()
    page.get_by_role("link", name=guest.started.conversation).click()
    page.get_by_role("link", name="Release").click()
    page.get_by_role("button", name="Release").click()
    expect(page.locator(".success")).to_be_visible()
    expect(page.get_by_role("link", name=guest.started.conversation)).to_be_hidden()
    assert Conversation.objects.get().hold_until is None


def test_the_desk_hears_of_it_at_once(desk, cast, youth):
    guest = Guest(youth)
    page = desk()
    line_of(page, youth).get_by_role("button", name="Take next").click()
    about = page.locator(f"[data-about='{guest.started.conversation}']")
    expect(about).to_be_visible()
    holds.hold(cast.cora, guest.conversation, 25, LONG)
    expect(page.locator("#mine")).to_contain_text(f": {LONG}")
    page.reload()
    expect(about).to_contain_text(f": {LONG}")
    screenshot(page, "desk-held")


def test_the_visitor_reads_until_when_and_can_still_delete_it(page, cast, vera):
    begin(page)
    vera.take()
    holds.hold(cast.cora, Conversation.objects.get(), 25, LONG)
    vera.end()
    kept = page.locator("#kept")
    expect(kept).to_contain_text("This conversation is kept until")
    screenshot(page, "visitor-over-held")
    assert LONG not in page.content()
    page.reload()
    expect(kept).to_be_visible()
    page.locator("#erase-after").click()
    page.get_by_role("button", name="Delete everything", exact=True).click()
    expect(page.get_by_role("heading", name="Everything is deleted")).to_be_visible()
    expect(kept).to_be_hidden()
    assert not Conversation.objects.exists()


def test_whoever_is_not_held_reads_nothing_of_it(page, vera):
    begin(page)
    vera.take()
    with page.expect_response("**/chat/api/conversations/") as asked:
        vera.end()
    assert asked.value.json()["kept_until"] is None
    expect(page.locator("#erase-after")).to_be_visible()
    expect(page.locator("#kept")).to_be_hidden()
