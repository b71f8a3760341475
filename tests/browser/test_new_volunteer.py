"""From the administrator's front page to a new volunteer who talks with a visitor, in an empty house, without a manual."""

import re
import sys
import time

import pytest
from playwright.sync_api import expect

from chat.models import Conversation, Line
from hotline.outbox.models import Message
from hotline.staff.actions.notices import PURPOSE
from hotline.staff.models import Team, User
from tests.browser.chat_desk import Guest, line_of, panel, write
from tests.browser.helpers import login, screenshot, watch
from tests.support.factors import code_of, give_app

PHONE = {"width": 360, "height": 740}
WORDS = "a river under seven moons"
# What it takes the administrator: pages that load, presses of a button, link or box, boxes to fill. Not less is asked of
# whoever changes these pages, and not more.
MOST_LOADS, MOST_PRESSES, MOST_FILLED = 6, 6, 6


class Person:
    """Someone at a page, who counts what they do."""

    def __init__(self, page):
        self.page, self.loads, self.presses, self.filled = page, 0, 0, 0
        page.on("load", self._loaded)

    def _loaded(self, _page):
        self.loads += 1

    def press(self, role, name):
        self.page.get_by_role(role, name=name, exact=True).first.click()
        # no hand types a name before the page's last script is there, which fills in the short name as one types
        self.page.wait_for_load_state()
        self.presses += 1

    def fill(self, label, text):
        self.page.get_by_label(re.compile(rf"^{label}:?$")).first.press_sequentially(text)
        self.filled += 1


@pytest.fixture
def ada(page, cast, settings):
    """At the front page of the administration; nobody but her is in the house yet."""
    settings.STAFF_MFA_REQUIRED = True
    give_app(cast.ada)
    login(page, cast.ada)
    page.goto("/admin/")
    expect(page.locator(".connection")).to_have_attribute("data-state", "connected")
    return Person(page)


def test_from_the_front_page_to_the_first_conversation(ada, cast, chromium, live, capsys):
    began = time.monotonic()
    make_team_and_line(ada)
    invite(ada)
    assert ada.loads <= MOST_LOADS and ada.presses <= MOST_PRESSES and ada.filled <= MOST_FILLED
    letter = Message.objects.get(purpose=PURPOSE, subject="Vera").content()["text"]
    phone = chromium.new_context(base_url=live, viewport=PHONE, locale="en-GB", has_touch=True, is_mobile=True)
    try:
        vera = Person(phone.new_page())
        watch(vera.page)
        come_in(vera, re.search(r"(https?://\S+)", letter)[1])
        talk(vera)
        assert vera.page.problems == []
    finally:
        phone.close()
    with capsys.disabled():
        sys.stdout.write(
            f"\nA new volunteer in {time.monotonic() - began:.1f} s of a script: the administrator {ada.loads} pages, "
            f"{ada.presses} presses, {ada.filled} boxes; the volunteer {vera.loads} pages, {vera.presses} presses, "
            f"{vera.filled} boxes.\n"
        )


def make_team_and_line(ada):
    page = ada.page
    ada.press("link", "Make a team")
    ada.fill("Name", "Night")
    expect(page.get_by_label("Short name")).to_have_value("night")
    ada.press("button", "Save")
    ada.press("link", "Make its line")
    expect(page.locator("#id_team")).to_have_value(str(Team.objects.get().pk))
    ada.fill("English", "Night line")
    ada.fill("Short name", "night")
    ada.press("button", "Save")
    expect(page.get_by_text("It is closed until somebody of its team opens it")).to_be_visible()


def invite(ada):
    page = ada.page
    ada.press("link", "Invite somebody who answers here")
    ada.fill("User name", "vera")
    ada.fill("Alias", "Vera")
    ada.fill("E-mail", "vera@example.org")
    expect(page.get_by_label("Volunteer")).to_be_checked()
    expect(page.get_by_role("group", name="Works in").get_by_label("Night – answers Night line")).to_be_checked()
    ada.press("button", "Invite")
    expect(page.get_by_role("heading", name="Vera is invited")).to_be_visible()
    expect(page.get_by_text("Vera gets an e-mail with a link")).to_be_visible()
    expect(page.get_by_role("region", name="Rights")).to_contain_text("talk with visitors of the team's lines")


def come_in(vera, link):
    page = vera.page
    page.goto(link)
    vera.fill("New password", WORDS)
    vera.fill("The same once more", WORDS)
    vera.press("button", "Take this password")
    vera.press("link", "Take an app")
    page.get_by_text("I cannot scan it").click()
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_label("The six digits").fill(code_of(secret))
    vera.press("button", "Go on")
    vera.press("button", "I have written them down")
    expect(page.get_by_role("heading", name="Hello, Vera")).to_be_visible()


def talk(vera):
    page, line = vera.page, Line.objects.get()
    vera.press("link", "To the conversations")
    expect(page.locator(".connection")).to_have_attribute("data-state", "connected")
    line_of(page, line).locator("summary", has_text="Open, close").click()
    line_of(page, line).get_by_role("button", name="Open the line").click()
    expect(line_of(page, line).locator(".tag")).to_have_text("Open")
    robin = Guest(line)
    robin.says("is somebody there?")
    line_of(page, line).get_by_role("button", name="Take next").click()
    expect(panel(page)).to_contain_text("is somebody there?")
    write(page, "Yes, I am.")
    expect(panel(page).locator(".message.me")).to_contain_text("Yes, I am.")
    taken = Conversation.objects.get()
    assert (taken.state, taken.volunteer) == ("active", User.objects.get(username="vera"))


def test_without_an_address_the_way_in_is_handed_over(ada, cast):
    page = ada.page
    page.goto("/admin/staff/user/add/")
    expect(page.get_by_text("There is no team yet.")).to_be_visible()
    screenshot(page, "invite")
    ada.fill("User name", "vera")
    ada.fill("Alias", "Vera")
    ada.press("button", "Invite")
    expect(page.get_by_role("img", name="The same link as a QR code")).to_be_visible()
    expect(page.get_by_text("but stands in no team.").first).to_be_visible()
    screenshot(page, "invited")
