"""The parts of the look, side by side on one page, as they are used everywhere."""

import pytest

from tests.browser.helpers import login, screenshot


@pytest.fixture
def gallery(settings):
    settings.ROOT_URLCONF = "tests.browser.gallery.urls"


def test_the_parts_look_right_in_every_way(page, gallery, cast):
    login(page, cast.vera)
    page.goto("/gallery/")
    page.wait_for_selector(".connection[data-state=connected]")
    screenshot(page, "look-parts")


def test_the_form_comes_back_with_its_errors(page, gallery, cast):
    login(page, cast.vera)
    page.goto("/gallery/?errors")
    note = page.get_by_label("What they should know")
    assert note.get_attribute("aria-invalid") == "true"
    described = note.get_attribute("aria-describedby")
    assert page.locator(f"#{described}").inner_text() == "This field is required."
    screenshot(page, "look-errors")


def test_right_to_left_fits_too(page, gallery, cast):
    login(page, cast.vera)
    page.goto("/gallery/")
    page.evaluate("document.documentElement.dir = 'rtl'")
    page.wait_for_selector(".connection[data-state=connected]")
    screenshot(page, "look-right-to-left")


def test_a_finger_hits_everything_that_can_be_pressed(page, gallery, cast):
    login(page, cast.vera)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/gallery/")
    page.get_by_role("button", name="Vera").click()
    page.get_by_role("button", name="Log out").wait_for()
    sizes = page.evaluate(
        """() => [...document.querySelectorAll("button, a[href], select, summary, .choice label, input:not([type=hidden])")]
            .filter((one) => one.checkVisibility() && !one.matches(".skip, [type=radio], [type=checkbox]"))
            .map((one) => [one.textContent.trim() || one.id, one.getBoundingClientRect()])
            .map(([name, box]) => ({name, width: box.width, height: box.height}))"""
    )
    assert len(sizes) > 30
    assert [size for size in sizes if size["height"] < 42 or size["width"] < 44] == []


def test_nothing_moves_for_whoever_asks_for_rest(page, gallery, cast):
    login(page, cast.vera)
    page.emulate_media(reduced_motion="reduce")
    page.goto("/gallery/")
    page.get_by_role("combobox", name="What is needed").fill("khar")
    assert page.evaluate("document.getAnimations().length") == 0


def test_focus_is_always_seen(page, gallery, cast):
    login(page, cast.vera)
    page.goto("/gallery/")
    unseen = []
    for _step in range(30):
        page.keyboard.press("Tab")
        name, shadow = page.evaluate(
            """() => { const one = document.activeElement; const shown = one.closest(".choice label") ?? one;
                return [one.outerHTML.slice(0, 80), getComputedStyle(shown).boxShadow]; }"""
        )
        # behind the last control comes the page itself
        if shadow == "none" and "skip" not in name and not name.startswith("<body"):
            unseen.append(name)
    assert unseen == []
