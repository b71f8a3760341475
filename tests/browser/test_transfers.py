"""Passing a visitor on, in Chromium: Vera asks, Cora takes over, the visitor is told kindly; and all that may not be."""

import pytest
from playwright.sync_api import expect

from chat.models import Duty, Line
from tests.browser import chat_desk as support
from tests.browser.chat_desk import Guest, line_of, panel, write
from tests.browser.helpers import axe, login, screenshot, watch

youth, desk = support.youth, support.desk


@pytest.fixture
def desks(desk, context, chromium, live, cast, youth):
    """(Vera's page, Cora's page), both at their desks; Robin has written to Vera."""
    cora = chromium.new_context(base_url=live, viewport={"width": 390, "height": 844}, locale="en-GB")
    page = cora.new_page()
    watch(page)
    login(page, cast.cora)
    page.goto("/desk/chat/")
    expect(page.locator(".connection")).to_contain_text("Connected")
    yield desk(), page
    assert page.problems == []
    cora.close()


def begin(vera, youth):
    robin = Guest(youth)
    robin.says("it happened again")
    expect(line_of(vera, youth)).to_contain_text("waiting 1")
    vera.keyboard.press("Alt+n")
    expect(panel(vera)).to_contain_text("it happened again")
    return robin


def ask_cora(vera, note="They want to talk to somebody who knows about courts."):
    vera.get_by_role("button", name="Pass on").click()
    vera.get_by_label("Cora").check()
    vera.get_by_label("What whoever takes over should know").fill(note)
    vera.get_by_role("button", name="Ask them").click()


def test_a_colleague_takes_over(desks, youth):
    vera, cora = desks
    robin = begin(vera, youth)
    vera.get_by_role("button", name="Pass on").click()
    expect(vera.get_by_role("heading", name="Who takes over Robin?")).to_be_focused()
    screenshot(vera, "transfer-choose")
    vera.get_by_role("button", name="Ask them").click()
    expect(vera.locator("#abouts")).to_contain_text("Choose first who is to take over.")
    vera.get_by_role("button", name="Keep it").click()
    expect(vera.get_by_role("heading", name="What you can do")).to_be_focused()
    ask_cora(vera)
    expect(vera.locator("#abouts")).to_contain_text("Held out to Cora")
    expect(vera.locator("#mine")).to_contain_text("Held out to Cora")
    expect(cora.locator("#side")).to_contain_text("Vera asks you to take over a visitor")
    expect(cora.locator("#side")).to_contain_text("who knows about courts")
    axe(cora)
    write_box(vera, "I have asked a colleague who knows more about it.")
    cora.get_by_role("button", name="Take over").click()
    expect(panel(cora)).to_contain_text("it happened again")
    expect(panel(cora)).to_contain_text("I have asked a colleague")
    expect(panel(cora)).to_contain_text("Vera has passed the visitor on.")
    cora.get_by_role("button", name="About").click()
    expect(cora.locator("#abouts")).to_contain_text("Passed on by Vera")
    expect(cora.locator("#abouts")).to_contain_text("who knows about courts")
    expect(panel(vera)).to_contain_text("You have passed this conversation on.")
    expect(vera.locator("body")).not_to_contain_text("You are not in this room")
    robin.says("hello cora")
    cora.get_by_role("button", name="Conversation", exact=True).click()
    expect(panel(cora)).to_contain_text("hello cora")
    expect(vera.locator("body")).not_to_contain_text("hello cora")


def write_box(page, words):
    panel(page).locator("textarea").click()
    write(page, words)
    expect(panel(page).locator(".message.me").last).to_contain_text(words)


def test_one_who_cannot_says_so_and_what_was_typed_stays(desks, youth, cast):
    vera, cora = desks
    begin(vera, youth)
    ask_cora(vera)
    cora.get_by_role("button", name="Not now").click()
    expect(vera.locator("#abouts")).to_contain_text("Cora cannot take over now. The visitor is still with you.")
    vera.get_by_role("button", name="Pass on").click()
    vera.get_by_label("Cora").check()
    vera.get_by_label("What whoever takes over should know").fill("Once more, please.")
    Duty.objects.filter(user=cast.cora).update(away=True)
    vera.get_by_role("button", name="Ask them").click()
    expect(vera.locator("#abouts")).to_contain_text("Choose somebody else.")
    expect(vera.get_by_label("What whoever takes over should know")).to_have_value("Once more, please.")


def test_kept_after_all(desks, youth):
    vera, cora = desks
    begin(vera, youth)
    ask_cora(vera)
    expect(cora.get_by_role("button", name="Take over")).to_be_visible()
    vera.get_by_role("button", name="Keep it after all").click()
    expect(cora.get_by_role("button", name="Take over")).to_have_count(0)
    expect(vera.get_by_role("button", name="Pass on")).to_be_visible()


def test_a_line_without_it_shows_no_button(desks, youth):
    Line.objects.update(can_transfer=False)
    vera, _cora = desks
    begin(vera, youth)
    expect(vera.locator("#abouts")).to_contain_text("What you can do")
    expect(vera.get_by_role("button", name="Pass on")).to_have_count(0)


def test_the_visitor_is_told_kindly(context, chromium, live, cast, youth, desks):
    vera, cora = desks
    phone = chromium.new_context(base_url=live, viewport={"width": 360, "height": 740}, locale="en-GB")
    visitor = phone.new_page()
    watch(visitor)
    visitor.goto("/chat/youth/")
    visitor.get_by_label("What may we call you?").fill("Robin")
    visitor.get_by_role("button", name="Begin").click()
    expect(line_of(vera, youth)).to_contain_text("waiting 1")
    vera.keyboard.press("Alt+n")
    expect(visitor.locator("#log")).to_contain_text("Vera is there for you now.")
    ask_cora(vera)
    cora.get_by_role("button", name="Take over").click()
    expect(visitor.locator("#log")).to_contain_text("Somebody else goes on with you from here.")
    expect(visitor.locator("#log")).to_contain_text("Cora is there for you now.")
    expect(visitor.locator("#who, header")).to_contain_text(["Cora"])
    assert "courts" not in visitor.content()
    assert visitor.problems == []
    phone.close()
