"""The chat desk as it looks, sounds and is told apart: pictures, axe, notices."""

from playwright.sync_api import expect

from chat.models import Duty, Line
from hotline.staff.actions.alarms import raise_alarm
from tests.browser import chat_desk as support
from tests.browser.chat_desk import Guest, line_of, panel, write
from tests.browser.helpers import axe, fits, login, screenshot

youth, desk = support.youth, support.desk
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"

WAITS = "Somebody waits for a conversation"
LISTEN = """
const make = AudioContext.prototype.createOscillator;
const told = { tones: 0, notices: [], tag: "" };
const tell = () => { for (const name in told) document.documentElement.dataset[name] = told[name]; };
AudioContext.prototype.createOscillator = function () { told.tones += 1; tell(); return make.call(this); };
window.Notification = class {
  static permission = "default";
  static async requestPermission() { return (window.Notification.permission = window.answer ?? "granted"); }
  constructor(words, { tag }) { told.notices.push(words); told.tag = tag; tell(); }
  close() {}
};
document.hasFocus = () => window.watched ?? true;
"""


def show(page, view):
    """On a phone: one of the three columns."""
    page.set_viewport_size({"width": 360, "height": 740})
    page.locator(f"[data-show={view}]").click()


def test_empty(desk, youth):
    page = desk()
    screenshot(page, "chat-desk-empty")


def test_no_line(page, cast, live):
    login(page, cast.vera)
    page.goto("/desk/chat/")
    expect(page.locator("#side")).to_contain_text("No line of yours")
    screenshot(page, "chat-desk-no-line")


def test_an_alarm_stands_above_the_columns(page, youth, cast):
    raise_alarm(
        cast.phone, "volunteer_gone", "7KQM4XTD9R", text="The volunteer of the conversation %(subject)s is gone."
    )
    login(page, cast.alice)
    page.goto("/desk/chat/")
    expect(page.locator("#alarms")).to_contain_text("7KQM4XTD9R")
    screenshot(page, "chat-desk-alarm")


def test_full_of_life(desk, youth, cast):
    Duty.objects.create(line=youth, user=cast.vera, maximum=5)
    Line.objects.filter(pk=youth.pk).update(maximum_waiting=5)
    robin, sky, long = (
        Guest(youth, "Robin", answers={"age": "15-17", "about": "family"}),
        Guest(youth, ""),
        Guest(youth, LONG[:40]),
    )
    page = desk()
    for guest in (robin, sky, long):
        expect(page.locator(f'[data-waiting="{guest.started.conversation}"]')).to_be_visible()
        page.keyboard.press("Alt+n")
        expect(page.locator(f"#talk-{guest.started.conversation}")).to_have_attribute("aria-current", "true")
    for language in ("uk", "de", "ru", "en", "nb"):
        Guest(youth, language=language, answers={"danger": language == "uk"})
    robin.says("hi. i dont really know how to start", LONG, "ok. its about home")
    page.keyboard.press("Alt+1")
    expect(panel(page)).to_contain_text("ok. its about home")
    write(page, "Hi Robin, good that you are here. You can start anywhere, there is no wrong way.")
    expect(panel(page).locator(".message.me .state")).to_have_text("Sent")
    sky.says("I don't know who to ask", "hello?")
    expect(page.locator(f"#talk-{sky.started.conversation} [data-count]")).to_have_text("2")
    expect(line_of(page, youth).locator(".tag")).to_contain_text("Full")
    expect(page.locator("#abouts")).to_contain_text("15–17")
    screenshot(page, "chat-desk")
    for view in ("lists", "about"):
        show(page, view)
        fits(page)
        axe(page)
        page.screenshot(path=f"var/screenshots/chat-desk-360-{view}.png", caret="initial")
    page.locator("[data-show=talk]").click()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.keyboard.press("Alt+e")
    screenshot(page, "chat-desk-end")
    page.get_by_role("button", name="End it").click()
    expect(page.locator("#abouts")).to_contain_text("A few questions for you")
    page.get_by_role("button", name="Keep and put away").click()
    expect(page.locator("#abouts")).to_contain_text("Please answer this.")
    show(page, "about")
    screenshot(page, "chat-desk-wrap-up")


def test_new_messages_and_visitors_sound_and_can_be_silenced(desk, page, youth):
    page.add_init_script(LISTEN)
    desk()
    expect(page.locator("#sound-blocked")).to_be_visible()
    page.get_by_role("button", name="Try the sound for a new message").click()
    expect(page.locator("#sound-blocked")).to_be_hidden()
    expect(page.locator("html")).to_have_attribute("data-tones", "2")
    robin = Guest(youth)
    expect(page.locator("html")).to_have_attribute("data-tones", "5")
    page.keyboard.press("Alt+n")
    expect(panel(page)).to_contain_text("You joined.")
    robin.says("while nobody looks")
    expect(panel(page)).to_contain_text("while nobody looks")
    expect(page.locator("html")).to_have_attribute("data-tones", "5")
    page.evaluate("window.watched = false")
    robin.says("now")
    expect(page.locator("html")).to_have_attribute("data-tones", "7")
    page.get_by_label("Sound for a new message", exact=True).uncheck()
    robin.says("silence")
    expect(panel(page)).to_contain_text("silence")
    expect(page.locator("html")).to_have_attribute("data-tones", "7")
    page.reload()
    expect(page.get_by_label("Sound for a new message", exact=True)).not_to_be_checked()


def test_notices_never_hold_what_was_written(desk, page, youth):
    page.add_init_script(LISTEN)
    desk()
    page.get_by_label("Notices on the desktop").check()
    page.evaluate("window.watched = false")
    robin = Guest(youth, "Robin")
    expect(page.locator("html")).to_have_attribute("data-notices", WAITS)
    page.keyboard.press("Alt+n")
    expect(panel(page)).to_contain_text("You joined.")
    robin.says("my secret")
    expect(page.locator("html")).to_have_attribute("data-notices", f"{WAITS},New message")
    kept = page.evaluate("JSON.stringify({...localStorage}) + JSON.stringify({...sessionStorage})")
    assert "secret" not in kept and "Robin" not in kept


def test_notices_that_the_browser_forbids_are_said(desk, page, youth):
    page.add_init_script(LISTEN + "window.answer = 'denied';")
    desk()
    page.get_by_label("Notices on the desktop").check()
    expect(page.locator("#notices-blocked")).to_be_visible()
