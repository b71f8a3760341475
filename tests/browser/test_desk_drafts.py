"""Drafts of the desk: they survive a reload and a broken connection, and nobody opens them after log-out."""

import pytest
from django.conf import settings
from playwright.sync_api import expect

from hotline.dispatch.models import HelpRequest
from tests.browser.hands import READY, Hands, open_desk
from tests.browser.helpers import intercept, login, watch
from tests.support.leaks import Text
from tests.support.registry import Registry

STORED = "Object.entries(localStorage).filter(([name]) => name.startsWith('hotline.draft.'))"


@pytest.fixture
def registry(live):
    return Registry()


@pytest.fixture
def vera(page, registry, cast):
    login(page, cast.vera)
    return open_desk(page)


def stored(page):
    """[[name, what is kept under it]] of the drafts in this browser."""
    return page.evaluate(STORED)


def until_stored(page, count=1):
    """Returns when nothing waits to be kept, and so many drafts are."""
    page.wait_for_selector("#intake:not([data-draft=waiting])")
    page.wait_for_function(f"() => {STORED}.length === {count}")


def write(vera, name="Alice"):
    """A request that lacks nothing but sending."""
    vera.choose("food")
    vera.choose("kharkiv")
    vera.go_to("Urgent, now")
    vera.press("ArrowRight")
    vera.go_to("Phone")
    vera.type("0671234567")
    vera.press("Enter")
    vera.type(name)


def test_a_reload_brings_everything_back(vera, page, marked):
    mark = marked()
    write(vera, mark.text)
    vera.go_to("Another need")
    vera.press("Enter")
    second = page.locator("[data-need='1']")
    expect(second.get_by_role("combobox", name="What is needed")).to_be_focused()
    vera.type("medi")
    page.wait_for_selector(READY)
    page.wait_for_selector("#intake[data-draft=kept]")
    kept = "".join(text for entry in stored(page) for text in entry)
    mark.assert_absent(Text(kept))
    page.reload()
    expect(page.get_by_label("Name", exact=True)).to_have_value(mark.text)
    expect(second.get_by_role("combobox", name="What is needed")).to_have_value("medi")
    expect(second.get_by_role("combobox", name="Where")).to_have_value("Харків – Kharkiv, Kharkivska, Ukraina")
    expect(page.get_by_role("radio", name="Today").first).to_be_checked()
    expect(page.locator(".cover").first).to_contain_text("Nobody can be asked now")
    expect(page.locator(".errorlist")).to_have_count(0)


def test_a_draft_is_gone_once_it_was_sent(vera, page):
    write(vera)
    until_stored(page)
    vera.press("Control+Enter")
    expect(page.locator(".sent")).to_be_visible()
    until_stored(page, 0)
    page.reload()
    expect(page.get_by_label("Name", exact=True)).to_have_value("")


def test_a_draft_that_was_restored_is_still_the_same_request(vera, page):
    """The answer to sending is lost, the page is loaded anew and sent again: taken once."""
    write(vera)
    until_stored(page)
    intercept(page, "**/desk/requests/send/", lambda route: (route.fetch(), route.abort()))
    vera.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("Not sent: there is no connection.")
    page.unroute("**/desk/requests/send/")
    page.reload()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Alice")
    vera.press("Control+Enter")
    expect(page.locator(".sent")).to_be_visible()
    assert HelpRequest.objects.count() == 1


def test_a_broken_connection_is_said_and_loses_nothing(vera, page, context):
    write(vera)
    context.set_offline(True)
    expect(page.locator("[data-draft-state]")).to_have_text("No connection; kept in this browser")
    vera.go_to("Say on the phone")
    vera.type("the chemist")
    vera.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("Not sent: there is no connection. What you typed is still here.")
    expect(page.get_by_label("Say on the phone")).to_have_value("the chemist")
    expect(page.get_by_role("button", name="Send")).to_be_enabled()
    assert HelpRequest.objects.count() == 0
    context.set_offline(False)
    expect(page.locator("[data-draft-state]")).to_have_text("Saved as you type")
    vera.press("Control+Enter")
    expect(page.locator(".sent")).to_be_visible()
    assert HelpRequest.objects.get().contact()["safe_words"] == "the chemist"


def test_a_server_in_trouble_is_said_and_loses_nothing(vera, page):
    write(vera)
    intercept(page, "**/desk/requests/send/", lambda route: route.fulfill(status=503, body="away"))
    vera.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("What you typed is still here; try again.")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Alice")


def test_after_log_out_nobody_opens_it(vera, page, cast):
    write(vera)
    until_stored(page)
    sealed = stored(page)
    page.get_by_role("button", name="Vera").click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/accounts/login/**")
    assert stored(page) == []
    # even when somebody had copied it: the key went with the session
    page.evaluate("entries => entries.forEach(([name, text]) => localStorage.setItem(name, text))", sealed)
    login(page, cast.vera)
    open_desk(page)
    expect(page.get_by_label("Name", exact=True)).to_have_value("")
    until_stored(page, 0)


def test_a_damaged_draft_is_dropped(vera, page):
    page.evaluate("localStorage.setItem('hotline.draft.x', 'nonsense')")
    page.reload()
    until_stored(page, 0)
    expect(page.get_by_role("combobox", name="What is needed")).to_be_focused()


def test_two_tabs_keep_a_draft_each(vera, page, context, registry):
    write(vera, "First")
    until_stored(page)
    other = context.new_page()
    watch(other)
    hands = open_desk(other)
    expect(other.get_by_label("Name", exact=True)).to_have_value("")
    write(hands, "Second")
    until_stored(page, 2)
    page.reload()
    expect(page.get_by_label("Name", exact=True)).to_have_value("First")
    hands.press("Control+Enter")
    expect(other.locator(".sent")).to_be_visible()
    until_stored(page, 1)
    page.reload()
    expect(page.get_by_label("Name", exact=True)).to_have_value("First")
    other.close()
    assert other.problems == []


def test_a_tab_that_was_closed_leaves_its_draft_to_the_next(vera, page, context):
    write(vera, "Closed")
    until_stored(page)
    page.close()
    next_one = context.new_page()
    Hands(next_one)
    next_one.goto("/desk/requests/")
    expect(next_one.get_by_label("Name", exact=True)).to_have_value("Closed")


def test_an_untouched_form_is_no_draft(vera, page):
    vera.go_to("Urgent, now")
    vera.press("ArrowRight")
    page.wait_for_selector("#intake[data-draft=none]")
    assert stored(page) == []


def test_emptying_the_form_forgets_it(vera, page):
    write(vera)
    until_stored(page)
    page.get_by_role("button", name="Empty the form").focus()
    vera.press("Enter")
    expect(page.get_by_role("combobox", name="What is needed")).to_be_focused()
    until_stored(page, 0)


def test_whoever_logged_in_again_elsewhere_goes_on_where_they_were(vera, page, context, cast):
    write(vera)
    context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    vera.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("what you typed is still here")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Alice")
    other = context.new_page()
    other.goto("/accounts/login/?next=/desk/requests/")
    other.get_by_label("User name").fill("vera")
    other.get_by_label("Password").fill(cast.password)
    other.keyboard.press("Enter")
    other.wait_for_selector("#intake")
    other.close()
    page.bring_to_front()
    vera.press("Control+Enter")
    expect(page.locator(".sent")).to_be_visible()
    assert HelpRequest.objects.count() == 1
