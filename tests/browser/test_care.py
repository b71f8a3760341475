"""Care for volunteers in Chromium: a break, a rest after a hard conversation, a talk, and the end of a shift."""

from playwright.sync_api import expect

from chat.actions import conversations
from chat.models import Debrief, Duty
from hotline.staff.models import Alarm
from tests.browser import chat_desk as support
from tests.browser.chat_desk import Guest, line_of, panel, write
from tests.browser.helpers import axe, login, screenshot, watch

youth, desk = support.youth, support.desk


def test_a_break_that_colleagues_read(desk, youth, cast, chromium, live):
    vera = desk()
    second = chromium.new_context(base_url=live, viewport={"width": 1440, "height": 900}, locale="en-GB")
    alice = second.new_page()
    watch(alice)
    login(alice, cast.alice)
    alice.goto("/desk/chat/")
    expect(alice.locator(".connection")).to_contain_text("Connected")
    Guest(youth)
    expect(line_of(vera, youth)).to_contain_text("waiting 1")
    vera.get_by_text("A break, or the end of the shift").click()
    axe(vera)
    screenshot(vera, "care-break-choose")
    vera.get_by_role("button", name="Catch my breath").click()
    expect(vera.locator("#shift")).to_contain_text("You are away for a while.")
    expect(line_of(vera, youth).get_by_role("button", name="Take next")).to_have_count(0)
    screenshot(vera, "care-break")
    expect(line_of(alice, youth)).to_contain_text("Vera: catching their breath")
    screenshot(alice, "care-colleague-on-a-break")
    vera.get_by_role("button", name="I am back").click()
    expect(line_of(vera, youth).get_by_role("button", name="Take next")).to_be_enabled()
    expect(line_of(alice, youth)).not_to_contain_text("catching their breath")
    assert alice.problems == []
    second.close()


def test_a_hard_one_and_the_way_home(desk, youth, cast, chromium, live):
    vera = desk()
    first, second = Guest(youth), Guest(youth, alias="Kim")
    expect(line_of(vera, youth)).to_contain_text("waiting 2")
    line_of(vera, youth).get_by_role("button", name="One conversation more").click()
    expect(line_of(vera, youth)).to_contain_text("0 / 2")
    vera.keyboard.press("Alt+n")
    expect(panel(vera)).to_contain_text("Robin")
    vera.keyboard.press("Alt+n")
    expect(panel(vera)).to_contain_text("Kim")
    write(vera, "I am here.")
    conversations.end_as_visitor(first.participant)
    vera.locator("#mine").get_by_text("Robin").click()
    expect(vera.locator("#abouts .about:not([hidden])")).to_contain_text("The conversation has ended")
    vera.get_by_label("That was a hard one for me").check()
    axe(vera)
    screenshot(vera, "care-hard-one")
    vera.get_by_role("button", name="Put away").or_(vera.get_by_role("button", name="Without answers")).first.click()
    expect(vera.locator("#side")).to_contain_text("Would you like to talk about it?")
    expect(line_of(vera, youth)).to_contain_text("That was a hard one just now.")
    screenshot(vera, "care-rest")
    vera.get_by_role("button", name="Yes, please").click()
    expect(vera.locator("#side")).to_contain_text("You would like to talk")

    phone = chromium.new_context(base_url=live, viewport={"width": 360, "height": 740}, locale="en-GB")
    cora = phone.new_page()
    watch(cora)
    login(cora, cast.cora)
    cora.goto("/admin/chat/debrief/")
    axe(cora)
    screenshot(cora, "care-wishes")
    cora.get_by_role("link", name="Vera").first.click()
    cora.get_by_role("link", name="I talk with them").or_(
        cora.get_by_role("button", name="I talk with them")
    ).first.click()
    cora.get_by_label("later today").check()
    screenshot(cora, "care-answer")
    cora.locator("main").get_by_role("button", name="I talk with them").click()
    expect(cora.locator("#content")).to_contain_text("later today")
    cora.goto("/admin/chat/duty/")
    expect(cora.locator("#content")).to_contain_text("1 at once until")
    axe(cora)
    screenshot(cora, "care-volunteers")
    assert cora.problems == []
    phone.close()
    expect(vera.locator("#side")).to_contain_text("Cora talks with you")
    vera.get_by_role("button", name="All right, take it away").click()
    expect(vera.locator("#side")).not_to_contain_text("Cora talks with you")
    assert not Debrief.objects.exists()

    vera.get_by_text("A break, or the end of the shift").click()
    vera.get_by_role("button", name="End my shift").click()
    ending = vera.locator("#shift")
    expect(ending).to_contain_text("The end of your shift")
    expect(ending).to_contain_text("Kim")
    expect(ending.get_by_role("button", name="Go home")).to_have_count(0)
    ending.get_by_role("button", name="Ask a coordinator").click()
    expect(ending).to_contain_text("A coordinator is being called.")
    assert Alarm.objects.open().get().subject == second.conversation.code
    axe(vera)
    screenshot(vera, "care-ending")
    ending.get_by_role("button", name="Go on, end or pass on").click()
    expect(panel(vera)).to_contain_text("Kim")
    conversations.end_as_visitor(second.participant)
    expect(ending.get_by_role("button", name="Go home")).to_be_visible()
    screenshot(vera, "care-may-go")
    ending.get_by_role("button", name="Go home").click()
    expect(vera.get_by_role("heading", name="Thank you, Vera.")).to_be_visible()
    axe(vera)
    screenshot(vera, "care-goodbye")
    assert Duty.objects.get(user=cast.vera, line=youth).away_word == "home"
    vera.get_by_role("link", name="Back to the desk").click()
    vera.get_by_role("button", name="Begin my shift").click()
    expect(vera.locator("#shift")).to_contain_text("A break, or the end of the shift")
    screenshot(vera, "care-begins")
