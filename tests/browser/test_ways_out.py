"""Pages on which somebody looks for a way on, in Chromium: a new link, an invitation, the buttons of a local coordinator."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from coordinators.actions import announcements
from coordinators.models import Announcement, Level
from hotline.dispatch.actions import links
from hotline.dispatch.models import OfferLink
from hotline.dispatch.voice import Voice
from tests.browser.helpers import login, screenshot
from tests.coordinators.joining import register
from tests.support.registry import Registry, offer_of

APART = """() => {
    const inside = (one, other) =>
        one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
    const boxes = (found) => [...document.querySelectorAll(found)].map((one) => one.getBoundingClientRect());
    const buttons = boxes(".object-tools li");
    return boxes("#content > h1, #content > h2, #content h2 .tag")
        .filter((one) => buttons.some((button) => inside(one, button))).length;
}"""


@pytest.fixture
def registry(live):
    return Registry()


@pytest.fixture
def helper(registry):
    return registry.coordinator((registry.food, registry.kharkiv), level=Level.KNOWN, second_look_at=timezone.now())


@pytest.mark.parametrize("width", [360, 768, 1024, 1440])
def test_the_buttons_of_a_local_coordinator_lie_on_nothing(page, cast, helper, width):
    login(page, cast.ada)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"/admin/coordinators/localcoordinator/{helper.pk}/change/")
    expect(page.locator(".object-tools li").first).to_be_visible()
    assert page.evaluate(APART) == 0
    if width == 1440:
        screenshot(page, "local-coordinator")


def test_a_link_that_ran_out_leads_to_a_new_one(page, registry, helper, cast):
    offer = offer_of(registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv), helper)
    address = links.issue(offer, Voice(offer.Way.LINK, endpoint=helper.endpoints.get())).split("/o/")[1]
    OfferLink.objects.update(expires_at=timezone.now())
    page.expected_statuses = {404}
    page.goto(f"/o/{address}")
    screenshot(page, "offer-link-over")
    page.get_by_role("button", name="Send me a new link").click()
    expect(page.get_by_role("heading", name="Look where the request came")).to_be_visible()
    screenshot(page, "offer-link-asked")


def test_an_invitation_opens_a_form_that_knows_what_it_is_about(page, registry):
    page.goto(f"/join/?kind=food&place={registry.oblast.code}")
    expect(page.get_by_role("checkbox", name="Food")).to_be_checked()
    expect(page.get_by_text("Somebody is missing around here")).to_be_visible()
    screenshot(page, "join-invited")


def test_a_code_to_vouch_is_shown_once(page, cast, helper):
    login(page, cast.ada)
    page.goto(f"/admin/coordinators/localcoordinator/{helper.pk}/change/")
    page.get_by_role("link", name="Vouch for somebody").click()
    page.wait_for_load_state()
    page.get_by_role("button", name="Vouch for somebody").click()
    expect(page.get_by_role("heading", name="Code to vouch")).to_be_visible()
    screenshot(page, "vouch-code")


def test_an_announcement_says_what_arrived(page, cast, helper):
    announcement = Announcement()
    announcement.texts = {"en": "The bridge is closed."}
    announcements.write(cast.cora, announcement)
    announcements.send(cast.cora, announcement)
    announcements.send_on(announcement, timezone.now())
    login(page, cast.cora)
    page.goto(f"/admin/coordinators/announcement/{announcement.pk}/change/")
    expect(page.get_by_text("0 delivered · 1 waiting · 0 not delivered")).to_be_visible()
    screenshot(page, "announcement")


def test_a_registration_says_nothing_where_nothing_is(page, cast, registry):
    found, _code = register(registry, told={"note": "", "email": ""})
    login(page, cast.ada)
    page.goto(f"/admin/coordinators/registration/{found.pk}/change/")
    expect(page.get_by_text("None", exact=True)).to_have_count(0)
    screenshot(page, "registration-empty")
