"""The guides on a phone and at a desk, in every language."""

import pytest
from playwright.sync_api import expect

from hotline.guides import PICTURES, SCALE
from hotline.lib.languages import LANGUAGES
from tests.browser.helpers import WIDTHS, fits, screenshot


def see_pictures(page):
    """Scroll to every picture of the page and wait until it has come: [[natural width, width in the tag, shown width]]."""
    sizes = []
    for picture in page.locator("figure img").all():
        picture.scroll_into_view_if_needed()
        picture.evaluate("(one) => one.decode()")
        sizes.append(
            picture.evaluate("(one) => [one.naturalWidth, Number(one.getAttribute('width')), one.clientWidth]")
        )
    return sizes


@pytest.mark.parametrize("who", ["operator", "crawler", "coordinator"])
def test_a_guide_reads_well_in_every_language(page, settings, who):
    settings.HOTLINE_NUMBER = "+49 800 1234567"
    page.goto(f"/guides/{who}/")
    see_pictures(page)
    screenshot(page, f"guide-{who}")
    page.set_viewport_size({"width": 360, "height": 800})
    for code, _name in LANGUAGES[1:]:
        page.locator("button[popovertarget=person-menu]").click()
        page.locator(f"button[name=language][value={code}]").click()
        expect(page.locator("html")).to_have_attribute("lang", code)
        expect(page.locator("h1")).not_to_be_empty()
        fits(page)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("who", PICTURES)
def test_pictures_of_a_guide_come_when_somebody_scrolls_there_and_move_nothing(page, who, width):
    page.set_viewport_size({"width": width, "height": WIDTHS[width]})
    page.goto(f"/guides/{who}/")
    height = page.evaluate("document.documentElement.scrollHeight")
    sizes = see_pictures(page)
    assert len(sizes) == len(PICTURES[who])
    for natural, said, shown in sizes:
        assert natural == said * SCALE and 0 < shown <= min(said, width)
    assert page.evaluate("document.documentElement.scrollHeight") == height
    fits(page)
