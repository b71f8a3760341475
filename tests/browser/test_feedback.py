"""Feedback in Chromium: Cora finds it at the desk, writes with a quote, Vera reads and answers, and both see what was read."""

import uuid

from playwright.sync_api import expect

from chat.actions import conversations, erasure, queue
from chat.models import Feedback
from tests.browser import chat_desk as support
from tests.browser.chat_desk import Guest, line_of, panel
from tests.browser.helpers import axe, login, screenshot, watch

youth, desk = support.youth, support.desk


def connected(page):
    expect(page.locator('.connection[data-state="connected"]')).to_be_visible()


def test_from_the_desk_to_the_answer(desk, youth, cast, chromium, live):
    vera = desk()
    robin = Guest(youth)
    robin.says("he waits at school every day", "I am afraid to go there")
    expect(line_of(vera, youth)).to_contain_text("waiting 1")
    vera.keyboard.press("Alt+n")
    expect(panel(vera)).to_contain_text("afraid to go there")

    other = chromium.new_context(base_url=live, viewport={"width": 1440, "height": 900}, locale="en-GB")
    cora = other.new_page()
    watch(cora)
    login(cora, cast.cora)
    cora.goto("/desk/chat/")
    connected(cora)
    with other.expect_page() as opened:
        cora.get_by_role("link", name="Feedback (in a new tab)").click()
    cora = opened.value
    watch(cora)
    connected(cora)
    screenshot(cora, "feedback-own")
    cora.get_by_role("link", name="Write to Vera").click()
    cora.get_by_label("What was good").fill("You gave them time.")
    cora.get_by_role("button", name="Read what was written").click()
    expect(cora.locator(".written")).to_contain_text("he waits at school")
    expect(cora.get_by_label("What was good")).to_have_value("You gave them time.")
    expect(vera.locator("#mine")).to_contain_text("Cora read it at")
    cora.get_by_label("he waits at school every day").check()
    cora.get_by_label("What could be better").fill("Ask sooner whether somebody at school knows.")
    screenshot(cora, "feedback-write")
    cora.get_by_role("button", name="Send").click()
    expect(cora.locator("h1")).to_have_text("Feedback to Vera")
    expect(cora.locator("#words")).to_contain_text("not read yet")
    connected(cora)

    unread = vera.get_by_role("link", name="Unread feedback 1")
    expect(unread).to_be_visible()
    axe(vera)
    with vera.context.expect_page() as opened:
        unread.click()
    page = opened.value
    watch(page)
    page.get_by_role("link", name="From Cora").click()
    expect(page.locator("#words")).to_contain_text("Ask sooner whether")
    expect(page.locator("blockquote")).to_contain_text("he waits at school every day")
    expect(page.locator("#words")).not_to_contain_text("afraid to go there")
    expect(cora.locator("#words header")).to_contain_text("Read")
    expect(unread).to_be_hidden()
    page.get_by_role("button", name="Answer").click()
    expect(page.locator(".errorlist")).to_be_visible()
    page.get_by_label("Your answer").fill("Thank you, I will.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".answer")).to_contain_text("Thank you, I will.")
    expect(cora.locator(".answer")).to_contain_text("Thank you, I will.")
    cora.get_by_label("Your answer").fill("Good.")
    cora.get_by_role("button", name="Answer").click()
    expect(cora.locator(".answer")).to_have_count(2)
    screenshot(cora, "feedback-one")

    erasure.erase_for_visitor(robin.conversation)
    page.reload()
    expect(page.locator("#words")).to_contain_text("the visitor has deleted them")
    expect(page.locator("blockquote")).to_have_count(0)
    screenshot(page, "feedback-without-quotes")
    assert vera.problems == cora.problems == page.problems == []
    other.close()
    found = Feedback.objects.get()
    assert (found.head, found.sealed_quotes) == (3, None)


def test_about_a_long_one_on_a_phone(youth, cast, chromium, live):
    robin = Guest(youth, "A very long name that somebody chose here")
    queue.take(cast.vera, robin.conversation, uuid.uuid4())
    robin.says(*[f"Message {number} " + "long" * 40 for number in range(25)])
    conversations.end_as_visitor(robin.participant)
    phone = chromium.new_context(base_url=live, viewport={"width": 360, "height": 740}, locale="en-GB")
    page = phone.new_page()
    watch(page)
    login(page, cast.cora)
    page.goto("/desk/chat/feedback/")
    page.get_by_role("link", name="Write to Vera").click()
    page.get_by_role("button", name="Read what was written").click()
    boxes = page.get_by_role("checkbox")
    expect(boxes).to_have_count(25)
    for number in range(21):
        boxes.nth(number).check()
    page.get_by_label("What was good").fill("Much")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose fewer messages: 20 at most.")
    expect(page.get_by_label("What was good")).to_have_value("Much")
    expect(boxes.first).to_be_checked()
    axe(page)
    boxes.first.uncheck()
    page.get_by_role("button", name="Send").click()
    expect(page.locator("blockquote")).to_have_count(20)
    axe(page)
    assert page.problems == []
    phone.close()
