"""Pictures of dispatch and its gaps in Chromium: read on a phone and at a desk, judged by axe, opened by the keyboard."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from hotline.dispatch.actions.tallies import hour_of
from hotline.dispatch.models import Tally
from tests.browser.helpers import login, screenshot
from tests.support.registry import Registry

Step = Tally.Step


@pytest.fixture
def month(live, cast):
    """A month of figures of Cora's team."""
    registry, now = Registry(), timezone.now()
    kinds = [registry.food, registry.medicine, registry.accommodation, registry.translation]
    rows = []

    def add(kind, number, days, detail="", seconds=0):
        rows.append(
            Tally(
                team=cast.phone,
                kind=kind,
                detail=detail,
                count=number,
                seconds=seconds,
                category=kinds[days % 4],
                region=registry.oblast if days % 3 else registry.lviv_oblast,
                hour=hour_of(now - timedelta(days=days)),
            )
        )

    for days in range(28):
        add(Step.TAKEN, 3 + days * 7 % 23, days)
        add(Step.OFFERED, 9 + days * 5 % 17, days)
        add(Step.ACCEPTED, 2 + days % 5, days, detail=str(Tally.TIMES[days % 8]), seconds=300)
        add(Step.FIRST_OFFER, 3, days, detail="60", seconds=3)
        add(Step.ENDED, 2, days, detail="helped" if days % 3 else "caller")
        add(Step.WHY, 1 + days % 3, days, detail="not_my_area")
        add(Step.UNHEARD, days % 4, days)
        add(Step.NOBODY, days % 2, days)
        add("hoax", 1, days)
    Tally.objects.bulk_create(rows)
    registry.coordinator((registry.food, registry.kharkiv), (registry.medicine, registry.ukraine))


def test_the_pictures_and_their_tables(page, month, cast):
    login(page, cast.cora)
    page.goto("/admin/dispatch/tally/figures/")
    expect(page.get_by_role("img", name="Requests taken")).to_be_visible()
    page.get_by_label("Period").select_option("90")
    page.get_by_role("button", name="Show").click()
    card = page.get_by_role("region", name="Declined, and why").first
    table = card.locator("summary")
    table.focus()
    page.keyboard.press("Enter")
    expect(card.get_by_role("rowheader", name="not my area")).to_be_visible()
    with page.expect_download() as saved:
        card.get_by_role("link", name="Save as CSV").click()
    assert saved.value.suggested_filename.startswith("dispatch-why-")
    screenshot(page, "figures")


def test_the_gaps(page, month, cast):
    login(page, cast.cora)
    page.goto("/admin/dispatch/tally/gaps/")
    expect(page.get_by_text("by nobody").first).to_be_visible()
    expect(page.get_by_role("link", name="/join/")).to_be_visible()
    screenshot(page, "gaps")
