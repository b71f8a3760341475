"""The pages for the worst nights, in a real browser: how one is reached, the page behind an alarm, stopping the house."""

import pytest
from playwright.sync_api import expect

from hotline.outbox.models import Message
from hotline.staff.actions.alarms import raise_alarm
from hotline.staff.actions.destruction import set_passphrase
from hotline.staff.actions.freeze import freeze, is_frozen
from hotline.staff.models import Alarm, AlarmCall, Freeze, LinkedChat
from tests.browser.helpers import login, screenshot

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def quiet(settings):
    settings.FREEZERS = settings.THAWERS = []


def test_linking_a_phone_and_choosing_what_rings_first(page, cast):
    login(page, cast.cora)
    page.goto("/accounts/reached/")
    screenshot(page, "reached")
    page.get_by_role("button", name="Link my Telegram").click()
    expect(page.locator("code.secret")).to_contain_text("/start staff_")
    screenshot(page, "reached-code")
    LinkedChat.objects.create(user=cast.cora, address="4711")
    page.goto("/accounts/reached/")
    page.get_by_label("E-mail").check()
    page.get_by_role("button", name="Keep it so").click()
    expect(page.get_by_label("E-mail")).to_be_checked()
    page.get_by_role("button", name="Ring me now").click()
    expect(page.get_by_text("It rings now")).to_be_visible()
    assert Message.objects.count() == 2


def test_an_alarm_is_seen_to_on_the_page_behind_the_mail_without_a_log_in(page, cast):
    assert cast.cora
    raise_alarm(cast.phone, "nobody_took", "K7QX2M", text="Nobody took the help request %(subject)s.")
    page.goto(f"/alarms/call/{AlarmCall.objects.get().token}/")
    screenshot(page, "alarm-call")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="I see to it").press("Enter")
    expect(page.get_by_text("You see to it. Thank you.")).to_be_visible()
    assert Alarm.objects.get().acknowledged_by == cast.cora


def test_planning_the_nights(page, cast):
    login(page, cast.cora)
    assert cast.alice
    page.goto("/admin/staff/callplan/add/")
    page.get_by_label("Team:").select_option("Phone")
    page.get_by_label("Name:").fill("Nights")
    page.get_by_label("Number 1:").select_option("Alice")
    page.get_by_label("Number 2:").select_option("Cora")
    screenshot(page, "call-plan")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/change/")
    page.goto("/admin/staff/callplan/")
    expect(page.get_by_text("Alice → Cora")).to_be_visible()


def test_stopping_the_house_and_letting_it_go_on(page, cast):
    assert cast.alice
    login(page, cast.ada)
    page.goto("/emergency/")
    screenshot(page, "emergency")
    page.get_by_label("Type the word “stop”").fill("stop")
    page.get_by_role("button", name="Stop everything").click()
    expect(page.get_by_text("The house has been frozen since")).to_be_visible()
    assert is_frozen()
    screenshot(page, "emergency-frozen")
    page.goto("/admin/")
    expect(page.get_by_text("The house has been frozen since")).to_be_visible()
    page.goto("/emergency/")
    page.get_by_label("Why it can go on").fill("It was a drill")
    page.get_by_role("button", name="Let it go on").click()
    expect(page.get_by_text("The house goes on.")).to_be_visible()
    assert not is_frozen()


def test_what_is_asked_before_keys_are_destroyed(page, cast, cache_in_memory):
    assert cast.alice
    set_passphrase("seven grey geese under my stairs")
    freeze(None, "", Freeze.Way.COMMAND)
    login(page, cast.ada)
    page.goto("/emergency/")
    page.get_by_text("With a second administrator").click()
    page.get_by_text("By the passphrase, at once").click()
    screenshot(page, "emergency-destroy")
    page.get_by_role("button", name="Destroy the keys now").click()
    expect(page.get_by_text("Something is missing or not right")).to_be_visible()
