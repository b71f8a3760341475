"""The admin as a workplace, in Chromium: front page, list, page, button, timeline, on a phone and by keyboard alone."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from chat.models import Line
from hotline.dispatch.actions import offers
from hotline.dispatch.models import HelpRequest, Offer
from hotline.staff.actions import people
from hotline.staff.actions.alarms import raise_alarm
from hotline.staff.models import Alarm
from tests.browser.helpers import axe, fits, login, screenshot
from tests.support.registry import Registry, offer_of, voice_of

PHONE = {"width": 360, "height": 740}


@pytest.fixture
def registry(live):
    return Registry()


@pytest.fixture
def day(registry, cast):
    """A day's work: requests in several states, alarms, a line; the HelpRequest that was declined and accepted."""
    assert cast.cora  # else an alarm says that nobody supervises the team
    one, two = (registry.coordinator((registry.food, registry.kharkiv), name=f"Helpers {number}") for number in (1, 2))
    taken = registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv)
    HelpRequest.objects.filter(pk=taken.pk).update(created_at=timezone.now() - timedelta(minutes=12))
    offers.decline(voice_of(one), offer_of(taken, one), Offer.DeclineReason.NO_CAPACITY)
    offers.accept(voice_of(two), offer_of(taken, two))
    registry.take(cast.vera, cast.phone, registry.medicine, registry.lviv, urgency="urgent")
    Line.objects.create(slug="youth", team=cast.phone, mode=Line.Mode.OPEN, titles={"en": "Youth line"})
    return taken


def test_the_front_page_shows_the_day_and_follows_it(page, cast, day):
    login(page, cast.alice)
    page.goto("/admin/")
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    expect(page.locator(".connection")).to_have_attribute("data-state", "connected")
    screenshot(page, "admin-front")
    before = Alarm.objects.open().count()
    raise_alarm(cast.phone, "running_out", "K7QX2M")
    expect(page.locator("#waits-staffalarm .count")).to_contain_text(str(before + 1))


def test_the_numbers_in_the_side_bar_follow_too(page, cast, day):
    login(page, cast.cora)
    page.goto("/admin/chat/conversation/")
    expect(page.locator(".connection")).to_have_attribute("data-state", "connected")
    before = Alarm.objects.open().count()
    raise_alarm(cast.phone, "running_out", "K7QX2M")
    expect(page.locator("#nav-sidebar #waits-staffalarm .count")).to_contain_text(str(before + 1))
    expect(page.get_by_text("Nothing here yet")).to_be_visible()


def test_a_list_is_filtered_and_searched_and_is_cards_on_a_phone(page, cast, day):
    login(page, cast.cora)
    page.goto("/admin/dispatch/helprequest/")
    screenshot(page, "admin-requests")
    page.locator(".filters summary", has_text="State").click()
    screenshot(page, "admin-requests-filter", judge=False)
    page.get_by_role("link", name="accepted", exact=True).click()
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    page.set_viewport_size(PHONE)
    cell = page.locator("#result_list td.field-category")
    expect(cell).to_have_attribute("data-label", "Kind of help")
    assert cell.evaluate("(cell) => getComputedStyle(cell).display") == "grid"
    page.locator("#searchbar").fill("nothing like it")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("Nothing fits")).to_be_visible()
    fits(page)
    axe(page)


def test_filters_work_by_keyboard(page, cast, day):
    login(page, cast.cora)
    page.goto("/admin/dispatch/helprequest/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#content-start")).to_be_focused()
    summary = page.locator(".filters summary", has_text="Urgency")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="All", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(summary).to_be_focused()
    expect(page.locator(".filters details[open]")).to_have_count(0)


def test_a_timeline_is_read_in_order(page, cast, day):
    login(page, cast.cora)
    page.goto(f"/admin/dispatch/helprequest/{day.pk}/change/")
    moments = page.get_by_role("region", name="What happened").locator("ol > li")
    expect(moments.nth(0)).to_contain_text("Taken at the desk")
    expect(moments.nth(1)).to_contain_text("declined (no capacity)")
    screenshot(page, "admin-timeline")


def test_a_button_says_what_it_does_before_it_does_it_and_leads_back(page, cast, day):
    login(page, cast.alice)
    page.goto("/admin/coordinators/localcoordinator/?state__exact=active")
    page.get_by_role("link", name="Helpers 1").click()
    screenshot(page, "admin-coordinator")
    page.get_by_role("link", name="Suspend").click()
    expect(page.get_by_text("taken back and offered to others")).to_be_visible()
    screenshot(page, "admin-button")
    page.get_by_label("Why?").fill("Complaints.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Suspended. What it held")).to_be_visible()
    page.get_by_role("link", name="Local coordinators").first.click()
    expect(page.locator(".filters summary", has_text="State: active")).to_be_visible()


def test_several_rows_are_pressed_at_once_with_one_thumb(page, cast, day):
    assert cast.cora
    for number in range(3):
        raise_alarm(cast.phone, "running_out", f"CODE{number}")
    login(page, cast.cora)
    page.set_viewport_size(PHONE)
    page.goto("/admin/staff/alarm/")
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option("acknowledge")
    page.locator("button[name=index]").click()
    expect(page.get_by_role("heading", name="I see to these")).to_be_visible()
    screenshot(page, "admin-bulk")
    page.get_by_role("button", name="I see to it", exact=True).last.click()
    expect(page.get_by_text("done for")).to_be_visible()
    assert not Alarm.objects.open().exists()


def test_what_was_typed_stays_when_somebody_is_shut_out_meanwhile(page, cast, day):
    """A page with a form is not loaded again; what may be saved the server decides."""
    login(page, cast.ada)
    page.goto("/admin/staff/team/add/")
    expect(page.locator(".connection")).to_have_attribute("data-state", "connected")
    page.locator("#id_name").fill("Night owls")
    people.disable(cast.alice, cast.ada)
    expect(page.locator(".connection")).to_have_attribute("data-state", "signed-out")
    expect(page.locator("#id_name")).to_have_value("Night owls")
