"""The loader on somebody else's website: nothing before it is pressed, and a way out at every moment."""

import pytest
from playwright.sync_api import expect

from chat.models import Conversation, Line
from tests.browser.chat_people import EXIT, Volunteer, fill, make_line
from tests.browser.helpers import axe, screenshot
from tests.browser.other_site import other_site
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


def tag(live, line="youth", **data):
    more = "".join(f' data-{name}="{value}"' for name, value in data.items())
    return f'<script src="{live}/static/widget.js" data-line="{line}"{more} async></script>'


@pytest.fixture
def site(live, line):
    """Address of a website on another port, which may show the line."""
    with other_site(live, tag(live)) as address:
        Line.objects.update(hosts=[address])
        yield address


def launcher(page, name="Chat"):
    return page.get_by_role("button", name=name, exact=True)


def chat(page, title="Chat"):
    return page.frame_locator(f"iframe[title='{title}']")


def enter(frame):
    """Begin a chat in the frame; returns when there is a place."""
    fill(frame)
    frame.locator("#talk").wait_for()


def test_nothing_of_the_house_is_loaded_before_the_button_is_pressed(page, live, site):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site)
    expect(launcher(page)).to_be_visible()
    assert [url for url in asked if url.startswith(live)] == [f"{live}/static/widget.js"]
    screenshot(page, "widget-closed")
    launcher(page).click()
    expect(chat(page).get_by_role("heading", name="Youth chat")).to_be_visible()
    assert page.context.cookies() == []
    assert page.evaluate("() => [sessionStorage.length, localStorage.length]") == [0, 0]


def test_a_whole_conversation_from_another_port(page, site, vera):
    page.goto(site)
    launcher(page).click()
    frame = chat(page)
    enter(frame)
    frame.get_by_label("Your message").fill("hello from the website")
    frame.get_by_role("button", name="Send").click()
    expect(frame.locator("#log .me .state")).to_have_text("Sent")
    vera.take().say("Hi Robin")
    expect(frame.locator("#log .them > p")).to_have_text("Hi Robin")
    screenshot(page, "widget-talk")
    page.reload()
    launcher(page).click()
    expect(chat(page).locator("#log .m > p")).to_have_text(["hello from the website", "Hi Robin"])
    assert Conversation.objects.count() == 1


def test_a_website_that_the_line_does_not_name_shows_nothing(page, live, line):
    with other_site(live, tag(live)) as address:
        page.goto(address)
        with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
            launcher(page).click()
        expect(chat(page).get_by_role("heading", name="Youth chat")).to_have_count(0)
    page.problems.clear()


def test_a_small_chat_tells_that_something_came(page, site, vera):
    page.goto(site)
    launcher(page).click()
    enter(chat(page))
    vera.take()
    expect(chat(page).locator("#with")).to_have_text("with Vera")
    chat(page).get_by_role("button", name="Make the chat small").click()
    expect(launcher(page)).to_be_focused()
    vera.say("Are you there?")
    expect(launcher(page, "Chat: New message")).to_be_visible()
    screenshot(page, "widget-unread")
    launcher(page, "Chat: New message").click()
    expect(chat(page).locator("#log .them > p")).to_have_text("Are you there?")
    expect(launcher(page, "Close the chat")).to_be_visible()
    page.keyboard.press("Escape")
    expect(launcher(page)).to_be_visible()


def host_button(page):
    chat(page).get_by_role("button", name="Make the chat small").click()
    page.get_by_role("button", name="Leave this page").click()


def host_keys(page):
    chat(page).get_by_role("button", name="Make the chat small").click()
    expect(launcher(page)).to_be_focused()
    for _time in range(3):
        page.keyboard.press("Shift")


def frame_button(page):
    chat(page).get_by_role("link", name="Leave this page").click()


def frame_keys(page):
    chat(page).get_by_label("Your message").focus()
    for _time in range(3):
        page.keyboard.press("Shift")


@pytest.mark.parametrize("go", [host_button, host_keys, frame_button, frame_keys])
def test_leaving_at_once_takes_the_whole_window_away(page, live, site, vera, elsewhere, go):
    page.goto(f"{live}/static/css/base.css")
    page.goto(site)
    launcher(page).click()
    enter(chat(page))
    vera.take()
    expect(chat(page).locator("#with")).to_have_text("with Vera")
    before = page.evaluate("() => history.length")
    go(page)
    page.wait_for_url(EXIT)
    assert page.evaluate("() => history.length") == before
    assert wait_for(lambda: Conversation.objects.get().end == "exit")
    page.go_back()
    page.wait_for_url("**/base.css")


def test_shift_on_a_page_whose_chat_was_never_opened_is_only_shift(page, site, elsewhere):
    page.goto(site)
    expect(launcher(page)).to_be_visible()
    for _time in range(4):
        page.keyboard.press("Shift")
    expect(page.get_by_role("button", name="Leave this page")).to_be_hidden()
    assert page.url.startswith(site)


def test_two_lines_on_one_page_know_nothing_of_each_other(page, live, line, cast):
    other = make_line(cast.crawl, "family", titles={"en": "Family chat"})
    with other_site(live, tag(live, label="Youth") + tag(live, "family", label="Family")) as address:
        Line.objects.update(hosts=[address])
        page.goto(address)
        launcher(page, "Youth").click()
        enter(chat(page, "Youth"))
        expect(chat(page, "Youth").locator("#talk")).to_be_visible()
        chat(page, "Youth").get_by_role("button", name="Make the chat small").click()
        launcher(page, "Family").click()
        enter(chat(page, "Family"))
        expect(chat(page, "Family").locator("#talk")).to_be_visible()
        expect(page.locator("iframe[title=Youth]")).to_be_hidden()
        assert Conversation.objects.filter(line=line).count() == Conversation.objects.filter(line=other).count() == 1
        page.reload()
        launcher(page, "Youth").click()
        expect(chat(page, "Youth").locator("#talk")).to_be_visible()
        launcher(page, "Family").click()
        expect(chat(page, "Family").locator("#talk")).to_be_visible()
        assert Conversation.objects.count() == 2


def test_on_a_phone_it_is_a_sheet(page, site):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(site)
    launcher(page).click()
    expect(chat(page).get_by_role("heading", name="Youth chat")).to_be_visible()
    box = page.locator("iframe").bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 360, 740)
    axe(page)
    page.screenshot(path="var/screenshots/widget-phone.png")


@pytest.mark.parametrize("allowed", ["allow-scripts", "allow-scripts allow-popups", "allow-scripts allow-same-origin"])
def test_in_a_sandbox_without_its_origin_it_shows_the_numbers_and_a_link(page, live, line, allowed):
    body = (
        f'<iframe title="boxed" width="400" height="700" sandbox="{allowed}" src="{live}/chat/youth/frame/"></iframe>'
    )
    with other_site(live, body) as address:
        Line.objects.update(hosts=[address])
        page.goto(address)
        frame = chat(page, "boxed")
        expect(frame.get_by_role("link", name="112")).to_be_visible()
        works = "same-origin" in allowed
        expect(frame.get_by_role("link", name="Open it in a window of its own")).to_be_visible(visible=not works)
        expect(frame.get_by_role("button", name="Begin")).to_be_visible(visible=works)


def test_the_demo_has_a_host_page_where_one_develops(page, line, settings):
    settings.DEBUG = True
    page.goto("/demo/host/")
    launcher(page, "Youth chat").click()
    expect(chat(page, "Youth chat").get_by_role("heading", name="Youth chat")).to_be_visible()
    settings.DEBUG = False
    assert page.goto("/demo/host/").status == 404
