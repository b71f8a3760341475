"""A flag for follow-up in Chromium: Vera sets it, Cora finds it where she works and says what came of it."""

from playwright.sync_api import expect

from chat.actions import conversations
from chat.models import Flag
from tests.browser import chat_desk as support
from tests.browser.chat_desk import Guest, line_of, panel
from tests.browser.helpers import axe, login, screenshot, watch

youth, desk = support.youth, support.desk


def test_set_at_the_desk_and_followed_up_in_the_admin(desk, youth, cast, chromium, live):
    vera = desk()
    robin = Guest(youth)
    robin.says("he waits at school every day")
    expect(line_of(vera, youth)).to_contain_text("waiting 1")
    vera.keyboard.press("Alt+n")
    expect(panel(vera)).to_contain_text("he waits at school")
    vera.get_by_text("Flag for follow-up").click()
    vera.get_by_role("button", name="Flag it").click()
    expect(vera.locator("#abouts")).to_contain_text("Say in a few words what has to be followed up.")
    vera.get_by_label("What has to be followed up?").fill("Somebody has to speak with the school.")
    vera.get_by_label("the last 5 messages").check()
    axe(vera)
    vera.get_by_role("button", name="Flag it").click()
    expect(vera.locator("#abouts")).to_contain_text("Nobody has seen to it yet.")
    flag = Flag.objects.get()
    assert flag.reason == "Somebody has to speak with the school."

    phone = chromium.new_context(base_url=live, viewport={"width": 360, "height": 740}, locale="en-GB")
    page = phone.new_page()
    watch(page)
    login(page, cast.cora)
    page.goto("/admin/chat/flag/")
    axe(page)
    page.get_by_role("link", name=flag.code).click()
    expect(page.locator("#content")).to_contain_text("Somebody has to speak with the school.")
    expect(page.locator("#content")).not_to_contain_text("None")
    axe(page)
    page.get_by_role("link", name="Read what was written").or_(
        page.get_by_role("button", name="Read what was written")
    ).first.click()
    page.locator("main").get_by_role("button", name="Read what was written").click()
    expect(page.locator("#content")).to_contain_text("he waits at school every day")
    screenshot(page, "flag-read")
    page.get_by_role("link", name="Back").click()
    page.get_by_role("link", name="Followed up").or_(page.get_by_role("button", name="Followed up")).first.click()
    page.get_by_label("What came of it?").fill("The counsellor rings tomorrow.")
    page.get_by_role("button", name="Followed up").click()
    expect(page.locator("#content")).to_contain_text("The counsellor rings tomorrow.")
    assert page.problems == []
    phone.close()
    flag.refresh_from_db()
    assert flag.state == Flag.State.DONE and flag.carer == cast.cora
    vera.reload()
    expect(vera.locator("#abouts")).to_contain_text("Followed up.")


def test_what_is_being_written_outlives_the_visitor_s_going(desk, youth):
    vera = desk()
    robin = Guest(youth)
    expect(line_of(vera, youth)).to_contain_text("waiting 1")
    vera.keyboard.press("Alt+n")
    expect(vera.locator("#abouts")).to_contain_text("Before the chat")
    vera.get_by_text("Flag for follow-up").click()
    vera.get_by_label("What has to be followed up?").fill("Said that he will do it tonight")
    conversations.end_as_visitor(robin.participant)
    expect(vera.locator("#abouts")).to_contain_text("The conversation has ended")
    expect(vera.get_by_label("What has to be followed up?")).to_have_value("Said that he will do it tonight")
    vera.get_by_role("button", name="Flag it").click()
    expect(vera.locator("#abouts")).to_contain_text("Nobody has seen to it yet.")
    assert Flag.objects.get().reason == "Said that he will do it tonight"
