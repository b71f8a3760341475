"""An organisation that has only the address of /join/ gets its first request: a phone, an administrator, Telegram, the desk."""

import re

import pytest
from playwright.sync_api import expect

from coordinators.models import LocalCoordinator, Registration
from hotline import worker
from hotline.dispatch.models import HelpRequest, Offer
from tests.browser.hands import open_desk
from tests.browser.helpers import axe, fits, login, screenshot, watch
from tests.support import running as threads
from tests.support import simulator as telegram
from tests.support.registry import Registry

running, simulator_server, simulator = threads.running, telegram.simulator_server, telegram.simulator

NUMBER = "+380 67 123 4567"
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def registry(live):
    return Registry()


@pytest.fixture
def phone(chromium, live):
    """A page on somebody's phone, in a profile of its own, watched."""
    made = chromium.new_context(base_url=live, viewport=PHONE, locale="en-GB", has_touch=True, is_mobile=True)
    page = made.new_page()
    watch(page)
    yield page
    assert page.problems == []
    made.close()


def fill(page):
    """What a kitchen in Kharkiv writes on its phone."""
    page.goto("/join/")
    page.get_by_label("Name of your organisation").fill("Kitchen on the corner")
    page.get_by_text("Food", exact=True).first.tap()
    page.get_by_role("checkbox", name="Food").check()
    where = page.get_by_role("combobox", name="Town or district")
    where.fill("kharkiv")
    page.get_by_role("option").first.tap()
    expect(where).to_have_value(re.compile("Харків"))
    page.get_by_role("checkbox", name="Українська").check()
    page.get_by_label("Whom do we ask for?").fill("Viktor")
    page.get_by_label("Phone").fill("+380 44 123 45 67")
    page.get_by_label("How can we check").fill("kitchen.example.org; the parish office knows us.")


def looked_at(page):
    fits(page)
    axe(page)


def test_from_the_form_on_a_phone_to_the_first_contact(phone, page, cast, registry, simulator, running):
    # It registers itself; what is missing is said, and nothing is lost.
    fill(phone)
    phone.get_by_label("Whom do we ask for?").fill("")
    looked_at(phone)
    phone.get_by_role("button", name="Register").tap()
    expect(phone.get_by_text("Tell us whom to ask for.")).to_be_visible()
    expect(phone.get_by_label("Name of your organisation")).to_have_value("Kitchen on the corner")
    expect(phone.get_by_role("checkbox", name="Food")).to_be_checked()
    looked_at(phone)
    phone.get_by_label("Whom do we ask for?").fill("Viktor")
    phone.get_by_role("button", name="Register").tap()
    expect(phone.get_by_role("heading", name="Thank you. We have it.")).to_be_visible()
    looked_at(phone)
    code = phone.locator(".secret").inner_text()
    phone.get_by_role("button", name="See how it stands").tap()
    expect(phone.get_by_role("heading", name="We are looking at it")).to_be_visible()
    looked_at(phone)

    # Ada finds it on the first page, looks, and lets it in.
    login(page, cast.ada)
    page.goto("/admin/")
    page.get_by_role("link", name="Kitchen on the corner").click()
    expect(page.get_by_text("the parish office knows us")).to_be_visible()
    page.get_by_role("link", name="Approve").click()
    page.get_by_label("How did you check them?").fill("Rang the parish office.")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("They are in, as")).to_be_visible()

    # It connects its Telegram by the link, which stands there as a picture, too.
    phone.goto("/join/state/")
    phone.get_by_label("Your code").fill(code.lower().replace("-", " "))
    phone.get_by_role("button", name="Show").tap()
    expect(phone.get_by_role("heading", name="You are in. Welcome!")).to_be_visible()
    phone.get_by_role("button", name="Connect Telegram").tap()
    link = phone.get_by_role("link", name="Open Telegram").get_attribute("href")
    expect(phone.get_by_role("img", name="The same link as a QR code")).to_be_visible()
    looked_at(phone)
    assert link.startswith(f"https://t.me/{simulator.username}?start=")
    running(worker.run)
    kitchen = simulator.person("Kitchen", started=False)
    simulator.start(kitchen, link.partition("?start=")[2])
    simulator.wait_for(lambda client: any("Linked." in text for text in client.seen(kitchen)))
    phone.goto("/join/state/")
    phone.get_by_label("Your code").fill(code)
    phone.get_by_role("button", name="Show").tap()
    expect(phone.get_by_role("heading", name="You are connected")).to_be_visible()

    # Vera takes a call: neither children nor somebody alone, so that somebody new may be asked.
    vera_page = page.context.browser.new_context(
        base_url=page.context.pages[0].url.split("/admin")[0], locale="en-GB"
    ).new_page()
    login(vera_page, cast.vera)
    vera = open_desk(vera_page)
    vera.choose("food")
    vera.choose("kharkiv")
    expect(vera_page.locator(".cover")).to_contain_text("too new for children and people who are alone")
    vera_page.get_by_role("group", name="Children, or somebody alone?").get_by_text("No", exact=True).click()
    expect(vera_page.locator(".cover")).to_contain_text("One can help here")
    vera_page.get_by_role("group", name="How urgent").get_by_text("Today", exact=True).click()
    vera_page.get_by_label("Phone", exact=True).fill(NUMBER)
    vera_page.keyboard.press("Control+Enter")
    expect(vera_page.locator(".sent")).to_contain_text("One local coordinator is asked now.")
    vera_page.context.close()

    # The offer comes, is accepted, and the contact opens to them.
    simulator.wait_for(lambda client: any("Харків" in text for text in client.seen(kitchen)))
    simulator.press(kitchen, "Accept")
    simulator.wait_for(lambda client: _opening(client, kitchen))
    phone.goto(_opening(simulator, kitchen))
    phone.get_by_role("button", name="Open the contact").tap()
    expect(phone.locator("main")).to_contain_text(NUMBER)
    assert HelpRequest.objects.get().state == HelpRequest.State.ACCEPTED
    assert Offer.objects.get().local_coordinator == LocalCoordinator.objects.get()


def _opening(client, chat):
    """The address under the button that opens the contact, or None."""
    rows = [row for message in client.messages(chat) for row in message["buttons"]]
    return next((button["url"] for row in rows for button in row if button["text"] == "Open the contact"), None)


def test_the_pages_of_joining(phone, page, registry, cast):
    page.goto("/join/")
    screenshot(page, "join")
    fill(phone)
    phone.get_by_role("button", name="Register").tap()
    expect(phone.get_by_role("heading", name="Thank you. We have it.")).to_be_visible()
    code = phone.locator(".secret").inner_text()
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_text("What are you called?")).to_be_visible()
    screenshot(page, "join-wrong")
    page.goto("/join/state/")
    page.get_by_label("Your code").fill(code)
    page.get_by_role("button", name="Show").click()
    screenshot(page, "join-state")
    login(page, cast.ada)
    page.goto("/admin/coordinators/registration/")
    screenshot(page, "join-admin-list")
    found = Registration.objects.get()
    page.goto(f"/admin/coordinators/registration/{found.pk}/change/")
    screenshot(page, "join-admin-page")
    page.get_by_role("link", name="Approve").click()
    screenshot(page, "join-admin-approve")
    page.goto("/admin/coordinators/localcoordinator/table/")
    table = "name,coverage\nBeds for tonight,food @ Kharkiv\nBroken,dragons @ Kharkiv\n"
    page.get_by_label("File").set_input_files(
        {"name": "a.csv", "mimeType": "text/csv", "buffer": table.encode("utf-16")}
    )
    page.get_by_role("button", name="Look at it first").click()
    expect(page.get_by_text("No kind of help is called dragons.")).to_be_visible()
    screenshot(page, "join-admin-table")
    page.get_by_role("button", name="Bring it in").click()
    expect(page.get_by_role("heading", name="What became of each line")).to_be_visible()
    assert [one.name for one in LocalCoordinator.objects.all()] == ["Beds for tonight"]
    page.goto("/join/state/")
    page.get_by_label("Your code").fill(code)
    page.get_by_role("button", name="Show").click()
    page.get_by_text("Take it back", exact=True).click()
    page.get_by_role("button", name="Take it back and erase it").click()
    expect(page.get_by_role("heading", name="You took it back")).to_be_visible()
