"""Calls that are no request, and what was emptied, at the desk by keyboard."""

from playwright.sync_api import expect

from coordinators.models import DirectoryEntry
from hotline.dispatch.models import Tally
from tests.browser.helpers import hold, intercepted, screenshot
from tests.browser.test_desk import registry, vera

__all__ = ["registry", "vera"]


def test_a_call_that_was_none_is_one_key(vera, page, registry, cast):
    DirectoryEntry.objects.create(
        slug="pharmacies", title={"en": "Pharmacies"}, phone="100", category=registry.medicine
    )
    DirectoryEntry.objects.create(slug="soup", title={"en": "Soup kitchen"}, phone="200", category=registry.food)
    vera.choose("medici")
    vera.press("Control+0")
    dialog = page.get_by_role("dialog", name="What was the call about?")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_text("Pharmacies")).to_be_visible()
    expect(dialog.get_by_text("Soup kitchen")).to_have_count(0)
    screenshot(page, "desk-no-request")
    vera.press("2")
    expect(dialog).to_be_hidden()
    expect(page.locator("#toasts")).to_contain_text("Counted: wrong number")
    what = page.get_by_role("combobox", name="What is needed")
    expect(what).to_have_value("")
    expect(what).to_be_focused()
    assert list(Tally.objects.values_list("kind", "count", "team")) == [("wrong_number", 1, cast.phone.pk)]
    # and the next one, at once
    vera.press("Control+0")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_text("Pharmacies")).to_have_count(0)
    vera.press("2")
    expect(dialog).to_be_hidden()
    assert Tally.objects.count() == 2


def test_what_was_emptied_can_be_brought_back(vera, page):
    vera.choose("medici")
    vera.go_to("Name")
    vera.type("Alice")
    vera.press("Control+0", "6")
    expect(page.get_by_label("Name", exact=True)).to_have_value("")
    back = page.get_by_role("button", name="Bring back what I typed")
    back.focus()
    vera.press("Enter")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Alice")
    expect(page.get_by_role("combobox", name="What is needed")).to_have_value("Medicine")
    expect(back).to_be_hidden()


def test_it_can_be_brought_back_when_the_directory_comes_last(vera, page):
    """Whoever knows the digit does not wait for the list of others to turn to."""
    release = hold(page, "**/directory/**")
    intercepted(page)
    vera.choose("medici")
    with page.expect_response("**/no-request/"):
        vera.press("Control+0", "6")
    name = page.get_by_role("combobox", name="What is needed")
    expect(name).to_have_value("")
    expect(name).to_be_focused()
    page.get_by_role("button", name="Bring back what I typed").click()
    expect(name).to_have_value("Medicine")
    with page.expect_response("**/directory/**"):
        release()


def test_emptied_twice_it_can_still_be_brought_back(vera, page):
    release = hold(page, "**/draft/")
    intercepted(page)
    vera.choose("medici")
    page.get_by_role("button", name="Empty the form").dblclick()
    release()
    expect(page.get_by_role("combobox", name="What is needed")).to_have_value("")
    page.get_by_role("button", name="Bring back what I typed").click()
    expect(page.get_by_role("combobox", name="What is needed")).to_have_value("Medicine")


def test_leaving_the_dialog_leaves_the_form_as_it_was(vera, page):
    vera.choose("medici")
    vera.press("Control+0", "Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("combobox", name="What is needed")).to_have_value("Medicine")
    assert Tally.objects.count() == 0
