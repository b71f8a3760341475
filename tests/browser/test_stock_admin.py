"""The scripts of Django's own admin under our policy: each widget does its work, and nothing is refused or logged."""

import pytest
from playwright.sync_api import expect

from tests.browser.helpers import login, screenshot


@pytest.fixture
def gallery(settings):
    settings.ROOT_URLCONF = "tests.browser.gallery.urls"


@pytest.fixture
def form(page, gallery, cast):
    assert cast.phone and cast.crawl
    login(page, cast.ada)
    page.goto("/gallery/admin/staff/team/add/")
    return page


def test_every_widget_looks_right(form):
    form.get_by_text("More").click()
    screenshot(form, "stock-admin-form")


def test_dates_and_times_are_picked(form):
    form.get_by_role("link", name="Today").click()
    expect(form.locator("#id_when_0")).not_to_have_value("")
    form.locator("#calendarlink0").click()
    expect(form.locator("#calendarbox0")).to_be_visible()
    screenshot(form, "stock-admin-calendar", judge=False)
    form.locator("#calendarbox0").get_by_role("link", name="15", exact=True).click()
    assert form.locator("#id_when_0").input_value().endswith("-15")
    form.get_by_role("link", name="Now").click()
    expect(form.locator("#id_when_1")).not_to_have_value("")


def test_codes_are_filled_in_from_names(form):
    form.locator("#id_name").press_sequentially("Northern line")
    expect(form.locator("#id_code")).to_have_value("northern-line")


def test_a_team_is_found_by_typing(form):
    form.locator(".select2-selection").click()
    form.locator(".select2-search__field").fill("Craw")
    form.get_by_role("option", name="Crawl").click()
    expect(form.locator(".select2-selection__rendered")).to_contain_text("Crawl")
    screenshot(form, "stock-admin-search", judge=False)


def test_rights_move_from_one_list_to_the_other(form):
    form.get_by_text("More").click()
    form.locator("#id_rights_from").select_option(index=0)
    form.locator("#id_rights_add").click()
    expect(form.locator("#id_rights_to option")).to_have_count(1)


def test_an_inline_row_is_added(form):
    before = form.locator(".dynamic-alarms").count()
    form.get_by_text("Add another Alarm").click()
    expect(form.locator(".dynamic-alarms")).to_have_count(before + 1)


def test_a_list_is_filtered_selected_and_acted_upon(page, gallery, cast):
    assert cast.phone and cast.crawl
    login(page, cast.ada)
    page.goto("/gallery/admin/staff/team/")
    screenshot(page, "stock-admin-list")
    page.locator("#action-toggle").check()
    expect(page.get_by_text("2 of 2 selected")).to_be_visible()
    page.locator("select[name=action]").select_option("delete_selected")
    page.locator("button[name=index]").click()
    page.get_by_text("Are you sure").first.wait_for()
    screenshot(page, "stock-admin-delete")
    page.get_by_role("link", name="No, take me back").click()
    page.locator(".filters summary", has_text="Made on").click()
    page.get_by_role("link", name="Today").click()
    expect(page.locator(".filters summary", has_text="Made on: Today")).to_be_visible()
    expect(page.get_by_role("link", name="Phone", exact=True)).to_be_visible()


def test_light_or_dark_is_kept_from_page_to_page(page, cast):
    login(page, cast.ada)
    page.goto("/")
    page.get_by_role("button", name="Ada").click()
    page.get_by_role("button", name="Light or dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("/admin/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 27)"
