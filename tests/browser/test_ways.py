"""The pages of a coordinator's ways in Chromium: a mailbox, a webhook with its secret, their order, and taking one away."""

import pytest
from playwright.sync_api import expect

from coordinators.actions.reach import first_way
from coordinators.models import Endpoint
from hotline.lib import outward
from hotline.outbox.models import Message
from tests.browser.helpers import login, screenshot
from tests.support.registry import Registry

MAILBOX, SYSTEM = "helpers@example.org", "https://hooks.example.org/offers"


@pytest.fixture
def helper(live):
    """A coordinator with one chat."""
    registry = Registry()
    return registry.coordinator((registry.food, registry.kharkiv), name="Helping hands")


@pytest.fixture
def ada(page, cast, helper, monkeypatch):
    """An administrator at the coordinator's page. The system's address leads into the open internet, which nobody asks here."""

    async def found(*_anything, typed):
        return ["203.0.113.10"]

    monkeypatch.setattr(outward, "look_up", found)
    login(page, cast.ada)
    page.goto(page_of(helper))
    return page


def page_of(helper):
    return f"/admin/coordinators/localcoordinator/{helper.pk}/change/"


def press(page, name):
    """A button of the admin's page, or the link that asks before it; returns when the next page is there."""
    button = page.get_by_role("button", name=name, exact=True).or_(page.get_by_role("link", name=name, exact=True))
    with page.expect_navigation():
        button.last.click()


def open_way(page, endpoint):
    page.goto(f"/admin/coordinators/endpoint/{endpoint.pk}/change/")


def test_a_mailbox_is_added_and_waits_to_be_confirmed(ada, helper):
    press(ada, "Add a mailbox")
    screenshot(ada, "ways-mailbox")
    ada.get_by_label("E-mail address").fill("not an address")
    press(ada, "Add a mailbox")
    expect(ada.locator(".errorlist")).to_be_visible()
    expect(ada.get_by_label("E-mail address")).to_have_value("not an address")
    ada.get_by_label("E-mail address").fill(MAILBOX)
    press(ada, "Add a mailbox")
    expect(ada.get_by_text("A letter is on its way.")).to_be_visible()
    screenshot(ada, "ways-coordinator")
    assert "None" not in ada.locator("#endpoints-group").inner_text()
    endpoint = helper.endpoints.get(channel="email")
    assert endpoint.state == "unconfirmed" and first_way(helper.pk).channel == "telegram"
    open_way(ada, endpoint)
    expect(ada.get_by_role("button", name="Ask to confirm")).to_be_visible()
    screenshot(ada, "ways-way")


def test_a_webhook_s_secret_is_shown_once(ada, helper):
    press(ada, "Add a webhook")
    screenshot(ada, "ways-webhook")
    ada.get_by_label("Address of their system").fill(SYSTEM)
    press(ada, "Add a webhook")
    endpoint = helper.endpoints.get(channel="webhook")
    shown = ada.locator("code.secret")
    expect(shown).to_have_text(endpoint.secrets)
    screenshot(ada, "ways-secret")
    ada.get_by_role("link", name="Back").click()
    ada.wait_for_url(f"**{page_of(helper)}")
    for address in (page_of(helper), f"/admin/coordinators/endpoint/{endpoint.pk}/change/"):
        ada.goto(address)
        assert endpoint.secrets not in ada.content()
    # Another one counts beside it, is shown once as well, and the old one is dropped.
    press(ada, "New secret")
    screenshot(ada, "ways-new-secret")
    press(ada, "New secret")
    old = endpoint.secrets
    endpoint.refresh_from_db()
    newest = endpoint.secrets.split(" ")[0]
    expect(ada.locator("code.secret")).to_have_text(newest)
    assert newest != old and old in endpoint.secrets
    open_way(ada, endpoint)
    press(ada, "Drop the old secret")
    press(ada, "Drop the old secret")
    endpoint.refresh_from_db()
    assert old not in endpoint.secrets


def test_an_address_that_leads_inside_is_refused_in_words_and_stays(ada, helper):
    press(ada, "Add a webhook")
    ada.get_by_label("Address of their system").fill("http://10.0.0.1/")
    press(ada, "Add a webhook")
    expect(ada.get_by_text("it begins with https:// and names a host")).to_be_visible()
    expect(ada.get_by_label("Address of their system")).to_have_value("http://10.0.0.1/")
    assert not helper.endpoints.filter(channel="webhook").exists() and not Message.objects.exists()


def test_ways_are_put_in_order_paused_and_taken_away(ada, helper):
    mailbox = Endpoint.objects.create(local_coordinator=helper, channel="email", address=MAILBOX, position=5)
    open_way(ada, mailbox)
    press(ada, "Ask here first")
    expect(ada.get_by_text("This way is tried before the others.")).to_be_visible()
    assert first_way(helper.pk) == mailbox
    press(ada, "Pause")
    expect(ada.get_by_text("No offers go there until it is resumed.")).to_be_visible()
    assert first_way(helper.pk).channel == "telegram"
    press(ada, "Resume")
    assert first_way(helper.pk) == mailbox
    ada.goto("/admin/coordinators/endpoint/")
    screenshot(ada, "ways-list")
    open_way(ada, mailbox)
    press(ada, "Switch off")
    screenshot(ada, "ways-switch-off")
    press(ada, "Switch off")
    mailbox.refresh_from_db()
    assert mailbox.state == "off"
    open_way(ada, mailbox)
    press(ada, "Remove")
    expect(ada.get_by_text("The address is deleted for good.")).to_be_visible()
    screenshot(ada, "ways-remove")
    press(ada, "Remove")
    expect(ada.get_by_text("Removed.")).to_be_visible()
    assert not Endpoint.objects.filter(pk=mailbox.pk).exists()
