"""Guidance in Chromium: Vera calls, Cora comes, they write to each other, Cora steps in and takes over; Robin is told."""

import pytest
from playwright.sync_api import expect

from chat.models import Conversation, Duty
from tests.browser import chat_desk as support
from tests.browser.chat_desk import Guest, line_of, panel, take_all
from tests.browser.helpers import axe, login, screenshot, watch
from tests.chat.test_guidance import fresh, take_over

youth, desk = support.youth, support.desk


@pytest.fixture
def person(chromium, live):
    """person(user or None, width, height) -> a page of their own, logged in."""
    contexts = []

    def come(user=None, width=1440, height=900):
        contexts.append(
            chromium.new_context(base_url=live, viewport={"width": width, "height": height}, locale="en-GB")
        )
        page = contexts[-1].new_page()
        watch(page)
        if user:
            login(page, user)
        return page

    yield come
    for context in contexts:
        context.close()


@pytest.fixture
def three(desk, person, cast, youth):
    """(Vera, Cora, Robin): their pages; Robin talks with Vera, Cora is at her desk."""
    vera = desk()
    robin = person(None, 360, 740)
    robin.goto("/chat/youth/")
    for box in robin.locator("#begin input[aria-required=true]").all():
        box.fill("15") if box.get_attribute("type") == "number" else box.fill("Robin")
    robin.get_by_role("button", name="Begin").click()
    robin.locator("#talk").wait_for()
    robin.get_by_label("Your message").fill("MarkedWords of Robin")
    robin.get_by_role("button", name="Send").click()
    expect(line_of(vera, youth)).to_contain_text("waiting 1")
    vera.keyboard.press("Alt+n")
    expect(panel(vera).first).to_contain_text("MarkedWords")
    cora = person(cast.cora)
    cora.goto("/desk/chat/")
    cora.locator(".connection[data-state=connected]").wait_for()
    return vera, cora, robin


def beside(page):
    return page.locator(".panel.beside:not([hidden])")


def write_beside(page, words):
    beside(page).locator("textarea").fill(words)
    beside(page).get_by_role("button", name="Send").click()


def test_a_call_is_answered_and_both_write(three):
    vera, cora, robin = three
    vera.get_by_role("button", name="Call for help").click()
    expect(vera.locator("#abouts")).to_contain_text("You have called for help")
    expect(beside(vera)).to_be_visible()
    expect(cora.locator("[data-call]")).to_contain_text("Vera calls for help")
    axe(cora)
    screenshot(cora, "guidance-call")
    cora.locator(".connection[data-state=connected]").wait_for()
    cora.get_by_role("button", name="I am coming").click()
    expect(beside(cora)).to_be_visible()
    cora.locator(".connection[data-state=connected]").wait_for()
    expect(vera.locator("#abouts")).to_contain_text("Cora has come")
    assert "MarkedWords" not in cora.content(), "coming is not reading along"
    write_beside(cora, "How can I help you?")
    expect(beside(vera)).to_contain_text("How can I help you?")
    write_beside(vera, "He says that he will do it tonight.")
    expect(beside(cora)).to_contain_text("do it tonight")
    axe(vera)
    screenshot(vera, "guidance-volunteer")
    cora.get_by_role("button", name="Read along").click()
    expect(cora.locator("#talks")).to_contain_text("MarkedWords")
    expect(beside(cora)).to_contain_text("do it tonight")
    axe(cora)
    screenshot(cora, "guidance-coordinator")
    assert "tonight" not in robin.content() and "Cora" not in robin.content()
    assert vera.problems == cora.problems == robin.problems == []


def test_stepping_in_and_taking_over(three):
    vera, cora, robin = three
    cora.get_by_role("link", name="Live view").click()
    cora.locator(".run button").click()
    expect(cora.locator("#talks")).to_contain_text("MarkedWords")
    cora.get_by_role("button", name="Step in").first.click()
    cora.get_by_role("dialog").get_by_role("button", name="Step in").click()
    expect(robin.locator("#log")).to_contain_text("Cora is here now too")
    expect(robin.locator("#with")).to_have_text("with Vera, Cora")
    cora.locator("#talks textarea").fill("Good evening Robin, I am Cora.")
    cora.locator("#talks").get_by_role("button", name="Send").click()
    expect(robin.locator("#log")).to_contain_text("I am Cora")
    expect(panel(vera).first).to_contain_text("Cora joined.")
    screenshot(robin, "guidance-visitor")
    cora.get_by_role("button", name="Step out").click()
    expect(robin.locator("#log")).to_contain_text("Cora has gone again")
    expect(robin.locator("#with")).to_have_text("with Vera")
    panel(vera).first.locator("textarea").fill("I was about to")
    cora.get_by_role("button", name="Take over").first.click()
    axe(cora)
    cora.get_by_role("dialog").get_by_role("button", name="Take over").click()
    cora.wait_for_url("**/desk/chat/")
    expect(panel(cora).first).to_contain_text("MarkedWords")
    expect(panel(vera).first).to_contain_text("has taken this conversation over. Thank you")
    expect(panel(vera).first.locator("textarea")).to_have_value("I was about to")
    expect(robin.locator("#log")).to_contain_text("Somebody else goes on with you from here")
    assert Conversation.objects.get().volunteer.alias == "Cora"
    assert vera.problems == cora.problems == robin.problems == []


def test_what_is_taken_over_out_of_sight_is_told_and_what_was_typed_stays(desk, cast, youth):
    Duty.objects.create(line=youth, user=cast.vera, maximum=3)
    vera = desk()
    robin, kim, mika = Guest(youth), Guest(youth, "Kim"), Guest(youth, "Mika")
    take_all(vera, robin)
    panel(vera).locator("textarea").fill("I was about to")
    take_all(vera, kim, mika)
    take_over(cast.cora, fresh(robin.conversation))
    told = vera.locator("#toasts")
    expect(told).to_contain_text("Robin: Somebody who guides this line has taken this conversation over.")
    take_over(cast.cora, fresh(kim.conversation))
    expect(told).to_contain_text("Kim: Somebody who guides this line has taken this conversation over.")
    expect(vera.locator(f"#talk-{kim.started.conversation}")).to_have_count(0)
    former = vera.locator(f"#talk-{robin.started.conversation}")
    former.click()
    expect(panel(vera).locator("textarea")).to_have_value("I was about to")
    expect(panel(vera)).to_contain_text("has taken this conversation over. Thank you")
    screenshot(vera, "guidance-taken-over-out-of-sight")
    vera.locator(f"#talk-{mika.started.conversation}").click()
    expect(former).to_have_count(0)
    expect(panel(vera).get_by_role("heading", name="Mika")).to_be_visible()
    assert vera.problems == []


def test_a_list_that_is_quicker_than_its_room_waits_for_the_word_why(desk, page, cast, youth):
    Duty.objects.create(line=youth, user=cast.vera, maximum=3)
    held = []

    def late(socket):
        """The socket, but that nothing of a room goes on while something is held back."""
        server = socket.connect_to_server()
        server.on_message(lambda text: held.append(text) if held and '"room"' in text else socket.send(text))
        held.clear()
        late.socket = socket

    page.route_web_socket("**/ws/**", late)
    vera = desk()
    robin, kim = Guest(youth), Guest(youth, "Kim")
    take_all(vera, robin, kim)
    held.append("")
    take_over(cast.cora, fresh(robin.conversation))
    expect(vera.locator(f"#talk-{robin.started.conversation}")).to_have_count(0)
    expect(vera.locator("#toasts")).to_be_empty()
    waiting, held[:] = held[1:], []
    for text in waiting:
        late.socket.send(text)
    expect(vera.locator("#toasts")).to_contain_text(
        "Robin: Somebody who guides this line has taken this conversation over."
    )
    assert vera.problems == []
