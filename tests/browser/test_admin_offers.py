"""A representative in the admin, in Chromium: sees their offers, accepts, opens the contact, finishes."""

import pytest
from playwright.sync_api import expect

from hotline.dispatch.models import Offer
from tests.browser.helpers import login, screenshot
from tests.support.registry import CONTACT, Registry, offer_of

LIST = "/admin/dispatch/offer/"


@pytest.fixture
def registry(live):
    return Registry()


@pytest.fixture
def two(registry):
    return [registry.coordinator((registry.food, registry.kharkiv), name=f"Helpers {number}") for number in (1, 2)]


@pytest.fixture
def offered(registry, cast, two):
    return registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv, contact=CONTACT, people=2)


def test_a_representative_accepts_in_the_admin(page, cast, offered, two):
    mine, theirs = (offer_of(offered, one) for one in two)
    login(page, cast.person("representative", represents=[two[0]]))
    page.goto("/admin/")
    screenshot(page, "admin-representative-home")

    page.goto(LIST)
    expect(page.get_by_role("link", name=mine.reference)).to_be_visible()
    assert theirs.reference not in page.content()
    screenshot(page, "admin-representative-offers")
    page.get_by_role("link", name=mine.reference).click()
    expect(page.get_by_role("button", name="Accept")).to_be_visible()
    assert CONTACT["phone"] not in page.content()
    screenshot(page, "admin-representative-offer")

    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("heading", name="The contact is sealed")).to_be_visible()
    page.get_by_role("button", name="Open the contact").click()
    expect(page.get_by_role("link", name=CONTACT["phone"])).to_be_visible()
    assert (offer_of(offered, two[0]).state, offer_of(offered, two[1]).state) == (
        Offer.State.ACCEPTED,
        Offer.State.TAKEN,
    )

    page.goto(f"{LIST}{mine.pk}/change/")
    assert CONTACT["phone"] not in page.content()
    screenshot(page, "admin-representative-accepted")


def test_whoever_was_slower_is_told_in_words(page, cast, offered, two):
    login(page, cast.person("representative", represents=[two[1]]))
    page.goto(f"{LIST}{offer_of(offered, two[1]).pk}/change/")
    first = page.context.new_page()
    login(first, cast.person("quick", represents=[two[0]]))
    first.goto(f"{LIST}{offer_of(offered, two[0]).pk}/change/")
    first.get_by_role("button", name="Accept").click()
    expect(first.get_by_role("heading", name="The contact is sealed")).to_be_visible()
    login(page, cast.person("slow", represents=[two[1]]))
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("being handled").first).to_be_visible()
    screenshot(page, "admin-representative-too-late")
