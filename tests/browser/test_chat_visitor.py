"""A visitor on their own page, from the first look to the last, on the real house."""

import pytest
from playwright.sync_api import expect

from chat.models import Conversation, Flag, GivenAnswers, Line
from tests.browser.chat_people import Volunteer, begin, fill, make_line
from tests.browser.helpers import axe, screenshot


@pytest.fixture
def line(live, cast):
    return make_line(cast.phone)


@pytest.fixture
def vera(cast, line):
    return Volunteer(cast.vera, line)


def said(page):
    """The messages in the log, in their order."""
    return page.locator("#log .m > p").all_inner_texts()


def stored(page):
    """All that the browser keeps: cookies, session storage, local storage."""
    kept = page.evaluate("() => [Object.entries(sessionStorage), Object.entries(localStorage)].flat()")
    return page.context.cookies(), kept


def test_from_the_first_look_to_the_survey(page, line, vera):
    page.goto("/chat/youth/")
    assert page.title() == "Chat"
    expect(page.locator("#outlook")).to_have_text("Nobody is waiting: you would be next.")
    screenshot(page, "visitor-start")
    page.locator("#start").evaluate("(one) => one.scrollTo(0, one.scrollHeight)")
    screenshot(page, "visitor-start-end")
    page.get_by_role("button", name="Sky").click()
    expect(page.get_by_label("What may we call you?")).to_have_value("Sky")
    fill(page)
    expect(page.get_by_role("heading", name="You are next.")).to_be_visible()
    page.get_by_text("A code to come back from").click()
    screenshot(page, "visitor-waiting")
    page.get_by_label("Your message").fill("hi. i dont really know how to start")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_label("Your message")).to_have_value("")
    expect(page.locator("#log .state:visible")).to_have_text("Sent")
    vera.take()
    expect(page.locator("#with")).to_have_text("with Vera")
    expect(page.locator("#queue")).to_be_hidden()
    vera.say("Hi Robin, good that you are here.")
    expect(page.locator("#log .them > p")).to_have_text(["Hi Robin, good that you are here."])
    page.get_by_label("Your message").fill("ok. its about home")
    page.keyboard.press("Enter")
    expect(page.locator("#log .me > p")).to_have_count(2)
    expect(page.get_by_label("Your message")).to_have_value("")
    assert vera.heard() == ["hi. i dont really know how to start", "ok. its about home"]
    screenshot(page, "visitor-talk")
    vera.end()
    expect(page.get_by_role("heading", name="The conversation has ended")).to_be_focused()
    screenshot(page, "visitor-over")
    page.locator("#survey").get_by_text("Yes", exact=True).click()
    page.get_by_role("button", name="Send the answers").click()
    expect(page.get_by_text("Your answers have arrived")).to_be_visible()
    assert GivenAnswers.objects.get().answers == {"helped": True}
    page.get_by_text("Something was not right?").click()
    axe(page)
    page.get_by_role("button", name="Tell them").click()
    expect(page.locator("#complaint-trouble")).to_be_visible()
    page.get_by_label("What was not right?").fill("They laughed at me.")
    page.get_by_role("button", name="Tell them").click()
    expect(page.get_by_text("Somebody looks into it.")).to_be_visible()
    expect(page.locator("#kept")).to_contain_text("This conversation is kept until")
    assert Flag.objects.get().reason == "They laughed at me."
    page.get_by_role("button", name="Show the conversation again").click()
    expect(page.locator("#transcript-log .m > p")).to_have_count(3)


def test_a_reload_keeps_the_conversation_and_the_browser_only_a_token(page, line, vera):
    begin(page, alias="Robin Marked")
    page.get_by_label("Your message").fill("a marked text")
    page.keyboard.press("Enter")
    expect(page.locator("#log .me .state")).to_have_text("Sent")
    vera.take().say("I read it.")
    expect(page.locator("#log .them")).to_have_count(1)
    page.reload()
    expect(page.locator("#log .m > p")).to_have_text(["a marked text", "I read it."])
    expect(page.locator("#with")).to_have_text("with Vera")
    cookies, kept = stored(page)
    assert cookies == []
    ((key, token),) = kept
    assert key == "chat:youth:"
    assert len(token) == 43
    assert Conversation.objects.count() == 1


def test_what_is_wrong_is_told_beside_the_field_and_nothing_is_lost(page, line):
    page.goto("/chat/youth/")
    fill(page, age="old", alias="Robin")
    field = page.get_by_label("How old are you?")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("Please write a whole number")).to_be_visible()
    expect(page.get_by_label("What may we call you?")).to_have_value("Robin")
    screenshot(page, "visitor-wrong")
    field.fill("15")
    page.get_by_role("button", name="Begin").click()
    expect(page.locator("#talk")).to_be_visible()


@pytest.mark.parametrize("state", ["closed", "paused", "full"])
def test_a_door_that_is_shut_is_told_before_anything_is_typed(page, line, state):
    if state == "full":
        begin(page)
        expect(page.locator("#talk")).to_be_visible()
        Line.objects.update(maximum_waiting=1)
        page.evaluate("() => sessionStorage.clear()")
    else:
        Line.objects.update(mode=state)
    page.goto("/chat/youth/")
    expect(page.locator(f"[data-when={state}]")).to_be_visible()
    expect(page.get_by_role("link", name="112")).to_be_visible()
    expect(page.locator("#begin")).to_be_hidden()
    expect(page.get_by_label("What may we call you?")).to_be_hidden()
    screenshot(page, f"visitor-{state}")


def test_a_line_that_closes_between_page_and_start_says_so_and_keeps_what_was_typed(page, line):
    page.goto("/chat/youth/")
    expect(page.locator("#outlook")).not_to_be_empty()
    Line.objects.update(mode="closed")
    fill(page)
    expect(page.locator("#trouble")).to_have_text("This chat is closed now.")
    expect(page.locator("[data-when=closed]")).to_be_visible()
    expect(page.get_by_label("How old are you?")).to_have_value("15")


def test_the_visitor_ends_it_after_being_asked(page, line, vera):
    begin(page)
    vera.take()
    page.locator("#more > summary").click()
    screenshot(page, "visitor-more")
    page.get_by_role("button", name="End the conversation").click()
    page.get_by_role("button", name="Go on writing").click()
    assert Conversation.objects.get().state == "active"
    page.get_by_role("button", name="End the conversation").click()
    screenshot(page, "visitor-ask-end")
    page.get_by_role("button", name="End it").click()
    expect(page.get_by_role("heading", name="The conversation has ended")).to_be_visible()
    assert Conversation.objects.get().end == "visitor"


def test_the_visitor_deletes_everything_now(page, line, vera):
    begin(page)
    page.get_by_label("Your message").fill("gone in a moment")
    page.keyboard.press("Enter")
    expect(page.locator("#log .me .state")).to_have_text("Sent")
    page.locator("#more > summary").click()
    page.get_by_role("button", name="Delete everything now").click()
    page.get_by_role("button", name="Delete everything", exact=True).click()
    expect(page.get_by_role("heading", name="Everything is deleted")).to_be_visible()
    assert not Conversation.objects.exists()
    assert "gone in a moment" not in page.content()
    assert stored(page) == ([], [])
    screenshot(page, "visitor-erased")


def test_a_code_brings_the_conversation_to_another_device(page, context, line, vera):
    begin(page)
    page.get_by_label("Your message").fill("from the phone")
    page.keyboard.press("Enter")
    expect(page.locator("#log .me .state")).to_have_text("Sent")
    page.get_by_text("A code to come back from").click()
    code = page.locator("#resume-code").inner_text()
    other = context.new_page()
    other.goto("/chat/youth/")
    other.get_by_text("I have a code").click()
    other.get_by_label("Your code").fill("0000-0000-0000")
    other.get_by_role("button", name="Come back").click()
    expect(other.locator("#resume-trouble")).to_contain_text("not known")
    other.get_by_label("Your code").fill(code.lower())
    other.get_by_role("button", name="Come back").click()
    expect(other.locator("#log .m > p")).to_have_text(["from the phone"])
    # a withdrawn right is noticed within five seconds, on an idle machine
    expect(page.get_by_role("heading", name="no longer open here")).to_be_visible()


def test_the_language_is_one_at_a_time_and_leaves_no_trace_in_the_history(page, line):
    page.goto("/chat/youth/")
    before = page.evaluate("() => history.length")
    page.get_by_role("link", name="Deutsch").click()
    expect(page.get_by_role("heading", name="Jugendchat")).to_be_visible()
    assert page.evaluate("() => [document.documentElement.lang, history.length]") == ["de", before]
    assert page.context.cookies() == []


def test_only_what_is_new_is_read_out(page, line, vera):
    begin(page)
    log = page.locator("#log")
    expect(log).to_have_attribute("aria-live", "polite")
    vera.take().say("one")
    expect(log.locator(".them")).to_have_count(1)
    page.route("**/chat/api/conversations/", lambda route: route.fallback())
    page.reload()
    lives = page.evaluate(
        """() => new Promise((done) => {
            const log = document.getElementById("log"), lives = [];
            const look = () => {
                if (log.querySelector(".them")) done(lives);
                else { lives.push(log.getAttribute("aria-live")); requestAnimationFrame(look); }
            };
            look();
        })"""
    )
    assert set(lives) <= {"off"}
    expect(log).to_have_attribute("aria-live", "polite")
