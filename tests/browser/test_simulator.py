"""The demo's phones in Chromium: read, press, write, add, break; by mouse and by keyboard."""

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.helpers import screenshot, watch
from tests.support import simulator as support

simulator_server = support.simulator_server
simulator = support.simulator

OFFER = (
    "<b>Accommodation</b> · today\nKharkiv, Ukraine\n4 people, one in a wheelchair\n"
    "<i>Nobody has spoken to them yet.</i>\n\nReference: <code>K7Q2-M9XA</code>"
)
KEYS = [[{"text": "Accept", "callback_data": "accept"}, {"text": "Decline", "callback_data": "decline"}]]
PAYLOAD = "<img src=x onerror=alert(1)><script>alert(2)</script>"


@pytest.fixture
def bot(simulator):
    """bot("sendMessage", chat_id=…, …): one call of the Bot API; gives its result."""
    simulator.settings(enabled=False)

    def call(method, **parameters):
        url = f"{simulator.url}/bot{simulator.token}/{method}"
        answer = httpx.post(url, json=parameters, timeout=40, verify=False).json()
        assert answer["ok"], answer
        return answer["result"]

    return call


@pytest.fixture
def page(chromium, simulator):
    """The page with the phones, in a fresh profile; what goes wrong in its console fails the test."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    context.set_default_timeout(60_000)
    made = context.new_page()
    watch(made)
    yield made
    context.close()
    assert made.problems == []


def open_page(page, simulator, query=""):
    """Goes there and waits until the page is live."""
    page.goto(f"{simulator.url}/{query}")
    expect(page.locator("#connection")).to_have_attribute("data-state", "connected")


def phone(page, name):
    """The phone of somebody."""
    return page.get_by_role("article", name=name)


def test_no_phones_yet(page, simulator):
    open_page(page, simulator)
    expect(page.get_by_text("No phones yet")).to_be_visible()
    screenshot(page, "simulator-empty")


def test_offer_is_accepted_on_one_phone_and_taken_on_the_other(page, simulator, bot):
    vera, viktor = simulator.person("Vera", language="uk"), simulator.person("Viktor")
    open_page(page, simulator)
    for person in (vera, viktor):
        bot("sendMessage", chat_id=person, text=OFFER, parse_mode="HTML", reply_markup={"inline_keyboard": KEYS})
    expect(phone(page, "Viktor").get_by_text("Kharkiv, Ukraine")).to_be_visible()
    phone(page, "Vera").get_by_role("button", name="Accept").click()
    (update,) = bot("getUpdates", timeout=20)
    query = update["callback_query"]
    assert (query["data"], query["from"]["id"]) == ("accept", vera)
    bot("answerCallbackQuery", callback_query_id=query["id"], text="Thank you!")
    expect(phone(page, "Vera").get_by_role("status")).to_have_text("Thank you!")
    link = [[{"text": "Open the contact", "url": "http://localhost:8000/o/abc/"}]]
    bot("editMessageText", chat_id=vera, message_id=1, text="Yours.", reply_markup={"inline_keyboard": link})
    bot("editMessageText", chat_id=viktor, message_id=1, text="Taken. Thank you for looking.")
    expect(phone(page, "Viktor").get_by_role("log")).to_contain_text("Taken.")
    expect(phone(page, "Viktor").get_by_role("button", name="Accept")).to_have_count(0)
    opener = phone(page, "Vera").get_by_role("link", name="Open the contact")
    expect(opener).to_have_attribute("href", "http://localhost:8000/o/abc/")
    expect(opener).to_have_attribute("rel", "noopener noreferrer")


def test_all_states_look_right(page, simulator, bot):
    vera = simulator.person("Vera")
    long = simulator.person("Viktor Ostapenko-Wolanski of the Protestant parish")
    simulator.person("Cora", started=False)
    blocked = simulator.person("Ada")
    group = simulator.group("Rooms in Kharkiv", vera, long)
    for person in (vera, long, blocked):
        bot("sendMessage", chat_id=person, text=OFFER, parse_mode="HTML", reply_markup={"inline_keyboard": KEYS})
    simulator.text(vera, "Donaudampfschifffahrtsgesellschaftskapitän " * 6)
    simulator.text(long, "/open", chat=group)
    simulator.block(blocked)
    simulator.fault("slow")
    open_page(page, simulator, "?code=abc-1")
    page.get_by_text("What can go wrong").click()
    expect(phone(page, "Ada").get_by_text("has blocked the bot")).to_be_visible()
    screenshot(page, "simulator-full")
    page.get_by_role("button", name="New phone").click()
    screenshot(page, "simulator-new-phone")


def test_writing_needs_no_mouse(page, simulator, bot):
    simulator.person("Vera")
    bot("setMyCommands", commands=[{"command": "open", "description": "My requests"}])
    open_page(page, simulator)
    box = phone(page, "Vera").get_by_label("Write to the bot")
    box.focus()
    page.keyboard.type("/open")
    page.keyboard.press("Enter")
    expect(phone(page, "Vera").get_by_role("log")).to_contain_text("/open")
    expect(box).to_have_value("")
    expect(box).to_be_focused()
    (update,) = bot("getUpdates", timeout=20)
    assert update["message"]["text"] == "/open"


def test_pressing_needs_no_mouse_and_the_focus_stays_on_the_message(page, simulator, bot):
    vera = simulator.person("Vera")
    bot("sendMessage", chat_id=vera, text="Hello", reply_markup={"inline_keyboard": KEYS})
    open_page(page, simulator)
    phone(page, "Vera").get_by_role("button", name="Accept").focus()
    page.keyboard.press("Enter")
    assert bot("getUpdates", timeout=20)[0]["callback_query"]["data"] == "accept"
    done = [[{"text": "Done", "callback_data": "done"}]]
    bot("editMessageText", chat_id=vera, message_id=1, text="Yours.", reply_markup={"inline_keyboard": done})
    expect(phone(page, "Vera").get_by_role("button", name="Done")).to_be_focused()


@pytest.mark.parametrize("link", ["code-9", "https://t.me/some_bot?start=code-9", "/start code-9"])
def test_new_phone_opens_a_link(page, simulator, bot, link):
    open_page(page, simulator)
    page.get_by_role("button", name="New phone").click()
    page.get_by_label("Name").fill("Vera")
    page.get_by_label("Language").select_option("uk")
    page.get_by_label("Link code").fill(link)
    page.keyboard.press("Enter")
    expect(phone(page, "Vera").get_by_text("is reachable")).to_be_visible()
    message = bot("getUpdates", timeout=20)[-1]["message"]
    assert (message["text"], message["from"]["language_code"]) == ("/start code-9", "uk")


def test_link_is_opened_on_the_phone_that_is_chosen(page, simulator, bot):
    simulator.person("Vera", started=False)
    viktor = simulator.person("Viktor", started=False)
    open_page(page, simulator, "start?code=code-9")
    page.get_by_role("region", name="Whose phone opens this link?").get_by_role("button", name="Viktor").click()
    update = bot("getUpdates", timeout=20)[-1]
    assert (update["message"]["text"], update["message"]["from"]["id"]) == ("/start code-9", viktor)
    expect(page.get_by_text("Whose phone opens this link?")).to_be_hidden()
    expect(phone(page, "Vera").get_by_role("button", name="Start")).to_be_visible()


def test_refused_code_is_said_and_stays(page, simulator):
    simulator.person("Vera", started=False)
    open_page(page, simulator)
    phone(page, "Vera").get_by_label("Link code").fill("no such code")
    phone(page, "Vera").get_by_role("button", name="Start").click()
    expect(page.locator(".toast")).to_contain_text("A link code has")
    expect(phone(page, "Vera").get_by_label("Link code")).to_have_value("no such code")


def test_group_stands_beside_the_private_chat(page, simulator, bot):
    vera, viktor = simulator.person("Vera"), simulator.person("Viktor")
    group = simulator.group("Rooms", vera, viktor)
    open_page(page, simulator)
    bot("sendMessage", chat_id=group, text="Hello all", reply_markup={"inline_keyboard": KEYS})
    chats = phone(page, "Vera").get_by_label("Chat")
    expect(chats).to_contain_text("Rooms – 1 new")
    chats.select_option(str(group))
    phone(page, "Vera").get_by_role("button", name="Decline").click()
    update = bot("getUpdates", timeout=20)[-1]
    assert update["callback_query"]["message"]["chat"]["id"] == group
    phone(page, "Vera").get_by_label("Write to the bot").fill("Not me")
    page.keyboard.press("Enter")
    phone(page, "Viktor").get_by_label("Chat").select_option(str(group))
    expect(phone(page, "Viktor").get_by_role("log")).to_contain_text("VeraNot me")


def test_names_tell_of_news_out_of_sight_and_lead_there(page, simulator, bot):
    people = [simulator.person(name) for name in ("Vera", "Viktor", "Cora", "Ada", "Alice", "Robin", "Heron")]
    open_page(page, simulator)
    bot("sendMessage", chat_id=people[-1], text="Hello")
    names = page.get_by_role("navigation", name="Whose phone")
    expect(phone(page, "Heron")).not_to_be_in_viewport()
    names.get_by_role("button", name="Heron – 1 new").click()
    expect(phone(page, "Heron")).to_be_in_viewport(ratio=0.9)
    expect(phone(page, "Heron").get_by_role("log")).to_be_focused()
    expect(names.get_by_role("button", name="Heron", exact=True)).to_be_visible()
    screenshot(page, "simulator-many")


def test_latest_phones_stand_first_when_the_page_opens(page, simulator, bot):
    simulator.person("Vera")
    bot("sendMessage", chat_id=simulator.person("Viktor"), text="Hello")
    open_page(page, simulator)
    expect(page.get_by_role("article").first).to_contain_text("Viktor")


def test_faults_and_blocking_are_switched_on_and_off(page, simulator):
    vera = simulator.person("Vera")
    open_page(page, simulator)
    page.get_by_text("What can go wrong").click()
    page.get_by_label("Telegram is away").check()
    expect(page.locator("#faults .tag")).to_be_visible()
    assert [(rule["kind"], rule["method"]) for rule in simulator.state()["faults"]] == [("drop_before", "*")]
    page.get_by_label("Telegram is away").uncheck()
    expect(page.locator("#faults .tag")).to_be_hidden()
    phone(page, "Vera").get_by_role("button", name="Block the bot").click()
    expect(phone(page, "Vera").get_by_text("has blocked the bot")).to_be_visible()
    assert simulator.state()["people"][0] == {
        "id": vera,
        "name": "Vera",
        "username": "",
        "language": "en",
        "started": True,
        "blocked": True,
    }
    phone(page, "Vera").get_by_role("button", name="Unblock the bot").click()
    expect(phone(page, "Vera").get_by_text("is reachable")).to_be_visible()


def test_connection_comes_back_by_itself(page, simulator, bot):
    vera = simulator.person("Vera")
    open_page(page, simulator)
    with simulator.refusing():
        expect(page.get_by_text("Connecting again")).to_be_visible()
        phone(page, "Vera").get_by_label("Write to the bot").fill("Hello")
        page.keyboard.press("Enter")
        expect(page.locator(".toast")).to_contain_text("There is no answer.")
        expect(phone(page, "Vera").get_by_label("Write to the bot")).to_have_value("Hello")
    bot("sendMessage", chat_id=vera, text="I am back")
    expect(phone(page, "Vera").get_by_role("log")).to_contain_text("I am back")


def test_text_is_text_and_strange_addresses_are_no_links(page, simulator, bot):
    vera = simulator.person(f"Vera {PAYLOAD}"[:60])
    keys = [[{"text": PAYLOAD, "callback_data": PAYLOAD[:60]}], [{"text": "Odd", "url": "tg://user?id=1"}]]
    links = [
        {"type": "text_link", "offset": 0, "length": 4, "url": "javascript:alert(3)"},
        {"type": "bold", "offset": 2, "length": 6},
    ]
    bot("sendMessage", chat_id=vera, text=PAYLOAD, entities=links, reply_markup={"inline_keyboard": keys})
    simulator.text(vera, PAYLOAD)
    open_page(page, simulator)
    log = page.get_by_role("log")
    expect(log.locator(".bubble").filter(has_text=PAYLOAD)).to_have_count(2)
    expect(page.locator("#phones img, #phones script, .talk a")).to_have_count(0)
    log.get_by_role("button", name=PAYLOAD).click()
    assert bot("getUpdates", timeout=20)[-1]["callback_query"]["data"] == PAYLOAD[:60]


def test_page_speaks_the_language_that_was_chosen_in_the_house(page, simulator, settings):
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": "de", "url": simulator.url}])
    open_page(page, simulator)
    expect(page.locator("html")).to_have_attribute("lang", "de")
