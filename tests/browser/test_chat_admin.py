"""A line's page in the admin, in Chromium."""

from playwright.sync_api import expect

from chat.models import Line
from tests.browser import chat_desk as support
from tests.browser.helpers import login, screenshot

youth = support.youth


def test_a_line_is_written_down(page, cast, youth):
    login(page, cast.alice)
    page.goto(f"/admin/chat/line/{youth.pk}/change/")
    expect(page.get_by_role("link", name="See the page as visitors see it now")).to_be_visible()
    screenshot(page, "admin-line")
    for part in ("What visitors read", "Functions", "Look, and where it stands"):
        page.locator("summary", has_text=part).click()
    screenshot(page, "admin-line-unfolded")
    page.get_by_label("Colour").fill("#ffee88")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".errorlist")).to_contain_text("cannot be read well")
    expect(page.get_by_label("Colour")).to_have_value("#ffee88")
    # the part in which something is wrong is open
    page.get_by_label("Colour").fill("#224466")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".success")).to_be_visible()
    assert Line.objects.get(pk=youth.pk).colour == "#224466"
    page.goto("/admin/chat/line/")
    screenshot(page, "admin-lines")
