"""The desk in Chromium asks whether a need is open already while it is written down, and loses nothing by it."""

import pytest
from playwright.sync_api import expect

from hotline.dispatch.models import HelpRequest
from tests.browser.cards import desk, helper, offered, registry
from tests.browser.helpers import screenshot

__all__ = ["desk", "helper", "offered", "registry"]
QUESTION = "Is it one of these?"


@pytest.fixture
def vera(desk, offered):
    """Vera's hands at the desk, on which a request for food in Kharkiv is open."""
    return desk()


def test_it_is_asked_as_soon_as_the_number_is_there_and_answered_before_sending(vera, page, offered):
    vera.choose("food")
    vera.choose("kharkiv")
    vera.go_to("Urgent, now")
    vera.press("Space")
    vera.go_to("What they should know")
    vera.type("Bread, and milk.")
    vera.go_to("Phone")
    vera.type("067 000 00 21")
    question = page.get_by_role("group", name=QUESTION)
    expect(question).to_have_count(0)
    vera.press("Enter")
    vera.type("Alice")
    expect(question).to_be_visible()
    # Nothing was lost by it, and the focus stayed where it was.
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Alice")
    expect(page.get_by_label("What they should know")).to_have_value("Bread, and milk.")
    screenshot(page, "desk-known-early")
    same = question.get_by_role("radio").first
    same.focus()
    vera.press("Space")
    # What was said stays, whatever is written after it.
    page.get_by_label("Phone", exact=True).focus()
    with page.expect_response("**/desk/requests/twins/"):
        vera.press("End", " ", "Tab")
    expect(same).to_be_checked()
    vera.press("Control+Enter")
    expect(page.locator(".sent")).to_contain_text("What is new was added to the open request.")
    assert HelpRequest.objects.get() == offered and offered.notes.count() == 1


def test_it_is_asked_no_more_when_the_number_was_a_slip(vera, page):
    vera.choose("food")
    vera.choose("kharkiv")
    vera.go_to("Phone")
    vera.type("067 000 00 21")
    vera.press("Tab")
    question = page.get_by_role("group", name=QUESTION)
    expect(question).to_be_visible()
    phone = page.get_by_label("Phone", exact=True)
    phone.focus()
    phone.press("End")
    vera.press("Backspace")
    vera.type("2")
    vera.press("Tab")
    expect(question).to_have_count(0)
