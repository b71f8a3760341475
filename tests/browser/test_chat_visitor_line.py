"""The visitor's page on the real house over a line that is none: sockets shut, the house killed; and what a browser keeps."""

import shutil

import pytest
from playwright.sync_api import expect

from chat.models import Conversation
from tests.browser.chat_people import EXIT, Volunteer, begin, make_line
from tests.browser.conftest import ARGUMENTS, PROGRAM
from tests.browser.helpers import watch
from tests.chat.calls import Device
from tests.support.running import wait_for

# A browser whose way to sockets is barred, until somebody sets `shut` to false.
SHUT = """
    const Real = window.WebSocket;
    window.shut = true;
    window.WebSocket = function (...given) {
        if (window.shut) throw new DOMException("barred", "SecurityError");
        return new Real(...given);
    };
    window.WebSocket.OPEN = Real.OPEN;
"""


@pytest.fixture
def line(live, cast):
    return make_line(cast.phone)


@pytest.fixture
def vera(cast, line):
    return Volunteer(cast.vera, line)


def write(page, words):
    page.get_by_label("Your message").fill(words)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your message")).to_have_value("")


def test_where_sockets_are_shut_the_chat_goes_by_http_and_back(page, line, vera):
    page.add_init_script(SHUT)
    page.clock.install()
    begin(page)
    page.clock.run_for(15_000)
    expect(page.locator("body[data-connection=polling]")).to_be_attached()
    expect(page.get_by_role("heading", name="You are next.")).to_be_visible()
    write(page, "by another way")
    vera.take().say("I hear you")
    expect(page.locator("#log .m > p")).to_have_text(["by another way", "I hear you"])
    expect(page.locator("#log .me > p")).to_have_text(["by another way"])
    expect(page.locator("#queue")).to_be_hidden()
    page.evaluate("() => { window.shut = false; window.dispatchEvent(new Event('online')); }")
    expect(page.locator("body[data-connection=connected]")).to_be_attached()
    expect(page.locator("#with")).to_have_text("with Vera")
    write(page, "and back")
    assert vera.heard() == ["by another way", "and back"]
    vera.end()
    expect(page.get_by_role("heading", name="The conversation has ended")).to_be_visible()


def test_a_page_loaded_again_after_the_end_can_still_show_what_was_written(page, line, vera):
    begin(page)
    vera.take()
    write(page, "hello")
    vera.say("goodbye")
    vera.end()
    expect(page.get_by_role("heading", name="The conversation has ended")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Show the conversation again").click()
    expect(page.locator("#transcript-log .m > p")).to_have_text(["hello", "goodbye"])


def found(folder, words):
    """Files below the folder that hold these words, as UTF-8 or as UTF-16."""
    wanted = words.encode(), words.encode("utf-16-le")
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(one in path.read_bytes() for one in wanted)]


@pytest.mark.parametrize("way", ["exit", "erase"])
def test_a_browser_that_is_searched_afterwards_tells_nothing(chromium, live, line, vera, tmp_path, way):
    text, alias, control = "a-marked-text-of-the-visitor", "a-marked-alias", "a-marked-control"
    playwright = chromium.browser_type
    profile = playwright.launch_persistent_context(
        tmp_path, executable_path=shutil.which("chromium") or PROGRAM, args=ARGUMENTS, base_url=live
    )
    profile.route(EXIT, lambda route: route.fulfill(content_type="text/html", body="<title>Weather</title>Sunny."))
    page = profile.new_page()
    watch(page)
    page.goto("/static/img/page.svg")
    page.evaluate("(words) => localStorage.setItem('control', words)", control)
    begin(page, alias=alias)
    vera.take().say(text + "-heard")
    write(page, text)
    token = page.evaluate("() => sessionStorage.getItem('chat:youth:')")
    if way == "exit":
        page.get_by_role("link", name="Leave this page").click()
        page.wait_for_url(EXIT)
        # the call outlives the page, but not the browser
        assert wait_for(lambda: Conversation.objects.get().end == "exit")
    else:
        page.locator("#more > summary").click()
        page.get_by_role("button", name="Delete everything now").click()
        page.get_by_role("button", name="Delete everything", exact=True).click()
        expect(page.get_by_role("heading", name="Everything is deleted")).to_be_visible()
    profile.close()
    assert found(tmp_path, control), "the search finds nothing at all"
    assert found(tmp_path, text) == found(tmp_path, alias) == []
    # what may still lie there is a token that opens nothing
    assert Device(token).get("conversations/").status_code == 401
