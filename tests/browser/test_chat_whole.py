"""The whole conversation in Chromium, over a server that is killed in the middle: everybody sees every word once."""

from playwright.sync_api import expect

from tests.browser.conftest import PATIENCE
from tests.browser.helpers import screenshot, watch
from tests.browser.other_site import other_site

PASSWORD = "a calm word for many hands"
MAKE = """
from django.contrib.auth.models import Group
from guardian.shortcuts import assign_perm
from chat.models import Line
from hotline.staff.models import Team, User
team = Team.objects.create(code="chat", name="Chat")
line = Line.objects.create(slug="youth", team=team, mode="open", titles={"en": "Youth chat"}, hosts=["SITE"])
vera = User.objects.create_user("vera", alias="Vera", password="PASSWORD")
vera.groups.add(Group.objects.get(name="volunteer"))
assign_perm("work_in_team", vera, team)
"""


def shows(part, text):
    """Wait until the text stands in this part of a page."""
    expect(part).to_contain_text(text)


def test_a_conversation_goes_on_over_a_server_that_was_killed(chromium, own_house):
    house = own_house()
    phone = chromium.new_context(viewport={"width": 360, "height": 740}, locale="en-GB", has_touch=True)
    desk = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB", base_url=house.url)
    script = f'<script src="{house.url}/static/widget.js" data-line="youth" async></script>'
    with other_site(house.url, script) as site:
        house.run(MAKE.replace("SITE", site).replace("PASSWORD", PASSWORD))
        server = house()
        visitor, vera = phone.new_page(), desk.new_page()
        for page in (visitor, vera):
            watch(page)
            page.set_default_timeout(PATIENCE * 1000)

        # The visitor presses the button on somebody else's website and begins.
        visitor.goto(site)
        visitor.get_by_role("button", name="Chat", exact=True).click()
        frame = visitor.frame_locator("iframe")
        frame.get_by_role("button", name="Begin").click()
        shows(frame.locator("body"), "You are next.")

        # Vera takes them.
        vera.goto("/desk/chat/")
        vera.get_by_label("User name").fill("vera")
        vera.get_by_label("Password").fill(PASSWORD)
        vera.keyboard.press("Enter")
        vera.locator("html[data-connection=connected]").wait_for()
        vera.get_by_role("button", name="Take next").click()
        hers, theirs = vera.get_by_role("log"), frame.get_by_role("log")
        box, answer = frame.get_by_label("Your message"), vera.get_by_role("textbox", name="Write to")
        send = frame.get_by_role("button", name="Send")
        answer.fill("Good that you are here.")
        vera.keyboard.press("Enter")
        shows(theirs, "Good that you are here.")
        box.fill("I do not know how to begin.")
        send.click()
        shows(hers, "I do not know how to begin.")

        # The server is killed; both go on writing.
        server.process.kill()
        server.process.wait()
        shows(frame.locator("#line-state"), "Connecting again")
        box.fill("Is anybody there?")
        send.click()
        answer.fill("Take your time.")
        vera.keyboard.press("Enter")
        shows(hers, "sending …")
        house()
        shows(hers, "Is anybody there?")
        shows(theirs, "Take your time.")
        expect(frame.locator("#line-state")).to_be_hidden()
        box.fill("It is easier now.")
        send.click()
        shows(hers, "It is easier now.")

        # Each word once, on both sides in the same order.
        for text in ("Good that you are here.", "I do not know how to begin.", "Is anybody there?", "Take your time."):
            assert hers.get_by_text(text, exact=True).count() == theirs.get_by_text(text, exact=True).count() == 1
        order = [
            [text for text in log.inner_text().splitlines() if text in ("Is anybody there?", "Take your time.")]
            for log in (hers, theirs)
        ]
        assert order[0] == order[1]
        screenshot(vera, "chat-whole-desk")

        # A reload keeps the conversation; then the visitor ends it.
        visitor.reload()
        visitor.get_by_role("button", name="Chat", exact=True).click()
        shows(theirs, "It is easier now.")
        vera.get_by_role("button", name="End conversation").click()
        vera.get_by_role("dialog").get_by_role("button", name="End").click()
        shows(frame.locator("body"), "ended")
    phone.close()
    desk.close()
    assert "Traceback" not in server.output
