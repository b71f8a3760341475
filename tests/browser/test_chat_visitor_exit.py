"""Leaving at once, bad moments, and small windows: what the visitor's page does when things are not as they should be."""

import re

import pytest
from playwright.sync_api import expect

from chat.models import Conversation, Line, Participant
from hotline.live import topics
from hotline.live.doorbell import ring
from tests.browser.chat_people import EXIT, Volunteer, begin, fill, make_line
from tests.browser.helpers import axe, fits, screenshot
from tests.support.running import wait_for


@pytest.fixture
def line(live, cast):
    return make_line(cast.phone)


@pytest.fixture
def vera(cast, line):
    return Volunteer(cast.vera, line)


@pytest.fixture
def elsewhere(context):
    """The page to which one leaves; there is no internet here."""
    context.route(EXIT, lambda route: route.fulfill(content_type="text/html", body="<title>Weather</title>Sunny."))


def write(page, words):
    page.get_by_label("Your message").fill(words)
    page.keyboard.press("Enter")
    expect(page.locator("#log .me > p").last).to_have_text(words)
    expect(page.get_by_label("Your message")).to_have_value("")


def by_button(page):
    page.get_by_role("link", name="Leave this page").click()


def by_keys(page):
    for _time in range(3):
        page.keyboard.press("Shift")


@pytest.mark.parametrize("go", [by_button, by_keys])
def test_leaving_at_once_ends_it_and_leaves_nothing(page, line, vera, elsewhere, go):
    page.goto("/static/css/base.css")
    begin(page)
    vera.take()
    write(page, "a marked text")
    before = page.evaluate("() => history.length")
    with page.expect_request("**/end/") as told:
        go(page)
        page.wait_for_url(EXIT)
    assert told.value.post_data_json == {"leaving": True}
    assert page.title() == "Weather"
    assert page.evaluate("() => history.length") == before
    expect_ended("exit")
    assert Participant.objects.get(role="visitor").token_hash is None
    page.go_back()
    page.wait_for_url("**/base.css")
    assert page.evaluate("() => Object.keys(sessionStorage)") == []


def expect_ended(how):
    """The conversation has ended so; the call outlives the page and may take a moment."""
    assert wait_for(lambda: Conversation.objects.get().end == how)


def test_leaving_before_anything_began_just_goes(page, line, elsewhere):
    page.goto("/chat/youth/")
    expect(page.locator("#outlook")).not_to_be_empty()
    by_keys(page)
    page.wait_for_url(EXIT)


def test_shift_for_capitals_is_no_exit(page, line, elsewhere):
    begin(page)
    page.get_by_label("Your message").focus()
    for letter in "ABC":
        page.keyboard.press(f"Shift+{letter}")
    expect(page.get_by_label("Your message")).to_have_value("ABC")
    assert page.url.endswith("/chat/youth/")


def test_a_message_without_a_line_stays_in_the_box_and_goes_when_there_is_one(page, line, vera):
    page.clock.install()
    begin(page)
    vera.take()
    expect(page.locator("#with")).to_have_text("with Vera")
    page.context.set_offline(True)
    expect(page.locator("#line-state")).to_contain_text("No connection")
    box = page.get_by_label("Your message")
    box.fill("i dont want to go back tonight")
    page.keyboard.press("Enter")
    expect(page.locator("#log .me .state")).to_have_text("Sending …")
    expect(box).to_have_value("i dont want to go back tonight")
    page.clock.run_for(25_000)
    expect(page.locator("#log .me .state")).to_have_text("Not sent – tap to try again")
    screenshot(page, "visitor-not-sent")
    page.context.set_offline(False)
    expect(page.locator("#log .me .state")).to_have_text("Sent")
    expect(box).to_have_value("")
    assert vera.heard() == ["i dont want to go back tonight"]
    page.problems.clear()  # the browser's own words about a network that is not there


def test_what_is_written_after_a_message_that_found_no_line_does_not_replace_it(page, line, vera):
    page.clock.install()
    begin(page)
    vera.take()
    expect(page.locator("#with")).to_have_text("with Vera")
    page.context.set_offline(True)
    box = page.get_by_label("Your message")
    box.fill("one")
    page.keyboard.press("Enter")
    page.clock.run_for(25_000)
    expect(page.locator("#log .me .state")).to_have_text("Not sent – tap to try again")
    box.fill("two")
    page.keyboard.press("Enter")
    expect(page.locator("#log .me > p")).to_have_text(["one", "two"])
    page.context.set_offline(False)
    expect(box).to_have_value("")
    expect(page.locator("#log .me .state:visible")).to_have_text("Sent")
    assert vera.heard() == ["one", "two"]
    page.problems.clear()  # the browser's own words about a network that is not there


def test_a_refused_message_says_why_and_stays_in_the_box(page, line, vera):
    begin(page)
    vera.take()
    expect(page.locator("#with")).to_have_text("with Vera")
    box = page.get_by_label("Your message")
    box.fill("x" * 4001)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#text-trouble")).to_contain_text("too long")
    expect(box).not_to_have_attribute("readonly", "")
    assert len(box.input_value()) == 4001
    box.fill("shorter")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(box).to_have_value("")
    assert vera.heard() == ["shorter"]
    assert page.locator("#log .m > p").all_inner_texts() == ["shorter"]


def test_markup_is_text(page, line, vera):
    begin(page)
    vera.take().say("<img src=x onerror=alert(1)>")
    write(page, "<script>alert(1)</script> & <b>bold</b>")
    expect(page.locator("#log .m > p")).to_have_text(
        ["<img src=x onerror=alert(1)>", "<script>alert(1)</script> & <b>bold</b>"], use_inner_text=True
    )
    assert page.locator("#log img, #log b, #log script").count() == 0


def test_where_nothing_is_kept_the_chat_works_until_it_is_loaded_again(page, line, vera):
    page.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    begin(page)
    vera.take()
    write(page, "hello")
    assert vera.heard() == ["hello"]
    page.reload()
    expect(page.locator("#begin")).to_be_visible()


def test_a_token_that_opens_nothing_any_more_leads_to_the_beginning(page, line):
    page.goto("/chat/youth/")
    page.evaluate("() => sessionStorage.setItem('chat:youth:', 'nobody')")
    page.reload()
    expect(page.locator("#begin")).to_be_visible()
    assert page.evaluate("() => Object.keys(sessionStorage)") == []


def test_a_reload_after_the_end_shows_that_it_has_ended(page, line, vera):
    begin(page)
    vera.take().end()
    expect(page.get_by_role("heading", name="The conversation has ended")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="The conversation has ended")).to_be_visible()
    page.get_by_role("link", name="Back to the beginning").click()
    expect(page.locator("#begin")).to_be_visible()


def test_who_writes_and_what_was_read_is_shown_where_the_line_has_it(page, context, line, vera):
    begin(page)
    vera.take()
    write(page, "hello")
    room = vera.participant.room
    room.refresh_from_db()
    ring(topics.room(room.code), typing=vera.participant.code)
    expect(page.locator("#activity")).to_have_text("Vera is writing …")
    ring(topics.room(room.code), reader=vera.participant.code, upto=room.head)
    expect(page.locator("#log .me .state")).to_have_text("Read")


def test_a_small_window_with_its_keyboard_open_shows_what_is_written(page, line, vera):
    begin(page)
    vera.take()
    for number in range(12):
        vera.say(f"A longer message that fills more than one line of a phone, number {number}.")
    expect(page.locator("#log .them")).to_have_count(12)
    page.set_viewport_size({"width": 360, "height": 330})
    expect(page.locator("#log .them").last).to_be_in_viewport()
    expect(page.get_by_label("Your message")).to_be_in_viewport()
    expect(page.get_by_role("link", name="Leave this page")).to_be_in_viewport()
    fits(page)


def test_twice_as_large_letters_and_right_to_left_fit(page, line, vera):
    begin(page)
    vera.take().say("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft " * 2)
    expect(page.locator("#log .them")).to_have_count(1)
    page.set_viewport_size({"width": 360, "height": 740})
    for change in ("document.documentElement.style.fontSize = '200%'", "document.documentElement.dir = 'rtl'"):
        page.evaluate(f"() => {{ {change}; }}")
        fits(page)
        axe(page)
    screenshot(page, "visitor-large-rtl", judge=False)


def test_the_keyboard_goes_through_it_in_order_and_escape_closes(page, line):
    page.goto("/chat/youth/")
    expect(page.locator("#begin")).to_be_visible()
    names = []
    for _time in range(16):
        page.keyboard.press("Tab")
        names.append(page.evaluate("() => document.activeElement.textContent.trim() || document.activeElement.name"))
    assert names[:3] == ["Leave this page", "English", "Deutsch"]
    assert re.search("alias.*Robin.*age.*safe.*Begin", " ".join(names))
    fill(page)
    page.locator("#more > summary").click()
    page.get_by_role("button", name="End the conversation").click()
    page.keyboard.press("Escape")
    expect(page.locator("#ask-end")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="End the conversation")).to_be_hidden()


@pytest.mark.parametrize("javascript", [False])
def test_without_a_script_it_is_a_page_with_numbers(chromium, live, line, javascript):
    Line.objects.update(mode="closed")
    context = chromium.new_context(base_url=live, java_script_enabled=javascript)
    page = context.new_page()
    page.goto("/chat/youth/")
    expect(page.get_by_text("This chat is closed now.")).to_be_visible()
    expect(page.locator("noscript p")).to_be_visible()
    expect(page.get_by_role("link", name="112")).to_be_visible()
    expect(page.get_by_role("button", name="Begin")).to_have_count(0)
    context.close()
