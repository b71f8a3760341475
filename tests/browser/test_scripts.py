"""Our modules in the browser they are written for: suggestions, dialogs, keys, messages, times, the socket."""

import re

import pytest
from playwright.sync_api import expect

from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.models import User
from tests.browser.gallery import views
from tests.browser.helpers import hold, login

pytestmark = pytest.mark.usefixtures("gallery")


@pytest.fixture
def gallery(settings):
    settings.ROOT_URLCONF = "tests.browser.gallery.urls"
    settings.SOCKET_TOPICS = ["tests.browser.test_scripts.hears_places"]


def hears_places(user):
    return [topics.places()]


@pytest.fixture
def desk(page, cast):
    """The gallery, open, connected, and with what it asks for then."""
    login(page, cast.vera)
    page.goto("/gallery/")
    connected(page)
    expect(page.locator("#part b")).not_to_have_text("0")
    return page


def connected(page):
    page.wait_for_selector(".connection[data-state=connected]")


def fetched(page):
    return int(page.locator("#part b").inner_text())


def test_suggestions_are_taken_by_keyboard(desk):
    what = desk.get_by_role("combobox", name="What is needed")
    what.focus()
    desk.keyboard.type("khe")
    option = desk.get_by_role("option", name="Херсон")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(what).to_have_attribute("aria-activedescendant", option.get_attribute("id"))
    desk.keyboard.press("Enter")
    expect(what).to_have_value("Херсон – Kherson, Ukraine")
    expect(desk.locator("input[name=category]")).to_have_value("kherson")
    expect(what).to_have_attribute("aria-expanded", "false")
    assert desk.url.endswith("/gallery/")


def test_tab_takes_the_marked_suggestion_and_goes_on(desk):
    desk.get_by_role("combobox", name="What is needed").focus()
    desk.keyboard.type("iz")
    desk.get_by_role("option").nth(1).wait_for()
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Tab")
    expect(desk.locator("input[name=category]")).to_have_value("izmail")
    expect(desk.get_by_role("combobox", name="Where")).to_be_focused()


def test_suggestions_are_taken_by_finger(desk):
    where = desk.get_by_role("combobox", name="Where")
    where.fill("Хар")
    desk.get_by_role("option", name="Харків").click()
    expect(where).to_have_value("Харків – Kharkiv, Ukraine")
    expect(desk.locator("input[name=place]")).to_have_value("kharkiv")


def test_what_fits_nothing_stays_as_it_was_typed(desk):
    where = desk.get_by_role("combobox", name="Where")
    where.fill("Atlantis")
    expect(desk.get_by_text("Nothing fits.")).to_be_visible()
    desk.keyboard.press("Tab")
    expect(where).to_have_value("Atlantis")
    expect(desk.locator("input[name=place]")).to_have_value("")


def test_changing_the_text_forgets_what_was_chosen(desk):
    where = desk.get_by_role("combobox", name="Where")
    where.fill("khark")
    desk.get_by_role("option", name="Харків").click()
    where.press("End")
    where.press("Backspace")
    expect(desk.locator("input[name=place]")).to_have_value("")


def test_a_search_that_breaks_says_so_and_keeps_the_text(desk):
    where = desk.get_by_role("combobox", name="Where")
    where.fill("broken")
    expect(desk.get_by_text("The search does not answer.")).to_be_visible()
    expect(where).to_have_value("broken")


def test_leaving_before_the_answer_takes_the_only_one_that_fits(desk):
    where = desk.get_by_role("combobox", name="Where")
    where.focus()
    desk.keyboard.type("izium")
    desk.keyboard.press("Tab")
    expect(desk.locator("input[name=place]")).to_have_value("izium")


def test_leaving_before_the_answer_asks_when_several_fit(desk):
    where = desk.get_by_role("combobox", name="Where")
    where.focus()
    desk.keyboard.type("iz")
    desk.keyboard.press("Tab")
    expect(desk.get_by_text("Choose one from the list.")).to_be_visible()
    expect(desk.locator("input[name=place]")).to_have_value("")


def test_a_dialog_asks_why_and_the_answer_comes_into_the_page(desk):
    desk.get_by_role("button", name="Not a request").click()
    dialog = desk.get_by_role("dialog", name="Open the contact again?")
    dialog.get_by_label("Why?").fill("The caller rang again.")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#answer")).to_have_text("Done")
    expect(dialog).to_be_hidden()
    expect(desk.locator("#toasts")).to_contain_text("Noted: The caller rang again.")


def test_a_dialog_needs_its_reason_and_escape_puts_it_away(desk):
    desk.get_by_role("button", name="Not a request").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_role("button", name="Open it").click()
    expect(dialog).to_be_visible()
    desk.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(desk.get_by_role("button", name="Not a request")).to_be_focused()


def test_keys_press_the_button_that_declares_them(desk):
    desk.evaluate("document.getElementById('third').addEventListener('click', () => { document.title = 'third'; })")
    desk.get_by_role("combobox", name="Where").focus()
    desk.keyboard.press("Alt+3")
    expect(desk).to_have_title("third")


@pytest.mark.parametrize("slow", ["app.js", "dialog.js", "htmx-2"])
def test_what_is_pressed_before_the_scripts_are_there_is_pressed_when_they_are(page, cast, slow):
    login(page, cast.vera)
    release = hold(page, re.compile(rf"/static/.*{re.escape(slow)}"))
    page.goto("/gallery/", wait_until="commit")
    page.get_by_role("button", name="Not a request").click()
    release()
    expect(page.get_by_role("dialog", name="Open the contact again?")).to_be_visible()


def test_a_menu_that_needs_no_script_is_opened_once_however_early(page, cast):
    login(page, cast.vera)
    release = hold(page, re.compile("/static/.*app.js"))
    page.goto("/gallery/", wait_until="commit")
    page.get_by_role("button", name="Vera").click()
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    release()
    connected(page)
    expect(page.get_by_role("button", name="Log out")).to_be_visible()


def test_a_key_pressed_before_the_scripts_are_there_counts_when_they_are(page, cast):
    login(page, cast.vera)
    release = hold(page, re.compile(r"/static/.*shortcuts"))
    page.goto("/gallery/", wait_until="commit")
    page.get_by_label("Name", exact=True).fill("Ali")
    page.evaluate("document.getElementById('third').addEventListener('click', () => { document.title = 'third'; })")
    page.keyboard.press("Alt+3")
    page.keyboard.type("ce")
    release()
    expect(page).to_have_title("third")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Alice")


NOTE = """
const third = document.getElementById('third');
third.addEventListener('click', () => { document.title += ' third'; });
document.getElementById('fails').addEventListener('click', () => { document.title += ' fails'; });
document.title = 'pressed:';
"""


@pytest.fixture
def slow(page, cast):
    """release(): the last script of the gallery, which is open and tells in its title what was pressed, comes at last."""
    login(page, cast.vera)
    release = hold(page, re.compile(r"/static/.*shortcuts"))
    page.goto("/gallery/", wait_until="commit")
    page.locator("#fails").wait_for()
    page.evaluate(NOTE)
    return release


def test_an_early_press_and_an_impatient_one_are_one(page, slow):
    third = page.locator("#third")
    third.click()
    third.click()
    page.evaluate("window.patience = new AbortController(); AbortSignal.timeout = () => patience.signal")
    slow()
    expect(page).to_have_title("pressed: third")
    third.click()
    page.evaluate("patience.abort()")
    third.click()
    expect(page).to_have_title("pressed: third third")


def test_a_modifier_alone_or_a_key_does_not_take_the_place_of_a_press(page, slow):
    page.locator("#fails").click()
    page.keyboard.press("Alt+3")
    page.keyboard.press("Control")
    slow()
    expect(page).to_have_title("pressed: fails third")


def test_an_early_key_is_heard_once_by_a_script_that_was_there_already(page, slow):
    page.evaluate("document.addEventListener('keydown', ({ key }) => { document.title += key === 'b' ? ' b' : ''; })")
    page.keyboard.press("Control+b")
    slow()
    expect(page).to_have_title("pressed: b")
    connected(page)
    expect(page).to_have_title("pressed: b")


def test_what_was_pressed_long_ago_does_not_come_again(page, slow):
    page.locator("#third").click()
    page.evaluate("const now = performance.now.bind(performance); performance.now = () => now() + 10_000")
    slow()
    connected(page)
    expect(page).to_have_title("pressed:")


def test_what_fails_is_told_and_nothing_is_put_into_the_page(desk):
    desk.locator("#fails").click()
    expect(desk.locator("#toasts")).to_contain_text("That did not work")
    expect(desk.locator("#answer")).to_have_text("–")


def test_a_refusal_comes_into_the_page_without_a_second_message(desk):
    desk.locator("#refused").click()
    expect(desk.locator("#answer")).to_have_text("Status 422")
    expect(desk.locator("#toasts")).not_to_contain_text("That did not work")


def test_messages_are_put_away_one_by_one(desk):
    toasts = desk.locator("#toasts .toast")
    expect(toasts).to_have_count(2)
    toasts.first.get_by_role("button").click()
    expect(toasts).to_have_count(1)


def test_times_go_on_by_the_servers_clock(page, cast):
    login(page, cast.vera)
    page.clock.install(time="2001-01-01T00:00:00Z")
    page.goto("/gallery/")
    ago = page.locator("time[data-since]").nth(1)
    expect(ago).to_have_text(re.compile(r"^0:4\d$"))
    page.clock.run_for(30_000)
    expect(ago).to_have_text(re.compile(r"^1:1\d$"))


def test_a_ring_reloads_what_shows_its_topic(desk):
    before = fetched(desk)
    ring(topics.places())
    expect(desk.locator("#part b")).not_to_have_text(str(before))


def test_a_ring_does_not_take_away_what_somebody_types(desk):
    before = views.counter["part"]
    desk.get_by_label("Draft").fill("half a sentence")
    with desk.expect_event("console", lambda message: message.text == "rang"):
        desk.evaluate("document.addEventListener('ring', () => setTimeout(() => console.log('rang'), 400))")
        ring(topics.places())
    assert views.counter["part"] == before
    expect(desk.get_by_label("Draft")).to_have_value("half a sentence")
    desk.get_by_role("combobox", name="Where").focus()
    expect(desk.locator("#part b")).to_have_text(str(before + 1))


def test_a_reloaded_part_keeps_what_was_unfolded_and_where_the_focus_was(desk):
    ring(topics.places())
    desk.get_by_text("Reasons").click()
    desk.get_by_role("button", name="Look").focus()
    before = fetched(desk)
    ring(topics.places())
    expect(desk.locator("#part b")).not_to_have_text(str(before))
    expect(desk.get_by_text("Because.")).to_be_visible()
    expect(desk.get_by_role("button", name="Look")).to_be_focused()


def test_the_connection_is_told_as_it_is(desk, context):
    context.set_offline(True)
    expect(desk.locator(".connection")).to_have_attribute("data-state", "offline")
    expect(desk.get_by_text("Offline")).to_be_visible()
    before = views.counter["part"]
    context.set_offline(False)
    connected(desk)
    # what rang meanwhile is asked for
    expect(desk.locator("#part b")).not_to_have_text(str(before))


def test_a_socket_that_breaks_is_mended_by_itself(page, cast):
    login(page, cast.vera)
    tries = []

    def refuse_the_first(route):
        tries.append(route)
        if len(tries) == 1:
            route.close(code=1012)
        else:
            route.connect_to_server()

    page.route_web_socket("**/ws/", refuse_the_first)
    page.goto("/gallery/")
    connected(page)
    assert len(tries) == 2


def test_who_is_disabled_is_shown_the_log_in_page(page, cast):
    login(page, cast.vera)
    page.goto("/")
    connected(page)
    User.objects.filter(pk=cast.vera.pk).update(is_active=False)
    page.get_by_role("heading", name="Log in").wait_for()
