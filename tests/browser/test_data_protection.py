"""The data-protection officer's page in Chromium: a table on a desk, cards on a phone, and a file to keep."""

from playwright.sync_api import expect

from tests.browser.helpers import login, screenshot

PAGE = "/admin/data-protection/"


def test_it_is_read_on_a_phone_and_on_a_desk(page, cast, settings):
    settings.CONTACT_DAYS = 3
    login(page, cast.ada)
    page.goto(PAGE)
    expect(page.get_by_role("heading", name="A dump of the database alone")).to_be_visible()
    expect(page.get_by_role("row", name="CONTACT_DAYS 3 days changed 7 days 14 days")).to_be_visible()
    screenshot(page, "data-protection")


def test_on_a_phone_each_datum_is_a_card_that_names_its_parts(page, cast):
    login(page, cast.ada)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(PAGE)
    cell = page.get_by_role("row", name="free texts of such answers").get_by_role("cell").last
    assert cell.evaluate("one => getComputedStyle(one, '::before').content") == '"gone"'
    heading = page.get_by_role("row", name="free texts of such answers").get_by_role("rowheader")
    assert heading.bounding_box()["y"] < cell.bounding_box()["y"]


def test_it_is_printed_and_saved_as_a_file(page, cast, tmp_path):
    login(page, cast.ada)
    page.goto(PAGE)
    page.evaluate("() => { window.print = () => { document.title = 'printed'; }; }")
    page.get_by_role("button", name="Print").click()
    expect(page).to_have_title("printed")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    expect(page.locator(".top")).to_be_hidden()
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 within its margins
    assert page.locator(".kept tbody tr").first.evaluate("one => getComputedStyle(one).display") == "table-row"
    assert page.locator(".kept").first.bounding_box()["width"] > 680
    page.emulate_media(media="screen")

    with page.expect_download() as download:
        page.get_by_role("link", name="Save as a file").click()
    saved = tmp_path / "saved.html"
    download.value.save_as(saved)
    page.goto(saved.as_uri())
    expect(page.get_by_role("heading", name="What is kept, where, and until when")).to_be_visible()
