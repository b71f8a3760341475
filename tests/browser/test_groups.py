"""A group in Chromium: two visitors on their phones, Vera who moderates at the desk, and all that she can do there."""

import pytest
from playwright.sync_api import expect

from chat.actions import groups
from chat.models import Group, Participant
from tests.browser import chat_desk as support
from tests.browser.helpers import axe, login, screenshot, watch
from tests.chat.groups import a_group, say, staff_in

youth = support.youth
RULES = "Be kind to each other.\nNo names, no addresses."


@pytest.fixture
def group(cast, youth):
    """A planned group that Vera moderates."""
    given = {"titles": {"en": "Sunday round", "de": "Sonntagsrunde"}, "rules": {"en": RULES}, "has_waiting_room": True}
    return a_group(cast.cora, youth, moderators=[cast.vera], **given)


@pytest.fixture
def people(chromium, live):
    """people(width) -> a page of its own, as wide as that."""
    contexts = []

    def make(width=360, height=760):
        context = chromium.new_context(base_url=live, viewport={"width": width, "height": height}, locale="en-GB")
        contexts.append(context)
        page = context.new_page()
        watch(page)
        return page

    yield make
    for context in contexts:
        for page in context.pages:
            assert page.problems == []
        context.close()


@pytest.fixture
def vera(people, cast, group):
    """Vera's desk, with the group before her."""
    page = people(1440, 900)
    login(page, cast.vera)
    page.goto("/desk/chat/groups/")
    page.get_by_role("link", name="Sunday round").click()
    return page


def comes(page, group, alias):
    page.goto(f"/chat/{group.line.slug}/groups/{group.code}/")
    page.get_by_label("What may we call you?").fill(alias)
    page.get_by_label("I have read the rules").check()
    page.get_by_role("button", name="Come in").click()


def says(page, words):
    page.get_by_label("Your message").fill(words)
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#log")).to_contain_text(words)


def let_in(vera, alias):
    door = vera.locator("#panel li").filter(has_text=alias)
    door.get_by_role("button", name=f"Let in {alias}").click()
    expect(vera.get_by_role("button", name=f"Let in {alias}")).to_have_count(0)


def about(vera, alias):
    """Vera's menu for this visitor, open."""
    row = vera.locator("#panel li[data-visitor]").filter(has_text=alias)
    expect(row).to_be_visible()
    if row.locator("details").get_attribute("open") is None:
        row.locator("summary").click()
    return row


def opens(vera):
    vera.get_by_role("button", name="Open the group").click()
    vera.get_by_role("button", name="Come in").click()
    expect(vera.locator(".connection")).to_contain_text("Connected")
    expect(vera.locator("#group-pane .entries")).to_contain_text("You joined")


def test_an_evening_in_a_group(vera, people, group, cast):
    robin, kim = people(), people(390, 844)
    robin.goto(f"/chat/{group.line.slug}/groups/{group.code}/")
    expect(robin.locator("main")).to_contain_text("This group is not open yet.")
    opens(vera)
    comes(robin, group, "Robin")
    expect(robin.locator("main")).to_contain_text("Somebody lets you in soon")
    screenshot(robin, "group-door")
    comes(kim, group, "RОBIN")
    expect(kim.locator("#begin")).to_contain_text("Somebody here has this name")
    screenshot(kim, "group-start")
    kim.get_by_label("What may we call you?").fill("Kim")
    kim.get_by_role("button", name="Come in").click()
    for name in ("Robin", "Kim"):
        let_in(vera, name)
    says(robin, "It was a hard week.")
    expect(kim.locator("#log")).to_contain_text("It was a hard week.")
    expect(kim.locator("#log .m").filter(has_text="It was a hard week.")).to_contain_text("Robin")
    says(kim, "Mine too. Good that you are here.")
    vera.get_by_label("Write to the group").fill("Welcome, all of you.")
    vera.keyboard.press("Enter")
    expect(robin.locator("#log")).to_contain_text("Welcome, all of you.")
    expect(robin.locator("#log .m").filter(has_text="Welcome")).to_contain_text("moderator")
    vera.get_by_label("Write to your colleagues").fill("I keep an eye on Kim.")
    vera.keyboard.press("Enter")
    expect(vera.locator("#back-pane .entries")).to_contain_text("I keep an eye on Kim.")
    for page, name in ((robin, "group-talk"), (vera, "group-desk")):
        axe(page)
        screenshot(page, name)
    for part in ("People", "Group", "Among us"):
        vera.set_viewport_size({"width": 360, "height": 760})
        vera.get_by_role("button", name=part, exact=True).click()
        screenshot(vera, f"group-desk-{part.split()[0].lower()}")
    for page in (robin, kim):
        assert "keep an eye" not in page.content()


def test_what_a_moderator_does(vera, people, group, cast):
    robin, kim = people(), people(390, 844)
    opens(vera)
    for page, name in ((robin, "Robin"), (kim, "Kim")):
        comes(page, group, name)
        let_in(vera, name)
    says(robin, "My number is 555.")
    expect(kim.locator("#log")).to_contain_text("555")
    expect(vera.locator("#group-pane")).to_contain_text("555")
    vera.locator("#group-pane .message").filter(has_text="555").hover()
    vera.get_by_role("button", name="Remove the message of Robin").click()
    vera.get_by_role("button", name="Remove it").click()
    for page in (robin, kim):
        expect(page.locator("#log")).to_contain_text("This message was removed.")
        expect(page.locator("#log")).not_to_contain_text("555")

    about(vera, "Robin").get_by_role("button", name="Approve their messages").click()
    expect(robin.locator("#bounds")).to_contain_text("A moderator reads your messages")
    says(robin, "May I say this?")
    expect(robin.locator("#log")).to_contain_text("Waits for a moderator")
    held = vera.locator("[data-held]")
    expect(held).to_contain_text("May I say this?")
    screenshot(vera, "group-desk-held")
    held.get_by_role("button", name="Approve").click()
    expect(kim.locator("#log")).to_contain_text("May I say this?")
    says(robin, "And this?")
    vera.locator("[data-held]").get_by_role("button", name="Decline").click()
    expect(robin.locator("#log")).to_contain_text("Not let through by a moderator")
    expect(kim.locator("#log")).not_to_contain_text("And this?")

    about(vera, "Kim").get_by_role("button", name="Only read").click()
    expect(kim.locator("#bounds")).to_contain_text("only read for now")
    kim.get_by_label("Your message").fill("But I want to")
    kim.get_by_role("button", name="Send").click()
    expect(kim.locator("#text-trouble")).to_contain_text("only read for now")
    expect(kim.get_by_label("Your message")).to_have_value("But I want to")
    screenshot(kim, "group-muted")

    about(vera, "Robin").locator("[data-remove-visitor]").click()
    expect(vera.get_by_role("heading", name="Remove Robin?")).to_be_visible()
    screenshot(vera, "group-desk-remove")
    vera.get_by_role("button", name="Remove them").click()
    expect(robin.locator("#over")).to_contain_text("A moderator has removed you")
    screenshot(robin, "group-removed")
    expect(kim.locator("#log")).not_to_contain_text("May I say this?")
    robin.reload()
    expect(robin.locator("#over")).to_contain_text("A moderator has removed you")

    vera.get_by_role("button", name="Close the group").click()
    vera.get_by_role("button", name="Close it", exact=True).click()
    expect(kim.locator("#over")).to_contain_text("The group is over")
    expect(vera.locator("main")).to_contain_text("This group is over")


def test_words_from_before_and_somebody_who_has_gone(vera, people, group, cast):
    robin, kim = people(), people(390, 844)
    Group.objects.filter(pk=group.pk).update(has_waiting_room=False)
    groups.open_group(cast.cora, Group.objects.select_related("line").get(pk=group.pk))
    for page, name in ((robin, "Robin"), (kim, "Kim")):
        comes(page, group, name)
    says(robin, "The very first word.")
    robin.locator("#more summary").click()
    robin.locator("#more").get_by_role("button", name="Leave the group").click()
    robin.locator("#really-leave").click()
    expect(robin.locator("#over")).to_contain_text("You have left the group")
    kims = Participant.objects.get(member__isnull=False, left_at=None)
    for number in range(60):
        say(kims, f"Number {number}.")
    staff_in(Group.objects.select_related("line").get(pk=group.pk), cast.vera)
    vera.reload()
    log = vera.locator("#group-pane .entries")
    expect(log).to_contain_text("Number 59.")
    expect(log).not_to_contain_text("The very first word.")
    expect(vera.locator("#back-pane .earlier")).to_be_hidden()
    vera.locator("#group-pane .earlier").click()
    expect(log).to_contain_text("The very first word.")
    expect(vera.locator("#group-pane .earlier")).to_be_hidden()
    first = log.locator(".message").filter(has_text="The very first word.")
    first.hover()
    expect(first.get_by_role("button", name="Remove visitor: Robin")).to_be_visible()
    screenshot(vera, "group-desk-gone")
    first.get_by_role("button", name="Remove visitor: Robin").click()
    vera.get_by_role("button", name="Remove them").click()
    expect(log).not_to_contain_text("The very first word.")
    expect(vera.get_by_role("button", name="Remove visitor: Robin")).to_have_count(0)
    expect(kim.locator("#log")).not_to_contain_text("The very first word.")


def test_from_the_group_into_a_conversation_of_two(vera, people, group, cast):
    robin = people()
    opens(vera)
    comes(robin, group, "Robin")
    let_in(vera, "Robin")
    expect(robin.locator("#talk")).to_be_visible()
    about(vera, "Robin").get_by_role("button", name="Ask to talk alone").click()
    expect(robin.locator("#asked")).to_contain_text("Vera asks whether you would like to talk alone")
    axe(robin)
    screenshot(robin, "group-asked")
    robin.get_by_role("button", name="Yes, I come along").click()
    robin.wait_for_url(f"**/chat/{group.line.slug}/?*")
    expect(robin.locator("#with")).to_contain_text("Vera")
    vera.goto("/desk/chat/")
    expect(vera.locator("#mine")).to_contain_text("Robin")


def test_leaving_erasing_and_a_group_that_is_over(people, group, cast):
    robin, kim = people(), people(390, 844)
    Group.objects.filter(pk=group.pk).update(has_waiting_room=False)
    groups.open_group(cast.cora, Group.objects.select_related("line").get(pk=group.pk))
    for page, name in ((robin, "Robin"), (kim, "Kim")):
        comes(page, group, name)
    says(robin, "Forget this.")
    expect(kim.locator("#log")).to_contain_text("Forget this.")
    robin.locator("#more summary").click()
    screenshot(robin, "group-more")
    robin.get_by_role("button", name="Delete what I wrote").first.click()
    robin.get_by_role("button", name="Delete it").click()
    expect(robin.locator("#over")).to_contain_text("What you wrote is deleted")
    expect(kim.locator("#log")).not_to_contain_text("Forget this.")
    kim.locator("#more summary").click()
    kim.locator("#more").get_by_role("button", name="Leave the group").click()
    kim.locator("#really-leave").click()
    expect(kim.locator("#over")).to_contain_text("You have left the group")
    groups.close_group(cast.cora, Group.objects.select_related("line").get(pk=group.pk))
    robin.goto(f"/chat/{group.line.slug}/groups/{group.code}/")
    expect(robin.locator("main")).to_contain_text("This group is over, or closed.")
    expect(robin.locator("#begin")).to_be_hidden()
