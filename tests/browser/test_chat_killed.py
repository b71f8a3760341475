"""The house killed in the middle of a conversation: what was written then is there once, in its order, when it is back."""

import pytest
from playwright.sync_api import expect

from tests.browser.helpers import watch

MAKE = """
from chat.models import Line
from hotline.staff.models import Team
Line.objects.create(slug="youth", team=Team.objects.create(code="chat", name="Chat"), mode="open", titles={"en": "Youth"})
"""
READ = """async () => {
    const headers = {Authorization: `Bearer ${sessionStorage.getItem("chat:youth:")}`};
    const call = (path) => fetch(`/chat/api/${path}`, {headers});
    const { room } = await (await call("conversations/")).json();
    const { events } = await (await call(`rooms/${room}/events/?after=0`)).json();
    return events.filter((event) => event.kind === "message").map((event) => event.body);
}"""


@pytest.fixture
def house(own_house):
    """house() starts the server of a house with one line."""
    start = own_house()
    start.run(MAKE)
    return start


def test_a_killed_house_costs_no_message_and_doubles_none(chromium, house):
    server = house()
    page = chromium.new_page(base_url=server.url, viewport={"width": 360, "height": 740})
    watch(page)
    page.goto("/chat/youth/")
    page.get_by_role("button", name="Begin").click()
    box = page.get_by_label("Your message")
    texts = [f"number {number}" for number in range(6)]
    for words in texts[:3]:
        box.fill(words)
        box.press("Enter")
        expect(box).to_have_value("")
    server.kill()
    box.fill(texts[3])
    box.press("Enter")
    expect(page.locator("#line-state")).to_have_text("Connecting again …")
    expect(box).to_have_value(texts[3])
    server = house()
    expect(box).to_have_value("")
    expect(page.locator("#line-state")).to_be_empty()
    box.fill(texts[4])
    box.press("Enter")
    server.kill()  # whether it was stored or not, nobody knows
    house()
    expect(box).to_have_value("")
    box.fill(texts[5])
    box.press("Enter")
    expect(box).to_have_value("")
    expect(page.locator("#log .m > p")).to_have_text(texts)
    assert page.evaluate(READ) == texts
    page.reload()
    expect(page.locator("#log .m > p")).to_have_text(texts)
    page.close()
