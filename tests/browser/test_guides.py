"""The guides on a phone and at a desk, in every language."""

import pytest
from playwright.sync_api import expect

from hotline.lib.languages import LANGUAGES
from tests.browser.helpers import fits, screenshot


@pytest.mark.parametrize("who", ["operator", "crawler", "coordinator"])
def test_a_guide_reads_well_in_every_language(page, settings, who):
    settings.HOTLINE_NUMBER = "+49 800 1234567"
    page.goto(f"/guides/{who}/")
    screenshot(page, f"guide-{who}")
    page.set_viewport_size({"width": 360, "height": 800})
    for code, _name in LANGUAGES[1:]:
        page.locator("button[popovertarget=person-menu]").click()
        page.locator(f"button[name=language][value={code}]").click()
        expect(page.locator("html")).to_have_attribute("lang", code)
        expect(page.locator("h1")).not_to_be_empty()
        fits(page)
