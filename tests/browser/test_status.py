"""What became of my request, on a phone and at a desk, in every language, by the keyboard, and without a trace."""

import pytest
from playwright.sync_api import expect

from hotline.dispatch.actions import offers
from hotline.dispatch.models import HelpRequest
from hotline.lib.languages import LANGUAGES
from tests.browser.helpers import axe, login, screenshot
from tests.support.registry import Registry, offer_of, voice_of


@pytest.fixture
def registry(live):
    return Registry()


@pytest.fixture
def helper(registry):
    return registry.coordinator((registry.food, registry.kharkiv))


@pytest.fixture
def help_request(registry, helper, cast):
    return registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv)


@pytest.fixture
def words(help_request):
    return help_request.details()["spoken_code"].replace("-", " ")


def look(page, words):
    page.goto("/status/")
    page.get_by_label("Your three words").fill(words)
    page.keyboard.press("Enter")


def test_the_caller_looks_and_takes_it_back_by_the_keyboard(page, help_request, helper, words):
    offers.accept(voice_of(helper), offer_of(help_request, helper))
    look(page, words.title())
    expect(page.get_by_text("Somebody has taken it on")).to_be_visible()
    summary = page.locator("summary")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Yes, I no longer need it")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Everybody concerned is told.")).to_be_visible()
    expect(page.get_by_text("It was taken back")).to_be_visible()
    assert HelpRequest.objects.get().state == "cancelled"


def test_what_was_asked_leaves_no_trace_in_the_browser(page, words):
    look(page, words)
    expect(page.get_by_text("We are looking for somebody")).to_be_visible()
    assert page.url.endswith("/status/")
    page.wait_for_load_state()
    page.reload()
    expect(page.get_by_label("Your three words")).to_have_value("")
    expect(page.get_by_text("We are looking for somebody")).to_have_count(0)
    page.goto("/healthz")
    page.go_back()
    expect(page.get_by_label("Your three words")).to_have_value("")
    assert words not in page.content()


def test_wrong_words_stay_in_the_box(page, words):
    look(page, f"{words}ra")
    expect(page.get_by_role("alert")).to_contain_text("No request has these words.")
    expect(page.get_by_label("Your three words")).to_have_value(f"{words}ra")


@pytest.mark.parametrize(("code", "name"), LANGUAGES)
def test_every_language_looks_right_on_every_screen(page, words, settings, code, name):
    settings.HOTLINE_NUMBER = "+49 800 1234567"
    page.goto("/status/")
    page.locator(f"button[name=language][value={code}]").click()
    expect(page.locator("html")).to_have_attribute("lang", code)
    axe(page)
    screenshot(page, f"status-{code}")
    page.locator("#words").fill(words)
    page.keyboard.press("Enter")
    expect(page.locator("#standing")).to_be_visible()
    page.locator("summary").click()
    axe(page)
    screenshot(page, f"status-{code}-found")


def test_without_scripts_too(chromium, live, words):
    context = chromium.new_context(base_url=live, java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    look(page, words)
    expect(page.get_by_text("We are looking for somebody")).to_be_visible()
    page.locator("summary").click()
    page.get_by_role("button", name="Yes, I no longer need it").click()
    expect(page.get_by_text("It was taken back")).to_be_visible()
    context.close()


def test_a_caller_rings_another_teams_desk(page, help_request, cast, words):
    login(page, cast.viktor)
    page.goto("/desk/requests/")
    page.get_by_label("The caller's spoken words").fill(words)
    page.keyboard.press("Enter")
    expect(page.get_by_text("We are looking for somebody")).to_be_visible()
    page.get_by_text("No longer needed", exact=True).click()
    axe(page)
    page.get_by_role("button", name="Yes, it is no longer needed").click()
    expect(page.get_by_text("It was taken back, and everybody concerned is told.")).to_be_visible()
    assert HelpRequest.objects.get().state == "cancelled"
