"""Standard messages at the chat desk in Chromium: found by slash and by button, by keyboard alone and by thumb; never sent."""

import re

import pytest
from playwright.sync_api import expect

from chat.models import Event, Line, StandardMessage
from tests.browser import chat_desk as support
from tests.browser.chat_desk import Guest, panel
from tests.browser.hands import Hands
from tests.browser.helpers import axe, fits, hold, screenshot

youth, desk = support.youth, support.desk
MARKUP = "<img src=x onerror=alert(1)><b>bold</b>"
OPENS = {"tue": [["10:00", "20:00"]]}


def write(short_code, text, **more):
    texts = text if isinstance(text, dict) else {"en": text}
    owner = "person" if "person" in more else "line" if "line" in more else "house"
    return StandardMessage.objects.create(owner=owner, short_code=short_code, texts=texts, **more)


@pytest.fixture
def talk(desk, youth):
    """talk(alias?, language?) -> (page, guest): one conversation, with the focus in its box."""

    def begin(alias="Robin", language="en"):
        guest = Guest(youth, alias, language=language)
        page = desk()
        expect(page.locator(f'[data-waiting="{guest.started.conversation}"]')).to_be_visible()
        page.keyboard.press("Alt+n")
        expect(panel(page)).to_contain_text("You joined.")
        expect(box(page)).to_be_focused()
        return page, guest

    return begin


def box(page):
    return panel(page).locator("textarea")


def rows(page):
    return panel(page).get_by_role("option")


def popup(page):
    return panel(page).locator("[data-standard-popup]")


def shown_codes(page):
    return rows(page).locator(".code").all_inner_texts()


def said(guest):
    return Event.objects.filter(room__conversation=guest.conversation, kind="message").count()


def selected(page):
    """The code of the row that the box says is chosen."""
    active = box(page).get_attribute("aria-activedescendant")
    return page.locator(f"#{active} .code").inner_text()


def test_a_slash_finds_a_message_and_enter_puts_it_into_the_box_alone(talk, youth, cast):
    page, guest = talk()
    page.keyboard.type("/")
    expect(rows(page)).to_have_count(8)
    expect(rows(page).first).to_contain_text("/are-you-there")
    page.keyboard.type("hello")
    expect(rows(page)).to_have_count(1)
    assert selected(page) == "/hello"
    expect(panel(page).get_by_role("status").first).to_have_text("Standard messages: 1")
    with page.expect_response("**/used/") as counted:
        page.keyboard.press("Enter")
    assert counted.value.status == 204
    words = "Hello Robin, good that you are here. You are talking to a volunteer of the Youth chat."
    expect(box(page)).to_have_value(re.compile(f"^{re.escape(words)}"))
    expect(box(page)).to_be_focused()
    expect(popup(page)).to_be_hidden()
    assert said(guest) == 0
    assert StandardMessage.objects.get(line=youth, short_code="hello").used == 1
    page.keyboard.type(" My own words.")
    page.keyboard.press("Enter")
    expect(panel(page).locator(".message.me .body")).to_contain_text("My own words.")
    expect(panel(page).locator(".message.me .state")).to_have_text("Sent")
    assert said(guest) == 1
    # nothing in what the visitor gets tells it from what was typed
    assert Event.objects.get(room__conversation=guest.conversation, kind="message").data == {}


def test_it_stands_where_the_slash_was(talk, youth):
    write("sun", "The sun is up.", line=youth)
    page, _guest = talk()
    page.keyboard.type("before  after")
    for _step in range(6):
        page.keyboard.press("ArrowLeft")
    page.keyboard.type("/sun")
    expect(rows(page)).to_have_count(1)
    page.keyboard.press("Tab")
    expect(box(page)).to_have_value("before The sun is up. after")
    expect(box(page)).to_be_focused()
    page.keyboard.type("!")
    expect(box(page)).to_have_value("before The sun is up.! after")
    # a slash within a word is no question
    page.keyboard.type(" and/or sun/su")
    expect(popup(page)).to_be_hidden()


def test_the_keyboard_alone_is_enough_and_escape_leaves_what_was_typed(talk, youth, cast):
    write("hug", "A hug", person=cast.vera)
    page, guest = talk()
    page.keyboard.type("/h")
    expect(rows(page).first).to_contain_text("/hug")
    assert selected(page) == "/hug", "one's own stand first"
    page.keyboard.press("ArrowDown")
    assert selected(page) == "/hello"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert selected(page) == shown_codes(page)[-1]
    page.keyboard.press("Escape")
    expect(popup(page)).to_be_hidden()
    expect(box(page)).to_have_value("/h")
    assert box(page).get_attribute("aria-activedescendant") is None
    # whoever closed it goes on writing, and a text that begins so can be sent
    page.keyboard.type("ello to you")
    expect(popup(page)).to_be_hidden()
    page.keyboard.press("Enter")
    expect(panel(page).locator(".message.me .body")).to_have_text("/hello to you")
    page.keyboard.type("/no-such-code")
    expect(popup(page)).to_be_hidden()
    page.keyboard.press("Enter")
    expect(panel(page).locator(".message.me .body").last).to_have_text("/no-such-code")
    # the button is one step away, and what it wrote goes with it
    Hands(page).go_to("Standard messages")
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(8)
    expect(box(page)).to_be_focused()
    expect(box(page)).to_have_value("/")
    page.keyboard.press("Escape")
    expect(box(page)).to_have_value("")
    page.keyboard.type("and on")
    expect(box(page)).to_have_value("and on")
    # the last one that was sent is on its way, and nothing was sent by itself
    expect(panel(page).locator(".message.me")).to_have_count(2)


def test_the_button_shows_the_same_list_beside_what_stands_there(talk, youth):
    page, _guest = talk()
    page.keyboard.type("Listen:")
    button = panel(page).get_by_role("button", name="Standard messages")
    button.click()
    expect(box(page)).to_have_value("Listen: /")
    expect(button).to_have_attribute("aria-expanded", "true")
    button.click()
    expect(popup(page)).to_be_hidden()
    expect(box(page)).to_have_value("Listen: ")
    button.click()
    page.keyboard.type("112")
    rows(page).first.click()
    expect(box(page)).to_have_value(re.compile(r"^Listen: In danger: 112, free"))
    expect(button).to_have_attribute("aria-expanded", "false")


def test_whoever_looks_elsewhere_finds_what_they_typed_and_goes_on(talk, youth):
    page, _guest = talk()
    page.keyboard.type("/take-you")
    expect(rows(page)).to_have_count(1)
    panel(page).locator(".log").click()
    expect(popup(page)).to_be_hidden()
    expect(box(page)).to_have_value("/take-you")
    box(page).focus()
    page.keyboard.type("r")
    expect(rows(page)).to_have_count(1)
    box(page).fill("")
    panel(page).get_by_role("button", name="Standard messages").click()
    expect(rows(page)).to_have_count(8)
    panel(page).locator(".head").click()
    expect(box(page)).to_have_value("")


def test_words_of_any_language_find_it_and_the_visitors_comes_first(talk, youth):
    StandardMessage.objects.all().delete()
    write("one", {"en": "Good evening", "uk": "Добрий вечір"}, line=youth)
    write("two", {"de": "Schönen Abend"}, line=youth)
    page, _guest = talk(language="uk")
    for typed, codes in [
        ("добр", ["/one"]),
        ("EVEN", ["/one"]),
        ("schon", ["/two"]),
        ("abend", ["/two"]),
        ("o", ["/one"]),
    ]:
        box(page).fill(f"/{typed}")
        expect(rows(page)).to_have_count(len(codes))
        assert shown_codes(page) == codes
    box(page).fill("/")
    expect(rows(page)).to_have_count(2)
    expect(rows(page).first).to_contain_text("Добрий вечір")
    expect(rows(page).first.locator(".tag")).to_be_hidden()
    expect(rows(page).last.locator(".tag")).to_have_text("Deutsch")
    expect(rows(page).last.locator("[data-said]")).to_have_attribute("lang", "de")
    page.keyboard.press("Enter")
    expect(box(page)).to_have_value("Добрий вечір")


# Text, and what it becomes for somebody without and with a name.
PLACES = [
    ("Hello {alias}, good that you are here.", "Hello, good that you are here.", "Hello Ro$&, good that you are here."),
    ("{alias}, are you there?", "Are you there?", "Ro$&, are you there?"),
    ("Thank you, {alias}. {alias}, come back!", "Thank you. Come back!", "Thank you, Ro$&. Ro$&, come back!"),
    ("Вітаю, {alias}!\n{alias}, ти тут?", "Вітаю!\nТи тут?", "Вітаю, Ro$&!\nRo$&, ти тут?"),
    ("{line}: {opens}", "Youth {alias}: Monday {line}", "Youth {alias}: Monday {line}"),
]


def test_places_are_filled_in_once_and_a_sentence_without_a_name_closes_over_it(page, live):
    """Also where what stands in a place looks like one itself."""
    page.goto("/accounts/login/")
    script = """async (rows) => {
        const { filled } = await import("/static/js/chat/standard-texts.js");
        const places = { line: "Youth {alias}", opens: "Monday {line}" };
        return rows.map(([text]) => [text, filled(text, places, ""), filled(text, places, "Ro$&")]);
    }"""
    assert page.evaluate(script, PLACES) == [list(row) for row in PLACES]


def test_whoever_gave_no_name_is_not_addressed_by_one(talk, youth):
    page, _guest = talk(alias="")
    page.keyboard.type("/goodb")
    expect(rows(page)).to_have_count(1)
    page.keyboard.press("Enter")
    begins = (
        "Thank you for your trust. It was brave to write. You can come back to the Youth chat: as soon as the chat's"
    )
    expect(box(page)).to_have_value(re.compile(f"^{begins} page says that it is open"))


def test_the_next_opening_is_asked_for_anew_and_never_an_old_one(talk, youth):
    """Its hours change while the list of before is still at hand."""
    Line.objects.filter(pk=youth.pk).update(mode="hours", hours=OPENS, exceptions={}, time_zone="Europe/Kyiv")
    write("z-opens", "Back {opens}", line=youth)
    Line.objects.filter(pk=youth.pk).update(mode="open")
    page, _guest = talk()
    page.keyboard.type("/z-op")
    expect(rows(page)).to_contain_text("Back as soon as the chat's page says")
    Line.objects.filter(pk=youth.pk).update(mode="hours")
    page.evaluate("() => { const now = Date.now; Date.now = () => now() + 61_000; }")
    page.keyboard.press("Enter")
    expect(box(page)).to_have_value(re.compile(r"^Back Tuesday, \d+ \w+, from 10:00 \(time in Kyiv\)$"))


def test_markup_is_text_in_the_list_in_the_box_and_at_the_visitors(talk, youth):
    write("z-markup", MARKUP + " {alias}", line=youth)
    page, _guest = talk(alias="<i>Robin</i>")
    page.keyboard.type("/z-ma")
    expect(rows(page).locator("[data-said]")).to_have_text(f"{MARKUP} <i>Robin</i>")
    page.keyboard.press("Enter")
    expect(box(page)).to_have_value(f"{MARKUP} <i>Robin</i>")
    page.keyboard.press("Enter")
    expect(panel(page).locator(".message.me .body")).to_have_text(f"{MARKUP} <i>Robin</i>")


def test_what_does_not_come_is_told_and_what_was_typed_stays(talk, youth, page):
    page.route("**/standard-messages/", lambda route: route.abort())
    page, _guest = talk()
    page.keyboard.type("/hello")
    expect(popup(page)).to_contain_text("The standard messages did not come. Try again.")
    screenshot(page, "standard-messages-failed")
    page.unroute("**/standard-messages/")
    page.keyboard.press("Backspace")
    expect(rows(page).first).to_contain_text("/hello")
    page.keyboard.press("Enter")
    expect(box(page)).to_have_value(re.compile("^Hello Robin"))


def test_half_a_code_is_not_sent_while_the_list_is_on_its_way(talk, page):
    release = hold(page, "**/standard-messages/")
    page, guest = talk()
    page.keyboard.type("/hello")
    page.keyboard.press("Enter")
    expect(box(page)).to_have_value("/hello")
    release()
    expect(rows(page)).to_have_count(1)
    page.keyboard.press("Enter")
    expect(box(page)).to_have_value(re.compile("^Hello Robin"))
    assert said(guest) == 0


def test_a_line_without_them_has_no_button_and_slashes_are_slashes(talk, youth):
    Line.objects.update(has_standard_messages=False)
    page, _guest = talk()
    expect(panel(page).get_by_role("button", name="Send")).to_be_visible()
    expect(panel(page).get_by_role("button", name="Standard messages")).to_be_hidden()
    page.keyboard.type("/hello")
    page.keyboard.press("Enter")
    expect(panel(page).locator(".message.me .body")).to_have_text("/hello")


def test_where_there_are_none_that_is_said(talk, youth):
    StandardMessage.objects.all().delete()
    page, _guest = talk()
    panel(page).get_by_role("button", name="Standard messages").click()
    expect(popup(page)).to_contain_text("There are no standard messages here yet.")
    screenshot(page, "standard-messages-none")


def test_it_looks_right_and_works_by_thumb(talk, youth, cast):
    write("my-hug", "A hug from me, {alias}. " * 20, person=cast.vera)
    write("guten-abend", {"de": "Guten Abend, schön, dass du da bist."}, line=youth)
    page, guest = talk()
    guest.says("hi. i dont really know how to start")
    page.keyboard.type("/")
    expect(rows(page)).to_have_count(8)
    expect(popup(page)).to_contain_text("8 of 10. Type on to find another.")
    screenshot(page, "standard-messages")
    page.set_viewport_size({"width": 360, "height": 740})
    page.locator("[data-show=talk]").click()
    box(page).focus()
    box(page).fill("")
    panel(page).get_by_role("button", name="Standard messages").click()
    expect(rows(page)).to_have_count(8)
    fits(page)
    axe(page)
    page.screenshot(path="var/screenshots/standard-messages-360-open.png")
    rows(page).filter(has_text="/guten-abend").click()
    expect(box(page)).to_have_value("Guten Abend, schön, dass du da bist.")
    screenshot(page, "standard-messages-inserted")
    assert said(guest) == 1, "the visitor's own words alone"
