"""Out of a group in Chromium: what is said is true, what was typed stays, and what fails is told where it is seen."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from chat.actions import asides, group_staff, group_visitors, groups
from chat.models import Conversation, Group, GroupMember
from tests.browser import test_groups as evening
from tests.browser.helpers import axe, intercept, screenshot

youth, group, people, vera = evening.youth, evening.group, evening.people, evening.vera


def now_open(cast, group, **changes):
    """The group, open."""
    Group.objects.filter(pk=group.pk).update(**changes)
    found = Group.objects.select_related("line").get(pk=group.pk)
    groups.open_group(cast.cora, found)
    return Group.objects.select_related("line", "room", "backroom").get(pk=group.pk)


def refuse(page, address):
    """What this page sends there is refused for a moment, until page.unroute(address)."""
    intercept(page, address, lambda route: route.fulfill(status=429, json={"code": "too_many", "detail": ""}))


def asks_to_erase(page):
    page.locator("#erase-after").click()
    page.get_by_role("button", name="Delete it").click()


def test_a_group_that_is_over_keeps_its_last_words_and_says_only_what_is_true(people, group, cast):
    robin = people()
    group = now_open(cast, group, has_waiting_room=False)
    evening.comes(robin, group, "Robin")
    evening.says(robin, "It was a hard week.")
    robin.get_by_label("Your message").fill("And one more thing")
    groups.close_group(cast.cora, group)
    over = robin.locator("#over")
    expect(over).to_contain_text("The group is over")
    for words in ("It was a hard week.", "Typed, and not sent any more", "And one more thing"):
        expect(over).to_contain_text(words)
    axe(robin)
    screenshot(robin, "group-over")
    refuse(robin, "**/groups/mine/")
    asks_to_erase(robin)
    expect(robin.locator("#not-done")).to_contain_text("That did not arrive.")
    screenshot(robin, "group-not-erased-yet")
    robin.unroute("**/groups/mine/")
    assert group_visitors.drop_tokens(timezone.now() + timedelta(hours=1)) == 1
    asks_to_erase(robin)
    expect(over).to_contain_text("This can no longer be deleted from here")
    expect(over).not_to_contain_text("What you wrote is deleted")
    expect(robin.locator("#not-done")).to_be_empty()


def test_away_from_the_door(people, group, cast):
    robin = people()
    group = now_open(cast, group)
    evening.comes(robin, group, "Robin")
    expect(robin.locator("#door-view")).to_be_visible()
    assert group_visitors.drop_absent(timezone.now() + timedelta(minutes=11)) == 1
    expect(robin.locator("#over")).to_contain_text("You were away for a while")
    expect(robin.locator("#over")).not_to_contain_text("The others see")
    screenshot(robin, "group-away")
    robin.get_by_role("link", name="Back to the beginning").click()
    evening.comes(robin, group, "Robin")
    expect(robin.locator("#door-view")).to_be_visible()
    refuse(robin, "**/groups/leave/")
    robin.get_by_role("button", name="Leave the group").first.click()
    robin.locator("#really-leave").click()
    expect(robin.locator("#not-done")).to_be_visible()
    expect(robin.locator("#not-done")).to_contain_text("That did not arrive.")
    robin.unroute("**/groups/leave/")
    robin.locator("#door-view").get_by_role("button", name="Leave the group").click()
    robin.locator("#really-leave").click()
    expect(robin.locator("#over")).to_contain_text("no other visitor has seen you")


def test_an_answer_that_is_lost_still_leads_into_the_conversation(people, group, cast):
    robin = people()
    group = now_open(cast, group, has_waiting_room=False)
    evening.comes(robin, group, "Robin")
    expect(robin.locator("#talk")).to_be_visible()
    group_staff.come_in(cast.vera, group)
    member = GroupMember.objects.select_related("participant", "group__line").get()
    asides.ask(cast.vera, member)
    calls = []

    def lose(route):
        calls.append(route.request.post_data)
        if len(calls) > 1:
            return route.continue_()
        route.fetch()
        return route.abort()

    intercept(robin, "**/groups/aside/", lose)
    robin.get_by_role("button", name="Yes, I come along").click()
    robin.wait_for_url(f"**/chat/{group.line.slug}/?*")
    expect(robin.locator("#with")).to_contain_text("Vera")
    assert len(calls) > 1 and len(set(calls)) == 1 and Conversation.objects.count() == 1


def test_what_a_moderator_typed_stays_when_they_are_out(vera, group, cast):
    evening.opens(vera)
    group.refresh_from_db()
    box = vera.get_by_label("Write to the group")
    box.fill("Dear all, about tonight")
    group_staff.go_out(cast.vera, Group.objects.select_related("line").get(pk=group.pk))
    pane = vera.locator("#group-pane")
    expect(pane).to_contain_text("You are no longer in this group.")
    expect(box).to_have_js_property("readOnly", True)
    expect(box).to_have_value("Dear all, about tonight")
    axe(vera)
    pane.get_by_role("button", name="Come in again").click()
    expect(box).to_have_js_property("readOnly", False)
    expect(pane.get_by_role("button", name="Come in again")).to_be_hidden()
    expect(box).to_have_value("Dear all, about tonight")
    box.press("Enter")
    expect(pane.locator(".entries")).to_contain_text("Dear all, about tonight")
    expect(box).to_have_value("")
    vera.get_by_label("Write to your colleagues").fill("Who writes the report?")
    expect(pane.locator(".message .state")).to_contain_text("Sent")
    groups.close_group(cast.cora, Group.objects.select_related("line").get(pk=group.pk))
    expect(pane).to_contain_text("This group is over. What you typed is still in the box")
    expect(vera.get_by_label("Write to your colleagues")).to_have_value("Who writes the report?")
    expect(pane.get_by_role("button", name="Come in again")).to_be_hidden()
