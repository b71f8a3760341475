"""What is kept about oneself, and leaving, in Chromium: from the menu to the file, and out of the door."""

import json

from playwright.sync_api import expect

from hotline.staff.models import User
from tests.browser.helpers import login, screenshot


def test_somebody_finds_what_is_kept_about_them_and_saves_it(page, cast, tmp_path):
    login(page, cast.vera)
    page.goto("/")
    page.get_by_role("button", name="Vera").click()
    page.get_by_role("link", name="My account").click()
    page.get_by_role("link", name="What is kept about you").click()
    expect(page.get_by_role("row", name="Vera vera vera@example.org")).to_be_visible()
    screenshot(page, "own-data")
    with page.expect_download() as download:
        page.get_by_role("link", name="Save as a file").click()
    saved = tmp_path / "saved.json"
    download.value.save_as(saved)
    assert json.loads(saved.read_text(encoding="utf-8"))["account"][0]["e_mail"] == "vera@example.org"


def test_somebody_leaves_by_the_keyboard_and_is_out(page, cast):
    login(page, cast.vera)
    page.goto("/accounts/kept/")
    page.get_by_role("link", name="Leave").press("Enter")
    expect(page.get_by_role("heading", name="What stays")).to_be_visible()
    screenshot(page, "leave")
    page.get_by_role("button", name="Close my account").press("Enter")
    expect(page).to_have_url("/accounts/leave/")
    assert User.objects.get(username="vera").is_active, "the browser asks for the choice first"
    page.get_by_label("At once.").press(" ")
    page.get_by_role("button", name="Close my account").press("Enter")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    screenshot(page, "left")
    assert not User.objects.filter(username="vera").exists()
    page.goto("/")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_the_last_administrator_is_told_what_to_do_first(page, cast):
    login(page, cast.ada)
    page.goto("/accounts/leave/")
    page.get_by_label("30 days").check()
    page.get_by_role("button", name="Close my account").click()
    expect(page.get_by_role("alert")).to_contain_text("Make somebody else one first.")
    expect(page.get_by_label("30 days")).to_be_checked()
