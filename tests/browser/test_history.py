"""Past conversations in Chromium: Cora finds one from the desk, reads, prints and saves it."""

import uuid

from playwright.sync_api import expect

from chat.actions import conversations, flags, queue
from chat.models import Conversation
from tests.browser import chat_desk as support
from tests.browser.chat_desk import Guest
from tests.browser.helpers import login, screenshot, watch

youth = support.youth


def test_found_read_printed_and_saved(youth, cast, page):
    for number in range(3):
        robin = Guest(youth)
        queue.take(cast.vera, robin.conversation, uuid.uuid4())
        robin.says("he waits at school every day " * 10, f"message {number}")
        if number == 0:
            flags.flag(cast.vera, robin.conversation, "To follow up")
        conversations.end_as_visitor(robin.participant)
    flagged = Conversation.objects.get(flags__isnull=False)
    watch(page)
    login(page, cast.cora)
    page.goto("/desk/chat/")
    page.get_by_role("link", name="Past conversations").click()
    expect(page.get_by_role("heading", name="3 conversations")).to_be_visible()
    page.get_by_label("Flag").select_option(label="with an open flag")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("heading", name="1 conversation")).to_be_visible()
    screenshot(page, "history-search")
    page.get_by_role("link", name=flagged.code).click()
    expect(page.locator("main")).not_to_contain_text("he waits")
    page.get_by_role("button", name="Read what was written").click()
    expect(page.locator(".written")).to_contain_text("he waits at school")
    page.get_by_text("Keep it longer").click()
    page.get_by_label("Days from now").fill("20")
    page.get_by_role("button", name="Hold longer").click()
    expect(page.locator(".errorlist")).to_be_visible()
    page.get_by_label("Why?").fill("A complaint is being looked into.")
    page.get_by_role("button", name="Hold longer").click()
    expect(page.get_by_role("button", name="Release")).to_be_visible()
    page.get_by_role("button", name="Read what was written").click()
    expect(page.locator(".written")).to_contain_text("he waits at school")
    screenshot(page, "history-one")
    page.get_by_role("button", name="Print").click()
    expect(page.locator("main")).to_contain_text("Printed by Cora on")
    screenshot(page, "history-print")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    expect(page.locator(".written")).to_be_visible()
    page.emulate_media(media="screen")
    assert page.problems == []
