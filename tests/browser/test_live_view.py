"""The live view in Chromium: Cora sees what runs, opens one, and Vera sees that she does."""

import pytest
from playwright.sync_api import expect

from chat.actions import conversations
from chat.models import Duty, Line, Participant
from hotline.staff.models import AuditEntry
from tests.browser import chat_desk as support
from tests.browser.chat_desk import Guest, line_of, panel, take_all, write
from tests.browser.helpers import axe, login, screenshot, watch

youth, desk = support.youth, support.desk


@pytest.fixture
def cora(cast, chromium, live, youth):
    """cora(width, height) -> Cora's page, logged in, at the live view by the way she would find it."""
    contexts = []

    def open_it(width=1440, height=900):
        contexts.append(
            chromium.new_context(base_url=live, viewport={"width": width, "height": height}, locale="en-GB")
        )
        page = contexts[-1].new_page()
        watch(page)
        login(page, cast.cora)
        page.goto("/desk/chat/")
        page.get_by_role("link", name="Live view").click()
        page.locator(".connection[data-state=connected]").wait_for()
        return page

    yield open_it
    for context in contexts:
        context.close()


def run(page, volunteer="Vera"):
    return page.locator(".run", has_text=volunteer)


def test_what_runs_is_seen_as_it_changes_and_one_is_read_along(desk, cora, youth):
    page = cora()
    expect(page.locator("#no-runs")).to_be_visible()
    axe(page)
    robin = Guest(youth)
    robin.says("MarkedWords of Robin")
    expect(page.locator(".run")).to_contain_text("Nobody yet")
    expect(page.locator("#counts")).to_contain_text("1 running · 1 waiting")
    vera = desk()
    expect(line_of(vera, youth)).to_contain_text("waiting 1")
    vera.keyboard.press("Alt+n")
    expect(panel(vera)).to_contain_text("MarkedWords")
    expect(run(page)).to_contain_text("in conversation")
    expect(run(page)).to_contain_text("the visitor wrote")
    write(vera, "Hello Robin")
    expect(run(page)).to_contain_text("the volunteer wrote")
    assert "MarkedWords" not in page.content() and "Robin" not in page.content()
    screenshot(page, "live-view")

    run(page).get_by_role("button").click()
    expect(page.locator("#talks")).to_contain_text("MarkedWords of Robin")
    expect(page.locator("#one")).to_contain_text("Vera sees that you read along")
    expect(panel(vera)).to_contain_text("Cora reads along")
    expect(vera.locator("#mine")).to_contain_text("Cora reads along")
    expect(run(page)).to_contain_text("Cora reads along")
    robin.says("and one more")
    expect(page.locator("#talks")).to_contain_text("and one more")
    expect(page.locator("#talks textarea")).to_be_hidden()
    axe(page)
    screenshot(page, "live-view-one")
    screenshot(vera, "live-view-volunteer")

    page.get_by_role("button", name="Read along no more").click()
    expect(panel(vera).locator("[data-watched]")).to_be_hidden()
    expect(page.locator("#talks")).to_be_hidden()
    assert "MarkedWords" not in page.content()
    actions = AuditEntry.objects.filter(action__endswith="watched").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["conversation.watched", "conversation.unwatched"]
    conversations.end_as_visitor(robin.participant)
    expect(page.locator("#no-runs")).to_be_visible()
    assert page.problems == vera.problems == []


def test_on_a_phone_and_gone_elsewhere(desk, cora, youth):
    vera, page = desk(), cora(360, 740)
    robin = Guest(youth)
    robin.says("Good evening, is somebody there?")
    expect(line_of(vera, youth)).to_contain_text("waiting 1")
    vera.keyboard.press("Alt+n")
    expect(panel(vera)).to_contain_text("Good evening")
    expect(run(page)).to_contain_text("the visitor wrote")
    screenshot(page, "live-view-phone")
    run(page).get_by_role("button").click()
    expect(page.locator("#talks")).to_contain_text("Good evening")
    axe(page)
    screenshot(page, "live-view-phone-one")
    expect(panel(vera)).to_contain_text("Cora reads along")
    page.goto("/desk/chat/")
    expect(panel(vera).locator("[data-watched]")).to_be_hidden()
    assert not Participant.objects.present().filter(role="observer").exists()
    assert page.problems == []


def card(page, guest):
    return page.locator(".run", has=page.locator(f'[data-run="{guest.started.conversation}"]'))


@pytest.fixture
def two(desk, cora, cast, youth):
    """(Cora's page, Robin, Kim): both talk with Vera."""
    Duty.objects.create(line=youth, user=cast.vera, maximum=3)
    vera, page = desk(), cora()
    guests = Guest(youth), Guest(youth, "Kim")
    guests[0].says("Words of Robin")
    guests[1].says("Words of Kim")
    take_all(vera, *guests)
    for guest in guests:
        expect(card(page, guest)).to_contain_text("the visitor wrote")
    yield page, *guests
    assert page.problems == vera.problems == []


def test_two_quick_clicks_leave_nobody_reading_along_unseen(two):
    page, robin, kim = two
    names = [f'[data-run="{one.started.conversation}"]' for one in (robin, kim)]
    page.evaluate("names => names.forEach((name) => document.querySelector(name).click())", names)
    expect(page.locator("#talks")).to_contain_text("Words of Kim")
    expect(card(page, kim)).to_contain_text("Cora reads along")
    expect(card(page, robin)).not_to_contain_text("Cora reads along")
    observers = Participant.objects.present().filter(role="observer")
    assert [one.room.conversation.code for one in observers] == [kim.started.conversation]
    page.evaluate(
        "name => { document.querySelector(name).click(); document.querySelector('[data-leave-one]').click(); }",
        names[0],
    )
    expect(page.locator("#live")).to_have_attribute("data-view", "all")
    for guest in (robin, kim):
        expect(card(page, guest)).not_to_contain_text("Cora reads along")
    assert not observers.all().exists()


def test_looking_elsewhere_neither_steps_out_nor_takes_what_was_typed(two):
    page, robin, kim = two
    card(page, robin).get_by_role("button").click()
    page.get_by_role("button", name="Step in").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Step in").click()
    expect(card(page, robin).locator("[data-voice]")).to_be_visible()
    box = panel(page).locator("textarea")
    box.fill("I was about to say")
    card(page, kim).get_by_role("button").click()
    expect(panel(page)).to_contain_text("Words of Kim")
    expect(box).to_be_hidden()
    expect(card(page, robin).locator("[data-voice]")).to_be_visible()
    screenshot(page, "live-view-stepped-in-elsewhere")
    robin.says("Are you still there?")
    page.get_by_role("button", name="All conversations").click()
    expect(page.locator("#live")).to_have_attribute("data-view", "all")
    card(page, robin).get_by_role("button").click()
    expect(box).to_have_value("I was about to say")
    expect(panel(page)).to_contain_text("Are you still there?")
    expect(card(page, kim)).not_to_contain_text("Cora reads along")
    page.get_by_role("button", name="Step out").click()
    expect(panel(page)).to_contain_text("What you typed is not sent yet.")
    axe(page)
    assert Participant.objects.present().filter(role="coordinator", room__conversation=robin.conversation).exists()
    box.fill("")
    page.get_by_role("button", name="Step out").click()
    expect(page.locator("#talks")).to_be_hidden()
    expect(card(page, robin).locator("[data-voice]")).to_be_hidden()
    assert not Participant.objects.present().filter(role="coordinator", room__conversation__isnull=False).exists()


def test_it_is_sorted_and_filtered(cora, youth):
    Line.objects.filter(slug="family").update(mode="open")
    page = cora()
    Guest(youth)
    Guest(Line.objects.get(slug="family"))
    expect(page.locator(".run")).to_have_count(2)
    page.get_by_label("Line", exact=True).select_option("family")
    expect(page.locator(".run:visible")).to_have_count(1)
    expect(page.locator("#shown")).to_have_text("1 of 2 are shown.")
    page.get_by_label("Line", exact=True).select_option("")
    page.get_by_label("State").select_option("active")
    expect(page.locator(".run:visible")).to_have_count(0)
    page.get_by_label("State").select_option("waiting")
    page.get_by_label("First").select_option("newest")
    expect(page.locator(".run").first).to_contain_text("Family")


def test_whoever_was_not_told_of_it_is_not_read_along(desk, cora, youth):
    vera, page = desk(), cora()
    Line.objects.filter(pk=youth.pk).update(has_live_view=False)
    youth.refresh_from_db()
    Guest(youth).says("MarkedWords of Robin")
    Line.objects.filter(pk=youth.pk).update(has_live_view=True)
    expect(line_of(vera, youth)).to_contain_text("waiting 1")
    vera.keyboard.press("Alt+n")
    expect(run(page)).to_contain_text("in conversation")
    run(page).get_by_role("button").click()
    expect(page.locator("#one").get_by_role("button", name="Write with Vera")).to_be_visible()
    expect(page.get_by_role("button", name="Read along")).to_have_count(0)
    expect(page.locator("#talks")).to_be_hidden()
    assert "MarkedWords" not in page.content()
    assert not Participant.objects.present().filter(role="observer").exists()
    assert page.problems == []
