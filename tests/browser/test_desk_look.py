"""What an operator sees in Chromium of a call for help found in writing that waits for a look, again after a correction."""

import pytest
from playwright.sync_api import expect

from hotline.dispatch.actions import contacts, crawled, offers
from hotline.dispatch.actions.correct import correct
from tests.browser.cards import card
from tests.browser.hands import open_desk
from tests.browser.helpers import login, screenshot
from tests.support.registry import Registry, offer_of, voice_of


@pytest.fixture
def registry(live):
    """The small registry, in which every kind asks for a look."""
    made = Registry()
    made.any.ring_back = True
    made.any.save()
    return made


@pytest.fixture
def looked(registry, cast):
    """(request that a second person has let out, that person, its helper)"""
    helper = registry.coordinator((registry.food, registry.kharkiv))
    second = cast.person("alice", roles=["volunteer"], works_in=[cast.crawl])
    found = registry.take(cast.viktor, cast.crawl, registry.food, registry.kharkiv, spoken_to=False, source="telegram")
    contacts.open_at_desk(second, found, "to look at it")
    crawled.looked_at(second, found, seen_since=found.state_since)
    return found, second, helper


def changes(actor, found):
    found.refresh_from_db()
    correct(actor, found, seen_since=found.state_since, contact={"phone": "+380 50 000 00 77"})


def test_whoever_changes_what_was_looked_at_is_told_before_and_after(page, looked):
    found, second, _helper = looked
    login(page, second)
    open_desk(page)
    own = card(page, found)
    own.locator("summary").click()
    own.get_by_role("button", name="Correct").click()
    expect(page.get_by_text("is read by somebody else again")).to_be_visible()
    page.locator("#correct-contact summary").click()
    page.locator("#correct-contact input[name$=phone]").fill("050 000 00 77")
    screenshot(page, "desk-correct-looked")
    page.locator("#correct-contact input[name$=phone]").press("Control+Enter")
    expect(own).to_contain_text("Waits for a look")
    expect(own).to_contain_text("nobody can take it now")
    own.get_by_role("button", name="Read it, may go out").click()
    expect(own).to_contain_text("You corrected it yourself")
    screenshot(page, "desk-look-again")


def test_the_winners_card_says_that_the_contact_is_closed(page, looked):
    found, second, helper = looked
    offers.accept(voice_of(helper), offer_of(found, helper))
    changes(second, found)
    login(page, second)
    open_desk(page)
    expect(card(page, found)).to_contain_text("whoever took it cannot open the contact now")
    expect(card(page, found).get_by_role("button", name="Open the contact")).to_be_visible()
    screenshot(page, "desk-look-winner")


def test_choosing_where_it_was_found_takes_back_that_somebody_was_spoken_to(page, cast, registry):
    """Whoever also answers the phone has that box ticked from the start."""
    login(page, cast.person("both", roles=["volunteer"], works_in=[cast.phone, cast.crawl]))
    open_desk(page)
    spoken = page.get_by_label("I have spoken to the person")
    expect(spoken).to_be_checked()
    page.get_by_label("Found where").select_option("telegram")
    expect(spoken).not_to_be_checked()
    spoken.check()
    expect(spoken).to_be_checked()
