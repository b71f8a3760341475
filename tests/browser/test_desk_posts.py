"""The crawl desk in Chromium, by keyboard: a post is read, looked at, sent, and let out by a second person."""

import pytest
from playwright.sync_api import expect

from hotline.dispatch.models import HelpRequest
from tests.browser.hands import open_desk
from tests.browser.helpers import login, screenshot
from tests.support.registry import Registry

POST = """Терміново! Бабуся в с. Іванівка, немає їжі вже два дні 🙏
вул. Сумська, 25, кв. 14. Тел. 067 000 00 21, 050 000 00 22, тг @vera_lyky"""


@pytest.fixture
def registry(live):
    """The small registry, in which every kind asks for a look, with two places of one name."""
    made = Registry()
    made.any.ring_back = True
    made.any.save()
    for region in (made.oblast, made.lviv_oblast):
        made.place("Іванівка", region, population=100)
    made.coordinator((made.food, made.ukraine))
    return made


@pytest.fixture
def viktor(page, registry, cast):
    """Viktor's hands at the desk."""
    login(page, cast.viktor)
    return open_desk(page)


def paste(hands, page, post=POST):
    """Choose where it was found, paste the post and have it read."""
    page.get_by_label("Found where").focus()
    hands.type("Tele")
    hands.go_to("Link of the post")
    hands.type("https://t.me/somewhere/12")
    hands.go_to("The post")
    page.keyboard.insert_text(post)
    hands.go_to("Read the post")
    hands.press("Enter")


def test_a_post_is_read_sent_and_let_out_by_a_second_person(viktor, page, registry, cast, context):
    paste(viktor, page)
    found = page.locator("[data-post] .notice")
    expect(found).to_be_focused()
    expect(found).to_contain_text("+380 67 000 0021")
    expect(page.get_by_label("Phone", exact=True)).to_have_value("+380 67 000 0021")
    expect(page.get_by_label("Another way", exact=True)).to_have_value("+380 50 000 0022, @vera_lyky")
    expect(page.get_by_label("The post", exact=True)).to_have_value("")
    screenshot(page, "desk-post")
    which = page.get_by_role("group", name="There are several places of this name.")
    expect(which.get_by_role("button")).to_have_count(2)
    which.get_by_role("button").first.focus()
    viktor.press("Enter")
    expect(which).to_have_count(0)
    expect(page.locator("input[name=n0-place]")).not_to_have_value("")
    page.get_by_role("combobox", name="What is needed").focus()
    viktor.choose("food")
    expect(page.locator(".cover")).to_contain_text("One can help here")
    viktor.go_to("Urgent, now")
    viktor.press("Space", "Control+Enter")
    expect(page.locator(".sent")).to_contain_text("It goes out when somebody has rung the person back")
    taken = HelpRequest.objects.get()
    assert (taken.state, taken.source, taken.spoken_to) == ("held", "telegram", False)
    card = page.locator(f"#request-{taken.code}")
    expect(card).to_contain_text("Nothing has gone out yet.")
    expect(card.get_by_role("button", name="Read it, may go out")).to_have_count(0)
    screenshot(page, "desk-post-held")
    # the second person
    login(page, cast.person("alice", roles=["volunteer"], works_in=[cast.crawl]))
    open_desk(page)
    card.get_by_role("button", name="Open the contact").focus()
    viktor.press("Enter")
    viktor.type("to look at it")
    viktor.press("Control+Enter")
    expect(page.locator("#opened")).to_contain_text("+380 67 000 0021")
    card.get_by_role("button", name="Read it, may go out").focus()
    viktor.press("Enter")
    expect(card).to_contain_text("looked at by two")
    assert HelpRequest.objects.get().state == "offering"


def test_a_post_of_100_kilobytes_stays_and_is_refused_in_words(viktor, page):
    paste(viktor, page, "Потрібна вода. " * 7000)
    box = page.get_by_label("The post", exact=True)
    expect(page.get_by_text("at most 20000 fit.")).to_be_visible()
    assert len(box.input_value()) == len("Потрібна вода. " * 7000)


def test_a_request_that_comes_twice_is_asked_about_and_added_to(viktor, page, registry, cast):
    contact = {"phone": "+380 67 000 0021"}
    known = registry.take(cast.viktor, cast.crawl, registry.food, registry.kharkiv, contact=contact)
    viktor.choose("food")
    viktor.choose("kharkiv")
    viktor.go_to("Urgent, now")
    viktor.press("Space")
    viktor.go_to("Phone")
    viktor.type("0670000021")
    viktor.go_to("I have spoken to the person")
    viktor.press("Space", "Control+Enter")
    question = page.get_by_role("group", name="Is it one of these?")
    expect(question).to_be_focused()
    screenshot(page, "desk-twins")
    viktor.go_to("Yes, add what is new to it:")
    viktor.press("Space")
    viktor.press("Control+Enter")
    expect(page.locator(".sent")).to_contain_text("What is new was added to the open request.")
    assert HelpRequest.objects.get() == known
