"""Every page that belongs to no room: log-in, home, the error pages, the admin's frame."""

import pytest
from playwright.sync_api import expect

from hotline.lib.troubles import TROUBLES
from hotline.staff.actions.alarms import raise_alarm
from tests.browser.helpers import login, screenshot


@pytest.fixture
def gallery(settings):
    settings.ROOT_URLCONF = "tests.browser.gallery.urls"


def test_somebody_logs_in_on_a_phone_and_out_again(page, cast):
    ada = cast.ada
    page.goto("/")
    screenshot(page, "login")
    page.get_by_label("User name").fill(ada.username)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.get_by_label("User name").input_value() == ada.username
    screenshot(page, "login-refused")
    page.get_by_label("Password").fill(cast.password)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="Hello, Ada").wait_for()
    page.get_by_role("button", name="Ada").click()
    page.get_by_role("button", name="Log out").click()
    page.get_by_role("heading", name="Log in").wait_for()


def test_home_is_calm_when_nothing_waits(page, cast):
    login(page, cast.ada)
    page.goto("/")
    page.wait_for_selector(".connection[data-state=connected]")
    screenshot(page, "home-quiet")


def test_home_shows_what_waits(page, cast, gallery):
    login(page, cast.ada)
    page.goto("/gallery/cards/")
    page.wait_for_selector(".connection[data-state=connected]")
    screenshot(page, "home-cards")


def test_the_menu_holds_language_and_log_out(page, cast):
    login(page, cast.ada)
    page.goto("/")
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_role("button", name="Ada").click()
    screenshot(page, "menu")
    page.get_by_role("button", name="Deutsch").click()
    page.wait_for_selector("html[lang=de]")


@pytest.mark.parametrize("trouble", list(TROUBLES))
def test_an_error_page_says_what_to_do(page, gallery, trouble):
    page.goto(f"/gallery/trouble/{trouble}/")
    screenshot(page, f"error-{trouble}")


def test_an_address_that_is_not_there_is_told_kindly(page, cast):
    assert page.goto("/no-such-page/").status == 404
    assert page.get_by_role("heading", name="There is no such page").is_visible()
    page.get_by_role("link", name="To the start").click()
    page.get_by_role("heading", name="Log in").wait_for()


def test_what_breaks_inside_is_told_kindly(page, gallery):
    assert page.goto("/gallery/breaks/").status == 500
    assert page.get_by_role("heading", name="That was our fault").is_visible()


def test_an_alarm_rings_on_an_open_page_until_somebody_sees_to_it(page, cast):
    raise_alarm(cast.phone, "unanswered", "AB12")
    login(page, cast.cora)
    page.goto("/desk/requests/")
    page.wait_for_selector(".connection[data-state=connected]")
    page.get_by_role("button", name="I see to it").wait_for()
    raise_alarm(cast.phone, "unanswered", "CD34")
    page.get_by_role("button", name="I see to it").nth(1).wait_for()
    screenshot(page, "alarms")
    for left in (1, 0):
        page.get_by_role("button", name="I see to it").first.click()
        page.wait_for_function("left => document.querySelectorAll('#alarms .card').length === left", arg=left)


def test_the_admin_wears_the_colours_of_the_house(page, cast):
    assert cast.phone and cast.crawl
    login(page, cast.ada)
    page.goto("/admin/")
    screenshot(page, "admin-index")
    page.goto("/admin/staff/team/")
    screenshot(page, "admin-list")
    page.goto("/admin/staff/team/add/")
    screenshot(page, "admin-form")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".errornote")).to_be_visible()
    screenshot(page, "admin-form-refused")
