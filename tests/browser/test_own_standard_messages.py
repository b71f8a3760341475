"""A volunteer's page of their own standard messages in Chromium, and the way of a suggestion through the admin and back."""

import re

import pytest
from playwright.sync_api import expect

from chat.models import StandardMessage
from tests.browser import chat_desk as support
from tests.browser.helpers import login, screenshot

youth = support.youth
PAGE = "/desk/chat/standard-messages/"
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


@pytest.fixture
def vera(page, cast, youth):
    login(page, cast.vera)
    page.goto(PAGE)
    return page


def test_they_are_written_changed_and_removed(vera, cast):
    page = vera
    expect(page.get_by_text("None of your own yet")).to_be_visible()
    screenshot(page, "own-standard-messages-empty")
    page.get_by_role("link", name="Write the first").click()
    page.get_by_label("Short code").fill("Good Evening")
    page.get_by_label("English").fill("Good evening, {name}")
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator(".errorlist").first).to_contain_text("letters, digits and single hyphens")
    expect(page.locator(".errorlist").last).to_contain_text("“{name}” is not filled in")
    expect(page.get_by_label("Short code")).to_have_value("Good Evening")
    expect(page.get_by_label("English")).to_have_value("Good evening, {name}")
    screenshot(page, "own-standard-message-wrong")
    page.get_by_label("Short code").fill("Good-Evening")
    page.get_by_label("English").fill(f"Good evening, {{alias}}.\nI am here. {LONG}")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("found by typing /good-evening")).to_be_visible()
    expect(page.get_by_role("heading", name="/good-evening")).to_be_visible()
    StandardMessage.objects.update(used=12)
    page.reload()
    screenshot(page, "own-standard-messages")
    page.get_by_role("link", name="Change").click()
    page.get_by_label("Українська").fill("Добрий вечір, {alias}.")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("heading", name="/good-evening")).to_be_visible()
    assert set(StandardMessage.objects.own(cast.vera).get().texts) == {"en", "uk"}
    page.get_by_role("button", name="Remove").click()
    screenshot(page, "own-standard-message-remove")
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("None of your own yet")).to_be_visible()
    assert not StandardMessage.objects.own(cast.vera).exists()


def test_a_suggestion_goes_to_those_who_supervise_and_their_answer_comes_back(vera, cast, youth):
    page = vera
    StandardMessage.objects.create(
        owner="person", person=cast.vera, short_code="breathe", texts={"en": "Breathe with me, {alias}: in, and out."}
    )
    page.reload()
    page.get_by_role("button", name="Suggest it for a line").click()
    page.get_by_label("Line", exact=True).select_option(label="Youth chat")
    screenshot(page, "own-standard-message-suggest")
    page.get_by_role("button", name="Suggest it", exact=True).click()
    expect(page.get_by_text("waits for an answer")).to_be_visible()
    made = StandardMessage.objects.get(suggested_by=cast.vera)
    login(page, cast.cora)
    page.goto("/admin/")
    expect(page.get_by_role("link", name=re.compile("Standard messages")).first).to_be_visible()
    page.goto("/admin/chat/standardmessage/")
    screenshot(page, "admin-standard-messages")
    page.get_by_role("link", name="breathe").click()
    screenshot(page, "admin-standard-message-suggested")
    page.get_by_label("Deutsch").fill("Atme mit mir, {alias}: ein, und aus.")
    page.get_by_role("button", name="Save and stay here").click()
    expect(page.locator(".success")).to_be_visible()
    page.get_by_role("link", name="Take it into use").click()
    screenshot(page, "admin-standard-message-accept")
    page.get_by_label("Your words").fill("Thank you, Vera! This helps all of us.")
    page.get_by_role("button", name="Take it into use").click()
    expect(page.locator(".success")).to_contain_text("It is in use.")
    screenshot(page, "admin-standard-message")
    login(page, cast.vera)
    page.goto(PAGE)
    expect(page.locator(f"#suggestion-{made.code}")).to_contain_text("Thank you, Vera! This helps all of us.")
    expect(page.locator(f"#suggestion-{made.code} .tag")).to_have_text("in use")
    screenshot(page, "own-standard-messages-answered")


def test_the_admin_says_what_is_wrong_and_keeps_what_was_typed(page, cast, youth):
    login(page, cast.alice)
    page.goto("/admin/chat/standardmessage/add/")
    expect(page.get_by_label("Line").locator("option").first).to_have_text("The whole house")
    page.get_by_label("Short code").fill("112")
    page.get_by_label("English").fill("Ring 112 {now}")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".errorlist").first).to_contain_text("has this short code")
    expect(page.locator(".errorlist").last).to_contain_text("“{now}” is not filled in")
    expect(page.get_by_label("English")).to_have_value("Ring 112 {now}")
    screenshot(page, "admin-standard-message-wrong")
